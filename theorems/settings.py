"""Sample spaces of instances.  A setting is one recipe; see :mod:`verify.sources` for its readers.

Any weights and any Σ make an exact minimizer with T = P, so minimizers are sampled without
training.  Targets with TΣ = 0 are rejected: there the theorems say nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from numeric.arithmetic.ball import midpoints
from numeric.arithmetic.floating import Floating, namespace
from numeric.arithmetic.rational import Rational, fraction
from numeric.gain import float_optimum
from numeric.networks import LinearNetwork
from theorems.instances import Instance
from verify.claims import Bounds, Setting
from verify.errors import Undefined
from verify.sources import Source

__all__ = [
    "aligned_minimizers",
    "any_weights",
    "attaining_minimizers",
    "balanced_minimizers",
    "balanced_on_definite_data",
    "balanced_path",
    "eigenvector_regressors",
    "flattest_layers",
    "flattest_minimizers",
    "isotropic_balanced",
    "minimizers",
    "padded_diagonal",
    "rational_root",
    "rotated_layers",
    "setting",
    "source_arithmetic",
    "square_weights",
    "trace_attaining",
    "univariate_minimizers",
    "univariate_top_eigenvector",
    "weights",
    "whitened_balanced_minimizers",
    "whitened_minimizers",
    "worst_balanced",
]


def setting(name: str, description: str) -> Callable[[Callable[..., Any]], Setting]:
    """Turn a recipe into the setting ``name``."""
    return lambda build: Setting(name, description, build)


def source_arithmetic(source: Source) -> Any:
    """Return the arithmetic a source's numbers belong to: exact, or floats on its backend."""
    return Rational() if source.exact else Floating(namespace(source.backend))


def _shape(source: Source, bounds: Bounds, *, outputs: int | None = None) -> list[int]:
    """Return (d_0, ..., d_L): the depth first, so that shrinking reaches it first."""
    depth = source.integer(*bounds.depth)
    widths = [source.integer(*bounds.width) for _ in range(depth)]
    return [*widths, outputs or source.integer(*bounds.width)]


def _layers(source: Source, ar: Any, shape: list[int]) -> list[Any]:
    return [ar.matrix(source.matrix(rows, columns)) for columns, rows in itertools.pairwise(shape)]


def _covariance(source: Source, ar: Any, d: int) -> Any:
    """Σ = R Rᵀ with R of d rows and 1 to d columns: singular ones are met too."""
    factor = ar.matrix(source.matrix(d, source.integer(1, d)))
    return factor @ factor.mT


def _orthogonal(source: Source, ar: Any, n: int) -> Any:
    """A rotation by Cayley's transform (I - S)(I + S)^{-1} of a skew matrix: rational if S is."""
    numbers = ar.matrix(source.matrix(n, n, -1, 1))
    skew = numbers - numbers.mT
    eye = ar.identity(n)
    return (eye - skew) @ ar.inverse(eye + skew)


def rotated_layers(source: Source, ar: Any, cores: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return layers Q_k core_k Q_{k-1}ᵀ with rational rotations Q_0, ..., Q_L, and the Q_k."""
    sizes = [cores[0].shape[-1], *(core.shape[-2] for core in cores)]
    turns = [_orthogonal(source, ar, d) for d in sizes]
    pairs = itertools.pairwise(turns)
    layers = [Q @ core @ R.mT for core, (R, Q) in zip(cores, pairs, strict=True)]
    return layers, turns


def padded_diagonal(source: Source, entries: Sequence[Any], rows: int, columns: int) -> Any:
    """Return diag(entries) in the source's arithmetic, padded with zeros to rows x columns."""
    return _diagonal(source_arithmetic(source), list(entries), rows, columns)


def rational_root(ar: Any, square: Any, denominator: int = 24) -> Any:
    """Return a number whose square is at most ``square``: the root in floats, rational if exact."""
    if ar.kind != "exact":
        return ar.sqrt(square)
    q = Fraction(int(square.p), int(square.q))
    return ar.scalar(Fraction(isqrt(q.numerator * denominator**2 // q.denominator), denominator))


def _inclusion(ar: Any, rows: int, columns: int) -> Any:
    """The rows x columns matrix with ones on the diagonal."""
    return ar.matrix([[int(i == j) for j in range(columns)] for i in range(rows)])


def _checked(instance: Instance) -> Instance:
    _reject_vanishing(instance.arithmetic, instance.cross)
    return instance


def _reject_vanishing(ar: Any, cross: Any) -> None:
    """Reject a target that vanishes on the data (floats never hit it)."""
    if ar.kind == "exact" and ar.is_zero(cross):
        raise Undefined("the target vanishes on the data")


@setting("minimizers", "any weights, any Σ = R Rᵀ (singular too), target T = P")
def minimizers(source: Source, bounds: Bounds) -> Instance:
    """Any weights and any covariance."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    layers = _layers(source, ar, shape)
    return _checked(Instance.of(ar, layers, _covariance(source, ar, shape[0])))


@setting("univariate-minimizers", "one output, any weights, any Σ, target w* = Pᵀ")
def univariate_minimizers(source: Source, bounds: Bounds) -> Instance:
    """One output, any covariance."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds, outputs=1)
    layers = _layers(source, ar, shape)
    return _checked(Instance.of(ar, layers, _covariance(source, ar, shape[0])))


@setting("whitened-minimizers", "any weights, Σ = I, target T = P")
def whitened_minimizers(source: Source, bounds: Bounds) -> Instance:
    """Any weights on whitened data."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    return _checked(Instance.of(ar, _layers(source, ar, shape), ar.identity(shape[0])))


def _balanced_layers(source: Source, ar: Any, shape: list[int]) -> list[Any]:
    """W_k = Q_k diag(s) Q_{k-1}ᵀ with common s >= 0: D_k = 0 for every k."""
    gains = [source.number(0, 2) for _ in range(min(shape))]
    turns = [_orthogonal(source, ar, d) for d in shape]
    layers = []
    for before, after in itertools.pairwise(turns):
        rows, columns = after.shape[-1], before.shape[-1]
        core = _diagonal(ar, gains, rows, columns)
        layers.append(after @ core @ before.mT)
    return layers


def _diagonal(ar: Any, gains: list[Any], rows: int, columns: int) -> Any:
    """diag(gains), padded with zeros to rows x columns."""
    total = ar.scale(ar.scalar(0), _inclusion(ar, rows, columns))
    for i, gain in enumerate(gains):
        unit = ar.matrix([[int(r == c == i) for c in range(columns)] for r in range(rows)])
        total = total + ar.scale(ar.scalar(gain), unit)
    return total


@setting("balanced-minimizers", "D_k = 0 for all k (common singular values), any Σ, target T = P")
def balanced_minimizers(source: Source, bounds: Bounds) -> Instance:
    """Balanced factors by rational rotations."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    layers = _balanced_layers(source, ar, shape)
    return _checked(Instance.of(ar, layers, _covariance(source, ar, shape[0])))


@setting("whitened-balanced-minimizers", "D_k = 0 for all k, Σ = I, target T = P")
def whitened_balanced_minimizers(source: Source, bounds: Bounds) -> Instance:
    """Balanced factors on whitened data."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    layers = _balanced_layers(source, ar, shape)
    return _checked(Instance.of(ar, layers, ar.identity(shape[0])))


@setting("balanced-on-definite-data", "D_k = 0 for all k, Σ = R Rᵀ + I/4, target T = P")
def balanced_on_definite_data(source: Source, bounds: Bounds) -> Instance:
    """Balanced factors on data with a finite condition number."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    layers = _balanced_layers(source, ar, shape)
    eye = ar.identity(shape[0])
    shift = ar.scale(ar.scalar(Fraction(1, 4)), eye)
    return _checked(Instance.of(ar, layers, _covariance(source, ar, shape[0]) + shift))


@setting(
    "worst-balanced",
    "W_k = g Q_k diag(1, 1/b) Q_{k-1}ᵀ, Σ = λ Q_0 diag(1, b^{2(L-1)}) Q_0ᵀ, all widths 2",
)
def worst_balanced(source: Source, bounds: Bounds) -> Instance:
    """Balanced minimizers of two outputs where balance costs most, κ = b^{2(L-1)}."""
    ar = source_arithmetic(source)
    depth = source.integer(*bounds.depth)
    gain, b, smallest = source.number(1, 2), source.number(1, 2), source.number(1, 2)
    turns = [_orthogonal(source, ar, 2) for _ in range(depth + 1)]
    core = _diagonal(ar, [gain, gain / b], 2, 2)
    spectrum = _diagonal(ar, [smallest, smallest * b ** (2 * (depth - 1))], 2, 2)
    layers = [after @ core @ before.mT for before, after in itertools.pairwise(turns)]
    return _checked(Instance.of(ar, layers, turns[0] @ spectrum @ turns[0].mT))


@setting(
    "flattest-minimizers",
    "Σ = I, W_k = Q_k diag(g, N_k) Q_{k-1}ᵀ with |N_k| <= g: flattest, mostly not balanced",
)
def flattest_minimizers(source: Source, bounds: Bounds) -> Instance:
    """Flattest minimizers of whitened data with an arbitrary small block beside the top path."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    gain = source.number(1, 2)
    turns = [_orthogonal(source, ar, d) for d in shape]
    layers = []
    for before, after in itertools.pairwise(turns):
        rows, columns = after.shape[-1], before.shape[-1]
        core = _diagonal(ar, [gain], rows, columns)
        if rows > 1 and columns > 1:
            core = core + _lower_block(source, ar, gain, rows, columns)
        layers.append(after @ core @ before.mT)
    return _checked(Instance.of(ar, layers, ar.identity(shape[0])))


def _lower_block(source: Source, ar: Any, gain: Any, rows: int, columns: int) -> Any:
    """A block N beside the first row and column, |N|_F <= gain since entries are small."""
    m, n = rows - 1, columns - 1
    block = ar.matrix(source.matrix(m, n, -1, 1))
    return ar.scale(ar.scalar(gain) / (m * n), _shifted(ar, block, rows, columns))


def _shifted(ar: Any, block: Any, rows: int, columns: int) -> Any:
    """diag(0, block) of shape rows x columns."""
    m, n = rows - 1, columns - 1
    down = ar.matrix([[int(r == c + 1) for c in range(m)] for r in range(rows)])
    right = ar.matrix([[int(c == r + 1) for c in range(columns)] for r in range(n)])
    return down @ block @ right


def flattest_layers(source: Source, bounds: Bounds) -> tuple[Any, list[Any], list[Any]]:
    """Return (arithmetic, layers, rotations) of W_k = g Q_k diag(1, N_k) Q_{k-1}ᵀ, flattest.

    With B_k, A_k the prefixes and suffixes of the blocks N_k, such a point is flattest if and only
    if Σ_k B_kᵀB_k, Σ_k A_kA_kᵀ and Σ_k (A_kA_kᵀ) ⊗ (B_kᵀB_k) have no eigenvalue above L.  The
    blocks are arbitrary; N_1 and N_L are scaled until the traces say so.
    """
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    gain = ar.scalar(source.number(1, 2))
    blocks = [_block(source, ar, rows, columns) for columns, rows in itertools.pairwise(shape)]
    blocks = _scaled_until_flattest(ar, blocks)
    cores = [
        ar.scale(gain, _diagonal(ar, [1], block.shape[-2], block.shape[-1]) + block)
        for block in blocks
    ]
    return ar, *rotated_layers(source, ar, cores)


def _block(source: Source, ar: Any, rows: int, columns: int) -> Any:
    """diag(0, N) with N arbitrary."""
    if rows == 1 or columns == 1:
        return ar.scale(ar.scalar(0), _inclusion(ar, rows, columns))
    return _shifted(ar, ar.matrix(source.matrix(rows - 1, columns - 1)), rows, columns)


def _scaled_until_flattest(ar: Any, blocks: list[Any]) -> list[Any]:
    """Scale the first block, then the last, so that the three sums have norm at most L."""
    L, least = len(blocks), ar.scalar(Fraction(1, 16))

    def squares(net: list[Any]) -> tuple[list[Any], list[Any]]:
        products = LinearNetwork(ar, tuple(net))
        before = [ar.frobenius_sq(B) for B in products.prefixes[1:]]
        return before, [ar.frobenius_sq(A) for A in products.suffixes[:-1]]

    before, _ = squares(blocks)
    spread = ar.maximum(sum(before[1:], start=before[0]), least)
    first = rational_root(ar, ar.scalar(L - 1) / spread)
    blocks = [ar.scale(first, blocks[0]), *blocks[1:]]
    before, after = squares(blocks)
    cross = sum((x * y for x, y in zip(before, after[1:], strict=False)), start=after[0])
    last = rational_root(
        ar,
        ar.minimum(
            ar.scalar(L - 1) / ar.maximum(sum(after[1:], start=after[0]), least),
            (ar.scalar(L) - before[-1]) / ar.maximum(cross, least),
        ),
    )
    return [*blocks[:-1], ar.scale(last, blocks[-1])]


@setting(
    "all-flattest-minimizers",
    "Σ = I, W_k = g Q_k diag(1, N_k) Q_{k-1}ᵀ with any blocks N_k, scaled until S is least",
)
def all_flattest_minimizers(source: Source, bounds: Bounds) -> Instance:
    """Flattest minimizers of whitened data whose layers may exceed the gain of the top path."""
    ar, layers, turns = flattest_layers(source, bounds)
    return _checked(Instance.of(ar, layers, ar.identity(turns[0].shape[-1])))


@setting(
    "attaining-minimizers",
    "W_1 = τ^{1-L} E_1 T', W_k = τ E_k E_{k-1}ᵀ with isometries E_k, τ next to the optimal scale",
)
def attaining_minimizers(source: Source, bounds: Bounds) -> Instance:
    """The minimizers that attain the least sharpness, for any Σ, any rank and any outputs.

    In exact arithmetic τ is a rational within 1e-9 of the optimum (q/p)^{1/(2L)}.
    """
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    sigma = _covariance(source, ar, shape[0])
    rank = source.integer(1, min(shape[1:]))
    inner = ar.matrix(source.matrix(rank, shape[0]))
    _reject_vanishing(ar, inner @ sigma)
    turns = [_orthogonal(source, ar, d) @ _inclusion(ar, d, rank) for d in shape[1:]]
    L = len(turns)
    tau = _optimal_scale(ar, sigma, inner, L)
    first = ar.scale(ar.power(tau, Fraction(1 - L)), turns[0] @ inner)
    later = [ar.scale(tau, after @ before.mT) for before, after in itertools.pairwise(turns)]
    return _checked(Instance.of(ar, [first, *later], sigma))


def _optimal_scale(ar: Any, sigma: Any, target: Any, L: int) -> Any:
    """τ = c^{1/(2(L-1))}, c the minimising scale of the dual; a nearby rational if exact."""
    if ar.kind == "exact":
        sigma, target = midpoints(sigma), midpoints(target)
    floating = ar if ar.kind == "sampled" else Floating()
    c, _ = float_optimum(floating, sigma, target, 1 / L)
    tau = c ** (1 / (2 * (L - 1)))
    return tau if ar is floating else ar.scalar(_simplest_near(float(tau)))


def _simplest_near(x: float) -> Fraction:
    """The rational of least denominator magnitude within 1e-9 of x, relatively."""
    candidates = (Fraction(x).limit_denominator(10**n) for n in range(10))
    return next((q for q in candidates if abs(q - x) <= 1e-9 * x), Fraction(x))


@setting(
    "univariate-top-eigenvector",
    "one output, Σ = Q diag(Λ, smaller) Qᵀ, w* along the top eigenvector, balanced layers",
)
def univariate_top_eigenvector(source: Source, bounds: Bounds) -> Instance:
    """Where the bounds of one-output networks meet: a = Λ and aligned layers of equal gain."""
    ar = source_arithmetic(source)
    return _single_path(source, ar, _shape(source, bounds, outputs=1))


@setting(
    "balanced-path",
    "Σ = Q diag(Λ, smaller) Qᵀ, one path of equal gains starting at its top eigenvector",
)
def balanced_path(source: Source, bounds: Bounds) -> Instance:
    """The same with any number of outputs: layers of rank one, aligned, of equal gain."""
    ar = source_arithmetic(source)
    return _single_path(source, ar, _shape(source, bounds))


def _single_path(
    source: Source,
    ar: Any,
    shape: list[int],
    along: tuple[int, int] = (1, 3),
    beside: tuple[int, int] = (0, 1),
) -> Instance:
    """One path starting at an eigenvector of Σ: its eigenvalue, and the ranges of all others."""
    turns = [_orthogonal(source, ar, d) for d in shape]
    gain, own = source.number(1, 2), source.number(*along)
    rest = [source.number(*beside) for _ in range(shape[0] - 1)]
    sigma = turns[0] @ _diagonal(ar, [own, *rest], shape[0], shape[0]) @ turns[0].mT
    return _checked(Instance.of(ar, _rank_one_layers(ar, turns, gain), sigma))


def _rank_one_layers(ar: Any, turns: list[Any], gain: Any) -> list[Any]:
    """W_k = g u_k u_{k-1}ᵀ, u_k the first column of the k-th rotation."""
    return [
        after @ _diagonal(ar, [gain], after.shape[-1], before.shape[-1]) @ before.mT
        for before, after in itertools.pairwise(turns)
    ]


@setting(
    "aligned-minimizers",
    "one output, any Σ, W_k = g u_k u_{k-1}ᵀ with unit vectors u_k: rank one, aligned, balanced",
)
def aligned_minimizers(source: Source, bounds: Bounds) -> Instance:
    """What small initialisations tend to: all layers of rank one, aligned, of equal gain."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds, outputs=1)
    turns = [_orthogonal(source, ar, d) for d in shape]
    layers = _rank_one_layers(ar, turns, source.number(1, 2))
    return _checked(Instance.of(ar, layers, _covariance(source, ar, shape[0])))


@setting(
    "eigenvector-regressors",
    "one output, w* an eigenvector of Σ, not always the top one; rank-one aligned layers",
)
def eigenvector_regressors(source: Source, bounds: Bounds) -> Instance:
    """The regressor an eigenvector of Σ with eigenvalue a in [1, 2], the others in [0, 6]."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds, outputs=1)
    return _single_path(source, ar, shape, along=(1, 2), beside=(0, 6))


@setting(
    "overlooked-direction",
    "one output, w* an eigenvector of Σ with eigenvalue a, and Λ = a(L + (L-1)q²) >= La",
)
def overlooked_direction(source: Source, bounds: Bounds) -> Instance:
    """Most of the data lies where the regressor vanishes; S_min has a rational maximizer."""
    ar = source_arithmetic(source)
    shape = _shape(source, bounds, outputs=1)
    shape[0] = max(2, shape[0])
    L = len(shape) - 1
    turns = [_orthogonal(source, ar, d) for d in shape]
    gain, own, q = source.number(1, 2), source.number(1, 2), source.number(0, 2)
    top = own * (L + (L - 1) * q * q)
    rest = [source.number(0, 1) for _ in range(shape[0] - 2)]
    sigma = turns[0] @ _diagonal(ar, [own, top, *rest], shape[0], shape[0]) @ turns[0].mT
    return _checked(Instance.of(ar, _rank_one_layers(ar, turns, gain), sigma))


@setting(
    "isotropic-balanced",
    "square layers W_k = g Q_k Q_{k-1}ᵀ, multiples of rotations by one gain, Σ = f² I",
)
def isotropic_balanced(source: Source, bounds: Bounds) -> Instance:
    """Multiples of rotations on isotropic data: every sum over layers has equal terms."""
    ar = source_arithmetic(source)
    depth, d = source.integer(*bounds.depth), source.integer(*bounds.width)
    gain, scale = ar.scalar(source.number(1, 2)), ar.scalar(source.number(1, 2))
    turns = [_orthogonal(source, ar, d) for _ in range(depth + 1)]
    layers = [ar.scale(gain, after @ before.mT) for before, after in itertools.pairwise(turns)]
    unit = turns[0] @ turns[0].mT  # the identity, with the batch axes of floats
    return _checked(Instance.of(ar, layers, ar.scale(scale * scale, unit)))


@setting(
    "trace-attaining",
    "Σ = F Fᵀ, W_1 = β s^{1/2} Vᵀ F^{-1}, W_k = I, W_L = γ U s^{1/2}, β and γ next to the optimum",
)
def trace_attaining(source: Source, bounds: Bounds) -> Instance:
    """The minimizers of least Hessian trace, β² = tr Σ/Σ_i s_i, γ² = d_y/Σ_i s_i.

    In exact arithmetic β and γ are rationals within 1e-9 of these roots.
    """
    ar = source_arithmetic(source)
    shape = _shape(source, bounds)
    d, outputs, rank = shape[0], shape[-1], source.integer(1, min(shape[0], shape[-1]))
    factor = ar.matrix(source.matrix(d, d))
    roots = [source.number(1, 2) for _ in range(rank)]
    core = _diagonal(ar, roots, rank, rank)
    left = _orthogonal(source, ar, outputs) @ _inclusion(ar, outputs, rank)
    right = _orthogonal(source, ar, d) @ _inclusion(ar, d, rank)
    total, sigma = ar.frobenius_sq(core), factor @ factor.mT
    first = ar.scale(_near_root(ar, ar.trace(sigma) / total), core @ right.mT)
    last = ar.scale(_near_root(ar, ar.scalar(outputs) / total), left @ core)
    middle = [ar.identity(rank) for _ in shape[2:-1]]
    return _checked(Instance.of(ar, [first @ ar.inverse(factor), *middle, last], sigma))


def _near_root(ar: Any, x: Any) -> Any:
    """The square root of x; a nearby rational if exact."""
    if ar.kind == "exact":
        return ar.scalar(_simplest_near(math.sqrt(float(fraction(x)))))
    return ar.sqrt(x)


def _off_minimizers(source: Source, ar: Any, shape: list[int]) -> Instance:
    layers = _layers(source, ar, shape)
    sigma = _covariance(source, ar, shape[0])
    target = ar.matrix(source.matrix(shape[-1], shape[0]))
    return _checked(Instance.of(ar, layers, sigma, target))


@setting("any-weights", "arbitrary weights, any Σ, arbitrary target, any outputs: not minimizers")
def any_weights(source: Source, bounds: Bounds) -> Instance:
    """Arbitrary weights with an arbitrary target, any number of outputs."""
    ar = source_arithmetic(source)
    return _off_minimizers(source, ar, _shape(source, bounds))


@setting("square-weights", "arbitrary square layers of one size, any Σ, arbitrary target")
def square_weights(source: Source, bounds: Bounds) -> Instance:
    """Arbitrary weights where all widths agree."""
    ar = source_arithmetic(source)
    depth, width = source.integer(*bounds.depth), source.integer(*bounds.width)
    return _off_minimizers(source, ar, [width] * (depth + 1))


@setting("weights", "one output, arbitrary weights, any Σ, arbitrary target: not a minimizer")
def weights(source: Source, bounds: Bounds) -> Instance:
    """Arbitrary weights with an arbitrary target."""
    ar = source_arithmetic(source)
    return _off_minimizers(source, ar, _shape(source, bounds, outputs=1))
