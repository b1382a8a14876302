r"""Sharpness of minimizers is unbounded above: rescaling two layers by 1/c and c grows it like c².

Statement
    Let $L ≥ 2$, $TΣ ≠ 0$ and $τ = |TΣ^{1/2}|_2$.  For layers $i ≠ j$ and $c ≥ 1$ let $W_c$ be $W$
    with $W_i/c$ and $cW_j$ ($c < 1$ exchanges the roles of $i$ and $j$).

    The loss is the same, $R(W_c) = R(W)$, at any weights; so $W_c$ is a minimizer where $W$ is.
    [stays]

    At minimizers

        S(W_c) ≥ 2τ² (c²/|W_i|² + 1/(c²|W_j|²) + Σ_{k≠i,j} 1/|W_k|²),                    [lower]
        S(W_c) > 2c²τ²/|W_i|²,                                                          [unbounded]

    so no bound holds for all $c$, and growth is no faster: $S(W_c) ≤ c² S(W)$.         [upper]

    On whitened data, where all layers have norm $g = σ^{1/L}$ and aligned top directions,
    $σ = |T|_2$, the first bound is an equality, with the value $2σ^{2-2/L}(L-2+c²+1/c²)$.
    [tight, attained]

Notation
    $S$ (``sharpness``), the largest eigenvalue of the Hessian of $R = E|y - Px|²$; $S_c$
    (``rescaled_sharpness``); $L$ (``depth``); $c$ (``rescaling``); $τ$ (``target_on_data``);
    $p = |W_i|$ (``thinned_norm``), $q = |W_j|$ (``thickened_norm``);
    $r = Σ_{k≠i,j} 1/|W_k|²$ (``other_layers``), spectral norms; $K = Σ^{1/2}$;
    $A_k = W_L ... W_{k+1}$, $B_k = W_{k-1} ... W_1$.

Assumptions
    minimizer     $PΣ = TΣ$: gives $A_kW_kB_kK = TK$.  Without it, weights 1, 0 with $T = 1$ have
                  $S(W_c) < 2.1$ at $c = 4$, not above 32.
    nonvanishing  $TΣ ≠ 0$: $τ > 0$, no layer is zero.  Without it, weights 1, 0, 0 have
                  $S(W_c) = 0$ for every $c$.
    two_layers    $i ≠ j$, so $L ≥ 2$.  With $L = 1$ there is one minimizer on the data,
                  $S = 2λ_max(Σ)$.
    stretching    $c ≥ 1$, for the upper bound only.  Without it, unit weights have
                  $S(W_{1/2}) = 17/2 > 1$.

Proof
    A product with $W_i/c$ and $cW_j$ is unchanged, since scalars commute: F5.stays.  Likewise
    $A_kZB_k$ of $W_c$ is $c^{e_k}$ times that of $W$: $e_i = 1$, $e_j = -1$ and $e_k = 0$ else.

    Lower bound.  At a minimizer the Hessian is a Gram form (F3), and with $Z = uvᵀ$ for the top
    singular pair $u$, $v$ of $TK$

        S(W) = 2 max_{|Z|_F=1} Σ_k |A_kᵀZKB_kᵀ|_F² ≥ 2 Σ_k |A_kᵀu|² |B_kKv|².

    As $A_kW_kB_kK = TK$,

        τ = uᵀA_kW_kB_kKv ≤ |A_kᵀu| |W_k| |B_kKv|,

    so $S(W) ≥ 2τ² Σ_k 1/|W_k|²$; this at $W_c$ is F5.lower.  The term of layer $i$ alone is
    F5.unbounded: it is strict because the term of layer $j$ is positive, and the bound passes every
    level as $c$ grows.

    Upper bound.  The terms of $S(W_c)$ are $c^{2e_k} ≤ c²$ times those of $S(W)$; take the maximum
    over $Z$.

    Equality.  On whitened data with $|W_k| = g$ and aligned top directions, $τ = g^L$ gives the
    lower bound its value, and $|A_kᵀZB_kᵀ|_F ≤ |A_k| |B_k| |Z|_F$ bounds the same sum from above by
    the products of the norms, with the same value.

Sharpness
    F5.lower is attained for every $L$, $c$ and $σ$ (F5.attained).  Growth is exactly quadratic, by
    F5.lower with F5.upper.  The bounds of F5.lower and F5.unbounded have ratio 1 in the limit of
    large $c$, so the factor 2 does not improve either.

Implementation notes
    An instance is $W$ with $c$, $i$ and $j$ beside it (``Rescaled``): $S$ is measured at $W$, $S_c$
    at $W_c$.  The proof is about words in noncommuting layers, for all depths and every pair of
    layers.

References
----------
    dinh2017sharp (rescaling; constants and proof reconstructed here)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, vanishes, whitened
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import depth, loss, sharpness, symbols, target_norm, target_on_data
from theorems.recipes import Draw
from theorems.settings import any_weights, flattest_minimizers, minimizers, weights
from verify.claims import Setting, entered
from verify.sources import Choices
from verify.theorem import (
    Assumption,
    Bounds,
    Condition,
    Formula,
    Identity,
    Limit,
    Source,
    Step,
    Theorem,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "Rescaled", "leading_bound", "rescaled_bound"]

# --- instances: a point, and what it is rescaled by ---------------------------------------------


@dataclass(frozen=True, eq=False)
class Rescaled(Instance):
    """An instance W with a scale c and the layers ``thin`` (W_i / c) and ``thick`` (c W_j).

    Parameters
    ----------
    scale
        c > 0 as a 1 x 1 matrix.
    thin, thick
        i - 1 and j - 1: layers are counted from 0 here and from 1 in the text.
    """

    scale: Any
    thin: int
    thick: int

    @property
    def point(self) -> Instance:
        """Return W_c."""
        ar = self.arithmetic
        c = ar.entry(self.scale, 0, 0)
        layers = list(self.weights)
        layers[self.thin] = ar.scale(1 / c, layers[self.thin])
        layers[self.thick] = ar.scale(c, layers[self.thick])
        return Instance(ar, tuple(layers), self.sigma, self.target, self.at_minimizer)


@dataclass(frozen=True)
class _Rescaling:
    """Draws an instance of ``base``, c and two layers; unlike a local function it can be sent."""

    base: Setting

    def __call__(self, source: Choices, bounds: Bounds) -> Rescaled:
        draw = Draw(source, bounds)
        instance = draw.of(self.base)
        L = instance.net.depth
        thin = draw.integer(0, L - 1)
        thick = (thin + draw.integer(1, L - 1)) % L if L > 1 else thin
        scale = draw.matrix(1, 1, 1, 3)
        return Rescaled.beside(instance, scale=scale, thin=thin, thick=thick)


def _rescaled(base: Setting, *, exists: bool = False) -> Setting:
    """Every instance of ``base``, every pair of layers (depth 1: the one layer twice), 1<=c<=3."""
    description = f"{base.description}; layers i != j and 1 <= c <= 3"
    found = Setting(f"rescaled-{base.name}", description, _Rescaling(base), exists=exists)
    return entered(found)


_minimizers, _weights, _any_weights = map(_rescaled, (minimizers, weights, any_weights))
_flattest = _rescaled(flattest_minimizers, exists=True)

# --- quantities, assumptions and closed forms ---------------------------------------------------


@quantity("rescaling", "c")
def rescaling(instance: Rescaled) -> Any:
    """The factor c of a rescaling W_i / c, c W_j."""
    return instance.arithmetic.entry(instance.scale, 0, 0)


@quantity("rescaled_sharpness", "S(W_c)")
def rescaled_sharpness(instance: Rescaled) -> Any:
    """Largest eigenvalue of the Hessian at the rescaled weights W_c."""
    return sharpness.measure(instance.point)


@quantity("rescaled_loss", "R(W_c)", positive=False)
def rescaled_loss(instance: Rescaled) -> Any:
    """The loss at the rescaled weights W_c."""
    return loss.measure(instance.point)


@quantity("thinned_norm", "|W_i|_2")
def thinned_norm(instance: Rescaled) -> Any:
    """Spectral norm of the layer that a rescaling divides by c, before it."""
    return instance.arithmetic.singular_max(instance.weights[instance.thin])


@quantity("thickened_norm", "|W_j|_2")
def thickened_norm(instance: Rescaled) -> Any:
    """Spectral norm of the layer that a rescaling multiplies by c, before it."""
    return instance.arithmetic.singular_max(instance.weights[instance.thick])


@quantity("other_layers", r"\sum_{k\ne i,j}|W_k|_2^{-2}", positive=False)
def other_layers(instance: Rescaled) -> Any:
    """Sum of 1/|W_k|² over the layers a rescaling leaves alone; zero at depth 2."""
    ar, kept = instance.arithmetic, {instance.thin, instance.thick}
    others = [W for k, W in enumerate(instance.weights) if k not in kept]
    return sum((1 / ar.eig_max(W @ W.mT) for W in others), start=ar.scalar(0))


S, S_c, R, R_c, L = symbols(sharpness, rescaled_sharpness, loss, rescaled_loss, depth)
c, tau, sigma = symbols(rescaling, target_on_data, target_norm)
p, q, r = symbols(thinned_norm, thickened_norm, other_layers)


def _is_nonvanishing(instance: Rescaled) -> Any:
    return vanishes(instance, instance.cross) ^ True


def _has_two_layers(instance: Rescaled) -> bool:
    return instance.thin != instance.thick


nonvanishing = Assumption("nonvanishing", _is_nonvanishing, r"T\Sigma \ne 0")
two_layers = Assumption("two_layers", _has_two_layers, r"i \ne j")
stretching = Assumption("stretching", c >= 1)

rescaled_bound = Formula(
    "rescaled_bound",
    r"2\tau^2(c^2/|W_i|^2 + c^{-2}/|W_j|^2 + \sum_{k\ne i,j}|W_k|^{-2})",
    2 * tau**2 * (c**2 / p**2 + 1 / (c**2 * q**2) + r),
)
leading_bound = Formula("leading_bound", r"2c^2\tau^2/|W_i|^2", 2 * c**2 * tau**2 / p**2)
growth_bound = Formula("growth_bound", r"c^2 S(W)", c**2 * S)
flattest_value = Formula(
    "flattest_value",
    r"2\sigma^{2-2/L}(L-2+c^2+c^{-2})",
    2 * sigma ** (2 - 2 / L) * (L - 2 + c**2 + c**-2),
)

# --- claims and proofs --------------------------------------------------------------------------

_DEEP = Bounds((2, 5), (1, 3))
_REACHING = (minimizer, nonvanishing, two_layers)
_SIZES = (
    (2, 2, 2, 2, 2, 0, 1), (3, 2, 1, 2, 1, 2, 0, 1), (3, 1, 2, 1, 2, 1, 1, 1), (4, 1, 2, 1, 2, 1),
)  # fmt: skip

# A network A Y M X B of any depth: X the lower and Y the upper one of layers i and j, the other
# letters words of any layers, none included; e = 1 if X = W_i, e = -1 if X = W_j.
A, Y, M, X, B, Z = sp.symbols("A Y M X B Z", commutative=False)
e = sp.Symbol("e", real=True)
Y_c, X_c = c**e * Y, c**-e * X


@claim(_any_weights, sp.Eq(R_c, R), bounds=_DEEP, sizes=_SIZES, formal=True)
def stays() -> Iterator[Step]:
    """Rescaling two layers leaves the loss as it is, at any weights."""
    why = "$P(W_c) = P(W)$, scalars commute"
    yield Identity("same product", A * Y_c * M * X_c * B, A * Y * M * X * B, why=why)


@claim(
    _minimizers, S_c >= rescaled_bound, *_REACHING, given=(F3.spectrum,), bounds=_DEEP, formal=True
)
def lower(rescaled_bound: Any) -> Iterator[Step]:
    """Thin layers are sharp: the bound by the norms of the rescaled layers."""
    why = "$A_kW_kB_k = P$ at $W_c$ too, so $τ = uᵀA_kW_kB_kKv ≤ |A_kᵀu| |W_k| |B_kKv|$"
    yield Identity("same product", A * Y_c * M * X_c * B, A * Y * M * X * B, why=why)
    terms = tau**2 / (p / c) ** 2 + tau**2 / (c * q) ** 2 + tau**2 * r
    why = "$|A_kᵀu|²|B_kKv|² ≥ τ²/|W_k|²$ at $W_c$, summed over $k$"
    yield Identity("sum of the terms", 2 * terms, rescaled_bound, why=why)


@claim(_minimizers, S_c > leading_bound, *_REACHING, given=(lower,), bounds=_DEEP, formal=True)
def unbounded(rescaled_bound: Any, leading_bound: Any) -> Iterator[Step]:
    """Sharpness grows at least like $c²$, with a positive constant."""
    rest, level = sp.Symbol("r", nonnegative=True), sp.Symbol("M", positive=True)
    bound = rescaled_bound.subs(r, rest)
    yield Condition("strict", bound - leading_bound, ">", why="the other terms, $r ≥ 0$")
    yield Limit(
        "leading term", bound / leading_bound, c, sp.oo, 1, why="both bounds, for large $c$"
    )
    reached = leading_bound.subs(c, p * sp.sqrt(level / 2) / tau)
    yield Identity("every level is passed", reached, level, why="at $c = |W_i| √(M/2) / τ$")


@claim(
    _minimizers,
    S_c <= growth_bound,
    minimizer,
    stretching,
    given=(F3.spectrum,),
    bounds=_DEEP,
    formal=True,
)
def upper(growth_bound: Any) -> Iterator[Step]:
    """Sharpness grows at most like $c²$."""
    exponents = (0, e, 0, -e, 0)
    sides = zip(exponents, _around(X, Y), strict=True)
    before = [c**x * A_k * Z * B_k for x, (A_k, B_k) in sides]
    after = [A_k * Z * B_k for A_k, B_k in _around(X_c, Y_c)]
    why = "$A_kZB_k$ of $W_c$ is $c^{e_k}$ times that of $W$, $k$ below, at, between, above both"
    yield Identity("terms of the Hessian", sp.Matrix(after), sp.Matrix(before), why=why)
    factor = growth_bound / S
    yield Identity("largest factor", factor, c**2, why="that of layer $i$, $e_i = 1$")
    more = sp.Symbol("t", nonnegative=True)  # c - 1
    for sign in (-1, 0, 1):
        gap = (factor - c ** (2 * sign)).subs(c, 1 + more)
        why = "each term at most $c²$ times its own, at $c = 1 + t$; maximum over $Z$"
        yield Condition(f"no factor exceeds it, e_k = {sign}", gap, ">=", why=why)


def _around(X: Any, Y: Any) -> list[tuple[Any, Any]]:
    """A_k and B_k of a layer k below X, at X, between, at Y, above Y.

    The word that holds layer k is cut there.
    """
    above, below = sp.symbols("V U", commutative=False)
    return [
        (A * Y * M * X * above, below),
        (A * Y * M, B),
        (A * Y * above, below * X * B),
        (A, M * X * B),
        (above, below * Y * M * X * B),
    ]


tight = stated(
    "tight", "there the bound by the norms of the layers is an equality",
    _flattest, sp.Eq(S_c, rescaled_bound), minimizer, whitened, two_layers, bounds=_DEEP,
    formal=True,
)  # fmt: skip


@claim(
    _flattest,
    sp.Eq(S_c, flattest_value),
    minimizer,
    whitened,
    two_layers,
    given=(F3.spectrum, lower),
    bounds=_DEEP,
    formal=True,
)
def attained(rescaled_bound: Any, flattest_value: Any) -> Iterator[Step]:
    """Equality where all layers had the same norm and aligned top directions."""
    g = sp.Symbol("g", positive=True)
    value = flattest_value.subs(sigma, g**L)
    bound = rescaled_bound.subs({tau: g**L, p: g, q: g, r: (L - 2) / g**2})
    yield Identity("lower bound", bound, value, why="F5.lower at $τ = g^L$, $|W_k| = g$")
    others = g ** (2 * L - 2)
    products = 2 * (others * c**2 + others / c**2 + (L - 2) * others)
    why = "$2Σ_kΠ_{l≠k}|W_l|²$ at $W_c$, by $|A_kᵀZB_kᵀ|_F ≤ |A_k||B_k||Z|_F$ with $Σ = I$"
    yield Identity("upper bound", products, value, why=why)


# --- false twins and exhibits -------------------------------------------------------------------

_leading = leading_bound.expression  # twins say >=: equality would refute > too cheaply
_twins = (
    twin("quartic", "$c⁴$ for $c²$", _minimizers, S_c >= c**2 * _leading, bounds=_DEEP),
    twin("factor_four", "4 for 2", _minimizers, S_c >= 2 * _leading, bounds=_DEEP),
    twin("unchanged", "sharpness invariant under rescaling, as the loss is",
         _minimizers, sp.Eq(S_c, S), bounds=_DEEP),
    twin("other_layer", "the norm of the layer made larger",
         _minimizers, S_c >= _leading.subs(p, q), bounds=_DEEP),
    twin("without_data", "$|T|$ for $|TΣ^{1/2}|$",
         _minimizers, S_c >= _leading.subs(tau, sigma), bounds=_DEEP),
    twin("linear_growth", "at most $c S(W)$", _minimizers, S_c <= c * S, bounds=_DEEP),
    twin("any_weights", "the minimizer dropped", _weights, S_c >= _leading, bounds=_DEEP),
    twin("single_layer", "$L = 1$ not excluded",
         _minimizers, S_c >= _leading, bounds=Bounds((1, 1), (1, 3))),
)  # fmt: skip


def _at(base: Instance, scale: int | Fraction, thin: int, thick: int) -> Rescaled:
    return Rescaled.beside(base, scale=base.arithmetic.matrix([[scale]]), thin=thin, thick=thick)


def _scalars(scale: int | Fraction, *layers: int) -> Rescaled:
    """Scalar layers on unit data, the first made thinner and the last thicker."""
    base = Instance.of_minimizer([[[w]] for w in layers], [[1]])
    return _at(base, scale, 0, len(layers) - 1)


def _isotropic() -> Rescaled:
    return _at(Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]]), 3, 0, 1)


THEOREM = Theorem(
    id="F5",
    title="Sharpness of minimizers is unbounded above",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $|TΣ^{1/2}|_2$ and $|W_i|_2$ spectral",
    source=Source("dinh2017sharp", "rescaling of layers (constants and proof reconstructed)"),
    claims=(stays, lower, unbounded, upper, tight, attained),
    controls=_twins,
    witnesses=(
        witness("million", unbounded,
                "weights 1000, 1/1000 compute what 1, 1 do, with $S > 2·10⁶$",
                lambda: _scalars(1000, 1, 1)),
        witness("isotropic", unbounded,
                "$W_1 = W_2 = Σ = I$, $c = 3$, where spectral and Frobenius norms differ most",
                _isotropic),
        witness("isotropic_lower", lower, "the same against the bound by all layers", _isotropic),
        witness("generic", lower, "two outputs, correlated data, strictly above the bound",
                lambda: _at(
                    Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[2, 1], [1, 1]]),
                    Fraction(3, 2), 1, 0)),
    ),
    necessity=(
        needed(minimizer, unbounded,
               "weights 1, 0, target 1, $c = 4$: $S(W_c) < 2.1$, not above 32",
               lambda: _at(Instance.exact([[[1]], [[0]]], [[1]], [[1]]), 4, 0, 1)),
        needed(nonvanishing, unbounded, "weights 1, 0, 0: $T = 0$ and $S(W_c) = 0$ for every $c$",
               lambda: _scalars(2, 1, 0, 0)),
        needed(two_layers, unbounded,
               "one layer cannot be rescaled against another: $S = 2$, not above 8",
               lambda: _scalars(2, 1)),
        needed(stretching, upper, "unit weights, $c = 1/2$: $S(W_c) = 17/2 > 1$",
               lambda: _scalars(Fraction(1, 2), 1, 1)),
    ),
    module=__name__,
)  # fmt: skip
