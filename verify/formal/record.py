"""What a kernel said of claims, kept in ``record.json`` beside the proofs, and what it is worth.

A record counts for the very files and the very claim it was made of; of any other it is an error,
never a pass.  It is remade by ``certimin proofs``, which CI does and compares.
"""

from __future__ import annotations

import inspect
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from verify.claims import QUANTITIES, Claim, measured_by
from verify.evidence import Evidence
from verify.expression import families
from verify.formal.sources import GLOSSARY, Sources, beside, words
from verify.records import hashed
from verify.theorem import Theorem

__all__ = ["Entry", "Record", "evidence", "fault", "glossary", "module_of", "proved", "says"]

NAME = "record.json"


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
            record, sound = _read((folder / NAME).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ValueError(f"there is no {NAME}: run `certimin proofs`") from error
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{NAME} cannot be read: run `certimin proofs`") from error
        if not sound:
            raise ValueError(f"{NAME} was edited by hand: run `certimin proofs`")
        return record


@lru_cache(maxsize=4)
def _read(text: str) -> tuple[Record, bool]:
    """The record that a text holds, and whether its digest is its own."""
    content = json.loads(text)
    digest = content.pop("digest")
    claims, twins = (
        {name: Entry(**entry) for name, entry in content.pop(part).items()}
        for part in ("claims", "twins")
    )
    record = Record(**content, claims=claims, twins=twins)
    return record, digest == hashed(asdict(record))


def module_of(theorem: Theorem) -> str:
    """Return the name that the proofs of a theorem's page have."""
    return theorem.module.rpartition(".")[2]


def says(claim: Claim) -> str:
    """Return a claim in one text: a record is of this and no other.

    The relation, the setting, what is assumed, what each quantity is said to be, and how they are
    made: what their functions call is held to numbers by ``make proofs-agree``.
    """
    setting, relations = claim.setting, (claim.expanded, *claim.conditions)
    measured = [
        QUANTITIES[name]
        for name in sorted({name for relation in relations for name in measured_by(relation)})
    ]
    lines = [
        f"{claim.expanded}, {'there are' if setting.exists else 'for all'} W in {setting.name}",
        f"{setting.name}: {setting.description} [{_made(setting.build)}]",
        *(f"assuming {a.id}: {a.latex} [{_made(a.condition)}]" for a in claim.assumptions),
        *(f"{each.name}: {each.definition} [{_made(each.measure)}]" for each in measured),
    ]
    return "\n".join(lines)


def _made(part: Any) -> str:
    """A digest of the source of a function, or of a relation."""
    if not callable(part):
        return hashed(str(part))[:12]
    found = inspect.unwrap(part)
    if not inspect.isroutine(found):
        found = type(found)
    try:
        return hashed(inspect.getsource(found))[:12]
    except (OSError, TypeError):  # typed at a prompt
        return "unknown"


def glossary(sources: Sources) -> dict[str, Any]:
    """Return what Coq calls the quantities (``quantities``) and what its terms mean (``terms``)."""
    found: dict[str, dict[str, Any]] = {"quantities": {}, "terms": {}}
    for folder in sources.roots.values():
        path = folder / GLOSSARY
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for part, entries in _parsed(text).items():
            found[part] = {**entries, **found.get(part, {})}  # nobody says anew what ours mean
    return found


_parsed = lru_cache(maxsize=8)(tomllib.loads)
"""One glossary is read for each claim."""


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
    now = says(claim)
    if entry.says != now:
        return f"the claim was another one when it was proved: {_first_change(entry.says, now)}"
    proof = f"{sources.root}.{module_of(theorem)}"
    needed = sources.closure(proof) if proof in sources.files else [proof]
    if set(needed) != set(entry.files):
        return f"{proof} required other files when it was proved"
    for name in needed:
        if sources.hashes([name])[name] != record.files.get(name):
            return f"{name} was changed since: run `certimin proofs`"
    twins = _twins(theorem, record)
    for name, said in {claim.id: entry, **twins}.items():
        if said.axioms:
            return f"the proof of {name} rests on {', '.join(said.axioms)}"
    for name, digest in sources.glossaries().items():
        if digest != record.files.get(name):
            return f"{name} was changed since: run `certimin proofs`"
    missing = unmentioned(claim, module_of(theorem), entry.statement, sources)
    if missing:
        return f"the formal statement does not speak of {', '.join(missing)}"
    if not twins:
        return f"no false twin of {theorem.id} was refuted by the kernel"
    return ""


def _first_change(old: str, new: str) -> str:
    """The first line that was another one."""
    pairs = zip_longest(old.splitlines(), new.splitlines(), fillvalue="nothing more")
    return next((f"{was}, now {now}" for was, now in pairs if was != now), old)


def _twins(theorem: Theorem, record: Record) -> dict[str, Entry]:
    start = f"{module_of(theorem)}."
    return {name: entry for name, entry in record.twins.items() if name.startswith(start)}


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
    scope = f"all sizes ({'' if again else 'recorded, '}{record.kernel})"
    details = {
        "statement": _written(sources, module_of(theorem), claim.name) or entry.statement,
        "terms": _terms(entry.statement, glossary(sources)["terms"]),
        "axioms": entry.axioms,
        "kernel": record.kernel,
        "twins": [name.partition(".")[2] for name in _twins(theorem, record)],
        "file": _file(theorem, sources),
    }
    return Evidence("formal", "holds", scope, 1, details=details)


def proved(theorem: Theorem, claim: Claim) -> bool:
    """Return whether the kernel's record proves a claim, as it stands now."""
    return claim.formal and evidence(theorem, claim).verdict == "holds"


def _file(theorem: Theorem, sources: Sources) -> str:
    """The file of the proofs, from the folder of the package that they belong to."""
    folder = sources.folder
    return f"{folder.parent.name}/{folder.name}/{module_of(theorem)}.v"


def _written(sources: Sources, module: str, claim: str) -> str | None:
    return sources.statement(module, sources.name_of(module, claim))


def _terms(statement: str, meanings: Mapping[str, str]) -> dict[str, str]:
    spoken = words(statement)
    return {word: meaning for word, meaning in meanings.items() if word in spoken}


def _error(reason: str) -> Evidence:
    return Evidence("formal", "error", "", 0, details={"reason": reason})
