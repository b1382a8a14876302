"""An examination as text: a summary that leaves nothing urgent out, and explains its symbols."""

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from certimin.examination import examine
from certimin.examination.digest import Digest, matters
from certimin.examination.symbols import NOTATION, explained, skeleton
from certimin.examination.theory import AT_MINIMIZER, AT_WEIGHTS, PENALISED, Finding
from certimin.networks import Network
from numeric.enclosure import Enclosure
from verify.registry import theorems
from verify.report.characters import formula, plain

BOUND = Finding("T1", "lower", "t", "sharpness >= depth", "the weights", None, None, "holds")


def bound(theorem, verdict="holds", sides=(2, 1), claim="lower", relation="sharpness >= depth"):
    """A claim with these sides."""
    left, right = (Enclosure.of(Fraction(side)) for side in sides)
    told = {"theorem": theorem, "claim": claim, "verdict": verdict, "relation": relation}
    return replace(BOUND, **told, measured=left, predicted=right)


def test_a_theorem_counts_once_by_its_worst_claim():
    found = [
        bound("A"), bound("A", "contradicted"), bound("A", "undecided"),
        bound("B", "undecided"), bound("B", "agrees"),
        bound("C", "does not apply"), bound("C", "agrees"),
        bound("D", "does not apply"),
    ]  # fmt: skip
    assert Digest.of(found) == Digest(1, 1, 1, 1, claims=6)
    assert str(Digest.of(found)) == (
        "3 theorems apply (6 claims): 1 agree, 1 contradicted, 1 undecided; 1 not applicable"
    )


def test_what_is_wrong_or_open_comes_first_then_five_theorems_by_their_tightest_bound():
    fine = [bound(f"T{k}", sides=(k, 1), claim=c) for k in range(2, 9) for c in ("a", "b")]
    fine.append(bound("T9", sides=(9, 8.9)))
    silent = [bound("N", "does not apply"), bound("E", "agrees", (1, 1), relation="Eq(depth, L)"),
              bound("Z", "agrees", (0, 0))]  # fmt: skip
    wrong = [bound("U", "undecided"), bound("W", "contradicted")]
    told = [f.theorem for f in matters([*fine, *silent, *wrong])]
    assert told == ["W", "U", "T9", "T2", "T3", "T4", "T5"]


def _statements():
    for theorem in theorems().values():
        for claim in theorem.claims if theorem.status == "theorem" else ():
            here = claim.setting.name in AT_WEIGHTS + AT_MINIMIZER + PENALISED
            if here and not claim.check and not str(claim.expanded).startswith("Eq("):
                yield pytest.param(claim, id=claim.id)


INDICES = set("ijklmnuxyftzε")  # of sums, samples, unit vectors that a formula binds


@pytest.mark.parametrize("claim", list(_statements()))
def test_every_symbol_of_a_bound_is_explained(claim):
    texts = [formula(claim.conclusion), plain(claim.title)]
    quantities, letters = explained([str(claim.expanded)], texts)
    known = [pattern for pattern, symbol, _ in NOTATION if symbol in letters]
    for text in (*texts, *quantities.values(), *letters.values()):
        for symbol in sorted(quantities, key=len, reverse=True):
            text = text.replace(symbol, " ") if len(symbol) > 1 else text
        rest = re.sub("|".join([*known, "[ΣΠ]_?"]), " ", skeleton(text))
        left = {ch for ch in rest if ch.isalpha()} - INDICES - set("ᵀ") - set("".join(quantities))
        assert not left, (text, rest)


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(2)
    layers = [rng.standard_normal((m, k)) for k, m in pairwise((2, 2, 1))]
    X, y = rng.standard_normal((9, 2)), rng.standard_normal(9)
    return examine(layers, X, y, step_size=0.01, decay=0.1)


def test_the_summary_has_the_numbers_and_says_where_the_rest_is(found):
    text = str(found)
    words = (
        "norm of the gradient", "S, largest Hessian", "S_min", "S / S_min", "your step size",
        "distance to a minimizer", "theory, for the loss R: ", "the tightest bounds",
    )  # fmt: skip
    assert all(word in text for word in words)
    assert "smallest norm of a layer" not in text
    assert text.splitlines()[-1].startswith("details= shows all numbers")
    assert len(text.splitlines()) < 60
    assert all(len(line) <= 110 for line in text.splitlines() if not line.startswith("  "))


def test_details_leave_nothing_out(found):
    whole = " ".join(found.details.split())
    for rows in found.groups.values():
        for row in rows:
            assert row.value is None or row.label.split()[-1] in whole
    names = [f"{f.theorem}.{f.claim}" for f in found.findings if f.verdict != "does not apply"]
    assert names
    assert all(name in whole for name in names)
    assert "every= lists them" in whole


def test_what_is_contradicted_is_in_the_summary(found):
    wrong = replace(found.findings[0], verdict="contradicted", theorem="X1")
    told = str(replace(found, findings=[*found.findings, wrong]))
    assert "contradicted, for the loss R:" in told
    assert f"X1.{wrong.claim}" in told
    assert "CONTRADICTS A THEOREM: X1" in told


def test_one_reason_is_given_once():
    text = str(examine(Network([np.eye(2), np.ones((1, 2))], [[0, 1], [0]]), np.eye(2), [1.0, 2.0]))
    assert text.count("not applicable") == 1  # of S_min, S / S_min, 2/S_min, distance, S there
    assert "theory, for the loss" not in text


def test_networks_with_activations_have_no_theory_and_no_symbols():
    net = Network([np.eye(2), np.ones((1, 2))], activation="relu")
    text = str(examine(net, np.eye(2), [1.0, 2.0]))
    assert "S, largest Hessian eigenvalue" in text
    assert ": Number of layers" not in text
