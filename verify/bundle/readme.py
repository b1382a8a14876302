"""The text that leads through a bundle: what each file is, and how to repeat what was computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["readme"]

_ABOUT = {
    "statement.tex": "what is claimed, each claim with its level (LaTeX, compiles by itself)",
    "page.txt": "the page of the theorem: statement, notation, assumptions, proof in words",
    "verify.json": "what was computed, of the theorem and of all that it uses: evidence for each\n"
    "    claim, controls with their counterexamples, derivations",
    "versions.json": "what computed it (and the command), and what packed it",
    "references.bib": "the works that are cited (BibTeX)",
    "pages/": "the modules of the theorem and of all that it uses",
    "formal/": "formal statements and proofs (Coq), and in record.json what the kernel said",
    "certificates/": "counterexamples to claims or controls; each check.py decides one by itself",
    "SHA256SUMS": "digests of the files: sha256sum -c SHA256SUMS",
}
"""What each file or folder is."""

_TEXT = """{theorem}: {title}

Recorded by certimin {certimin} on Python {python}, with the packages in versions.json.
Verdict of the theorem and all it uses: {verdict}.

Files

{files}

To repeat it, with that version of certimin installed:

    certimin verify {theorem} --profile {profile} --seed {seed}

To see the record as pages, copy verify.json into an empty FOLDER:

    certimin report --out FOLDER
"""

_PROGRAMS = """
To decide the counterexamples without certimin:

{programs}
"""

_KERNEL = """
To let Coq check the formal proofs (with MathComp; the versions are in formal/record.json):

    cd formal/{root}
    coq_makefile -f _CoqProject $(find . -name '*.v') -o Makefile.coq
    make -f Makefile.coq
"""


def readme(theorem: str, title: str, part: Mapping[str, Any], found: Iterable[str]) -> str:
    """Return what a reviewer reads first.

    Parameters
    ----------
    theorem, title
        Of the theorem that is packed.
    part
        The record in the bundle.
    found
        The names of the other files.
    """
    names = [*found, "SHA256SUMS"]
    there = (name for name in _ABOUT if any(each.startswith(name) for each in names))
    files = "\n".join(f"{name}\n    {_ABOUT[name]}" for name in there)
    said = {"theorem": theorem, "title": title, "files": files, **part, **part["environment"]}
    programs = [f"    python -I {name}" for name in names if name.endswith("/check.py")]
    roots = [name.split("/")[1] for name in names if name.endswith("/_CoqProject")]
    return "".join(
        (
            _TEXT.format(**said),
            _PROGRAMS.format(programs="\n".join(programs)) if programs else "",
            *(_KERNEL.format(root=root) for root in roots),
        )
    )
