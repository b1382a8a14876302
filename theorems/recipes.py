"""The parts recipes are made of: sizes, layers, covariances, rotations, blocks.

Each takes what it needs from a source, so that the same recipe builds exact instances and float
batches; see :mod:`verify.sources`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, wraps
from importlib import resources
from math import isqrt
from typing import Any

from numeric.arithmetic.ball import midpoints
from numeric.arithmetic.floating import Floating, namespace
from numeric.arithmetic.rational import Rational, fraction, fractions
from numeric.arithmetic.symbolic import Symbolic
from numeric.arithmetic.tangents import Tangents
from numeric.gain import float_optimum
from numeric.networks import LinearNetwork
from theorems.instances import Instance
from verify.claims import Assumption, Bounds, Setting, entered
from verify.errors import Undefined
from verify.sources import WHOLE, Choices, Scalable

__all__ = [
    "Draw",
    "as_drawn",
    "balanced_layers",
    "checker_source",
    "diagonal",
    "draw_block",
    "draw_lower_block",
    "drawn",
    "flattest_layers",
    "inclusion",
    "near_root",
    "off_minimizers",
    "optimal_scale",
    "rank_one_layers",
    "rational_factor",
    "rational_root",
    "reject_vanishing",
    "scaled_until_flattest",
    "setting",
    "shifted_block",
    "simplest_near",
    "single_path",
    "with_target",
]


def checker_source() -> str:
    """Return the source of the program that certificates carry along."""
    from verify.certificates.folder import joined

    return joined(resources.files("theorems").joinpath("checker.py").read_text(encoding="utf-8"))


def of_kernel(data: Mapping[str, Any]) -> Any:
    """Return what the proof kernel must know of the instance of a certificate."""
    from theorems.exported import exported

    return exported(data)


def lines_through(name: str, instance: Any) -> Iterator[Any]:
    """Yield lines of instances of a setting through one of them."""
    from theorems.families import lines

    return lines(name, instance)


@dataclass(frozen=True)
class Draw:
    """What a recipe draws from: a source, the sizes allowed, the arithmetic of its numbers.

    The order of questions is part of a recipe: shrinking reaches what is asked first, first, and a
    stored choice is an answer to a place in that order.
    """

    source: Choices
    bounds: Bounds

    @cached_property
    def arithmetic(self) -> Any:
        """Return exact arithmetic, tangents, symbols, or floats of the source's backend."""
        backend = self.source.backend
        if backend == "symbolic":
            return Symbolic()
        if self.source.exact:
            return Rational()
        return Tangents() if backend == "tangent" else Floating(namespace(backend))

    def integer(self, low: int, high: int) -> int:
        """Draw a size from low..high."""
        return self.source.integer(low, high)

    def depth(self) -> int:
        """Draw a depth within the bounds."""
        return self.source.integer(*self.bounds.depth)

    def width(self) -> int:
        """Draw a width within the bounds."""
        return self.source.integer(*self.bounds.width)

    def widths(self, count: int) -> list[int]:
        """Draw ``count`` widths within the bounds."""
        return [self.width() for _ in range(count)]

    def shape(self, *, outputs: int | None = None) -> list[int]:
        """Draw (d_0, ..., d_L): the depth first, so that shrinking reaches it first."""
        return [*self.widths(self.depth()), outputs or self.width()]

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        """Draw a scalar between low and high."""
        return self.arithmetic.scalar(self.source.number(low, high))

    def numbers(self, count: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> list[Any]:
        """Draw scalars between low and high."""
        return [self.number(low, high) for _ in range(count)]

    def scaled(self, numbers: Sequence[Any]) -> list[Any]:
        """Return numbers that may be multiplied by a common factor and still be of the setting.

        The declaration of a scaling: searches along them choose the factor, others leave it at 1.
        A matrix over the whole range needs none.
        """
        if not isinstance(self.source, Scalable):
            return list(numbers)
        factor = self.arithmetic.scalar(self.source.scale())
        return [factor * number for number in numbers]

    def scale(self) -> Any:
        """Draw a scalar between 1 and 2 for any positive one: a gain, a level of the data."""
        return self.scaled([self.number(1, 2)])[0]

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        """Draw a matrix with entries between low and high."""
        return self.arithmetic.matrix(self.source.matrix(rows, columns, low, high))

    def layers(self, shape: Sequence[int]) -> list[Any]:
        """Draw layers of the widths (d_0, ..., d_L)."""
        return [self.matrix(rows, columns) for columns, rows in itertools.pairwise(shape)]

    def covariance(self, d: int) -> Any:
        """Draw Σ = R Rᵀ with R of d rows and 1 to d columns: singular ones are met too."""
        factor = self.matrix(d, self.integer(1, d))
        return factor @ factor.mT

    def rotation(self, n: int) -> Any:
        """Draw (I - S)(I + S)^{-1} with S skew (Cayley): rational if S is."""
        numbers, eye = self.matrix(n, n, -1, 1), self.arithmetic.identity(n)
        if self.arithmetic.kind == "symbolic":  # what is subtracted below is one symbol less
            numbers = numbers.upper_triangular(1)
        skew = numbers - numbers.mT
        return (eye - skew) @ self.arithmetic.inverse(eye + skew)

    def rotations(self, sizes: Iterable[int]) -> list[Any]:
        """Draw a rotation of each size."""
        return [self.rotation(n) for n in sizes]

    def rotated(self, cores: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return layers Q_k core_k Q_{k-1}ᵀ with rotations Q_0, ..., Q_L drawn, and the Q_k."""
        turns = self.rotations([cores[0].shape[-1], *(core.shape[-2] for core in cores)])
        pairs = itertools.pairwise(turns)
        return [Q @ core @ R.mT for core, (R, Q) in zip(cores, pairs, strict=True)], turns

    def instance(self, layers: Sequence[Any], sigma: Any = None, target: Any = None) -> Instance:
        """Return the instance, Σ = I and T = P where not given; TΣ = 0 is rejected."""
        sigma = self.arithmetic.identity(layers[0].shape[-1]) if sigma is None else sigma
        return with_target(Instance.of(self.arithmetic, layers, sigma, target))

    def of(self, setting: Setting) -> Any:
        """Return an instance that another setting draws from the same source."""
        return setting.build(self.source, self.bounds)


def setting(
    name: str,
    description: str,
    *,
    special: Sequence[str] = (),
    checker: Callable[[], str] | None = checker_source,
    load: Callable[[dict[str, Any]], Any] | None = Instance.from_json,
    express: Callable[[Any], list[int | Fraction] | None] | None = None,
    exists: bool = False,
    ensures: Sequence[Assumption] = (),
    every_direction: bool = False,
    extend: Callable[[Any], Any] | None = None,
    aliases: Sequence[str] = (),
) -> Callable[[Callable[[Draw], Any]], Setting]:
    """Turn a recipe, a function of a :class:`Draw`, into the setting ``name`` of the search.

    The checker says itself which settings it does not know.  ``exists``, ``ensures`` and
    ``extend`` are told at :class:`verify.claims.Setting`; ``aliases`` are names it had.
    """

    def register(recipe: Callable[[Draw], Any]) -> Setting:
        build = drawn(recipe)
        found = Setting(
            name, description, build, tuple(special), Tangents.seed, checker, load, express,
            exists, tuple(ensures), every_direction, extend, of_kernel, lines_through,
        )  # fmt: skip
        return entered(found, aliases)

    return register


def drawn(recipe: Callable[[Draw], Any]) -> Callable[[Choices, Bounds], Any]:
    """Return what a setting builds by: the recipe, given what it draws from."""

    @wraps(recipe)
    def build(source: Choices, bounds: Bounds) -> Any:
        return recipe(Draw(source, bounds))

    return build


def rational_root(ar: Any, square: Any, denominator: int = 24) -> Any:
    """Return a number whose square is at most ``square``: the root in floats, rational if exact."""
    if ar.kind != "exact":
        return ar.sqrt(square)
    q = Fraction(int(square.p), int(square.q))
    return ar.scalar(Fraction(isqrt(q.numerator * denominator**2 // q.denominator), denominator))


def inclusion(ar: Any, rows: int, columns: int) -> Any:
    """The rows x columns matrix with ones on the diagonal."""
    return ar.matrix([[int(i == j) for j in range(columns)] for i in range(rows)])


def as_drawn(
    *, outputs: bool = True, data: bool = True, target: bool = False
) -> Callable[[Instance], list[int | Fraction] | None]:
    """Return how to express an instance as choices: widths, layers, data, target, as drawn here.

    Parameters
    ----------
    outputs, data, target
        Whether the recipe draws the number of outputs, Σ by :func:`draw_covariance` and T.
    """

    def express(instance: Instance) -> list[int | Fraction] | None:
        widths = instance.net.widths if outputs else instance.net.widths[:-1]
        choices: list[int | Fraction] = [instance.net.depth, *widths]
        for W in instance.weights:
            choices += itertools.chain.from_iterable(fractions(W))
        if data:
            factor = rational_factor(fractions(instance.sigma))
            if factor is None:
                return None
            choices += [len(factor[0]), *itertools.chain.from_iterable(factor)]
        if target:
            choices += itertools.chain.from_iterable(fractions(instance.target))
        return choices

    return express


def rational_factor(rows: list[list[Fraction]]) -> list[list[Fraction]] | None:
    """Return R with R Rᵀ = Σ by elimination, None where a pivot has no rational root.

    >>> rational_factor([[Fraction(4), Fraction(2)], [Fraction(2), Fraction(1)]])
    [[Fraction(2, 1)], [Fraction(1, 1)]]
    """
    n, rest, columns = len(rows), [list(row) for row in rows], []
    for j in range(n):
        pivot = rest[j][j]
        if pivot == 0:
            continue
        root = Fraction(isqrt(pivot.numerator), isqrt(pivot.denominator))
        if root * root != pivot:
            return None
        column = [rest[i][j] / root for i in range(n)]
        columns.append(column)
        rest = [[rest[i][k] - column[i] * column[k] for k in range(n)] for i in range(n)]
    return [list(row) for row in zip(*columns, strict=True)]


def with_target(instance: Instance) -> Instance:
    """Return the instance if its target does not vanish on the data."""
    reject_vanishing(instance.arithmetic, instance.cross)
    return instance


def reject_vanishing(ar: Any, cross: Any) -> None:
    """Reject a target that vanishes on the data (floats never hit it)."""
    if ar.kind == "exact" and ar.is_zero(cross):
        raise Undefined("the target vanishes on the data")


def balanced_layers(draw: Draw, shape: Sequence[int]) -> list[Any]:
    """W_k = Q_k diag(s) Q_{k-1}ᵀ with common s >= 0: D_k = 0 for every k."""
    ar, gains = draw.arithmetic, draw.scaled(draw.numbers(min(shape), 0, 2))
    turns = draw.rotations(shape)
    layers = []
    for before, after in itertools.pairwise(turns):
        rows, columns = after.shape[-1], before.shape[-1]
        core = diagonal(ar, gains, rows, columns)
        layers.append(after @ core @ before.mT)
    return layers


def diagonal(ar: Any, gains: list[Any], rows: int, columns: int) -> Any:
    """diag(gains), padded with zeros to rows x columns."""
    total = ar.scale(ar.scalar(0), inclusion(ar, rows, columns))
    for i, gain in enumerate(gains):
        unit = ar.matrix([[int(r == c == i) for c in range(columns)] for r in range(rows)])
        total = total + ar.scale(ar.scalar(gain), unit)
    return total


def draw_lower_block(draw: Draw, gain: Any, rows: int, columns: int) -> Any:
    """A block N beside the first row and column, |N|_F <= gain since entries are small."""
    ar, m, n = draw.arithmetic, rows - 1, columns - 1
    block = draw.matrix(m, n, -1, 1)
    return ar.scale(ar.scalar(gain) / (m * n), shifted_block(ar, block, rows, columns))


def shifted_block(ar: Any, block: Any, rows: int, columns: int) -> Any:
    """diag(0, block) of shape rows x columns."""
    m, n = rows - 1, columns - 1
    down = ar.matrix([[int(r == c + 1) for c in range(m)] for r in range(rows)])
    right = ar.matrix([[int(c == r + 1) for c in range(columns)] for r in range(n)])
    return down @ block @ right


def flattest_layers(draw: Draw) -> tuple[list[Any], list[Any]]:
    """Return (layers, rotations) of W_k = g Q_k diag(1, N_k) Q_{k-1}ᵀ, flattest.

    With B_k, A_k the prefixes and suffixes of the blocks N_k, such a point is flattest if and only
    if Σ_k B_kᵀB_k, Σ_k A_kA_kᵀ and Σ_k (A_kA_kᵀ) ⊗ (B_kᵀB_k) have no eigenvalue above L.  The
    blocks are arbitrary; N_1 and N_L are scaled until the traces say so.
    """
    ar, shape = draw.arithmetic, draw.shape()
    gain = draw.scale()
    blocks = [draw_block(draw, rows, columns) for columns, rows in itertools.pairwise(shape)]
    blocks = scaled_until_flattest(ar, blocks)
    cores = [
        ar.scale(gain, diagonal(ar, [1], block.shape[-2], block.shape[-1]) + block)
        for block in blocks
    ]
    return draw.rotated(cores)


def draw_block(draw: Draw, rows: int, columns: int) -> Any:
    """diag(0, N) with N arbitrary."""
    ar = draw.arithmetic
    if rows == 1 or columns == 1:
        return ar.scale(ar.scalar(0), inclusion(ar, rows, columns))
    return shifted_block(ar, draw.matrix(rows - 1, columns - 1), rows, columns)


def scaled_until_flattest(ar: Any, blocks: list[Any]) -> list[Any]:
    """Scale the first block, then the last, so that the three sums have norm at most L."""
    L, least = len(blocks), ar.scalar(Fraction(1, 16))
    if L == 1:  # the Hessian does not depend on the weights
        return blocks

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


def optimal_scale(ar: Any, sigma: Any, target: Any, L: int) -> Any:
    """τ = c^{1/(2(L-1))}, c the minimising scale of the dual; a nearby rational if exact.

    Raises
    ------
    TypeError
        For tangents: c is the place of a minimum, known by its value only.
    """
    if isinstance(ar, Tangents):
        raise TypeError("the optimal scale of the dual does not differentiate")
    if ar.kind == "exact":
        sigma, target = midpoints(sigma), midpoints(target)
    floating = ar if ar.kind == "sampled" else Floating()
    c, _ = float_optimum(floating, sigma, target, 1 / L)
    tau = c ** (1 / (2 * (L - 1)))
    return tau if ar is floating else ar.scalar(simplest_near(float(tau)))


def simplest_near(x: float) -> Fraction:
    """The rational of least denominator magnitude within 1e-9 of x, relatively."""
    candidates = (Fraction(x).limit_denominator(10**n) for n in range(10))
    return next((q for q in candidates if abs(q - x) <= 1e-9 * x), Fraction(x))


def single_path(
    draw: Draw,
    shape: Sequence[int],
    along: tuple[int, int] = (1, 3),
    beside: tuple[int, int] = (0, 1),
) -> Instance:
    """One path starting at an eigenvector of Σ: its eigenvalue, and the ranges of all others."""
    ar, turns = draw.arithmetic, draw.rotations(shape)
    gain, own = draw.scale(), draw.number(*along)
    own, *rest = draw.scaled([own, *draw.numbers(shape[0] - 1, *beside)])
    sigma = turns[0] @ diagonal(ar, [own, *rest], shape[0], shape[0]) @ turns[0].mT
    return draw.instance(rank_one_layers(ar, turns, gain), sigma)


def rank_one_layers(ar: Any, turns: list[Any], gain: Any) -> list[Any]:
    """W_k = g u_k u_{k-1}ᵀ, u_k the first column of the k-th rotation."""
    return [
        after @ diagonal(ar, [gain], after.shape[-1], before.shape[-1]) @ before.mT
        for before, after in itertools.pairwise(turns)
    ]


def near_root(ar: Any, x: Any) -> Any:
    """The square root of x; a nearby rational if exact."""
    if ar.kind == "exact":
        return ar.scalar(simplest_near(math.sqrt(float(fraction(x)))))
    return ar.sqrt(x)


def off_minimizers(draw: Draw, shape: Sequence[int]) -> Instance:
    """Return arbitrary weights of the given widths with an arbitrary target."""
    layers, sigma = draw.layers(shape), draw.covariance(shape[0])
    return draw.instance(layers, sigma, draw.matrix(shape[-1], shape[0]))
