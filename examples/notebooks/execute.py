"""Execute the notebooks beside this file, and hold what they give to what they show.

``make notebooks`` runs it: each notebook in an empty folder, by the interpreter that runs this.  A
cell that raises ends it with code 1, and so do outputs that are no longer those in the file;
``--write`` writes them there.  Only texts are compared: a picture must be there, not be the same.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))
KEPT = ("text/plain", "image/png")
"""The forms of an output that stay in the file."""

_LONGEST = 240
"""Seconds a cell may take."""

_SECONDS = re.compile(r"<?\b\d+(\.\d+)?(e-\d+)? s\b")


def execute(notebook: Any) -> Any:
    """Return the notebook with the outputs that its cells give, run in an empty folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises; the message shows it.
    """
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=_LONGEST,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        return tidy(client.execute())


def tidy(notebook: Any) -> Any:
    """Return it without what differs from one run to the next: seconds, ids, HTML beside text."""
    number = 0
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for place, cell in enumerate(notebook["cells"]):
        cell["id"], cell["metadata"] = f"cell-{place:02}", {}
        if cell["cell_type"] != "code":
            continue
        number += 1
        cell["execution_count"] = number
        for output in cell["outputs"]:
            if "text" in output:
                lines = _SECONDS.sub("… s", _joined(output["text"])).splitlines(keepends=True)
                output["text"] = lines
            if "data" in output:
                output["metadata"] = {}
                output["data"] = {k: v for k, v in output["data"].items() if k in KEPT}
            if "execution_count" in output:
                output["execution_count"] = number
    return notebook


def shown(notebook: Any) -> list[str]:
    """Return the lines a reader sees below the cells: texts, and that there is a picture."""
    lines = []
    for number, cell in enumerate(c for c in notebook["cells"] if c["cell_type"] == "code"):
        for text in filter(None, map(_text, cell["outputs"])):
            lines += [f"[{number + 1}] {line.rstrip()}" for line in text.splitlines()]
    return lines


def _text(output: Any) -> str:
    """An output as text; what is said on stderr, such as progress, is none."""
    if output["output_type"] == "stream":
        return "" if output["name"] == "stderr" else _joined(output["text"])
    data = output.get("data", {})
    return "(a picture)" if "image/png" in data else _joined(data.get("text/plain", ""))


def _joined(text: str | list[str]) -> str:
    """A multi-line string of a notebook file, which may be a list; addresses left out."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", text if isinstance(text, str) else "".join(text))


def differences(before: Any, after: Any) -> Iterator[str]:
    """Yield the lines in which what two notebooks show differs."""
    yield from unified_diff(
        shown(before), shown(after), "in the file", "executed", n=0, lineterm=""
    )


def main() -> int:
    """Execute the notebooks that are named, all if none is; return the exit code."""
    import nbformat
    from nbclient.exceptions import CellExecutionError

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, default=NOTEBOOKS, metavar="NOTEBOOK")
    parser.add_argument("--write", action="store_true", help="write the outputs into the files")
    options = parser.parse_args()
    changed = 0
    for path in options.paths:
        start, before = time.perf_counter(), nbformat.read(path, as_version=4)
        try:
            after = execute(nbformat.read(path, as_version=4))
        except CellExecutionError as error:
            print(f"{path.name}: a cell failed", error, sep="\n")
            return 1
        found = list(differences(before, after))
        print(f"{path.name}: {time.perf_counter() - start:.1f} s", *found, sep="\n", flush=True)
        changed += bool(found) and not options.write
        if options.write:
            path.write_text(nbformat.writes(after) + "\n", encoding="utf-8")
    return int(changed > 0)


if __name__ == "__main__":
    sys.exit(main())
