"""Pages that are written from the code when the documentation is built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NOTE = "<!-- Written from the code when the pages are built. -->\n\n"


def write(folder: Path, pages: Mapping[str, str]) -> None:
    """Make ``folder`` hold these pages by name, and no other; leave alone what has not changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        path, whole = folder / f"{name}.md", f"{text}\n"
        if not path.exists() or path.read_text(encoding="utf-8") != whole:
            path.write_text(whole, encoding="utf-8")


def cell(text: str) -> str:
    """Return a text as one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
