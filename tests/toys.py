"""A sample space small enough to reason about: a few numbers, and what can be measured on them."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational
from verify.claims import QUANTITIES, Bounds, Claim, Quantity, Setting
from verify.errors import Undefined
from verify.theorem import Source, Theorem, Witness


@dataclass(frozen=True, eq=False)
class Numbers:
    """An instance: numbers in some arithmetic."""

    arithmetic: Any
    values: tuple[Any, ...]

    @classmethod
    def exact(cls, *values):
        return cls(Rational(), tuple(Rational().scalar(v) for v in values))

    def routes(self):
        yield self
        for precision in (64, 256):
            balls = Balls(precision)
            with balls:
                values = tuple(map(balls.scalar, self.values))
            yield replace(self, arithmetic=balls, values=values)

    def to_json(self):
        return {"values": [str(v) for v in self.values]}


def build(source, bounds):
    arithmetic = Rational() if source.exact else Floating()
    count = source.integer(*bounds.width)
    row = arithmetic.matrix(source.matrix(1, count))
    return Numbers(arithmetic, tuple(arithmetic.entry(row, 0, j) for j in range(count)))


NUMBERS = Setting("numbers", "a few numbers between -3 and 3", build)


def _tainted(instance):
    x = instance.values[0]
    if instance.arithmetic.kind == "certified":
        return Ball.of(float(x))
    return _not_exact(instance, x)


def _vague(instance):
    x = instance.values[0]
    return Ball.between(x - 1, x + 1) if isinstance(x, Ball) else _not_exact(instance, x)


def _not_exact(instance, x):
    if instance.arithmetic.kind == "exact":
        raise NotExact("left to balls")
    return x


def _never(instance):
    raise Undefined("never defined")


def _norm(instance):
    total = sum((x * x for x in instance.values[1:]), instance.values[0] * instance.values[0])
    return instance.arithmetic.sqrt(total)


def _toy(name, measure, **options):
    return Quantity(f"toy_{name}", name, "", measure, **{"positive": False, **options})


TOYS = (
    _toy("count", lambda i: len(i.values), integer=True, positive=True),
    _toy("first", lambda i: i.values[0]),
    _toy("last", lambda i: i.values[-1]),
    _toy("sum", lambda i: sum(i.values[1:], i.values[0])),
    _toy("norm", _norm),
    _toy("tainted", _tainted),
    _toy("vague", _vague),
    _toy("never", _never),
)
count, first, last, total, norm, tainted, vague, never = (q.symbol for q in TOYS)


@pytest.fixture(autouse=True, scope="module")
def toy_quantities():
    """Make the toy quantities known while a module runs, and only then."""
    with pytest.MonkeyPatch.context() as patch:
        for toy in TOYS:
            patch.setitem(QUANTITIES, toy.name, toy)
        yield


def claim(relation, *assumptions, width=(1, 3), setting=NUMBERS, name="claim", **options):
    """Return a claim about the toy setting."""
    return Claim(name, "", setting, relation, assumptions, Bounds(width=width), **options)


def theorem(id="T", claims=None, witnesses=None, uses=(), **options):
    """Return a toy theorem; its claim and its witness are true unless others are given.

    ``uses`` are toy theorems or ids: its first claim is given a claim of each.
    """
    claims = (claim(norm >= first),) if claims is None else claims
    if uses:
        given = tuple(_MADE.get(name) or replace(claim(norm >= first), theorem=name)
                      for name in (getattr(t, "id", t) for t in uses))  # fmt: skip
        claims = (replace(claims[0], given=given), *claims[1:])
    if witnesses is None and claims:
        witnesses = (Witness("met", claims[0], "it can be met", lambda: Numbers.exact(1)),)
    made = Theorem(
        id=id,
        title="toy",
        normalisation="none",
        source=Source("nobody", "nowhere"),
        claims=claims,
        witnesses=witnesses or (),
        module=options.pop("module", "toys"),
        **options,
    )
    if made.claims:
        _MADE[id] = made.claims[0]
    return made


_MADE = {}
"""The first claim of the toy theorem made last under each id: what those that use it are given."""
