"""A theorem with a wrong constant, exponent or missing assumption must not pass.

Each mutation changes the statement object (a closed form, or a claim's assumptions) and runs the
stages of ``certimin verify`` on it: some claim must come out refuted, which is exit code 1.
"""

from dataclasses import replace

import pytest

from verify.claims import QUANTITIES, Formula
from verify.evidence import EXIT_CODES
from verify.registry import theorems
from verify.runs import tasks as runner
from verify.runs import verdicts as assembly
from verify.runs.profiles import PROFILES, Profile
from verify.search.budget import Budget
from verify.theorem import Theorem

TINY = Profile("quick", 12, 0, 20.0, True, None, Budget(batches=2, batch_size=200, examples=20))
SPINE = ("F3", "M1", "C1", "C2", "C5", "U1", "Z3p")


def constants(expression):
    """Every occurrence of a rational in the expression, as a path of argument positions."""

    def walk(node, path):
        if node.is_Rational:
            yield path
        for i, child in enumerate(node.args):
            yield from walk(child, (*path, i))

    return list(walk(expression, ()))


def replaced(node, path, change):
    """Return the expression with the number at ``path`` changed."""
    if not path:
        return change(node)
    head, *rest = path
    args = list(node.args)
    args[head] = replaced(args[head], rest, change)
    return node.func(*args)


def mutations(theorem_ids):
    """Yield (label, theorem) with one number of one closed form halved or raised by one."""
    for theorem_id in theorem_ids:
        theorem = theorems()[theorem_id]
        for formula in theorem.formulas:
            for path in constants(formula.expression):
                for name, change in (("halved", lambda x: x / 2), ("plus one", lambda x: x + 1)):
                    expression = replaced(formula.expression, path, change)
                    changed = Formula(formula.name, formula.latex, expression)
                    label = f"{theorem_id} {formula.name}{list(path)} {name}"
                    yield label, theorem.altered(formula, changed)


def dropped_assumptions(theorem_ids):
    """Yield (label, theorem) without one assumption that has a necessity witness."""
    for theorem_id in theorem_ids:
        theorem = theorems()[theorem_id]
        for item in theorem.necessity:
            claims = tuple(
                replace(c, assumptions=tuple(a for a in c.assumptions if a != item.assumption))
                if c.id == item.claim.id
                else c
                for c in theorem.claims
            )
            yield f"{theorem_id} without {item.assumption.id}", replace(theorem, claims=claims)


def verdict(theorem, monkeypatch):
    """Run the stages of one theorem as ``certimin verify`` does and return its claims' verdict."""
    monkeypatch.setitem(PROFILES, "quick", TINY)
    monkeypatch.setattr(runner, "theorems", lambda: {theorem.id: theorem})
    monkeypatch.setattr(Theorem, "uses", ())  # its premises are taken as they are
    lone = replace(theorem, trainings=(), controls=())
    listed = runner.tasks([lone], 0, "quick", "numpy")
    outcomes, found = [], "vacuous"
    # the cheapest stages first; of the cheap ones the verdict is asked for once: it takes longer
    for stage, one_by_one in (
        ("decide", False),
        ("witness", False),
        ("derive", True),
        ("search", True),
    ):
        tasks = [task for task in listed if task.stage == stage]
        for some in [[task] for task in tasks] if one_by_one else [tasks]:
            outcomes += map(runner.execute, some)
            found = assembly.overall(assembly.assemble([lone], listed, outcomes))
            if found == "refuted":  # nothing is worse
                return found
    return found


OTHERS = tuple(
    name for name, t in theorems().items() if name not in SPINE and t.status == "theorem"
)
CASES = [*mutations(SPINE), *dropped_assumptions(SPINE)]
MORE = [*mutations(OTHERS), *dropped_assumptions(OTHERS)]


def cases(pairs):
    return pytest.mark.parametrize(
        "theorem", [m for _, m in pairs], ids=[name for name, _ in pairs]
    )


def test_there_is_something_to_mutate():
    assert len(CASES) >= 30


@cases(CASES)
def test_a_mutated_theorem_is_refuted(theorem, monkeypatch):
    found = verdict(theorem, monkeypatch)
    assert found == "refuted"
    assert EXIT_CODES[found] == 1


@pytest.mark.slow
@cases(MORE)
def test_every_other_mutated_theorem_is_refuted(theorem, monkeypatch):
    assert verdict(theorem, monkeypatch) == "refuted"


@pytest.mark.parametrize("theorem_id", SPINE)
def test_the_unmutated_theorem_is_not(theorem_id, monkeypatch):
    assert verdict(theorems()[theorem_id], monkeypatch) == "holds"


def frobenius_on_data(instance):
    """|M K|_F where the spectral norm is meant."""
    ar = instance.arithmetic
    return ar.sqrt(ar.trace(instance.net.end_to_end @ instance.sigma @ instance.net.end_to_end.mT))


@pytest.mark.parametrize(
    ("theorem_id", "name"), [("F5", "target_on_data"), ("U4", "map_norm"), ("U2", "target_on_data")]
)
def test_a_quantity_that_measures_something_else_is_found_out(theorem_id, name, monkeypatch):
    wrong = replace(QUANTITIES[name], measure=frobenius_on_data)
    monkeypatch.setitem(QUANTITIES, name, wrong)
    assert verdict(theorems()[theorem_id], monkeypatch) == "refuted"
