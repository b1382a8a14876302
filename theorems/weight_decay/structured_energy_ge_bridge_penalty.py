r"""What weight decay costs in diagonal and in convolutional networks.

Statement
    Let the layers be diagonal, $W_k = diag(w_k)$, and $β = w_L ∘ ... ∘ w_1$.  Then

        Σ_k |w_k|² ≥ L Σ_i |β_i|^{2/L},                                    [diagonal]

    and this is an equality where $|w_{k,i}|$ is the same for all $k$, so for every $β$.
    [diagonal_attained]

    Let the layers be circular convolutions of length $n$ with filters $f_k$ of full width, and
    $β = f_L ⋆ ... ⋆ f_1$, with the discrete Fourier transform $β̂_j = Σ_m β_m e^{-2πijm/n}$.  Then

        Σ_k |f_k|² ≥ \frac{L}{n} Σ_j |β̂_j|^{2/L},                          [filters]

    at depth 2 the norm $\frac{2}{n}|β̂|_1$.  It is an equality where all filters are one filter up
    to sign, cyclic shift and reversal.   [filters_attained]

Notation
    The matrix of layer $k$ is $W_k$, $P = W_L ⋯ W_1$ (the matrix of $β$), $n$ is ``d_x``;
    $Σ_k |w_k|²$ is ``weights_sq``, $Σ_k |f_k|²$ is ``filter_energy``, $Σ_i |β_i|^{2/L}$ is
    ``coordinate_cost``; $Σ_j |β̂_j|^{2/L}$ is ``schatten``, for the singular values of the circulant
    $P$ are the $|β̂_j|$ (N20.fourier, for $n ≤ 4$).

Assumptions
    None: the structure of the layers is that of the setting.

Proof
    Both are cases of U9, $Σ_k |W_k|_F² ≥ L Σ_i s_i(P)^{2/L}$, where structure costs nothing.

    Diagonal layers: $|W_k|_F = |w_k|$, and the singular values of $P$ are the $|β_i|$.
    [coordinates, diagonal]

    Convolutions: $W_k$ has $n$ cyclic shifts of $f_k$ as its columns, so that $|W_k|_F² = n|f_k|²$
    (N20.columns).  The Fourier vectors are eigenvectors of every circulant, which are normal
    matrices; so the singular values of $P$ are the $|β̂_j|$.  U9 divided by $n$ is the bound.
    [filters]

    Equality, for every $β$: take $|f̂_{k,j}| = |β̂_j|^{1/L}$ for all $k$, with one real filter
    for the moduli and the phases of $β̂$ put into the last; these are balanced, which is the case of
    equality of U9.  A shift and a reversal change phases only.   [filters_attained]

Sharpness
    Attained.  For narrower filters the bound stays, but need not be attained: at depth 2 with one
    entry each, of $n = 2$, $β = (b, 0)$ costs $2|b|$ and that is the bound, but $β = (b, b)$ has no
    such filters at all.

Implementation notes
    Fourier transforms are compared by power sums, $tr (PᵀP)^m = Σ_j |β̂_j|^{2m}$, $m = 1, ..., n$,
    which decide equality of spectra with ring operations; $|β̂_j|²$ is the cosine transform of the
    autocorrelation of $β$, rational for $n ≤ 4$.  That every $β$ has attaining filters is said in
    the proof, with roots that need not be rational; the claim is about the filters constructed.

References
----------
    dai2021representation (both costs; its abstract was read, the formulas were derived again here);
    gunasekar2018implicit (the same penalty of convolutional networks, as a limit of descent)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.instances import Instance
from theorems.quantities import compared, d_x, depth, symbols, weights_sq
from theorems.recipes import Draw, diagonal, setting
from theorems.unified import weight_energy_ge_schatten as U9
from verify.derivation import rules
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- diagonal layers and circulants --------------------------------------------------------------


def _circulant(ar: Any, entries: list[Any]) -> Any:
    """The n x n matrix whose columns are the cyclic shifts of a filter."""
    n = len(entries)
    shifts = [[[int((i - j) % n == m) for j in range(n)] for i in range(n)] for m in range(n)]
    terms = [ar.scale(f, ar.matrix(S)) for f, S in zip(entries, shifts, strict=True)]
    return sum(terms[1:], start=terms[0])


@setting("diagonal-layers", "any diagonal layers of one size, Σ = I, target T = P",
         special=("level-diagonal-layers",))  # fmt: skip
def diagonal_layers(draw: Draw) -> Instance:
    """Diagonal networks."""
    L, d = draw.depth(), draw.width()
    layers = [diagonal(draw.arithmetic, draw.numbers(d), d, d) for _ in range(L)]
    return draw.instance(layers)


@setting("level-diagonal-layers", "diagonal layers ±g with one g for all of them, any signs")
def level_diagonal_layers(draw: Draw) -> Instance:
    """Diagonal networks whose layers have the same absolute values."""
    ar, L, d = draw.arithmetic, draw.depth(), draw.width()
    gains = draw.scaled(draw.numbers(d, 0, 2))
    signs = [[1 - 2 * draw.integer(0, 1) for _ in range(d)] for _ in range(L)]
    layers = [diagonal(ar, [s * g for s, g in zip(row, gains, strict=True)], d, d) for row in signs]
    return draw.instance(layers)


@setting("filter-layers", "circular convolutions of one length, any filters of full width",
         special=("level-filter-layers",))  # fmt: skip
def filter_layers(draw: Draw) -> Instance:
    """Linear convolutional networks."""
    L, n = draw.depth(), draw.width()
    return draw.instance([_circulant(draw.arithmetic, draw.numbers(n)) for _ in range(L)])


@setting("level-filter-layers", "one filter for all layers, up to sign, cyclic shift and reversal")
def level_filter_layers(draw: Draw) -> Instance:
    """Convolutions whose Fourier transforms have the same absolute values."""
    ar, L, n = draw.arithmetic, draw.depth(), draw.width()
    entries = draw.scaled(draw.numbers(n))
    layers = []
    for _ in range(L):
        shift, back, sign = draw.integer(0, n - 1), draw.integer(0, 1), draw.integer(0, 1)
        turned = [entries[((-m if back else m) + shift) % n] for m in range(n)]
        layers.append(_circulant(ar, [(1 - 2 * sign) * f for f in turned]))
    return draw.instance(layers)


# --- quantities ----------------------------------------------------------------------------------


def _first(ar: Any, n: int) -> Any:
    return ar.matrix([[int(i == 0)] for i in range(n)])


@quantity("filter_energy", r"\textstyle\sum_k|f_k|^2")
def filter_energy(instance: Instance) -> Any:
    """Σ_k |f_k|², f_k the first column of the circulant W_k."""
    ar = instance.arithmetic
    terms = [ar.frobenius_sq(W @ _first(ar, W.shape[-1])) for W in instance.weights]
    return sum(terms[1:], start=terms[0])


@quantity("coordinate_cost", r"\textstyle\sum_i|\beta_i|^{2/L}")
def coordinate_cost(instance: Instance) -> Any:
    """Σ_i |β_i|^{2/L}, β the diagonal of the end-to-end map."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    entries = [ar.entry(P, i, i) for i in range(P.shape[-1])]
    terms = [ar.power(b * b, Fraction(1, instance.net.depth)) for b in entries]
    return sum(terms[1:], start=terms[0])


@quantity("filter_length_sum", r"\textstyle\sum_m|\beta_m|", positive=False)
def filter_length_sum(instance: Instance) -> Any:
    """Σ_m |β_m|, β the first column of the end-to-end circulant (a control)."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    entries = [ar.entry(P, i, 0) for i in range(P.shape[-2])]
    terms = [ar.maximum(b, -b) for b in entries]
    return sum(terms[1:], start=terms[0])


_COSINES = {1: (1,), 2: (1, -1), 3: (1, Fraction(-1, 2), Fraction(-1, 2)), 4: (1, 0, -1, 0)}
"""cos(2πm/n), m = 0..n-1, where all of them are rational."""


def _spectrum(instance: Instance) -> list[Any]:
    """|β̂_j|², j = 0..n-1: the cosine transform of the autocorrelation of β."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    n = P.shape[-1]
    if n not in _COSINES:
        raise Undefined("the cosines are rational for lengths up to 4 only")
    beta = [ar.entry(P, i, 0) for i in range(n)]
    shifted = [[beta[i] * beta[(i + m) % n] for i in range(n)] for m in range(n)]
    lags = [sum(row[1:], start=row[0]) for row in shifted]
    waves = [[ar.scalar(_COSINES[n][j * m % n]) * lags[m] for m in range(n)] for j in range(n)]
    return [sum(row[1:], start=row[0]) for row in waves]


@compared(
    "fourier_gap", r"\textstyle\sum_m|\operatorname{tr}(P^TP)^m-\sum_j|\hat\beta_j|^{2m}|^2",
    r"\operatorname{tr}(P^TP)^m = \textstyle\sum_j|\hat\beta_j|^{2m}\quad(1\le m\le n)",
)  # fmt: skip
def fourier_gap(instance: Instance) -> tuple[list[Any], list[Any]]:
    """Traces of (PᵀP)^m against Σ_j |β̂_j|^{2m}, m = 1..n."""
    ar, square = instance.arithmetic, instance.net.end_to_end.mT @ instance.net.end_to_end
    modes, unit = _spectrum(instance), ar.identity(1)
    power, powers, found, expected = square, list(modes), [], []
    for _ in modes:
        found.append(ar.scale(ar.trace(power), unit))
        expected.append(ar.scale(sum(powers[1:], start=powers[0]), unit))
        power, powers = power @ square, [p * x for p, x in zip(powers, modes, strict=True)]
    return found, expected


energy, L, n, cost, filters_sq, coordinate, taps, gap = symbols(
    weights_sq, depth, d_x, U9.schatten, filter_energy, coordinate_cost, filter_length_sum,
    fourier_gap,
)  # fmt: skip
diagonal_bound = Formula("diagonal_bound", r"L\textstyle\sum_i|\beta_i|^{2/L}", L * coordinate)
filter_bound = Formula(
    "filter_bound", r"\tfrac{L}{n}\textstyle\sum_j|\hat\beta_j|^{2/L}", L * cost / n
)

shallow = Assumption("shallow", sp.Eq(L, 2))

# --- claims and proofs ---------------------------------------------------------------------------

_SMALL, _LONG = Bounds((2, 4), (1, 3)), Bounds((2, 3), (1, 4))

coordinates = stated(
    "coordinates", "the singular values of a diagonal map are its entries, but for signs",
    diagonal_layers, sp.Eq(cost, coordinate), bounds=_SMALL,
    sizes=((2, 1), (2, 2), (3, 2)), check=True,
)  # fmt: skip


@claim(
    diagonal_layers, energy >= diagonal_bound, given=(U9.lower, coordinates), bounds=_SMALL,
    name="diagonal",
)  # fmt: skip
def diagonal_least(coordinates: Claim, lower: Claim, diagonal_bound: Any) -> Iterator[Step]:
    """Diagonal layers cost at least the penalty of bridge regression."""
    least = rules.substituted(rules.given(lower), rules.given(coordinates))
    yield rules.rewritten(least, energy, diagonal_bound)


diagonal_attained = stated(
    "diagonal_attained", "equality where all layers have the same absolute values",
    level_diagonal_layers, sp.Eq(energy, diagonal_bound), bounds=_SMALL,
    sizes=((2, 1, 0, 1), (2, 2, 0, 1, 1, 1), (3, 2, 0, 1, 1, 0, 0, 0)),
)  # fmt: skip
columns = stated(
    "columns", "a circulant has its filter in every column",
    filter_layers, sp.Eq(energy, n * filters_sq), bounds=_LONG,
    sizes=((2, 2), (2, 3), (3, 4)), check=True,
)  # fmt: skip
fourier = stated(
    "fourier", "the singular values of a circulant are the moduli of the Fourier transform",
    filter_layers, sp.Eq(gap, 0), bounds=_LONG, sizes=((2, 1), (2, 2), (2, 3)), check=True,
)  # fmt: skip


@claim(filter_layers, filters_sq >= filter_bound, given=(U9.lower, columns), bounds=_LONG)
def filters(columns: Claim, lower: Claim, filter_bound: Any) -> Iterator[Step]:
    """Convolutions cost at least that penalty of the Fourier transform."""
    total = rules.transitive(rules.turned(rules.given(columns)), rules.given(lower))
    yield rules.rewritten(rules.scaled(total, 1 / n), filters_sq, filter_bound)


@claim(
    level_filter_layers, sp.Eq(filters_sq, filter_bound), given=(U9.balanced, columns),
    bounds=Bounds((2, 3), (1, 2)),
)  # fmt: skip
def filters_attained(columns: Claim, balanced: Claim, filter_bound: Any) -> Iterator[Step]:
    """Equality for filters that differ by sign, shift and reversal, for these are balanced."""
    total = rules.transitive(rules.turned(rules.given(columns)), rules.given(balanced))
    yield rules.rewritten(rules.scaled(total, 1 / n), filters_sq, filter_bound)


filters_close = stated(
    "filters_close", "no more than the bound, but for a part in $10^9$, at more lengths",
    level_filter_layers, filters_sq <= (1 + sp.Rational(1, 10**9)) * filter_bound, bounds=_LONG,
    check=True,
)  # fmt: skip

# --- false twins ---------------------------------------------------------------------------------

_twins = (
    twin("larger_factor", "$L + 1$ for $L$ in front of the coordinates",
         level_diagonal_layers, energy >= (L + 1) * coordinate, bounds=_SMALL),
    twin("unnormalised", "$L$ for $L/n$ in front of the Fourier transform",
         filter_layers, filters_sq >= L * cost, bounds=_LONG),
    twin("no_transform", "$2|β|_1$ at depth 2, without the Fourier transform",
         filter_layers, filters_sq >= 2 * taps, shallow, bounds=Bounds((2, 2), (2, 4)),
         known=lambda: [_spread_filters()]),
    twin("every_filter", "equality for any filters of full width",
         filter_layers, filters_sq <= filter_bound, bounds=Bounds((2, 3), (1, 2))),
    twin("equal_norms", "equality for diagonal layers of equal norms",
         diagonal_layers, energy <= diagonal_bound, U9.equal_energies, bounds=_SMALL,
         known=lambda: [_equal_norms()]),
)  # fmt: skip


def _equal_norms() -> Instance:
    """diag(2, 1) and diag(1, 2): equal norms, different absolute values."""
    return Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[1, 0], [0, 1]])


def _spread_filters() -> Instance:
    """Twice the filter (1, 1): β = (2, 2), |β|_1 = 4, but its transform is (4, 0)."""
    return Instance.of_minimizer([[[1, 1], [1, 1]]] * 2, [[1, 0], [0, 1]])


THEOREM = Theorem(
    id="N20",
    title="What weight decay costs in diagonal and in convolutional networks",
    normalisation="squared norms, no factor 1/2; $β̂_j = Σ_m β_m e^{-2πijm/n}$, not normalised",
    source=Source("dai2021representation", "representation costs; re-derived, abstract only read"),
    claims=(
        coordinates, diagonal_least, diagonal_attained, columns, fourier, filters,
        filters_attained, filters_close,
    ),
    controls=_twins,
    witnesses=(
        witness("equal_norms", diagonal_least, "$diag(2, 1)$ and $diag(1, 2)$: $10 > 8$",
                _equal_norms),
        witness("filters", filters, "twice the filter $(1, 1)$: $4 = (4 + 0)$", _spread_filters),
    ),
    module=__name__,
)  # fmt: skip
