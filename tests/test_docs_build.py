"""A page that would mislead a reader stops `make docs`: each kind of fault, on a small site."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

OURS = Path(__file__).parents[1] / "docs" / "_ext"
CONF = f"""
import sys
sys.path.insert(0, {str(OURS)!r})
extensions = ["myst_parser", "mathml", "local_links"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathml"
html_theme = "basic"
"""
SOUND = "# One\n\n## Part\n\nAt $S_{\\min}$ see [two](two.md).\n"
OTHER = "# Two\n\nBack to [one](index.md).\n"


def built(folder, text):
    """The exit code and the warnings of a site whose first page is ``text``."""
    pytest.importorskip("sphinx", reason="make docs installs Sphinx")
    pytest.importorskip("myst_parser", reason="make docs installs MyST")
    folder.joinpath("conf.py").write_text(CONF)
    hidden = "\n```{toctree}\n:hidden:\n\ntwo\n```\n"
    folder.joinpath("index.md").write_text(text + hidden)
    folder.joinpath("two.md").write_text(OTHER)
    options = ["--quiet", "--fail-on-warning", "--keep-going"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(folder), str(folder / "_build")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_sound_site_is_built_and_its_formula_is_mathml(tmp_path):
    assert built(tmp_path, SOUND) == (0, "")
    page = (tmp_path / "_build" / "index.html").read_text(encoding="utf-8")
    assert "<math><msub>" in page
    assert "http" not in page.partition("<head>")[2].partition("</head>")[0]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("[three](three.md)", "three.md"),
        ("<a href='two.html#nowhere'>two</a>", "has no such place"),
        ("<a href='three.html'>three</a>", "is not there"),
        ("<script src='https://example.org/x.js'></script>", "is loaded from elsewhere"),
        ("$S_{\\nowhere}$", "does not convert"),
        ("$$\n\\frac{1}{2\n$$", "does not convert"),
        ("```{unknown}\n```", "unknown"),
    ],
    ids=["page", "anchor", "file", "script", "command", "brace", "directive"],
)
def test_a_fault_stops_it(tmp_path, fault, said):
    code, warnings = built(tmp_path, f"{SOUND}\n{fault}\n")
    assert code == 1
    assert said in warnings
