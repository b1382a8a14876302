r"""The least trace of the Hessian over all minimizers is given by the nuclear norm.

Statement
    Let W_L ... W_1 = P with PΣ = TΣ != 0.  For any Σ and any number d_y of outputs

        tr ∇²R(W) >= 2 L (d_y tr Σ)^{1/L} |TK|_*^{2-2/L},

    and where the hidden widths are at least rank(TΣ) there is a minimizer with equality.

Notation
    tr ∇²R (``hessian_trace``), L (``depth``), d_y, tr Σ (``data_trace``), K = Σ^{1/2};
    |TK|_* = tr (TΣTᵀ)^{1/2} (``nuclear_on_data``), the sum of the singular values.

Assumptions
    minimizer  PΣ = TΣ.  Without it, zero weights at L = 2 have trace 0.

Proof
    tr ∇²R = 2 Σ_k a_k² b_k² with a_k = |A_k|_F, b_k = |B_kK|_F (F3').  The ends are a_L = √d_y and
    b_1 = √tr Σ; Hölder's inequality for A_k B_{k+1}K = TK gives a_k b_{k+1} >= |TK|_*.  AM-GM.
    With TK = U diag(s) Vᵀ and N = |TK|_* let

        W_L = α_L U s^{1/2},   W_k = α_k I,   W_1 = α_1 s^{1/2} Vᵀ K⁺,

    α_1² = N tr Σ/c, α_k² = N²/c, α_L² = d_y N/c, c = (d_y tr Σ)^{1/L} N^{2-2/L}: the product of the
    α_k is 1 and each of the L terms is c.

Main results
    U5.lower     no minimizer has a smaller trace
    U5.attained  equality on a rational family

Evidence
    Symbolic for all L, the regrouping at L = 2..5.  Exact and certified for TK of rank at most 2,
    where |TK|_*² = tr M + 2 e_2(M)^{1/2}, M = TΣTᵀ.  Trained regressions with two outputs.

Sharpness
    Attained for every T, Σ and L.  The least trace is not reached by balanced minimizers, even of
    whitened data: at L = 2 they pay d_x + d_y for 2√(d_x d_y) (control).

Implementation notes
    With the Frobenius norm for the nuclear one the inequality stays true, since |TK|_F <= |TK|_*:
    it is the equality that fails (control).  In the attained family |h|² and tr Σ are d_y times a
    square, which makes the scales rational.

References
----------
    certimin2026

Tags
    hessian, trace, nuclear norm
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from theorems.assumptions import minimizer
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import (
    d_y,
    data_max,
    data_trace,
    depth,
    hessian_trace,
    loss_at_zero,
    symbols,
    target_on_data,
)
from theorems.settings import (
    _orthogonal,
    minimizers,
    padded_diagonal,
    rotated_layers,
    setting,
    source_arithmetic,
    whitened_balanced_minimizers,
)
from theorems.training import small_regressions
from verify.claims import Bounds, Claim, Formula, quantity
from verify.derivation import Identity, Step
from verify.errors import Undefined
from verify.sources import Source as Choices
from verify.theorem import (
    Control,
    Measurement,
    Necessity,
    Source,
    Theorem,
    TrainedSolution,
    Training,
    Witness,
)

__all__ = ["THEOREM", "nuclear_on_data", "trace_bound"]

# --- setting and quantity -----------------------------------------------------------------------


@quantity("nuclear_on_data", r"|TK|_*")
def nuclear_on_data(instance: Instance) -> Any:
    """Nuclear norm |TK|_* = (tr M + 2 e_2(M)^{1/2})^{1/2}, M = TΣTᵀ; for rank at most 2."""
    ar = instance.arithmetic
    sizes = instance.net.widths if instance.at_minimizer else instance.target.shape[-2:]
    if min(sizes) > 2:
        raise Undefined(
            f"the nuclear norm is known for rank at most 2, here it may be {min(sizes)}"
        )
    M = instance.cross @ instance.target.mT
    total = ar.trace(M)
    pairs = ar.maximum(ar.scalar(0), (total * total - ar.frobenius_sq(M)) / 2)
    return ar.sqrt(total + 2 * ar.sqrt(pairs))


@setting(
    "least-trace-minimizers",
    "W_L = a U h, W_k = b I, W_1 = g h VᵀK^{-1}, tr Σ and |h|² both d_y times a square, d_y <= 2",
)
def least_trace_minimizers(source: Choices, bounds: Bounds) -> Instance:
    """The minimizers that attain the least trace, turned by rational rotations."""
    ar = source_arithmetic(source)
    outputs = source.integer(1, 2)
    L = source.integer(*bounds.depth)
    top = max(outputs, bounds.width[1])
    shape = [*(source.integer(outputs, top) for _ in range(L)), outputs]
    g, y = ar.scalar(source.number(1, 2)), ar.scalar(source.number(1, 3))
    h = _of_square_norm(source, ar, outputs, outputs)
    k = [y * x for x in _of_square_norm(source, ar, outputs, shape[0])]
    if ar.kind == "exact" and any(x == 0 for x in k):
        raise Undefined("a direction without data")
    a = b = g / y  # g (d_y/tr Σ)^{1/2} and g (|h|²/tr Σ)^{1/2}
    eye = [1] * outputs
    V = _orthogonal(source, ar, shape[0])
    inverse = padded_diagonal(source, [1 / x for x in k], shape[0], shape[0])
    first = padded_diagonal(source, h, shape[1], shape[0])
    cores = [ar.scale(g, first) @ V.mT @ inverse]
    for columns, rows in itertools.pairwise(shape[1:-1]):
        cores.append(ar.scale(b, padded_diagonal(source, eye, rows, columns)))
    cores.append(ar.scale(a, padded_diagonal(source, h, outputs, shape[-2])))
    layers, turns = rotated_layers(source, ar, cores)
    root = padded_diagonal(source, k, shape[0], shape[0])
    return Instance.of(ar, layers, turns[0] @ root @ root @ turns[0].mT)


def _of_square_norm(source: Choices, ar: Any, square: int, n: int) -> list[Any]:
    """The coordinates of a vector of squared length ``square`` <= n: turned ones and zeros."""
    turn = _orthogonal(source, ar, n)
    ones = ar.matrix([[int(i < square)] for i in range(n)])
    return [ar.entry(turn @ ones, i, 0) for i in range(n)]


trace, L, outputs, data, nuclear, energy, spectral, top = symbols(
    hessian_trace, depth, d_y, data_trace, nuclear_on_data, loss_at_zero, target_on_data, data_max
)
trace_bound = Formula(
    "trace_bound",
    r"2L(d_y\operatorname{tr}\Sigma)^{1/L}|TK|_*^{2-2/L}",
    2 * L * (outputs * data) ** (1 / L) * nuclear ** (2 - 2 / L),
)

# --- derivations --------------------------------------------------------------------------------


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield AM-GM along the path for a_k/√d_y, which ends in 1; and the nuclear norm by traces."""
    s1, s2 = sp.symbols("s1 s2", positive=True)
    yield Identity(
        "nuclear norm of rank two",
        r"(s_1+s_2)^2 = \operatorname{tr}M + 2\sqrt{(\operatorname{tr}^2M-|M|_F^2)/2}",
        "rank at most 2",
        "expansion",
        (s1 + s2) ** 2,
        s1**2 + s2**2 + 2 * sp.sqrt(sp.factor(((s1**2 + s2**2) ** 2 - s1**4 - s2**4) / 2)),
    )
    yield from path_bound(
        sp.expand_power_base(formulas["trace_bound"] / (2 * outputs)),
        start=sp.sqrt(data),
        gain=nuclear / sp.sqrt(outputs),
    )


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the product of the scales for all L, and the terms of the family at L = 2, 3, 4."""
    c = formulas["trace_bound"] / (2 * L)
    yield Identity(
        "the scales multiply to one",
        r"\alpha_1^2\,\alpha_L^2\,(\alpha_k^2)^{L-2} = 1",
        "all L",
        "substitution of c",
        sp.powsimp(
            sp.expand_power_base(
                nuclear ** (2 * L - 2) * outputs * data * sp.expand_power_base(c) ** (-L)
            )
        ),
        1,
    )
    for size in (2, 3, 4):
        yield _family(size)


def _family(size: int) -> Step:
    """The trace of the family with free scales, two inputs and outputs, in the basis U, V."""
    ar = Symbolic()
    h1, h2, k1, k2 = sp.symbols("h1 h2 k1 k2", positive=True)
    scales = sp.symbols(f"alpha1:{size + 1}", positive=True)
    first, last = ar.matrix([[h1 / k1, 0], [0, h2 / k2]]), ar.matrix([[h1, 0], [0, h2]])
    middle = [ar.scale(x, ar.identity(2)) for x in scales[1:-1]]
    layers = (ar.scale(scales[0], first), *middle, ar.scale(scales[-1], last))
    net, sigma = LinearNetwork(ar, layers), ar.matrix([[k1**2, 0], [0, k2**2]])
    found = sum(
        ar.frobenius_sq(A) * ar.trace(B @ sigma @ B.mT)
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    )
    N, whole = h1**2 + h2**2, sp.Mul(*scales) ** 2
    numerators = [N * (k1**2 + k2**2), *[N**2] * (size - 2), 2 * N]
    return Identity(
        f"terms of the family at L = {size}",
        r"\tfrac12\operatorname{tr}\nabla^2R = \textstyle\prod_j\alpha_j^2\bigl(N\operatorname{tr}"
        r"\Sigma/\alpha_1^2 + \sum_{1<k<L}N^2/\alpha_k^2 + d_yN/\alpha_L^2\bigr)",
        "d_x = d_y = 2, L = 2, 3, 4",
        "expansion",
        found,
        sum(whole * x / alpha**2 for x, alpha in zip(numerators, scales, strict=True)),
    )


# --- claims and controls ------------------------------------------------------------------------

_SMALL = Bounds(depth=(2, 4), width=(1, 2))


def _claim(name: str, title: str, where: Any, relation: Any) -> Claim:
    return Claim(f"U5.{name}", title, where, relation, (minimizer,), (trace_bound,), _SMALL)


_claims = (
    _claim("lower", "no minimizer has a smaller trace", minimizers, trace >= trace_bound.symbol),
    _claim(
        "attained",
        "equality on a rational family",
        least_trace_minimizers,
        sp.Eq(trace, trace_bound.symbol),
    ),
)


def _with(outputs_: Any, data_: Any, norm: Any) -> Any:
    return 2 * L * (outputs_ * data_) ** (1 / L) * norm ** (2 - 2 / L)


_controls = tuple(
    Control(_claim(f"control.{name}", title, where, relation))
    for name, title, where, relation in (
        (
            "frobenius",
            "the least trace with the Frobenius norm for the nuclear norm",
            least_trace_minimizers,
            trace <= _with(outputs, data, sp.sqrt(energy)),
        ),
        (
            "spectral",
            "the least trace with the spectral norm",
            least_trace_minimizers,
            trace <= _with(outputs, data, spectral),
        ),
        (
            "outputs_left_out",
            "the least trace without d_y",
            least_trace_minimizers,
            trace <= _with(1, data, nuclear),
        ),
        (
            "top_for_trace",
            "the least trace with Λ for tr Σ",
            least_trace_minimizers,
            trace <= _with(outputs, top, nuclear),
        ),
        (
            "balanced",
            "balanced minimizers of whitened data have the least trace",
            whitened_balanced_minimizers,
            trace <= trace_bound.symbol,
        ),
    )
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent, two outputs.  Allowed: 1e-9, the gradient at the end is 1e-11."""
    for trained in small_regressions(seed, runs, outputs=2):
        found = Instance(Floating(), tuple(trained.weights), trained.sigma, trained.target, False)
        size = len(trained.weights)
        bound = 2 * size * float(2 * data_trace.measure(found)) ** (1 / size)
        bound *= float(nuclear_on_data.measure(found)) ** (2 - 2 / size)
        reached = float(hessian_trace.measure(found))
        yield trained.solution(
            Measurement("bound, at most the trace of the solution", reached, bound, 1e-9, "<=")
        )


THEOREM = Theorem(
    id="U5",
    title="The least trace of the Hessian is given by the nuclear norm of the target on data",
    statement=(
        r"\min_{P\Sigma=T\Sigma}\operatorname{tr}\nabla^2R(W) = "
        r"2L\,(d_y\operatorname{tr}\Sigma)^{1/L}\,|TK|_*^{2-2/L}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}; hidden widths >= rank(TΣ)",
    source=Source("certimin2026", "minimal trace of the Hessian"),
    claims=_claims,
    controls=_controls,
    formulas=(trace_bound,),
    derivations={"U5.lower": derive_lower, "U5.attained": derive_attained},
    witnesses=(
        Witness(
            "U5.witness.identity",
            "U5.attained",
            "Σ = I and T = I in two dimensions, L = 2: trace 16",
            lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "U5.lower",
            "zero weights, target 1, depth 2: trace 0 < 4",
            lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "U5.trained",
            "gradient descent, two outputs, corrected to an exact minimizer",
            _train,
            ("U5.lower",),
        ),
    ),
    uses=("F3p",),
    module=__name__,
    tags=("hessian", "trace", "nuclear norm"),
)
