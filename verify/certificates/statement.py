"""What a certificate says, derived from what it decides: a relation, conditions and an instance.

Nothing here is taken from an author's words.  A certificate is written from :func:`stated`, and
:func:`untrue` compares with it when the certificate is decided again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from verify.certificates import checker
from verify.claims import QUANTITIES, Claim, Setting, assumed, decide
from verify.errors import Undefined, UsageError
from verify.expression import MAX_EXPONENT, from_tree, tree

__all__ = ["rebuilt", "stated", "untrue"]

Enclosure = tuple[Fraction, Fraction]


def stated(claim: Claim, instance: Any) -> dict[str, Any]:
    """Return what certificate.json says of a violation.

    Raises
    ------
    UsageError
        The claim cannot be written as a tree.
    """
    written = {
        "setting": claim.setting.name,
        "relation": tree(claim.expanded),
        "conditions": [tree(condition) for condition in claim.conditions],
        "assumptions": [assumption.latex for assumption in claim.predicates],
    }
    values = instance.to_json()
    lhs, rhs = _written_sides(claim, instance)
    return {
        "claim": {"text": checker.sentence(written), "latex": _latex(written, claim.setting)}
        | written,
        "instance": values,
        "hints": instance.hints() if hasattr(instance, "hints") else {},
        "sizes": {name: _sizes(value) for name, value in values.items()},
        "lhs": lhs,
        "rhs": rhs,
        "separator": checker.between(lhs, rhs),
    }


def rebuilt(written: Mapping[str, Any], setting: Setting) -> Claim:
    """Return the claim that a certificate writes as trees; what it assumes in words is left out.

    Raises
    ------
    UsageError
        They are no trees, name a quantity that is unknown here, or have too large powers.
    """
    trees = (written["relation"], *written["conditions"])
    relation, *conditions = (from_tree(each, _symbol) for each in trees)
    for each in trees:
        _check_growth(each)
    return Claim("replay", checker.sentence(written), setting, relation, assumed(*conditions))


def untrue(data: Mapping[str, Any], claim: Claim, instance: Any) -> Iterator[str]:
    """Yield the keys of a certificate under which it says what is not so.

    Parameters
    ----------
    claim, instance
        Rebuilt from it.
    """
    written, lhs, rhs = data["claim"], data["lhs"], data["rhs"]
    if written["text"] != checker.sentence(written):
        yield "text"
    if written["latex"] != _latex(written, claim.setting):
        yield "latex"
    if data["sizes"] != {name: _sizes(value) for name, value in data["instance"].items()}:
        yield "sizes"
    known = _written_sides(claim, instance)
    yield from (
        k for k, side in zip(("lhs", "rhs"), known, strict=True) if not _meet(data[k], side)
    )
    apart = checker.between(lhs, rhs)
    if data["separator"] != apart or (apart is None and checker.between(*known) is not None):
        yield "separator"
    if decide(claim, instance, exact_first=data["kind"] == "exact").kind != data["kind"]:
        yield "kind"


def _written_sides(claim: Claim, instance: Any) -> list[list[str] | None]:
    sides = _enclosures(claim, instance)
    return [[str(end) for end in side] for side in sides] if sides else [None, None]


def _meet(printed: Any, known: Any) -> bool:
    """Whether a printed interval meets the one that is known to hold the value."""
    if printed is None or known is None:
        return printed is known
    (low, high), (least, most) = map(Fraction, printed), map(Fraction, known)
    return low <= high and least <= high and low <= most


_LARGEST = 10**6
"""Of powers in powers: beyond it no arithmetic would answer."""


def _check_growth(written: Any, power: int = 1) -> None:
    """Refuse powers that are too large together, each inside the next."""
    if isinstance(written, str):
        return
    exponent = written[2] if written[0] == "**" else None
    if isinstance(exponent, str):
        value = Fraction(exponent) if exponent[:1] in "-0123456789" else Fraction(1)
        power *= max(abs(value.numerator), value.denominator)
    elif exponent is not None:
        power *= MAX_EXPONENT
    if power > _LARGEST:
        raise UsageError(f"expected powers of at most {_LARGEST}, those in others multiplied")
    for part in written[1:]:
        _check_growth(part, power)


def _latex(written: Mapping[str, Any], setting: Setting) -> str:
    assuming = "".join(rf",\ \text{{assuming }} {each}" for each in written["assumptions"])
    return rebuilt(written, setting).latex + assuming


def _symbol(name: str) -> Any:
    if name not in QUANTITIES:
        raise UsageError(f"unknown quantity {name!r}; see `certimin quantities`")
    return QUANTITIES[name].symbol


def _enclosures(claim: Claim, instance: Any) -> tuple[Enclosure, Enclosure] | None:
    """Rational intervals around both sides: disjoint if some arithmetic can separate them."""
    best = None
    for lifted in instance.routes():
        try:
            with lifted.arithmetic:
                lhs, rhs = (_ends(side) for side in claim.sides(lifted))
        except (ArithmeticError, Undefined):
            continue
        if lhs is None or rhs is None:
            continue
        best = lhs, rhs
        exact = lhs[0] == lhs[1] and rhs[0] == rhs[1]
        if exact or lhs[1] < rhs[0] or rhs[1] < lhs[0]:
            break
    return best


def _ends(value: Any) -> Enclosure | None:
    """The ends of a ball, a rational twice; None for what is neither."""
    if isinstance(value, int | Fraction):
        return Fraction(value), Fraction(value)
    if hasattr(value, "lower") and hasattr(value, "upper"):
        return Fraction(value.lower), Fraction(value.upper)
    if hasattr(value, "p") and hasattr(value, "q"):
        exact = Fraction(int(value.p), int(value.q))
        return exact, exact
    return None


def _sizes(value: Any) -> Any:
    """Rows and columns of a matrix, a list of them for several, [] for a scalar."""
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], list) and value[0] and isinstance(value[0][0], list):
        return [_sizes(item) for item in value]
    return [len(value), *([len(value[0])] if value and isinstance(value[0], list) else [])]
