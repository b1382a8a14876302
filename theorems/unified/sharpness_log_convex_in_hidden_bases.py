r"""Sharpness is log-convex in the hidden bases of a minimizer.

Statement
    Let W be a minimizer and change the bases of its hidden layers, W_k -> G_k W_k G_{k-1}^{-1} with
    G_0 = G_L = I, which keeps P.  For symmetric X_k, log S is convex along G_k = exp(tX_k).

    Consequence, proved below on paper only.  Let TΣ != 0, r = rank(TΣ), L >= 2.  If all hidden
    widths are at least r + 1, the set of flattest minimizers is path-connected.  If all are r, it
    has exactly 2^{L-1} components.

Notation
    S (``sharpness``); ``sharpness_forward``, ``sharpness_backward`` are S after changing bases by
    G_k and by G_k^{-1}; ``sharpness_contracted`` is S of (Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L), Π_k
    the projector on the row space of the suffix A_k.

Assumptions
    minimizer  S is the dual Gram value.  G_k must be symmetric and positive: for other changes of
               basis midpoints can be sharper than both ends (control).

Proof
    Log-convex: along t, A_k -> A_kG_k^{-1} and B_k -> G_{k-1}B_k, so each
    |A_kᵀZKB_kᵀ|_F² is a sum of terms c_i²e^{λ_it}; sums of such are log-convex, maxima too.
    Contraction: A_{k+1}W_{k+1} = A_k gives Π_{k+1}W_{k+1} = Π_{k+1}W_{k+1}Π_k.  So with
    G_k(t) = Π_k + e^{-t}(I-Π_k) the layers stay bounded, all A_k stay as they are and each B_kᵀB_k
    decreases: S does not grow, and as t -> ∞ the layers tend to networks that use only the row
    spaces of the A_k; whatever acts beside them can be scaled to 0.  The part of W_1 in ker Σ can
    be scaled away too.  The transposed argument restricts to the ranges of the B_kK.  So every
    flattest minimizer is joined, through flattest ones, to one with W_k = J_kw_kJ_{k-1}ᵀ, J_k
    isometries from R^r, w_k invertible for 1 < k < L, and P = T on the range of Σ.
    Two of these differ in w by G in GL(r)^{L-1}.  With G_k = O_kS_k (polar), S is minimal at both
    ends of exp(t log S_k), 0 <= t <= 1, hence throughout.  Last, O_k turns J_k into J_kO_k: the
    Stiefel manifold of isometries R^r -> R^d is connected for d > r; for d = r the sign of det O_k
    cannot change, since minimizers of width r are a copy of GL(r)^{L-1}.

Main results
    U11.convex    S(W)² <= S(GW) S(G⁻¹W) for symmetric positive G
    U11.contract  contraction to the row spaces of the A_k does not raise S

Evidence
    Symbolic in the terms and blocks named; both claims exact on rational instances.  The
    consequence on components is no claim of this module: its topology is not computed.

Sharpness
    Symmetry of the X_k is needed (control).  At width r = 1, T = 1, L = 2 the flattest minimizers
    are (1, 1) and (-1, -1): two pieces.

Implementation notes
    t = 1 and -1 with G_k = RRᵀ + I/4 rational: no exponential is taken.

References
----------
    certimin2026

Tags
    sharpness, connectedness, flat minima, convexity
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import minimizer
from theorems.instances import Instance
from theorems.quantities import sharpness, symbols
from theorems.recipes import Draw, setting
from theorems.settings import minimizers
from verify.claims import Bounds, Setting, quantity
from verify.errors import Undefined
from verify.legacy import Claim, Condition, Identity, Step, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM"]

# --- changes of the hidden bases -----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RebasedInstance(Instance):
    """A minimizer with a change of basis G_k for each hidden layer, ``bases``."""

    bases: tuple[Any, ...]


def _rebased(instance: Any, bases: list[Any], inverses: list[Any]) -> Any:
    """Sharpness of the layers G_kW_kG_{k-1}^{-1}."""
    layers = list(instance.weights)
    for k, (G, inverse) in enumerate(zip(bases, inverses, strict=True)):
        layers[k] = G @ layers[k]
        layers[k + 1] = layers[k + 1] @ inverse
    net = LinearNetwork(instance.arithmetic, tuple(layers))
    return sharpness_at_minimizer(net, instance.sigma)


@quantity("sharpness_forward", "S(GW)")
def sharpness_forward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k."""
    bases = list(instance.bases)
    return _rebased(instance, bases, [instance.arithmetic.inverse(G) for G in bases])


@quantity("sharpness_backward", "S(G^{-1}W)")
def sharpness_backward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k^{-1}."""
    bases = list(instance.bases)
    return _rebased(instance, [instance.arithmetic.inverse(G) for G in bases], bases)


@quantity("sharpness_contracted", r"S(\Pi W)")
def sharpness_contracted(instance: Instance) -> Any:
    """Sharpness of (Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L); the A_k must have full row rank."""
    ar, net = instance.arithmetic, instance.net
    layers = [
        A.mT @ ar.inverse(A @ A.mT) @ A @ W
        for A, W in zip(net.suffixes[:-1], net.weights[:-1], strict=True)
    ]
    contracted = LinearNetwork(ar, (*layers, net.weights[-1]))
    return sharpness_at_minimizer(contracted, instance.sigma)


def _with_bases(draw: Draw, *, symmetric: bool) -> RebasedInstance:
    ar = draw.arithmetic
    plain = draw.of(minimizers)
    bases = []
    for d in plain.net.widths[1:-1]:
        G = draw.matrix(d, d)
        quarter = ar.scale(ar.scalar(Fraction(1, 4)), ar.identity(d))
        bases.append(G @ G.mT + quarter if symmetric else G)
    if not symmetric and ar.kind == "exact":
        _reject_singular(ar, bases)
    return RebasedInstance(ar, plain.weights, plain.sigma, plain.target, True, tuple(bases))


def _reject_singular(ar: Any, bases: list[Any]) -> None:
    try:
        for G in bases:
            ar.inverse(G)
    except ZeroDivisionError as error:
        raise Undefined("a change of basis has no inverse") from error


@setting("positive-bases", "any minimizer, hidden bases changed by G_k = R Rᵀ + I/4")
def positive_bases(draw: Draw) -> RebasedInstance:
    """Symmetric positive changes of the hidden bases."""
    return _with_bases(draw, symmetric=True)


@setting("any-bases", "any minimizer, hidden bases changed by any invertible G_k")
def any_bases(draw: Draw) -> RebasedInstance:
    """Invertible changes of the hidden bases."""
    return _with_bases(draw, symmetric=False)


S, S_forward, S_backward, S_contracted = symbols(
    sharpness, sharpness_forward, sharpness_backward, sharpness_contracted
)

# --- derivations --------------------------------------------------------------------------------


def derive_convex(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield log-convexity of sums of exponentials, one pair of terms at a time."""
    t, x, y = sp.symbols("t x y", real=True)
    c, d = sp.symbols("c d", nonnegative=True)
    first, second = c * sp.exp(x * t), d * sp.exp(y * t)
    total = first + second
    remainder = first * second * (x - y) ** 2
    yield Identity(
        "second derivative of the logarithm, one pair of terms",
        r"ff''-f'^2 = \sum_{i<j}c_ic_j(\lambda_i-\lambda_j)^2e^{(\lambda_i+\lambda_j)t}",
        "any number of terms: a sum over pairs",
        "calculus",
        sp.expand(total * sp.diff(total, t, 2) - sp.diff(total, t) ** 2),
        sp.expand(remainder),
    )
    yield Condition(
        "no pair is negative",
        r"\ge 0",
        "any number of terms: a sum over pairs",
        "a maximum of log-convex functions is log-convex",
        remainder.is_nonnegative,
    )


def derive_contract(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield what a change by Π + ε(I-Π) does to suffixes, layers and prefixes, block by block.

    Blocks are noncommuting symbols of any size; A_k = (u, 0), and A_{k+1}W_{k+1} = A_k makes the
    upper right block of each later layer vanish.
    """
    u, a, b, c, p, q = sp.symbols("u a b c p q", commutative=False)
    e = sp.Symbol("epsilon", positive=True)
    G, back = sp.diag(1, e), sp.diag(1, 1 / e)
    A, W, B = sp.Matrix([[u, 0]]), sp.Matrix([[a, 0], [b, c]]), sp.Matrix([p, q])
    cases = (
        ("suffixes stay", r"A_kG_k^{-1} = A_k", A * back, A),
        (
            "layers stay bounded",
            r"G_{k+1}W_{k+1}G_k^{-1} \text{ has } \varepsilon b \text{ for } b",
            G * W * back,
            sp.Matrix([[a, 0], [e * b, c]]),
        ),
        ("prefixes shrink", r"G_kB_{k+1} = (p, \varepsilon q)", G * B, sp.Matrix([p, e * q])),
    )
    for name, statement, lhs, rhs in cases:
        yield Identity(
            name,
            statement,
            "all depths and widths, in blocks",
            "B_kᵀB_k decreases in the order of forms, so the dual Gram matrix does",
            lhs.applyfunc(sp.expand),
            rhs,
        )


# --- claims and controls ------------------------------------------------------------------------


def _claim(name: str, title: str, relation: Any, where: Setting) -> Claim:
    bounds = Bounds(depth=(2, 3), width=(1, 2))
    return Claim(f"U11.{name}", title, where, relation, (minimizer,), (), bounds)


_claims = (
    _claim(
        "convex",
        "sharpness is log-convex in the hidden bases",
        S**2 <= S_forward * S_backward,
        positive_bases,
    ),
    _claim(
        "contract",
        "contraction to the row spaces of the suffixes does not raise it",
        S_contracted <= S,
        minimizers,
    ),
)

_controls = (
    Control(
        _claim(
            "control.any_change",
            "the same for changes of basis that are not symmetric and positive",
            S**2 <= S_forward * S_backward,
            any_bases,
        )
    ),
    Control(
        _claim(
            "control.concave",
            "log-concave in the hidden bases",
            S**2 >= S_forward * S_backward,
            positive_bases,
        )
    ),
    Control(
        _claim(
            "control.invariant",
            "changes of the hidden bases leave the sharpness as it is",
            S_forward <= S,
            positive_bases,
        )
    ),
)


def _example() -> RebasedInstance:
    ar = Rational()
    plain = Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[2, 1], [1, 1]])
    bases = (ar.matrix([[2, 1], [1, 1]]),)
    return RebasedInstance(ar, plain.weights, plain.sigma, plain.target, True, bases)


THEOREM = Theorem(
    id="U11",
    title="Sharpness is log-convex in the hidden bases of a minimizer",
    statement=(
        r"P\Sigma = T\Sigma,\ X_k = X_k^T,\ X_0 = X_L = 0 \implies "
        r"t \mapsto \log S\bigl((e^{tX_k}W_ke^{-tX_{k-1}})_k\bigr) \text{ is convex}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; X_k symmetric, X_0 = X_L = 0",
    source=Source("certimin2026", "log-convexity of sharpness in the hidden bases"),
    claims=_claims,
    controls=_controls,
    derivations={"U11.convex": derive_convex, "U11.contract": derive_contract},
    witnesses=(
        Witness(
            "U11.witness.bases",
            "U11.convex",
            "one hidden layer changed by [[2, 1], [1, 1]]",
            _example,
        ),
        Witness(
            "U11.witness.one_output",
            "U11.contract",
            "one output, one of two hidden directions unused",
            lambda: Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0]]], [[1, 0], [0, 1]]),
        ),
    ),
    uses=("F3", "U1"),
    module=__name__,
    tags=("sharpness", "connectedness"),
)
