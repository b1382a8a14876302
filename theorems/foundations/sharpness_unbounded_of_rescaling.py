r"""Sharpness of minimizers is unbounded above: rescaling two layers by 1/c and c grows it like c².

Statement
    Let L >= 2 and TΣ != 0.  For a minimizer W, layers i != j and c > 0 let W_c be W with W_i/c and
    c W_j.  Then W_c is a minimizer too and, with τ = |T Σ^{1/2}|_2,

        S(W_c) >= 2 τ² (c²/|W_i|² + 1/(c²|W_j|²) + Σ_{k != i,j} 1/|W_k|²) > 2 c² τ²/|W_i|².

    So S(W_c) tends to infinity with c: every set of minimizers closed under rescaling, hence that
    of all minimizers, has points of any sharpness beyond S(W).  For c >= 1 also S(W_c) <= c² S(W).

Notation
    S (``sharpness``) = λ_max of the Hessian of R = E|y - Px|²; S_c (``rescaled_sharpness``);
    L (``depth``); c (``rescaling``); τ (``target_on_data``); p = |W_i| (``thinned_norm``),
    q = |W_j| (``thickened_norm``); r (``other_layers``) = Σ_{k != i,j} 1/|W_k|², spectral norms;
    K = Σ^{1/2}; A_k = W_L ... W_{k+1}, B_k = W_{k-1} ... W_1.

Assumptions
    minimizer     PΣ = TΣ: gives A_k W_k B_k K = TK.  Without it, weights 1, 0 with T = 1 have
                  S(W_c) < 2.1 at c = 4, not above 32.
    nonvanishing  TΣ != 0: τ > 0, no layer is zero.  Without it, weights 1, 0, 0 have
                  S(W_c) = 0 for every c.
    two_layers    i != j, so L >= 2.  With L = 1 there is one minimizer on the data, S = 2λ_max(Σ).
    stretching    c >= 1, for the upper bound only.  Without it, unit weights have
                  S(W_{1/2}) = 17/2 > 1.

Derivation
    A product with W_i/c and c W_j is unchanged, and A_k Z B_k of W_c is c^{e_k} times that of W:
    e_i = 1, e_j = -1, else 0 (words in noncommuting layers).  At a minimizer (F3)

        S(W) = 2 max_{|Z|_F=1} Σ_k |A_kᵀ Z K B_kᵀ|_F² >= 2 Σ_k |A_kᵀu|² |B_k K v|²,   Z = u vᵀ,

    for the top singular pair of TK.  As A_k W_k B_k K = TK, τ = uᵀ A_k W_k B_k K v
    <= |A_kᵀu| |W_k| |B_k K v|, so S(W) >= 2 τ² Σ_k 1/|W_k|²; put W_c for W.
    Upper bound: the terms of S(W_c) are c^{2 e_k} <= c² times those of S(W).

Main results
    F5.stays      R(W_c) = R(W), at any weights and for any target
    F5.lower      S(W_c) >= 2 τ² (c²/p² + 1/(c²q²) + r)
    F5.unbounded  S(W_c) > 2 c² τ²/p²
    F5.upper      S(W_c) <= c² S(W) for c >= 1
    F5.tight      equality in F5.lower on rescaled flattest minimizers (Σ = I)
    F5.attained   and its value there

Evidence
    Words for L = 2..5; the closed forms for all L.  Decided for depths 2 to 5, widths 1 to 3, every
    pair of layers, rational c from 1 to 3.

Sharpness
    F5.lower is attained for every L, c and σ (F5.attained).  Growth is exactly quadratic, by
    F5.lower with F5.upper.  The bounds of F5.lower and F5.unbounded have ratio 1 in the limit of
    large c, so the factor 2 does not improve either.

Implementation notes
    An instance is W with c, i and j beside it (``Rescaled``): S is measured at W, S_c at W_c.

References
----------
    dinh2017sharp (rescaling; constants and proof reconstructed here)

Tags
    sharpness, minimizers, rescaling, unbounded
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.instances import Instance, Rows
from theorems.quantities import depth, loss, sharpness, symbols, target_norm, target_on_data
from theorems.recipes import Draw, drawn
from theorems.settings import flattest_minimizers, minimizers, weights
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Assumption,
    Claim,
    Condition,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Witness,
)
from verify.theorem import Control, Source

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

    @classmethod
    def by(cls, base: Instance, scale: Any, thin: int, thick: int) -> Rescaled:
        """Return ``base`` with a scale (a 1 x 1 matrix of its arithmetic) beside it."""
        parts = (base.arithmetic, base.weights, base.sigma, base.target, base.at_minimizer)
        return cls(*parts, scale, thin, thick)

    @property
    def point(self) -> Instance:
        """Return W_c."""
        ar = self.arithmetic
        c = ar.entry(self.scale, 0, 0)
        layers = list(self.weights)
        layers[self.thin] = ar.scale(1 / c, layers[self.thin])
        layers[self.thick] = ar.scale(c, layers[self.thick])
        return Instance(ar, tuple(layers), self.sigma, self.target, self.at_minimizer)


def _at(base: Instance, scale: int | Fraction, thin: int, thick: int) -> Rescaled:
    return Rescaled.by(base, base.arithmetic.matrix([[scale]]), thin, thick)


def _rescaled(base: Setting) -> Setting:
    """Every instance of ``base``, every pair of layers (depth 1: the one layer twice), 1<=c<=3."""

    def build(draw: Draw) -> Rescaled:
        instance = draw.of(base)
        L = instance.net.depth
        thin = draw.integer(0, L - 1)
        thick = (thin + draw.integer(1, L - 1)) % L if L > 1 else thin
        scale = draw.matrix(1, 1, 1, 3)
        return Rescaled.by(instance, scale, thin, thick)

    description = f"{base.description}; layers i != j and 1 <= c <= 3"
    return Setting(f"rescaled-{base.name}", description, drawn(build))


_minimizers = _rescaled(minimizers)
_flattest = _rescaled(flattest_minimizers)
_weights = _rescaled(weights)

# --- quantities ---------------------------------------------------------------------------------


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
    ar = instance.arithmetic
    total = ar.scalar(0)
    for k, W in enumerate(instance.weights):
        if k not in (instance.thin, instance.thick):
            total = total + 1 / ar.eig_max(W @ W.mT)
    return total


S, S_c, L, c, tau, p, q, r, sigma = symbols(
    sharpness,
    rescaled_sharpness,
    depth,
    rescaling,
    target_on_data,
    thinned_norm,
    thickened_norm,
    other_layers,
    target_norm,
)
R, R_c = symbols(loss, rescaled_loss)

# --- assumptions --------------------------------------------------------------------------------


def _reaches_the_data(instance: Instance) -> Any:
    return instance.arithmetic.is_zero(instance.cross) ^ True  # a mask on float batches


def _is_at_least_one(instance: Rescaled) -> Any:
    ar = instance.arithmetic
    one = ar.scalar(1)
    below = one - ar.minimum(one, ar.entry(instance.scale, 0, 0))
    return ar.is_zero(ar.scale(below, ar.identity(1)))


nonvanishing = Assumption("nonvanishing", r"T\Sigma \ne 0", _reaches_the_data)
two_layers = Assumption("two_layers", r"i \ne j", lambda instance: instance.thin != instance.thick)
stretching = Assumption("stretching", r"c \ge 1", _is_at_least_one)

# --- closed forms -------------------------------------------------------------------------------

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

# --- derivation ---------------------------------------------------------------------------------

_DEPTHS = range(2, 6)


def _word(layers: Sequence[Any]) -> Any:
    """W_L ... W_1 as a word in noncommuting layers."""
    return sp.Mul(*reversed(layers))


def _rescalings(size: int) -> Iterator[tuple[list[Any], list[Any], list[int]]]:
    """Yield layers, rescaled layers and the exponents e_k for every pair i != j."""
    W = list(sp.symbols(f"W1:{size + 1}", commutative=False))
    for i, j in itertools.permutations(range(size), 2):
        exponents = [int(k == i) - int(k == j) for k in range(size)]
        yield W, [X * c**-e for X, e in zip(W, exponents, strict=True)], exponents


def derive_stays(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield that the product of the layers does not change."""
    for size in _DEPTHS:
        pairs = [(_word(after), _word(before)) for before, after, _ in _rescalings(size)]
        yield _words(f"P unchanged at L = {size}", r"P(W_c) = P(W)", "commuting scalars", pairs)


def _terms(size: int) -> Step:
    """A_k Z B_k of W_c is c^{e_k} times that of W."""
    Z = sp.Symbol("Z", commutative=False)
    pairs = [
        (
            _word(after[k + 1 :]) * Z * _word(after[:k]),
            c**e * _word(before[k + 1 :]) * Z * _word(before[:k]),
        )
        for before, after, exponents in _rescalings(size)
        for k, e in enumerate(exponents)
    ]
    statement = r"A_k(W_c) Z B_k(W_c) = c^{e_k} A_k Z B_k"
    return _words(f"terms of the Hessian at L = {size}", statement, "commuting scalars", pairs)


def _words(name: str, statement: str, rule: str, pairs: Sequence[tuple[Any, Any]]) -> Step:
    lhs, rhs = (sp.Matrix([pair[side] for pair in pairs]) for side in (0, 1))
    return Identity(name, statement, "L = 2..5, every i != j", rule, lhs, rhs)


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield A_k W_k B_k = P and the sum of the terms with the norms of W_c."""
    for size in _DEPTHS:
        pairs = [
            (_word(after[k + 1 :]) * after[k] * _word(after[:k]), _word(before))
            for before, after, _ in _rescalings(size)
            for k in range(size)
        ]
        yield _words(
            f"path through each layer at L = {size}",
            r"A_k W_k B_k = P \text{ at } W_c",
            "Cauchy-Schwarz: τ = uᵀ A_k W_k B_k K v <= |A_kᵀu| |W_k| |B_k K v|",
            pairs,
        )
    yield Identity(
        "closed form",
        r"2\tau^2\Bigl(\frac1{|W_i/c|^2} + \frac1{|cW_j|^2} + r\Bigr) = \text{the closed form}",
        "all L",
        "sum of the terms, |A_kᵀu|² |B_k K v|² >= τ²/|W_k|²",
        2 * (tau**2 / (p / c) ** 2 + tau**2 / (c * q) ** 2 + tau**2 * r),
        formulas["rescaled_bound"],
    )


def derive_unbounded(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield that the leading term is strictly below the bound, tight, and passes every level."""
    rest = sp.Symbol("r", nonnegative=True)
    lower, leading = formulas["rescaled_bound"].subs(r, rest), formulas["leading_bound"]
    yield Condition(
        "strict",
        r"2\tau^2(c^{-2}/|W_j|^2 + r) > 0",
        "all L",
        "sum of a positive and a non-negative term",
        sp.expand(lower - leading).is_positive,
    )
    yield Identity(
        "leading term",
        r"\lim_{c\to\infty} \text{F5.lower}/\text{F5.unbounded} = 1",
        "all L",
        "limit of a rational function of c",
        sp.limit(sp.cancel(lower / leading), c, sp.oo),
        1,
    )
    level = sp.Symbol("M", positive=True)
    yield Identity(
        "every level is passed",
        r"2c^2\tau^2/|W_i|^2 = M \text{ at } c = |W_i|\sqrt{M/2}/\tau",
        "all L",
        "substitution",
        leading.subs(c, p * sp.sqrt(level / 2) / tau),
        level,
    )


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the factors of the terms and that none exceeds that of layer i."""
    for size in _DEPTHS:
        yield _terms(size)
    more = sp.Symbol("t", nonnegative=True)  # c - 1
    factor = formulas["growth_bound"] / S
    yield Identity("largest factor", r"c^{2e_i} = c^2", "all L", "e_i = 1", factor, c**2)
    for e in (-1, 0, 1):
        gap = sp.numer(sp.together((factor - c ** (2 * e)).subs(c, 1 + more)))
        yield Condition(
            f"factor with e_k = {e}",
            rf"c^2 - c^{{{2 * e}}} \ge 0 \text{{ at }} c = 1 + t",
            "all L",
            "a sum of terms each at most c² times its own, maximum over Z",
            sp.expand(gap).is_nonnegative,
        )


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield that lower bound and product of norms meet where every layer has norm g."""
    g = sp.Symbol("g", positive=True)
    value = formulas["flattest_value"].subs(sigma, g**L)
    equal = {tau: g**L, p: g, q: g, r: (L - 2) / g**2}
    yield Identity(
        "lower bound at equal norms",
        r"\text{F5.lower at } \tau = g^L, |W_k| = g",
        "all L",
        "substitution",
        formulas["rescaled_bound"].subs(equal),
        value,
    )
    others = g ** (2 * L - 2)
    yield Identity(
        "upper bound at equal norms",
        r"2\sum_k \prod_{l\ne k}|W_l|^2 \text{ at } W_c",
        "all L",
        "submultiplicativity: |A_kᵀ Z B_kᵀ|_F <= |A_k| |B_k| |Z|_F with Σ = I",
        2 * (others * c**2 + others / c**2 + (L - 2) * others),
        value,
    )


# --- claims and controls ------------------------------------------------------------------------

_DEEP = Bounds(depth=(2, 5), width=(1, 3))
_REACHING = (minimizer, nonvanishing, two_layers)

_claims = (
    Claim(
        "F5.stays",
        "rescaling two layers leaves the loss as it is, at any weights",
        _weights,
        sp.Eq(R_c, R),
        bounds=_DEEP,
    ),
    Claim(
        "F5.lower",
        "thin layers are sharp: the bound by the norms of the rescaled layers",
        _minimizers,
        S_c >= rescaled_bound.symbol,
        _REACHING,
        (rescaled_bound,),
        _DEEP,
    ),
    Claim(
        "F5.unbounded",
        "sharpness grows at least like c², with a positive constant",
        _minimizers,
        S_c > leading_bound.symbol,
        _REACHING,
        (leading_bound,),
        _DEEP,
    ),
    Claim(
        "F5.upper",
        "sharpness grows at most like c²",
        _minimizers,
        S_c <= growth_bound.symbol,
        (minimizer, stretching),
        (growth_bound,),
        _DEEP,
    ),
    Claim(
        "F5.tight",
        "there the bound by the norms of the layers is an equality",
        _flattest,
        sp.Eq(S_c, rescaled_bound.symbol),
        (minimizer, whitened, two_layers),
        (rescaled_bound,),
        _DEEP,
    ),
    Claim(
        "F5.attained",
        "equality where all layers had the same norm and aligned top directions",
        _flattest,
        sp.Eq(S_c, flattest_value.symbol),
        (minimizer, whitened, two_layers),
        (flattest_value,),
        _DEEP,
    ),
)


def _twin(
    name: str, title: str, relation: Any, setting: Setting = _minimizers, bounds: Bounds = _DEEP
) -> Control:
    return Control(Claim(f"F5.control.{name}", title, setting, relation, bounds=bounds))


_leading = leading_bound.expression  # twins say >=: equality would refute > too cheaply

_controls = (
    _twin("quartic", "c⁴ for c²", S_c >= c**2 * _leading),
    _twin("factor_four", "4 for 2", S_c >= 2 * _leading),
    _twin("unchanged", "sharpness invariant under rescaling, as the loss is", sp.Eq(S_c, S)),
    _twin("other_layer", "the norm of the layer made larger", S_c >= _leading.subs(p, q)),
    _twin("without_data", "|T| for |TΣ^{1/2}|", S_c >= _leading.subs(tau, sigma)),
    _twin("linear_growth", "at most c S(W)", S_c <= c * S),
    _twin("any_weights", "the minimizer dropped", S_c >= _leading, _weights),
    _twin(
        "single_layer",
        "L = 1 not excluded",
        S_c >= _leading,
        bounds=Bounds(depth=(1, 1), width=(1, 3)),
    ),
)

# --- witnesses ----------------------------------------------------------------------------------

_ONE: Rows = [[1]]


def _scalars(*layers: int) -> Callable[[int | Fraction], Rescaled]:
    """Scalar layers on unit data, the first made thinner and the last thicker by c."""
    base = Instance.of_minimizer([[[w]] for w in layers], _ONE)
    return lambda factor: _at(base, factor, 0, len(layers) - 1)


def _isotropic() -> Instance:
    return Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[1, 0], [0, 1]])


THEOREM = Theorem(
    id="F5",
    title="Sharpness of minimizers is unbounded above",
    statement=(
        r"L \ge 2,\; P\Sigma = T\Sigma \ne 0,\; W_c = (\dots, W_i/c, \dots, c\,W_j, \dots) "
        r"\;\Longrightarrow\; P(W_c) = P(W), \quad "
        r"S(W_c) > 2c^2\,|T\Sigma^{1/2}|_2^2\,/\,|W_i|_2^2 \to \infty"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; |T Σ^(1/2)|_2 and |W_i|_2 spectral",
    source=Source("dinh2017sharp", "rescaling of layers (constants and proof reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(rescaled_bound, leading_bound, growth_bound, flattest_value),
    derivations={
        "F5.stays": derive_stays,
        "F5.lower": derive_lower,
        "F5.unbounded": derive_unbounded,
        "F5.upper": derive_upper,
        "F5.attained": derive_attained,
    },
    witnesses=(
        Witness(
            "F5.witness.million",
            "F5.unbounded",
            "weights 1000, 1/1000 compute what 1, 1 do, with S > 2 000 000",
            lambda: _scalars(1, 1)(1000),
        ),
        Witness(
            "F5.witness.isotropic",
            "F5.unbounded",
            "W_1 = W_2 = Σ = I, c = 3, where spectral and Frobenius norms differ most",
            lambda: _at(_isotropic(), 3, 0, 1),
        ),
        Witness(
            "F5.witness.isotropic_lower",
            "F5.lower",
            "the same against the bound by all layers",
            lambda: _at(_isotropic(), 3, 0, 1),
        ),
        Witness(
            "F5.witness.generic",
            "F5.lower",
            "two outputs, correlated data, strictly above the bound",
            lambda: _at(
                Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[2, 1], [1, 1]]),
                Fraction(3, 2),
                1,
                0,
            ),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "F5.unbounded",
            "weights 1, 0, target 1, c = 4: S(W_c) < 2.1, not above 32",
            lambda: _at(Instance.exact([[[1]], [[0]]], _ONE, _ONE), 4, 0, 1),
        ),
        Necessity(
            nonvanishing,
            "F5.unbounded",
            "weights 1, 0, 0: T = 0 and S(W_c) = 0 for every c",
            lambda: _scalars(1, 0, 0)(2),
        ),
        Necessity(
            two_layers,
            "F5.unbounded",
            "one layer cannot be rescaled against another: S = 2, not above 8",
            lambda: _scalars(1)(2),
        ),
        Necessity(
            stretching,
            "F5.upper",
            "unit weights, c = 1/2: S(W_c) = 17/2 > 1",
            lambda: _scalars(1, 1)(Fraction(1, 2)),
        ),
    ),
    uses=("F3",),
    module=__name__,
    tags=("sharpness", "minimizers", "rescaling", "unbounded"),
)
