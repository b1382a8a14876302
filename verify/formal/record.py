"""What a kernel said of claims, kept in ``record.json`` beside the proofs, and what it is worth.

A record counts for the very files and the very claim it was made of; of any other it is an error,
never a pass.  It is remade by ``certimin proofs``, which CI does and compares.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from verify.claims import Claim
from verify.evidence import Evidence
from verify.expression import families
from verify.formal.sources import Sources, beside, words
from verify.records import hashed
from verify.theorem import Theorem

__all__ = ["AXIOMS", "Entry", "Record", "evidence", "fault", "glossary", "module_of", "says"]

NAME, _GLOSSARY = "record.json", "glossary.toml"

AXIOMS = frozenset({
    "functional_extensionality_dep",
    "propositional_extensionality",
    "constructive_indefinite_description",
})  # fmt: skip
"""The classical axioms of MathComp Analysis: a proof may rest on them, and then they are shown."""


@dataclass(frozen=True)
class Entry:
    """What the kernel said of one claim, or of one false twin.

    Parameters
    ----------
    statement
        As Coq prints it; of a twin, what it refutes.
    axioms
        What the proof rests on beside the kernel.
    files
        The file of the proof and all that it requires.
    says
        The claim as Python has it.
    """

    statement: str
    axioms: list[str]
    files: list[str]
    says: str = ""


@dataclass(frozen=True)
class Record:
    """All that a kernel said of a folder of proofs."""

    coq: str
    mathcomp: str
    files: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Entry] = field(default_factory=dict)
    twins: dict[str, Entry] = field(default_factory=dict)

    @property
    def kernel(self) -> str:
        """The kernel and its library in words."""
        return f"Coq {self.coq}, MathComp {self.mathcomp}"

    def text(self) -> str:
        """Return the record as it is kept: JSON with a digest of itself."""
        content = asdict(self)
        return json.dumps({**content, "digest": hashed(content)}, indent=1, sort_keys=True) + "\n"

    def is_kept_in(self, folder: Path) -> bool:
        """Return whether the record of a folder is this one, to the letter."""
        path = folder / NAME
        return path.is_file() and path.read_text(encoding="utf-8") == self.text()

    @classmethod
    def load(cls, folder: Path) -> Record:
        """Return the record of a folder.

        Raises
        ------
        ValueError
            If there is none, or what is there is not what was written.
        """
        try:
            content = json.loads((folder / NAME).read_text(encoding="utf-8"))
            digest = content.pop("digest")
            claims, twins = (
                {name: Entry(**entry) for name, entry in content.pop(part).items()}
                for part in ("claims", "twins")
            )
            record = cls(**content, claims=claims, twins=twins)
            sound = digest == hashed(asdict(record))
        except FileNotFoundError as error:
            raise ValueError(f"there is no {NAME}: run `certimin proofs`") from error
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{NAME} cannot be read: run `certimin proofs`") from error
        if not sound:
            raise ValueError(f"{NAME} was edited by hand: run `certimin proofs`")
        return record


def module_of(theorem: Theorem) -> str:
    """Return the name that the proofs of a theorem's page have."""
    return theorem.module.rpartition(".")[2]


def says(claim: Claim) -> str:
    """Return a claim in one line: a record is of this and no other."""
    assumed = "".join(f", assuming {a.id}" for a in claim.assumptions)
    return f"{claim.expanded} over {claim.setting.name}{assumed}"


def glossary(sources: Sources) -> dict[str, Any]:
    """Return what Coq calls the quantities (``quantities``) and what its terms mean (``terms``)."""
    found: dict[str, dict[str, Any]] = {"quantities": {}, "terms": {}}
    for folder in sources.roots.values():
        path = folder / _GLOSSARY
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for part, entries in tomllib.loads(text).items():
            found.setdefault(part, {}).update(entries)
    return found


def unmentioned(claim: Claim, module: str, statement: str, sources: Sources) -> list[str]:
    """Return the quantities of a claim that neither a statement nor its terms speak of."""
    relation = claim.expanded
    names = {symbol.name for symbol in relation.free_symbols} | set(families(relation))
    known: Mapping[str, list[str]] = glossary(sources)["quantities"]
    spoken = sources.meaning(module, statement)
    return sorted(name for name in names if not spoken & set(known.get(name, [name])))


def fault(theorem: Theorem, claim: Claim, record: Record, sources: Sources) -> str:
    """Return why a record is none of this claim and these files, "" if it is one."""
    entry = record.claims.get(claim.id)
    if entry is None:
        return f"no kernel was asked about {claim.id}: run `certimin proofs`"
    if entry.says != says(claim):
        return f"the claim was another one when it was proved: {entry.says}"
    proof = f"{sources.root}.{module_of(theorem)}"
    needed = sources.closure(proof) if proof in sources.files else [proof]
    if set(needed) != set(entry.files):
        return f"{proof} required other files when it was proved"
    for name in needed:
        if sources.hashes([name])[name] != record.files.get(name):
            return f"{name} was changed since: run `certimin proofs`"
    foreign = sorted(set(entry.axioms) - AXIOMS)
    if foreign:
        return f"the proof rests on {', '.join(foreign)}"
    missing = unmentioned(claim, module_of(theorem), entry.statement, sources)
    if missing:
        return f"the formal statement does not speak of {', '.join(missing)}"
    if not _twins(theorem, record):
        return f"no false twin of {theorem.id} was refuted by the kernel"
    return ""


def _twins(theorem: Theorem, record: Record) -> list[str]:
    start = f"{module_of(theorem)}."
    return [name.removeprefix(start) for name in record.twins if name.startswith(start)]


def evidence(theorem: Theorem, claim: Claim, *, again: bool = False) -> Evidence:
    """Return what the kernel's record says of a claim; ``again``: it has just been remade."""
    sources = beside(theorem.module)
    if sources is None:
        return _error(f"no folder of proofs belongs to {theorem.module}")
    try:
        record = Record.load(sources.folder)
        reason = fault(theorem, claim, record, sources)
    except (ValueError, OSError) as error:
        reason = str(error)
    if reason:
        return _error(reason)
    entry = record.claims[claim.id]
    axioms = f", axioms: {', '.join(entry.axioms)}" if entry.axioms else ""
    scope = f"all sizes ({'' if again else 'recorded, '}{record.kernel}{axioms})"
    details = {
        "statement": _written(sources, module_of(theorem), claim.name) or entry.statement,
        "terms": _terms(entry.statement, glossary(sources)["terms"]),
        "axioms": entry.axioms,
        "kernel": record.kernel,
        "twins": _twins(theorem, record),
    }
    return Evidence("formal", "holds", scope, 1, details=details)


def _written(sources: Sources, module: str, claim: str) -> str | None:
    return sources.statement(module, sources.name_of(module, claim))


def _terms(statement: str, meanings: Mapping[str, str]) -> dict[str, str]:
    spoken = words(statement)
    return {word: meaning for word, meaning in meanings.items() if word in spoken}


def _error(reason: str) -> Evidence:
    return Evidence("formal", "error", "", 0, details={"reason": reason})
