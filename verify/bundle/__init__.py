"""A theorem in one archive, for whoever reviews it: what is claimed, why, and what was computed.

The archive is made of a record that a run left (``verify.json``) and of sources that are installed.
The same record and the same installation give the same archive, to the byte.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import platform
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from verify import references
from verify.bundle.counterexamples import of_controls, of_searches
from verify.bundle.readme import readme
from verify.environment import versions
from verify.errors import UsageError
from verify.formal.record import NAME, Record, module_of
from verify.formal.sources import GLOSSARY, PROJECT, Sources, beside
from verify.registry import with_ancestors
from verify.report.statement import document
from verify.runs.verdicts import overall
from verify.theorem import Theorem

__all__ = ["archive", "contents"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file: a zip knows no earlier one."""


def contents(theorem: Theorem, report: Mapping[str, Any], certificates: Path) -> dict[str, bytes]:
    """Return the files of a theorem's bundle by name.

    Parameters
    ----------
    report
        A record that has the theorem, as :func:`verify.report.load` returns it.
    certificates
        The folder of certificates that searches left; those of claims and controls of the theorem
        are taken along.

    Raises
    ------
    UsageError
        The record lacks the theorem or something that it uses, or the bibliography is not BibTeX.
    """
    pages = with_ancestors([theorem])
    works = _cited(pages)
    part = _part(report, [page.id for page in pages], works)
    record = next(r for r in part["theorems"] if r["id"] == theorem.id)
    found = {
        "statement.tex": document(record),
        "page.txt": f"{inspect.getdoc(import_module(theorem.module)) or ''}\n",
        "verify.json": _json(part),
        "versions.json": _json(_versions(part)),
        "references.bib": "\n\n".join(works.values()) + "\n",
        **dict(_pages(pages)),
        **dict(_proofs(theorem)),
        **dict(of_controls(theorem, part)),
        **dict(of_searches(theorem, certificates)),
    }
    found["README.txt"] = readme(theorem.id, theorem.title, part, found)
    files = {name: text.encode() for name, text in sorted(found.items())}
    sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return files | {"SHA256SUMS": "".join(sums).encode()}


def archive(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip with these files in one folder: sorted, undated, readable by everyone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, files[name])
    return packed.getvalue()


def _part(report: Mapping[str, Any], ids: list[str], works: Mapping[str, str]) -> dict[str, Any]:
    """The record of these theorems alone, and of what they cite; the run's verdict is theirs."""
    records = [record for record in report["theorems"] if record["id"] in ids]
    missing = sorted(set(ids) - {record["id"] for record in records})
    if missing:
        raise UsageError(
            f"--reports: expected a record of {ids[-1]} and all it uses, got none of "
            f"{', '.join(missing)}; run `certimin verify {ids[-1]}`"
        )
    part = {**report, "verdict": overall(records), "theorems": records}
    if "references" in report:
        part["references"] = {k: text for k, text in report["references"].items() if k in works}
    return part


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _versions(part: Mapping[str, Any]) -> dict[str, Any]:
    """What computed the record, and what packed it."""
    packed = {
        "certimin": version("certimin"),
        "python": platform.python_version(),
        "packages": versions(),
    }
    return {"computed": part["environment"], "packed": packed}


def _cited(pages: Iterable[Theorem]) -> dict[str, str]:
    """The works that theorems cite, by key; a bibliography that cannot be read is refused."""
    if faults := references.unreadable(pages := list(pages)):
        raise UsageError(faults[0])
    return references.cited(pages)


def _pages(pages: Iterable[Theorem]) -> Iterator[tuple[str, str]]:
    """The sources of the pages of a theorem and of all it uses, by module."""
    for name in dict.fromkeys(page.module for page in pages):
        yield f"pages/{name}.py", inspect.getsource(import_module(name))


def _proofs(theorem: Theorem) -> Iterator[tuple[str, str]]:
    """The formal proofs of a theorem and all they require, and what the kernel said of them."""
    formal = [claim.id for claim in theorem.claims if claim.formal]
    sources = beside(theorem.module)
    if not formal or sources is None:
        return
    try:
        record = Record.load(sources.folder)
    except ValueError as error:
        raise UsageError(f"{theorem.id}: {error}") from error
    start = f"{module_of(theorem)}."
    claims = {name: entry for name, entry in record.claims.items() if name in formal}
    twins = {name: entry for name, entry in record.twins.items() if name.startswith(start)}
    needed = [name for entry in (*claims.values(), *twins.values()) for name in entry.files]
    glossaries = sources.glossaries()
    hashes = {name: record.files[name] for name in (*needed, *glossaries) if name in record.files}
    yield f"formal/{NAME}", replace(record, files=hashes, claims=claims, twins=twins).text()
    for root, folder in sources.roots.items():
        for name in (PROJECT, GLOSSARY):
            if (folder / name).is_file():
                yield f"formal/{root}/{name}", (folder / name).read_text(encoding="utf-8")
    yield from _texts(sources, needed)


def _texts(sources: Sources, needed: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(needed):
        if name in sources.files:
            yield f"formal/{name.replace('.', '/')}.v", sources.files[name]
