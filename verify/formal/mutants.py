"""Altered statements: what the kernel refutes, where the proof breaks, and where it goes through.

A proof that breaks shows little, for a script breaks on true statements too; so what counts is
refuted: the altered statement is a false twin of the page, to the letter.  A proof that goes
through shows that the statement says less than it could.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from verify.errors import CertiminError
from verify.formal.kernel import compile_into, coqc, needs_coq
from verify.formal.record import module_of
from verify.formal.sources import Sources
from verify.theorem import Theorem

__all__ = ["Mutant", "mutants", "outcomes"]

REFUTED, BREAKS, HOLDS = "refuted by the kernel", "the proof breaks", "the proof goes through"


@dataclass(frozen=True)
class Mutant:
    """A statement altered in one place."""

    module: str
    name: str
    change: str
    text: str


def mutants(module: str, name: str, statement: str) -> Iterator[Mutant]:
    """Yield alterations: another number, another power, a strict relation, a hypothesis less.

    >>> text = "forall n, (0 < n)%N -> 2 * n <= n ^+ 2"
    >>> for found in mutants("m", "c", text):
    ...     print(f"{found.change}: {found.text}")
    without (0 < n)%N: forall n, 2 * n <= n ^+ 2
    3 for 2: forall n, (0 < n)%N -> 3 * n <= n ^+ 2
    3 for 2: forall n, (0 < n)%N -> 2 * n <= n ^+ 3
    < for <=: forall n, (0 < n)%N -> 2 * n < n ^+ 2
    """
    parts = _split(statement)
    *hypotheses, conclusion = parts
    for k, hypothesis in enumerate(hypotheses):
        head, _, last = hypothesis.rpartition(", ") if k == 0 else ("", "", hypothesis)
        left = [*hypotheses[:k], *hypotheses[k + 1 :], conclusion]
        if head:
            left[0] = f"{head}, {left[0]}"
        yield Mutant(module, name, f"without {last}", " -> ".join(left))
    start = " -> ".join([*hypotheses, ""])
    for pattern, change in _CHANGES:
        for found in re.finditer(pattern, conclusion):
            new = change(found[0])
            text = f"{start}{conclusion[: found.start()]}{new}{conclusion[found.end() :]}"
            yield Mutant(module, name, f"{new} for {found[0]}", text)


_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"(?<![\w.'])\d+(?![\w%.])", lambda n: str(int(n) + 1)),
    (r"\bL\.-1\b", lambda _: "L"),
    (r"(?<![<>=])<=", lambda _: "<"),
    (r"\bL%:R", lambda _: "L.-1%:R"),
)


def _split(statement: str) -> list[str]:
    """The hypotheses and the conclusion, parted at the arrows that no bracket holds."""
    parts, depth, start = [], 0, 0
    text = " ".join(statement.split())
    for found in re.finditer(r"[(\[{]|[)\]}]|->", text):
        if found[0] == "->":
            if not depth:
                parts.append(text[start : found.start()].strip())
                start = found.end()
        else:
            depth += 1 if found[0] in "([{" else -1
    return [*parts, text[start:].strip()]


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
    with TemporaryDirectory() as place:
        scratch = Path(place)
        compile_into(scratch, sources, sources.files)
        for mutant in Random(seed).sample(every, min(count, len(every))):
            yield mutant, _outcome(sources, scratch, mutant)


def _of(sources: Sources, module: str, name: str) -> Iterator[Mutant]:
    name = sources.name_of(module, name)
    statement = sources.statement(module, name)
    return mutants(module, name, statement) if statement is not None else iter(())


def _outcome(sources: Sources, scratch: Path, mutant: Mutant) -> str:
    twins = (sources.statement(mutant.module, twin) or "" for twin in sources.twins(mutant.module))
    if _plain(mutant.text) in map(_plain, twins):
        return REFUTED
    own = scratch / sources.root
    statements, proofs = (
        own / "statements" / f"{mutant.module}.v",
        own / f"{mutant.module}.v",
    )
    kept = {path: path.read_text(encoding="utf-8") for path in (statements, proofs)}
    old = re.compile(rf"(\bDefinition\s+{mutant.name}\s*:\s*Prop\s*:=).*?\.(?=\s)", re.DOTALL)
    try:
        statements.write_text(old.sub(lambda found: f"{found[1]} {mutant.text}.", kept[statements]))
        proofs.write_text(_up_to(kept[proofs], mutant.name))
        for path in (statements, proofs):
            coqc(sources, scratch, path.relative_to(scratch))
    except CertiminError:
        return BREAKS
    finally:
        for path, text in kept.items():
            path.write_text(text, encoding="utf-8")
    return HOLDS


def _up_to(text: str, name: str) -> str:
    """A file of proofs up to the end of one of them."""
    start = re.search(rf"\bTheorem\s+{name}\s*:", text)
    end = text.find("Qed.", start.end() if start else 0)
    return text[: end + len("Qed.")] + "\n" if end >= 0 else text


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
