"""Pages in the older form, until all are rewritten."""

from dataclasses import replace

from verify import claims, theorem
from verify.claims import Bounds, Proof
from verify.derivation import steps
from verify.derivation.steps import am_gm as _am_gm
from verify.theorem import Control, Measurement, Source, TrainedSolution  # noqa: F401

Step = steps.Step


class Formula(claims.Formula):
    @property
    def symbol(self):
        return self


def Assumption(id, statement, holds):
    return claims.Assumption(id, holds, statement)


def _name(full):
    return full.partition(".")[2] or full


def Claim(id, title, setting, relation, assumptions=(), formulas=(), bounds=None, conditions=()):
    extra = tuple(claims.Assumption(str(c), c) for c in conditions)
    return claims.Claim(
        _name(id), title, setting, relation, (*assumptions, *extra), bounds or Bounds()
    )


def Identity(name, statement, scope, rule, lhs, rhs):
    return steps.Identity(name, lhs, rhs, why=rule)


def Condition(name, statement, scope, rule, holds):
    return steps.Condition(name, holds, why=rule)


def am_gm(terms, name, scope):
    return _am_gm(terms, name)


class Witness:
    def __init__(self, id, claim_id, statement, instance):
        self.args = id, claim_id, statement, instance


class Necessity:
    def __init__(self, assumption, claim_id, statement, instance):
        self.args = assumption, claim_id, statement, instance


class Training:
    def __init__(self, id, title, run, claim_ids=()):
        self.args = id, title, run, claim_ids


class _Old:
    """A premise by id alone."""

    def __init__(self, id):
        self.theorem = self.id = self.name = id


def Theorem(
    *,
    derivations=None,
    formulas=(),
    partly_derived=(),
    tags=(),
    uses=(),
    witnesses=(),
    necessity=(),
    trainings=(),
    claims,
    id,
    **rest,
):
    derivations = derivations or {}
    given = tuple(map(_Old, uses))

    def proved(claim):
        derive = derivations.get(f"{id}.{claim.name}")
        if derive is None:
            return claim

        def run(**expressions):
            return derive(expressions)

        return replace(claim, proof=Proof(run, {f.name: f for f in formulas}), given=given)

    for c in claims:
        assert "." not in c.name or c.name.startswith("control."), c.name
    claims = tuple(map(proved, claims))
    if not derivations and claims:
        claims = (replace(claims[0], given=given), *claims[1:])
    by = {f"{id}.{c.name}": c for c in claims}
    short = f"{id}.witness."
    return theorem.Theorem(
        id=id,
        claims=claims,
        witnesses=tuple(
            theorem.Witness(w.args[0].removeprefix(short), by[w.args[1]], *w.args[2:])
            for w in witnesses
        ),
        necessity=tuple(
            theorem.Necessity(w.args[0], by[w.args[1]], *w.args[2:]) for w in necessity
        ),
        trainings=tuple(
            theorem.Training(_name(t.args[0]), *t.args[1:3], tuple(by[n] for n in t.args[3]))
            for t in trainings
        ),
        **rest,
    )
