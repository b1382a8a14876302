"""Altered statements: another number, another power, a strict relation, a hypothesis less."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

__all__ = ["Mutant", "mutants"]


@dataclass(frozen=True)
class Mutant:
    """A statement altered in one place.

    Parameters
    ----------
    module, name
        The page and the claim.
    change
        What was altered, in words; of two such places the second is ``..., place 2``.
    text
        The altered statement.
    """

    module: str
    name: str
    change: str
    text: str


def mutants(module: str, name: str, statement: str) -> Iterator[Mutant]:
    """Yield the alterations of a statement.

    A hypothesis that is left out becomes True: the proof may go on to name it.

    >>> text = "forall n, (0 < n)%N -> 2 * n <= n ^+ 2"
    >>> for found in mutants("m", "c", text):
    ...     print(f"{found.change}: {found.text}")
    without (0 < n)%N: forall n, True -> 2 * n <= n ^+ 2
    3 for 2: forall n, (0 < n)%N -> 3 * n <= n ^+ 2
    3 for 2, place 2: forall n, (0 < n)%N -> 2 * n <= n ^+ 3
    < for <=: forall n, (0 < n)%N -> 2 * n < n ^+ 2
    """
    seen: Counter[str] = Counter()
    for change, text in _altered(statement):
        seen[change] += 1
        place = f", place {seen[change]}" if seen[change] > 1 else ""
        yield Mutant(module, name, change + place, text)


def dropped(mutant: Mutant) -> Mutant:
    """Return the mutant with the hypothesis left out, where it became True."""
    return replace(mutant, text=mutant.text.replace("True -> ", ""))


def _altered(statement: str) -> Iterator[tuple[str, str]]:
    """What is altered, and the whole statement then."""
    *hypotheses, conclusion = _split(statement)
    for k, hypothesis in enumerate(hypotheses):
        binders = _binders(hypothesis)
        left = [*hypotheses[:k], f"{binders}True", *hypotheses[k + 1 :], conclusion]
        yield f"without {hypothesis[len(binders) :]}", " -> ".join(left)
    start = " -> ".join([*hypotheses, ""])
    for pattern, change in _CHANGES:
        for found in re.finditer(pattern, conclusion):
            new = change(found[0])
            text = f"{start}{conclusion[: found.start()]}{new}{conclusion[found.end() :]}"
            yield f"{new} for {found[0]}", text


_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"(?<![\w.'])\d+(?![\w%.])", lambda n: str(int(n) + 1)),
    (r"\bL\.-1\b", lambda _: "L"),
    (r"(?<![<>=])<=", lambda _: "<"),
    (r"\bL%:R", lambda _: "L.-1%:R"),
)


def _split(statement: str) -> list[str]:
    """The hypotheses and the conclusion, parted at the arrows that no bracket holds."""
    text = " ".join(statement.split())
    parts, start = [], 0
    for place in _outside(text, "->"):
        parts.append(text[start:place].strip())
        start = place + len("->")
    return [*parts, text[start:].strip()]


def _binders(part: str) -> str:
    """What a part quantifies before it says anything: "forall k, " and the like.

    >>> _binders("forall k, (forall j, j < k) -> forall (m n : nat), m < n")
    'forall k, '
    """
    end = 0
    while part[end:].startswith("forall "):
        end += next(_outside(part[end:], ", ")) + len(", ")
    return part[:end]


def _outside(text: str, sign: str) -> Iterator[int]:
    """Where a sign stands that no bracket holds."""
    depth = 0
    for found in re.finditer(rf"[(\[{{]|[)\]}}]|{re.escape(sign)}", text):
        if found[0] != sign:
            depth += 1 if found[0] in "([{" else -1
        elif not depth:
            yield found.start()
