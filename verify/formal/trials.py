"""What becomes of altered statements: refuted, no longer proved, or proved as before.

A proof that breaks shows little, for a script breaks on true statements too: what the kernel
refutes shows more, an altered statement that is a false twin of the page to the letter.  A proof
that goes through shows that the statement says less than it could; ``mutants.toml`` beside the
proofs says of each why it may.

Each is tried in a file of its own beside the compiled proofs: its statement, the proof as it is,
which must go through there, and then the same proof of the altered statement.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from verify.errors import CertiminError, UsageError
from verify.formal.kernel import compile_into, coqc, needs_coq
from verify.formal.mutants import Mutant, dropped, mutants
from verify.formal.record import module_of
from verify.formal.sources import Sources
from verify.theorem import Theorem

__all__ = ["KILLED", "outcomes", "reasons", "verdict"]

REFUTED, BREAKS = "refuted by a twin", "no longer proved by its proof"
HOLDS, UNDECIDED = "proved all the same", "not decided in time"
NONSENSE = "no statement"
KILLED = (REFUTED, BREAKS)

REASONS = "mutants.toml"
_SECONDS = 300
_HEADER = re.compile(r"(From|Import|Require|(Local )?Open Scope|(Uns|S)et|(Local )?Notation)\b")


@dataclass(frozen=True)
class Trial:
    """A file that tries one altered statement.

    Parameters
    ----------
    definition
        The line that defines it.
    proof
        The line where its proof begins; from the definition to there the proof as it is stands.
    """

    text: str
    definition: int
    proof: int


def reasons(sources: Sources) -> dict[tuple[str, str, str], str]:
    """Return why an altered statement is proved all the same: by page, claim and change.

    Raises
    ------
    UsageError
        For a reason of an alteration that no statement has.
    """
    path = sources.folder / REASONS
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = {
        (each["page"], each["claim"], each["change"]): str(each["reason"])
        for each in tomllib.loads(text).get("mutant", [])
    }
    for page, claim, change in found:
        if change not in {mutant.change for mutant in _of(sources, page, claim)}:
            raise UsageError(
                f"{REASONS}: expected an alteration of {page}.{claim}, got {change}; "
                f"see `certimin proofs --mutants`"
            )
    return found


def verdict(outcome: str, reason: str) -> str:
    """Return whether an alteration is killed, explained, malformed or unexplained.

    A reason for one that is killed is no longer true: it counts as unexplained.
    """
    if outcome in KILLED:
        return "unexplained" if reason else "killed"
    if outcome == NONSENSE:
        return "malformed"
    return "explained" if reason else "unexplained"


def outcomes(
    sources: Sources, theorems: list[Theorem], count: int, seed: int
) -> Iterator[tuple[Mutant, str]]:
    """Yield a random sample of altered statements, and what became of each.

    Raises
    ------
    UsageError
        If there is no Coq.
    CertiminError
        If the proofs do not compile as they are.
    """
    needs_coq()
    every = [
        mutant
        for theorem in theorems
        for claim in theorem.claims
        if claim.formal
        for mutant in _of(sources, module_of(theorem), claim.name)
    ]
    chosen = sorted(every, key=lambda mutant: _lot(seed, mutant))[:count]
    modules = sorted({mutant.module for mutant in chosen})
    with TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        scratch = Path(place)
        compile_into(scratch, sources, [f"{sources.root}.{module}" for module in modules])
        found = pool.map(lambda numbered: _outcome(sources, scratch, *numbered), enumerate(chosen))
        yield from zip(chosen, found, strict=True)


def _lot(seed: int, mutant: Mutant) -> str:
    """What a mutant draws: more claims leave the lots of the others as they were."""
    drawn = f"{seed}: {mutant.module}.{mutant.name}, {mutant.change}"
    return hashlib.sha256(drawn.encode()).hexdigest()


def _of(sources: Sources, module: str, claim: str) -> Iterator[Mutant]:
    name = sources.name_of(module, claim)
    statement = sources.statement(module, name)
    return mutants(module, name, statement) if statement is not None else iter(())


def _outcome(sources: Sources, scratch: Path, number: int, mutant: Mutant) -> str:
    """What the kernel says of one altered statement."""
    twins = (sources.statement(mutant.module, twin) or "" for twin in sources.twins(mutant.module))
    if _plain(dropped(mutant).text) in map(_plain, twins):
        return REFUTED
    path, said = scratch / f"tried_{number}.v", ""
    for whole in (False, True):  # the quick way hides a name at times: then the whole file is read
        trial = _trial(sources, mutant, whole=whole)
        path.write_text(trial.text, encoding="utf-8")
        try:
            coqc(sources, scratch, path.relative_to(scratch), _SECONDS)
        except CertiminError as error:
            said = str(error)
            line = re.search(r"\bline (\d+)", said)
            if line is None:
                return UNDECIDED
            if int(line[1]) == trial.definition:
                return NONSENSE
            if int(line[1]) >= trial.proof:
                return BREAKS
        else:
            return HOLDS
    raise CertiminError(f"{mutant.module}.{mutant.name}: the proof as it is does not pass: {said}")


def _trial(sources: Sources, mutant: Mutant, *, whole: bool) -> Trial:
    """The statement altered, its proof as it is, and the same proof of the altered one.

    What the proof builds on is imported, or, ``whole``, proved again.
    """
    root, module, name = sources.root, mutant.module, mutant.name
    proofs = sources.plain[f"{root}.{module}"]
    start = proofs.index(_first(rf"\bTheorem\s+{name}\s*:", proofs))
    proof = proofs[start : proofs.index("Qed.", start) + len("Qed.")]
    before = [
        *_header(sources.plain[f"{root}.statements.{module}"]),
        f"From {root}.statements Require Import {module}.",
    ]
    context = [proofs[:start]]
    if not whole:
        context = [*_header(proofs), f"From {root} Require Import {module}."]
    between = [*context, "Module As_it_is.", proof, "End As_it_is."]
    altered = _first(rf"\bTheorem\s+{name}\s*:.*?\.(?=\s)", proof)
    after = [f"Theorem {name} : altered_statement.", proof.removeprefix(altered)]
    lines = [*before, f"Definition altered_statement : Prop := {mutant.text}.", *between]
    text = "\n".join(lines)
    return Trial("\n".join([text, *after, ""]), len(before) + 1, text.count("\n") + 2)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise CertiminError(f"expected a theorem, got no {pattern}")
    return found[0]


def _header(text: str) -> list[str]:
    """What a file imports and sets for all that follows, one sentence a line."""
    kept, depth = [], 0
    for each in (" ".join(part.split()) for part in re.split(r"(?<=\.)(?=\s)", text)):
        if re.match(r"(Section|Module)\b", each):
            depth += 1
        elif re.match(r"End\b", each):
            depth -= 1
        elif not depth and _HEADER.match(each):
            kept.append(each)
    return kept


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
