"""What the kernel must know of deep linear networks to check a counterexample.

The definitions stand in ``counterexample.v`` beside this module.  Each quantity is enclosed here by
rational numbers, with the certificate that shows it; the numbers are those of the stand-alone
checker (:mod:`theorems.checker`), which knows no floats, and the kernel computes everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from importlib import resources
from typing import Any

from theorems import checker
from verify.certificates.checker import combine, product, transpose
from verify.certificates.checker import squares as sum_of_entries_sq
from verify.certificates.coq.numbers import (
    Ends,
    Matrix,
    Unexported,
    listed,
    pair,
    rational,
    rows,
    vector,
)
from verify.certificates.coq.terms import COMPUTED, Measured
from verify.certificates.coq.tops import Top, squares, top, written_squares

__all__ = ["DEFINITIONS", "LEMMAS", "Network", "exported"]

DEFINITIONS, _, LEMMAS = (
    resources.files("theorems")
    .joinpath("counterexample.v")
    .read_text(encoding="utf-8")
    .partition("(* --- lemmas --- *)")
)
"""What networks, quantities and settings are to the kernel, and what is proved of them."""

_RATIONAL = {
    "depth": "depth_of", "d_x": "d_x_of", "d_y": "d_y_of", "width_min": "width_min_of",
    "width_max": "width_max_of", "loss": "loss_value", "loss_at_zero": "loss_at_zero_of",
    "hessian_trace": "hessian_trace_of", "slope_sq": "slope_sq_of", "data_trace": "data_trace_of",
    "weights_sq": "weights_sq_of", "a": "a_of", "a2": "a2_of",
}  # fmt: skip
"""Quantities that are rational numbers, and what computes them in ``counterexample.v``."""

_SIZES = ("depth", "d_x", "d_y", "width_min", "width_max")


def exported(data: Mapping[str, Any]) -> Network:
    """Return what the kernel must know of the instance of a certificate.

    Raises
    ------
    Unexported
        If it is of another kind, or too large.
    """
    if set(data["instance"]) != {"weights", "sigma", "target"}:
        raise Unexported("an instance with more than weights, second moments and a target")
    return Network(data["claim"]["setting"], checker.Point(data["instance"], data["hints"]))


class Network:
    """An instance with the name of the setting that it is of."""

    def __init__(self, setting: str, point: Any) -> None:
        self.setting, self.point = setting, point
        self.definitions, self.lemmas = DEFINITIONS, LEMMAS
        layers = listed(map(rows, point.W))
        self.instance = f"Instance\n  {layers}\n  {rows(point.sigma)}\n  {rows(point.target)}"
        self._measured: dict[tuple[str, int], Measured] = {}

    @property
    def sizes(self) -> dict[str, tuple[int, str]]:
        """Return depth and widths, and how Coq computes them."""
        names = _SIZES if self.point.depth > 1 else _SIZES[:3]
        return {n: (checker.QUANTITIES[n](self.point), f"{_RATIONAL[n]} it") for n in names}

    def measure(self, name: str, bits: int) -> Measured:
        """Return an enclosure of a quantity and the tactic that shows it."""
        if (name, bits) not in self._measured:
            self._measured[name, bits] = self._measure(name, bits)
        return self._measured[name, bits]

    def _measure(self, name: str, bits: int) -> Measured:
        if name in _RATIONAL:
            value = checker.QUANTITIES[name](self.point)
            proof = "apply within_rational with (q := {of} it); [exact {{given}}|{computed}]"
            return Measured(Ends.of(value), proof.format(of=_RATIONAL[name], computed=COMPUTED))
        if name not in _MEASURES:
            raise Unexported(f"{name} has no definition for the kernel")
        return _MEASURES[name](self.point, bits)

    def member(self, bits: int) -> tuple[str, str]:
        """Return the proposition that the instance is of its setting, and its tactic."""
        if self.setting not in _SETTINGS:
            raise Unexported(f"the setting {self.setting} has no definition for the kernel")
        said = f"in_{self.setting.replace('-', '_')} F it"
        terms = written_squares(squares(self.point.sigma))
        tactic = (
            "repeat match goal with |- _ /\\ _ => split end; match goal with "
            f"|- in_general _ _ => apply in_general_by with {terms}; {COMPUTED} "
            f"| |- _ = true => {COMPUTED} end"
        )
        if self.setting == "flattest-minimizers":
            unfolded = "unfold in_whitened_minimizers, in_minimizers"
            return said, f"split; [{unfolded}; {tactic}|{self._flattest(bits)}]"
        return said, f"unfold {', '.join(_UNFOLDED)}; {tactic}"

    def _flattest(self, bits: int) -> str:
        """That S = 2L|T|^{2-2/L}, where both are rational."""
        s, t = self.measure("sharpness", bits), self.measure("target_norm", bits)
        L = self.point.depth
        u = t.ends.power(2 - Fraction(2, L), bits)
        if not (s.ends.low == s.ends.high == 2 * L * u.low and u.low == u.high):
            raise Unexported("a sharpness that is not rational, in a setting that names its value")
        return (
            f"intros s t u hs ht hu; "
            f"assert (ts : {_within(s.ends)} s) by ({s.proof.format(given='hs')}); "
            f"assert (tt : {_within(t.ends)} t) by ({t.proof.format(given='ht')}); "
            f"assert (tu : {_within(u)} u) by "
            f"(eapply within_power; [exact tt|exact hu|{COMPUTED}|{COMPUTED}]); "
            f"assert (tm : {_within(s.ends)} (of_Q (2 * depth_of it) * u)%F) by "
            f"(eapply within_mul; [apply within_constant with (a := {rational(2 * L)}); {COMPUTED}"
            f"|exact tu|{COMPUTED}]); "
            f"refine (eq_within F _ _ _ _ _ _ ts tm _); {COMPUTED}"
        )


_SETTINGS = (
    "minimizers", "univariate-minimizers", "whitened-minimizers", "balanced-minimizers",
    "flattest-minimizers", "weights",
)  # fmt: skip


_UNFOLDED = (
    "in_univariate_minimizers", "in_whitened_minimizers", "in_balanced_minimizers", "in_weights",
    "in_minimizers",
)  # fmt: skip


def _within(ends: Ends) -> str:
    return f"within F {rational(ends.low)} {rational(ends.high)}"


def _gram(A: Matrix) -> Matrix:
    found: Matrix = product(transpose(A), A)
    return found


def _of_top(found: Top) -> Measured:
    return Measured(found.ends, f"refine (within_top F _ _ {found} {{given}} _); {COMPUTED}")


def _of_root(found: Top, bits: int) -> Measured:
    """A number >= 0 whose square is a largest eigenvalue."""
    ends = found.ends.power(Fraction(1, 2), bits)
    lemma = f"within_root_of_top F _ {found} _ _ _ {{given}} _"
    return Measured(ends, f"refine ({lemma}); {COMPUTED}")


def _sharpness(p: Any, bits: int) -> Measured:
    n = sum(len(W) * len(W[0]) for W in p.W)
    if n > 48:
        raise Unexported(f"a Hessian in {n} weights, more than 48")
    return _of_top(top(p.hessian(), bits, p.dual_gram() if p.is_minimizer else None))


def _norm(A: Matrix, bits: int) -> Measured:
    return _of_root(_norm_top(A, bits), bits)


def _norm_top(A: Matrix, bits: int) -> Top:
    small = product(A, transpose(A)) if len(A) < len(A[0]) else None
    return top(_gram(A), bits, small)


def _norm_on_data(A: Matrix, p: Any, bits: int) -> Measured:
    return _of_root(top(product(A, p.sigma, transpose(A)), bits), bits)


def _root_of_rational(p: Any, bits: int) -> Measured:
    ends = Ends.of(sum_of_entries_sq(p.target)).power(Fraction(1, 2), bits)
    proof = f"refine (within_root_of_rational F _ _ _ _ {{given}} _); {COMPUTED}"
    return Measured(ends, proof)


def _negative(A: Matrix) -> Matrix:
    found: Matrix = combine(-1, A, 0, A)
    return found


def _data_min(p: Any, bits: int) -> Measured:
    found = top(_negative(p.sigma), bits)
    shown = f"within_opposite_top F _ {found} _ {{given}} _"
    proof = f"refine (within_weaken F _ _ _ ({shown}) _ _ _); {COMPUTED}"
    return Measured(-found.ends, proof)


def _condition(p: Any, bits: int) -> Measured:
    least, most = top(_negative(p.sigma), bits), top(p.sigma, bits)
    ends = (most.ends * (-least.ends).power(Fraction(-1), bits)).rounded(bits)
    proof = f"refine (within_condition F it _ {least} {most} _ _ {{given}} _ _ _); {COMPUTED}"
    return Measured(ends, proof)


def _extreme_norm(
    matrices: Callable[[Any], Sequence[Matrix]], head: str
) -> Callable[[Any, int], Measured]:
    """The largest or least of several norms."""

    def measure(p: Any, bits: int) -> Measured:
        tops = [_norm_top(A, bits) for A in matrices(p)]
        between = [each.ends.power(Fraction(1, 2), bits) for each in tops]
        pick = max if head == "max" else min
        ends = Ends(pick(e.low for e in between), pick(e.high for e in between))
        shown = listed(
            pair(str(each), pair(rational(e.low), rational(e.high)))
            for each, e in zip(tops, between, strict=True)
        )
        return Measured(
            ends,
            f"destruct {{given}} as [norms [are_norms extreme]]; "
            f"refine (within_{head} F _ _ _ (enclosed_norms F _ _ {shown} are_norms _) "
            f"extreme _ _ _); {COMPUTED}",
        )

    return measure


def _block_sharpness(p: Any, bits: int) -> Measured:
    H, tops, start = p.hessian(), [], 0
    for W in p.W:
        n = len(W) * len(W[0])
        tops.append(top([row[start : start + n] for row in H[start : start + n]], bits))
        start += n
    ends = Ends(max(t.ends.low for t in tops), max(t.ends.high for t in tops))
    return Measured(
        ends,
        f"destruct {{given}} as [tops [are_tops extreme]]; refine (within_max F _ _ _ "
        f"(enclosed_tops F _ _ {listed(map(str, tops))} are_tops _) extreme _ _ _); {COMPUTED}",
    )


def _minimal_sharpness(p: Any, bits: int) -> Measured:
    """A vector y with its gain from below; from above that no gain is much larger."""
    if "minimal_sharpness" not in p.hints:
        raise Unexported("minimal_sharpness without a vector that nearly attains it")
    L, sigma = p.depth, p.sigma
    y = [[Fraction(x)] for x in p.hints["minimal_sharpness"]]
    image = product(sigma, y)
    energy = product(transpose(y), image)[0][0]
    if not energy or not any(map(any, product(p.target, image))):
        raise Unexported("a vector for minimal_sharpness that is of no use")
    s, t = (sum_of_entries_sq(M) / energy for M in (image, product(p.target, image)))
    on_data, on_target = _gram(sigma), _gram(p.cross)
    mixed = combine(1 / s, on_data, Fraction(L - 1) / t, on_target)
    factor = _least_factor(p, s, t, bits)
    rest = combine(L * factor, sigma, -1, mixed)
    low, high = s * t ** (L - 1), s * t ** (L - 1) * factor**L
    gain = Ends(low, high).rounded(bits + 8)
    ends = Ends.of(2 * L) * gain.power(Fraction(1, L), bits)
    certificate = (
        f"(Gain_certificate {vector([row[0] for row in y])} {rational(factor)} "
        f"{written_squares(squares(rest))} {written_squares(squares(sigma))})"
    )
    between = f"{rational(gain.low)} {rational(gain.high)}"
    lemma = f"within_minimal_sharpness F it {certificate} {between} _ _ _ {{given}} _"
    return Measured(ends, f"refine ({lemma}); {COMPUTED}")


def _least_factor(p: Any, s: Fraction, t: Fraction, bits: int) -> Fraction:
    """The largest eigenvalue of Σ (I/(sL) + (L-1) TᵀT/(tL)), or a little more."""
    L, n = p.depth, p.widths[0]
    inner = combine(1 / (s * L), checker.identity(n), (L - 1) / (t * L), _gram(p.target))
    kept = checker.Number.bits
    try:
        checker.Number.bits = bits
        high: Fraction = p.top(product(p.sigma, inner)).high
    finally:
        checker.Number.bits = kept
    return high


_MEASURES: dict[str, Callable[[Any, int], Measured]] = {
    "sharpness": _sharpness,
    "jet_sharpness": _sharpness,
    "block_sharpness": _block_sharpness,
    "minimal_sharpness": _minimal_sharpness,
    "data_max": lambda p, bits: _of_top(top(p.sigma, bits)),
    "data_min": _data_min,
    "condition": _condition,
    "target_norm": lambda p, bits: _norm(p.target, bits),
    "target_fro": _root_of_rational,
    "w_norm": _root_of_rational,
    "target_on_data": lambda p, bits: _norm_on_data(p.target, p, bits),
    "map_norm": lambda p, bits: _norm_on_data(p.P, p, bits),
    "layer_norm_max": _extreme_norm(lambda p: p.W, "max"),
    "layer_norm_min": _extreme_norm(lambda p: p.W, "min"),
    "path_gain_max": _extreme_norm(lambda p: p.B, "max"),
    "imbalance": _extreme_norm(lambda p: checker.inner_layers(p, p.imbalances()), "max"),
}
