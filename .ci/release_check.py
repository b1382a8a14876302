"""Would the files under version control make a release?  ``make release-check``.

Builds sdist and wheel from them, holds one to the other and to the list of files, installs the
wheel into an empty environment and tries it there.  What is wrong is one line each; exit code 1.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("certimin", "numeric", "theorems", "verify")
BUNDLED = ("data", "--bundled", "diabetes", "--depth", "2")


# --- what the files say --------------------------------------------------------------------------


def version(root: Path) -> str:
    """Return the version of pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def newest(changelog: str) -> tuple[str, int]:
    """Return the first version of a changelog that has entries, and how many."""
    parts = re.split(r"^## \[(.+?)\].*$", changelog, flags=re.MULTILINE)[1:]
    counts = [len(re.findall(r"^- ", text, re.MULTILINE)) for text in parts[1::2]]
    found = zip(parts[::2], counts, strict=True)
    return next((pair for pair in found if pair[1]), ("", 0))


def disagreements(root: Path) -> Iterator[str]:
    """Yield where the places that name a version do not name the same one."""
    ours = version(root)
    cited = re.search(
        r"^version: *\"?([^\"\n]+)", (root / "CITATION.cff").read_text(), re.MULTILINE
    )
    if cited is None or cited[1].strip() != ours:
        yield f"CITATION.cff: expected version {ours}, got {cited and cited[1].strip()}"
    heading, entries = newest((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if heading == "Unreleased":
        print(
            f"CHANGELOG.md: {entries} unreleased entries; give them a heading [{ours}] to release"
        )
    elif heading != ours:
        yield f"CHANGELOG.md: expected entries below [{ours}], got [{heading}] first"


# --- what is built -------------------------------------------------------------------------------


def tracked(root: Path) -> list[str]:
    """Return the files under version control, links and all."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    )
    return [name for name in listing.stdout.split("\0") if name and (root / name).is_file()]


def copied(root: Path, names: list[str], to: Path) -> Path:
    """Copy these files into an empty folder, for what else lies around is no part of a release."""
    for name in names:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, to / name)
    return to


def built(kind: str, source: Path, to: Path) -> Path:
    """Build ``sdist`` or ``wheel`` and return its path."""
    run(sys.executable, "-m", "build", f"--{kind}", "--outdir", to, source)
    return next(to.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


def members(archive: Path) -> set[str]:
    """Return the files in a wheel, or in an sdist below its one folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return set(wheel.namelist())
    with tarfile.open(archive) as sdist:
        return {m.name.partition("/")[2] for m in sdist.getmembers() if m.isfile()}


def missing(archive: Path, names: list[str]) -> Iterator[str]:
    """Yield which of the files an archive lacks."""
    for name in sorted(set(names) - members(archive)):
        yield f"{archive.name} lacks {name}"


# --- what is installed ---------------------------------------------------------------------------


def run(*command: object, cwd: Path | None = None, code: int = 0) -> str:
    """Run a command, and return what it printed; SystemExit, with that, for another exit code."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        shown = " ".join(map(str, command))
        raise SystemExit(f"{shown}: code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def tried(wheel: Path, ours: str, scratch: Path) -> Iterator[str]:
    """Install the wheel, alone and then with the extra data, and yield what does not work."""
    place, away = scratch / "empty", scratch / "away"
    away.mkdir()
    run(sys.executable, "-m", "venv", place)
    python, certimin = place / "bin" / "python", place / "bin" / "certimin"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    timed("installed alone", *pip, "-c", ROOT / "constraints.txt", wheel)
    run(python, "-c", "import certimin; certimin.minimal_sharpness; certimin.examine", cwd=away)
    said = timed("certimin --version", certimin, "--version", cwd=away)
    if ours not in said.split():
        yield f"certimin --version: expected {ours}, got {said.strip()}"
    timed("certimin verify F1", certimin, "verify", "F1", "--out", away / "reports", cwd=away)
    refused = run(certimin, *BUNDLED, cwd=away, code=2).strip()
    if "certimin[data]" not in refused or "\n" in refused:
        yield f"certimin data --bundled, without the extra data: expected one line, got {refused}"
    timed("installed with data", *pip, "-c", ROOT / "constraints.txt", f"{wheel}[data]")
    timed("certimin data --bundled", certimin, *BUNDLED, cwd=away)


def timed(label: str, *command: object, cwd: Path | None = None) -> str:
    """Run a command and print how long it took."""
    start = time.perf_counter()
    said = run(*command, cwd=cwd)
    print(f"{label}: {time.perf_counter() - start:.1f} s", flush=True)
    return said


def problems(scratch: Path) -> Iterator[str]:
    """Yield everything that is wrong, in the order in which it is found."""
    yield from disagreements(ROOT)
    names = tracked(ROOT)
    source = copied(ROOT, names, scratch / "source")
    sdist, wheel = (built(kind, source, scratch / kind) for kind in ("sdist", "wheel"))
    shipped = [name for name in names if name.partition("/")[0] in PACKAGES]
    yield from missing(sdist, names)  # all of it: then tests find whatever they read
    yield from missing(wheel, shipped)
    kinds = Counter(Path(name).suffix or Path(name).name for name in shipped)
    for archive in (sdist, wheel):
        size = archive.stat().st_size / 1024
        print(f"{archive.name}: {len(members(archive))} files, {size:.0f} kB")
    print("in the wheel:", ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    with tarfile.open(sdist) as archive:
        archive.extractall(scratch / "unpacked", filter="data")
    again = built("wheel", next((scratch / "unpacked").iterdir()), scratch / "again")
    for name in sorted(members(wheel) ^ members(again)):
        yield f"{name} is in the wheel of the sources or of the sdist, not in both"
    yield from tried(wheel, version(ROOT), scratch)


def main() -> int:
    """Print what is wrong, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(problems(Path(folder)))
    print(*(f"WRONG: {line}" for line in found), sep="\n", end="\n" if found else "")
    print("release-check:", f"{len(found)} things are wrong" if found else "nothing is wrong")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
