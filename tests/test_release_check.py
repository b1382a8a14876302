"""What release-check says of versions, archives and commands that are not as they should be."""

import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.programs import loaded

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def program():
    return loaded(ROOT / ".ci/release_check.py")


def project(folder, *, cited="0.2.0", changelog="## [0.2.0] - 2026-11-30\n\n- Added M1.\n"):
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    (folder / "CITATION.cff").write_text(f"cff-version: 1.2.0\nversion: {cited}\n")
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog}")
    return folder


def test_ours_agree(program, capsys):
    assert list(program.disagreements(ROOT)) == []
    heading, entries = program.newest((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert entries
    assert (f"{entries} unreleased" in capsys.readouterr().out) == (heading == "Unreleased")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, []),
        ({"cited": '"0.2.0"'}, []),
        ({"cited": "0.1.0"}, ["CITATION.cff: expected version 0.2.0, got 0.1.0"]),
        ({"changelog": "## [Unreleased]\n\n## [0.2.0]\n\n- Added M1.\n"}, []),
        ({"changelog": "## [Unreleased]\n\n- Added M2.\n\n## [0.1.0]\n\n- Began.\n"}, []),
        ({"changelog": "## [0.1.0]\n\n- Began.\n"},
         ["CHANGELOG.md: expected entries below [0.2.0], got [0.1.0] first"]),
    ],
)  # fmt: skip
def test_places_that_name_another_version_are_named(program, tmp_path, options, said):
    assert list(program.disagreements(project(tmp_path, **options))) == said


def test_files_that_an_archive_lacks_are_named(program, tmp_path):
    wheel, sdist = tmp_path / "a.whl", tmp_path / "a.tar.gz"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("verify/page.css", "")
    with tarfile.open(sdist, "w:gz") as archive:
        archive.add(__file__, "a-1/verify/page.css")
    for built in (wheel, sdist):
        lacking = list(program.missing(built, ["verify/page.css", "theorems/references.bib"]))
        assert lacking == [f"{built.name} lacks theorems/references.bib"]


def test_a_command_that_fails_ends_it_with_what_was_printed(program):
    fails = (sys.executable, "-c", "print('so it is'); raise SystemExit(3)")
    assert program.run(*fails, code=3) == "so it is\n"
    with pytest.raises(SystemExit, match="code 3\nso it is"):
        program.run(*fails)
