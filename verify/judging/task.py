"""Tasks: what a candidate is to do, and where.

Three goals: ``refute`` a conjecture or a theorem's claim; ``maximize`` or ``minimize`` a formula in
quantities; ``maximize`` or ``minimize`` the constant of a conjecture (``in``) that an attack does
not refute.  All are about the instances of a setting at some sizes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from verify.claims import Bounds, Claim
from verify.conjecture import at_least_zero, conjecture, with_constant
from verify.errors import UsageError
from verify.fit import check_fit
from verify.judging.document import expect_keys, shown, whole
from verify.registry import theorems

__all__ = ["Task", "task"]

_GOALS = ("refute", "maximize", "minimize")
_SIZES = ("depth", "width")
_USUAL = Bounds((2, 6), (1, 5))
_LARGEST = 64
_INSTANCES, _MOST_INSTANCES = 10_000, 1_000_000
_MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Task:
    """What is asked of a candidate.

    Parameters
    ----------
    goal, of
        ``refute``, ``maximize`` or ``minimize``, and what, as it was written.
    claim
        The relation to refute; of a formula, ``formula >= 0`` under its conditions; of a constant,
        nothing but its setting and sizes.
    at
        For a constant: the claim at each value of it.
    instances, seed
        For a constant: how hard the judge attacks.
    where, within
        Conditions of a formula; the conjecture of a constant.
    """

    goal: str
    of: str
    claim: Claim
    at: Callable[[Fraction], Claim] | None = None
    instances: int = _INSTANCES
    seed: int = 0
    where: str = ""
    within: str = ""

    @property
    def larger_is_better(self) -> bool:
        """Return whether a larger score is a better one."""
        return self.goal != "minimize"

    def to_json(self) -> dict[str, Any]:
        """Return the task with all that it left unsaid."""
        bounds = self.claim.bounds
        found: dict[str, Any] = {self.goal: self.of}
        found |= {"where": self.where} if self.where else {}
        found |= {"in": self.within} if self.within else {}
        found |= {"over": self.claim.setting.name}
        found |= {"depth": list(bounds.depth), "width": list(bounds.width)}
        return found | ({"instances": self.instances, "seed": self.seed} if self.at else {})


def task(written: Any) -> Task:
    """Return the task that a document names.

    Raises
    ------
    UsageError
        It names none: one line with the key.
    """
    goals = [goal for goal in _GOALS if isinstance(written, Mapping) and goal in written]
    if len(goals) != 1:
        expected = "one of refute, maximize and minimize"
        got = f"an object with {' and '.join(goals) or 'none of them'}"
        got = got if isinstance(written, Mapping) else shown(written)
        raise UsageError(f"task: expected {expected}, got {got}")
    (goal,) = goals
    if not isinstance(written[goal], str):
        raise UsageError(f"task.{goal}: expected a text, got {shown(written[goal])}")
    if goal == "refute":
        return _refutation(written)
    return _constant(written, goal) if "in" in written else _construction(written, goal)


def _refutation(written: Mapping[str, Any]) -> Task:
    text = written["refute"]
    if any(sign in text for sign in "<>=≤≥"):
        expect_keys(written, "task", ("refute",), ("over", *_SIZES))
        return Task("refute", text, _relation(written, text, "refute"))
    expect_keys(written, "task", ("refute",), _SIZES)
    claim = _known_claim(text)
    return Task("refute", claim.id, replace(claim, bounds=_bounds(written, claim.bounds)))


def _known_claim(name: str) -> Claim:
    """The claim or control of a theorem by its id."""
    known = {
        claim.id: claim
        for theorem in theorems().values()
        for claim in (*theorem.claims, *(control.claim for control in theorem.controls))
    }
    if name not in known:
        near = get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "certimin show ID lists its claims"
        raise UsageError(f"task.refute: no relation, and no claim {shown(name)}; {hint}")
    return known[name]


def _construction(written: Mapping[str, Any], goal: str) -> Task:
    expect_keys(written, "task", (goal,), ("where", "over", *_SIZES))
    formula, where = written[goal], written.get("where", "")
    if not isinstance(where, str):
        raise UsageError(f"task.where: expected a text, got {shown(where)}")
    if re.search(r"\bif\b", formula):
        raise UsageError(
            f"task.{goal}: expected a formula, got one with 'if'; conditions stand in where"
        )
    claim = _claim(written, goal, lambda **place: at_least_zero(formula, where, **place))
    return Task(goal, formula, claim, where=where if where.strip() else "")


def _constant(written: Mapping[str, Any], goal: str) -> Task:
    expect_keys(written, "task", (goal, "in"), ("over", *_SIZES, "instances", "seed"))
    name, text = written[goal], written["in"]
    if not isinstance(text, str):
        raise UsageError(f"task.in: expected a text, got {shown(text)}")
    like = _relation(written, "depth >= 1", goal)
    try:
        at = with_constant(text, name, like)
    except UsageError as error:
        raise UsageError(f"task.in: {str(error).removeprefix('tighten: ')}") from error
    instances = written.get("instances", Fraction(_INSTANCES))
    return Task(
        goal, name, like, at, whole(instances, "task.instances", 1, _MOST_INSTANCES),
        whole(written.get("seed", Fraction(0)), "task.seed", 0, _MOST_SEED), within=text,
    )  # fmt: skip


def _relation(written: Mapping[str, Any], text: str, key: str) -> Claim:
    return _claim(written, key, lambda **place: conjecture("task", text, **place).claims[0])


def _claim(written: Mapping[str, Any], key: str, made: Callable[..., Claim]) -> Claim:
    """What is made over the setting and the sizes of a task."""
    over, bounds = written.get("over", "minimizers"), _bounds(written, _USUAL)
    if not isinstance(over, str):
        raise UsageError(f"task.over: expected the name of a setting, got {shown(over)}")
    try:
        claim = made(over=over, depth=bounds.depth, width=bounds.width)
        check_fit(claim)
    except UsageError as error:
        said = str(error)
        named = said.startswith(("over: ", "where: "))
        raise UsageError(f"task.{said}" if named else f"task.{key}: {said}") from error
    return claim


def _bounds(written: Mapping[str, Any], usual: Bounds) -> Bounds:
    return Bounds(
        *(
            _range(written[key], f"task.{key}") if key in written else getattr(usual, key)
            for key in _SIZES
        )
    )


def _range(value: Any, where: str) -> tuple[int, int]:
    """One size, or the least and the largest."""
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2:
        raise UsageError(f"{where}: expected a size or [least, most], got {len(ends)} numbers")
    low, high = (whole(end, where, 1, _LARGEST) for end in ends)
    if low > high:
        raise UsageError(f"{where}: expected least <= most, got {low} and {high}")
    return low, high
