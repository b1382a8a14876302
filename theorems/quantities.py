"""What can be measured on an instance, each written once for every arithmetic.

Normalisation: R = E|y - Px|², no factor 1/2; norms are spectral unless the name says otherwise.
A new quantity is one decorated function here (or in the one theorem module that needs it).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

from sympy import sqrt

from numeric.gain import weighted_gain
from numeric.loss import excess, gradient, hessian_by_jets
from numeric.spectrum import sharpness_anywhere, sharpness_at_minimizer
from theorems.instances import Instance
from verify.claims import Quantity, quantity
from verify.errors import Undefined
from verify.expression import symbol

__all__ = [
    "a",
    "a2",
    "block_sharpness",
    "compared",
    "condition",
    "d_x",
    "d_y",
    "data_max",
    "data_min",
    "data_trace",
    "depth",
    "hessian_trace",
    "imbalance",
    "jet_hessian",
    "jet_sharpness",
    "layer_norm_max",
    "layer_norm_min",
    "loss",
    "loss_at_zero",
    "map_norm",
    "minimal_sharpness",
    "path_gain_max",
    "sharpness",
    "slope_sq",
    "symbols",
    "target_fro",
    "target_norm",
    "target_on_data",
    "w_norm",
    "weights_sq",
    "width_max",
    "width_min",
]


def symbols(*quantities: Quantity) -> tuple[Any, ...]:
    """Return the SymPy symbols of quantities, to write relations with."""
    return tuple(q.symbol for q in quantities)


def compared(
    name: str, latex: str, equation: str = ""
) -> Callable[[Callable[[Any], tuple[Any, Any]]], Quantity]:
    """Register a quantity that vanishes exactly where two things agree; ``equation`` says so.

    The decorated function returns both, as two matrices or two equally long lists of them;
    measured is the sum of squared differences over 1 and the squares of the second ones.  A
    derivation compares them entry by entry (:attr:`verify.claims.Quantity.compares`).
    """

    def register(sides: Callable[[Any], tuple[Any, Any]]) -> Quantity:
        @wraps(sides)
        def measure(instance: Any) -> Any:
            ar = instance.arithmetic
            pairs = _paired(*sides(instance))
            wrong = [ar.frobenius_sq(x - y) for x, y in pairs]
            size = [ar.frobenius_sq(y) for _, y in pairs]
            total = sum(size[1:], start=size[0])
            return sum(wrong[1:], start=wrong[0]) / (ar.scalar(1) + total)

        return quantity(name, latex, positive=False, compares=sides, equation=equation)(measure)

    return register


def _paired(x: Any, y: Any) -> list[tuple[Any, Any]]:
    return list(zip(x, y, strict=True)) if isinstance(x, list | tuple) else [(x, y)]


@quantity("depth", "L", integer=True, nonzero=True)
def depth(instance: Instance) -> int:
    """Number of layers L."""
    return instance.net.depth


@quantity("d_x", "d_x", integer=True, nonzero=True)
def d_x(instance: Instance) -> int:
    """Number of inputs."""
    return instance.net.widths[0]


@quantity("d_y", "d_y", integer=True, nonzero=True)
def d_y(instance: Instance) -> int:
    """Number of outputs."""
    return instance.net.widths[-1]


@quantity("width_min", r"d_{\min}", integer=True, nonzero=True)
def width_min(instance: Instance) -> int:
    """Smallest hidden width; undefined at depth 1."""
    return min(_hidden_widths(instance))


@quantity("width_max", r"d_{\max}", integer=True, nonzero=True)
def width_max(instance: Instance) -> int:
    """Largest hidden width; undefined at depth 1."""
    return max(_hidden_widths(instance))


def _hidden_widths(instance: Instance) -> tuple[int, ...]:
    hidden = instance.net.widths[1:-1]
    if not hidden:
        raise Undefined("a network of depth 1 has no hidden width")
    return hidden


@quantity(
    "sharpness",
    "S(W)",
    supremum=(symbol("gram_quotient"), ("gram_quotient", "path_quotient")),
    above=("path_quotient", "gram_quotient"),
)
def sharpness(instance: Instance) -> Any:
    """Largest eigenvalue of the Hessian of R in all weights (dual Gram matrix at minimizers)."""
    if instance.at_minimizer:
        return sharpness_at_minimizer(instance.net, instance.sigma)
    return sharpness_anywhere(instance.net, instance.sigma, instance.cross)


@quantity("hessian_trace", r"\operatorname{tr} H")
def hessian_trace(instance: Instance) -> Any:
    """Trace of the Hessian, 2 Σ_k |A_k|_F² tr(B_k Σ B_kᵀ), at any weights."""
    ar, net = instance.arithmetic, instance.net
    terms = [
        ar.frobenius_sq(A) * ar.trace(B @ instance.sigma @ B.mT)
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return 2 * sum(terms[1:], start=terms[0])


_L = symbol("depth", integer=True)
_along_a_path = 2 * _L * (symbol("path_ends") * symbol("pairing") ** (_L - 1)) ** (1 / _L)


@quantity(
    "minimal_sharpness",
    r"S_{\min}",
    supremum=(_along_a_path, ("path_ends", "pairing")),
    above=("value_at_regressor",),
)
def minimal_sharpness(instance: Instance) -> Any:
    """Least sharpness of any minimizer for (Σ, T) at this depth, widths >= rank(TΣ).

    2L max |Kz|^{2/L} |TKz|^{2-2/L} over unit z.
    """
    L = instance.net.depth
    if L == 1:
        return 2 * instance.arithmetic.eig_max(instance.sigma)
    gain = weighted_gain(instance.arithmetic, instance.sigma, instance.target, Fraction(1, L))
    return 2 * L * gain


@quantity("target_norm", r"|T|_2")
def target_norm(instance: Instance) -> Any:
    """Spectral norm of the target map T."""
    return instance.arithmetic.singular_max(instance.target)


@quantity("target_fro", r"|T|_F")
def target_fro(instance: Instance) -> Any:
    """Frobenius norm of the target map T."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(instance.target))


@quantity("map_norm", r"|PK|_2")
def map_norm(instance: Instance) -> Any:
    """Spectral norm |PK|_2 of the end-to-end map on data, K = Σ^{1/2}."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    return ar.sqrt(ar.nonnegative(ar.eig_max(P @ instance.sigma @ P.mT)))


@quantity("target_on_data", r"|TK|_2", supremum=(sqrt(symbol("pairing")), ("pairing",)))
def target_on_data(instance: Instance) -> Any:
    """Spectral norm |TK|_2 of the target on data, K = Σ^{1/2}."""
    ar = instance.arithmetic
    return ar.sqrt(ar.nonnegative(ar.eig_max(instance.cross @ instance.target.mT)))


@quantity("data_max", r"\Lambda", above=("a", "a2", "path_ends"))
def data_max(instance: Instance) -> Any:
    """Largest eigenvalue Λ of Σ."""
    return instance.arithmetic.eig_max(instance.sigma)


@quantity("data_min", r"\lambda", positive=False)
def data_min(instance: Instance) -> Any:
    """Smallest eigenvalue λ of Σ; zero for under-determined data."""
    return -instance.arithmetic.eig_max(-instance.sigma)


@quantity("data_trace", r"\operatorname{tr}\Sigma")
def data_trace(instance: Instance) -> Any:
    """Trace of Σ."""
    return instance.arithmetic.trace(instance.sigma)


@quantity("condition", r"\kappa(\Sigma)")
def condition(instance: Instance) -> Any:
    """Condition number Λ/λ; undefined for singular Σ."""
    return data_max.measure(instance) / data_min.measure(instance)


@quantity("imbalance", r"\max_k |D_k|_2", positive=False)
def imbalance(instance: Instance) -> Any:
    """Largest spectral norm of D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ; undefined at depth 1."""
    ar = instance.arithmetic
    if not instance.net.imbalances:
        raise Undefined("a network of depth 1 has no imbalance")
    return ar.maximum(*(ar.singular_max(D) for D in instance.net.imbalances))


@quantity("layer_norm_max", r"\max_k |W_k|_2")
def layer_norm_max(instance: Instance) -> Any:
    """Largest spectral norm of a layer."""
    ar = instance.arithmetic
    return ar.maximum(*(ar.singular_max(W) for W in instance.weights))


@quantity("layer_norm_min", r"\min_k |W_k|_2")
def layer_norm_min(instance: Instance) -> Any:
    """Smallest spectral norm of a layer."""
    ar = instance.arithmetic
    return ar.minimum(*(ar.singular_max(W) for W in instance.weights))


@quantity("weights_sq", r"\textstyle\sum_k |W_k|_F^2")
def weights_sq(instance: Instance) -> Any:
    """Sum of squared Frobenius norms of the layers."""
    ar = instance.arithmetic
    terms = [ar.frobenius_sq(W) for W in instance.weights]
    return sum(terms[1:], start=terms[0])


@quantity("path_gain_max", r"\max_k |B_k|_2")
def path_gain_max(instance: Instance) -> Any:
    """Largest spectral norm of a prefix B_k, k = 1..L (B_1 = I included)."""
    ar = instance.arithmetic
    return ar.maximum(*(ar.singular_max(B) for B in instance.net.prefixes))


@quantity("loss", "R(W)", positive=False)
def loss(instance: Instance) -> Any:
    """R(W) = tr((P - T) Σ (P - T)ᵀ) for realisable data, E|y|² = tr(T Σ Tᵀ)."""
    return excess(instance.net, instance.sigma, instance.cross) + loss_at_zero.measure(instance)


@quantity("loss_at_zero", "R(0)")
def loss_at_zero(instance: Instance) -> Any:
    """R(0) = tr(T Σ Tᵀ)."""
    return instance.arithmetic.trace(instance.cross @ instance.target.mT)


@quantity("w_norm", r"|w^*|")
def w_norm(instance: Instance) -> Any:
    """Euclidean norm of the regressor w* (one output)."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(_regressor(instance)))


@quantity("a", "a", supremum=(symbol("regressor_share"), ("regressor_share",)))
def a(instance: Instance) -> Any:
    """Rayleigh quotient w*ᵀΣw*/|w*|² (one output)."""
    ar, w = instance.arithmetic, _regressor(instance)
    return ar.entry(w @ instance.sigma @ w.mT, 0, 0) / ar.frobenius_sq(w)


@quantity("a2", "a_2")
def a2(instance: Instance) -> Any:
    """w*ᵀΣ²w*/w*ᵀΣw* >= a (one output)."""
    ar, w = instance.arithmetic, _regressor(instance)
    return ar.frobenius_sq(w @ instance.sigma) / ar.entry(w @ instance.sigma @ w.mT, 0, 0)


def _regressor(instance: Instance) -> Any:
    """The target as a row w*ᵀ."""
    if instance.net.widths[-1] != 1:
        raise Undefined(
            f"the regressor needs one output, this instance has {instance.net.widths[-1]}"
        )
    return instance.target


@quantity(
    "block_sharpness",
    r"2\max_k |A_k|_2^2\lambda_{\max}(B_k\Sigma B_k^T)",
    above=("block_mean",),
)
def block_sharpness(instance: Instance) -> Any:
    """Largest eigenvalue of the diagonal blocks of H alone, 2 max_k |A_k|² λ_max(B_k Σ B_kᵀ)."""
    ar, net = instance.arithmetic, instance.net
    return 2 * ar.maximum(
        *(
            ar.eig_max(A @ A.mT) * ar.eig_max(B @ instance.sigma @ B.mT)
            for A, B in zip(net.suffixes, net.prefixes, strict=True)
        )
    )


@quantity("jet_sharpness", r"\lambda_{\max}(\nabla^2 R)")
def jet_sharpness(instance: Instance) -> Any:
    """Largest eigenvalue of the Hessian obtained from the loss by hyper-dual numbers."""
    return instance.arithmetic.eig_max(jet_hessian(instance))


def jet_hessian(instance: Instance) -> Any:
    """Return the Hessian of the loss, differentiated by hyper-dual numbers: no formula enters."""
    return hessian_by_jets(instance.net, instance.sigma, instance.cross)


@quantity(
    "slope_sq",
    r"\textstyle\sum_k|\nabla_{W_k}R|^2",
    positive=False,
    aliases=("stationarity",),
)
def slope_sq(instance: Instance) -> Any:
    """Squared norm of the gradient of R in all weights."""
    ar = instance.arithmetic
    slopes = gradient(instance.net, instance.sigma, instance.cross)
    return sum((ar.frobenius_sq(G) for G in slopes), start=ar.scalar(0))
