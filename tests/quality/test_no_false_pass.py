"""Whole theorems, good and bad, through every stage: only what was shown to hold may hold."""

from dataclasses import replace

import pytest
import sympy as sp

from tests.toys import Numbers, claim, first, never, norm, tainted, theorem, total, vague
from verify.claims import Assumption, Proof
from verify.derivation.steps import Identity
from verify.runs import tasks as runner
from verify.runs import verdicts as assembly
from verify.runs.profiles import PROFILES
from verify.runs.tasks import Store
from verify.search.budget import Budget
from verify.theorem import Control, Measurement, Necessity, TrainedSolution, Training, Witness

# no search scales that far
LARGE = Assumption("large", lambda i: i.values[0] > 10**100, "x > 10^{100}")
IRRATIONAL = Assumption("root", lambda i: i.values[0] * i.values[0] == 2, "x² = 2")
FLOATS = Assumption("floats", lambda i: i.arithmetic.kind == "sampled", "in floats only")
WEAK = Control(claim(norm >= first, name="control"))


def about(relation, *assumptions, **parts):
    return theorem(claims=(claim(relation, *assumptions),), **parts)


SQUARES = (first + total) ** 2, first**2 + 2 * first * total + total**2


def derived(*steps, relation=norm >= first):
    return theorem(claims=(claim(relation, proof=Proof(lambda: steps)),))


def trained(*numbers):
    measurements = tuple(Measurement("m", 1.0, x, 1e-3) for x in numbers)
    solutions = [TrainedSolution("run", Numbers.exact(1), None, measurements)] if numbers else []
    decided = claim(norm >= first)
    training = Training("t", "", lambda *_: solutions, (decided,))
    return theorem(claims=(decided,), trainings=(training,))


def without_need():
    """A claim that holds where its only assumption fails."""
    weak = claim(norm >= first, LARGE)
    item = Necessity(LARGE, weak, "", lambda: Numbers.exact(1))
    return theorem(claims=(weak,), necessity=(item,))


def only_shown():
    """A false claim that nothing meets but the one instance that its author gives."""
    own = claim(sp.Eq(first, 10**101), LARGE)
    return theorem(
        claims=(own,), witnesses=(Witness("w", own, "", lambda: Numbers.exact(10**101)),)
    )


def observed():
    """A training that names a claim and gives no instance to decide it on."""
    decided = claim(norm >= first)
    solutions = [TrainedSolution("run", None, None, (Measurement("m", 1.0, 1.0, 1e-3),))]
    training = Training("t", "", lambda *_: solutions, (decided,))
    return theorem(claims=(decided,), trainings=(training,))


def step(lhs, rhs):
    return Identity("step", lhs, rhs)


THEOREMS = {
    "true": (about(norm >= first), "holds"),
    "true in balls": (about(vague >= first - 2), "holds"),
    "false": (about(norm <= first), "refuted"),
    "false at zero": (about(sp.Abs(first) > 0), "refuted"),
    "false on a strip": (about(sp.Abs(5 * first - 1) > sp.Rational(1, 1000)), "refuted"),
    "open in balls": (about(vague >= first), "inconclusive"),
    "true in floats": (about(tainted > first - 1), "holds"),
    "false in floats": (about(tainted > first), "inconclusive"),
    "true only where its author showed it": (only_shown(), "vacuous"),
    "undefined": (about(never > 0), "vacuous"),
    "never assumed": (about(first > 9, LARGE), "vacuous"),
    "assumed at no rational": (about(first > 9, IRRATIONAL), "vacuous"),
    "assumed in floats": (about(first > -9, FLOATS), "vacuous"),
    "control survives": (about(norm >= first, controls=(WEAK,)), "error"),
    "derived": (derived(step(*SQUARES), relation=sp.Eq(*SQUARES)), "holds"),
    "derived from something else": (derived(step(*SQUARES)), "void"),
    "derived from nothing": (derived(), "error"),
    "derived wrongly": (derived(step(1, 1), step(first, 2 * first)), "refuted"),
    "trained": (trained(1.0001), "holds"),
    "trained away": (trained(1.0, 2.0), "inconclusive"),
    "training diverged": (trained(float("nan")), "inconclusive"),
    "training gave nothing": (trained(), "vacuous"),
    "training decided nothing": (observed(), "vacuous"),
    "necessity not shown": (without_need(), "error"),
}


@pytest.mark.parametrize("name", THEOREMS)
def test_the_verdict_of_every_stage_together(name, monkeypatch, tmp_path):
    subject, verdict = THEOREMS[name]
    tiny = replace(
        PROFILES["quick"], instances=20, budget=Budget(batches=3, batch_size=1000, examples=30)
    )
    monkeypatch.setitem(PROFILES, "quick", tiny)
    monkeypatch.setattr(runner, "theorems", lambda: {"T": subject})
    listed = runner.tasks([subject], 0, "quick", "numpy")
    outcomes = runner.run(listed, None, Store(tmp_path, resume=False), lambda outcome: None)
    (record,) = assembly.assemble([subject], listed, outcomes)
    assert record["verdict"] == verdict
    assert record["verified"] == (verdict == "holds")
