"""Hypothesis as adversary: the recipe of a setting becomes a strategy, the slack its target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import inf, isfinite
from time import monotonic
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings, target
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers

from verify.claims import Claim, decide
from verify.search.record import Attack, Counterexample
from verify.search.sizes import allows, sized
from verify.sources import ExactSource

__all__ = ["HypothesisSource", "explore", "instances"]


class HypothesisSource(ExactSource):
    """Lets Hypothesis make the choices of a recipe."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        super().__init__()
        self._draw = draw

    def _pick_integer(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def _pick_number(self, low: int, high: int) -> Fraction:
        # an integer over a fixed denominator: much faster than st.fractions, and 12 holds 1..4, 6
        return Fraction(self._draw(st.integers(12 * low, 12 * high)), 12)


def instances(claim: Claim) -> st.SearchStrategy[tuple[Any, list[Any]]]:
    """Return a strategy for (exact instance, its choices) of the claim's setting.

    Sizes that the claim's conditions exclude are drawn anew.
    """
    conditions = sized(claim)

    @st.composite
    def build(draw: Any) -> tuple[Any, list[Any]]:
        source = HypothesisSource(draw)
        try:
            instance = claim.setting.build(source, claim.bounds)
        except ArithmeticError:
            instance = None
        assume(instance is None or allows(conditions, instance))
        return instance, [choice.value for choice in source.choices]

    return build()


class _Found(Exception):
    """Carries a counterexample out of Hypothesis' loop."""


@contextmanager
def _by_seed_alone() -> Iterator[None]:
    """Keep Hypothesis from drawing integers that it reads in the source of loaded modules.

    Which modules are loaded hangs on what ran before in this process, and what is read in them is
    stored below the working directory.  The names are not public: where they are absent, Hypothesis
    is too old to read modules or has another way, and the tests say which.
    """
    provider = providers.HypothesisProvider
    kept = provider.__dict__.get("_local_constants")
    if kept is None:
        yield
        return
    nothing = SimpleNamespace(set_for_type=lambda kind: ())
    setattr(provider, "_local_constants", nothing)  # noqa: B010
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        setattr(provider, "_local_constants", kept)  # noqa: B010
        providers.CONSTANTS_CACHE.cache.clear()


def explore(
    claim: Claim,
    seed: int,
    examples: int,
    result: Attack,
    deadline: float,
    *,
    steer: bool = True,
) -> Counterexample | None:
    """Run ``examples`` Hypothesis examples, steering towards small slack if asked; count them."""
    found: list[Counterexample] = []

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
    )
    @given(instances(claim))
    def test(pair: tuple[Any, list[Any]]) -> None:
        if monotonic() > deadline and not found:  # Hypothesis replays what it found
            return
        instance, choices = pair
        if instance is None:
            result.count("hypothesis", 1, 0, inf)
            return
        decision = decide(claim, instance, exact_first=False)
        result.count("hypothesis", 1, int(decision.outcome != "invalid"), decision.slack)
        result.undecided += decision.open
        if steer and decision.outcome != "invalid" and isfinite(decision.slack):
            target(-decision.slack)
        if decision.refutes:
            kept = tuple(choices)
            found.append(Counterexample(instance, decision, "hypothesis", claim.setting, kept))
            raise _Found

    try:
        with _by_seed_alone():
            test()
    except _Found:
        return found[0]
    except Unsatisfiable:  # no sizes within the bounds are allowed
        return None
    return None
