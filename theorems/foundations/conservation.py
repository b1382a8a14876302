"""What the gradient flows of two layers generate: Lie algebra, ranks, and the laws they leave."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np

from numeric.arithmetic.protocol import NotExact
from numeric.arithmetic.rational import Rational, pivots
from numeric.loss import gradient_by_jets, residual
from theorems.instances import Instance
from theorems.quantities import compared
from theorems.recipes import Draw, off_minimizers, setting
from verify.claims import quantity
from verify.errors import Undefined

__all__ = [
    "data_sides",
    "field_gap",
    "field_rank",
    "hidden_width",
    "imbalance_rank",
    "law_count",
    "layers_rank",
    "lie_dimension",
    "lie_rank",
    "stabiliser_dimension",
    "wide_pairs",
]

Integers = tuple[tuple[int, ...], ...]

# --- the Lie algebra that the flows generate ------------------------------------------------------


def _rows(M: Any) -> Integers:
    return tuple(tuple(map(int, row)) for row in np.asarray(M))


@cache
def _lie_algebra(outputs: int, inputs: int) -> tuple[Any, ...]:
    """A basis of what the S_G span with all iterated commutators, as integer matrices."""
    N = outputs + inputs
    basis: list[Any] = []
    for i, j in product(range(outputs), range(outputs, N)):
        S = np.zeros((N, N), dtype=int)
        S[i, j] = S[j, i] = 1
        basis.append(S)
    grown: list[Any] = []
    while len(grown) != len(basis):
        basis = grown or basis
        brackets = [S @ T - T @ S for S, T in combinations(basis, 2)]
        grown = _independent([*basis, *brackets])
    return tuple(basis)


def _independent(matrices: list[Any]) -> list[Any]:
    """The matrices that are independent of those before them."""
    rows = Rational().matrix([M.ravel().tolist() for M in matrices])
    return [matrices[k] for k in pivots(rows.mT)]


def _stacked(instance: Instance) -> Any:
    """Z, the layers W_2 and W_1ᵀ one above the other."""
    if instance.net.depth != 2:
        raise Undefined("the count is that of networks of two layers")
    first, last = instance.weights
    return instance.arithmetic.stack([[last], [first.mT]])


def _algebra(instance: Instance) -> list[Any]:
    widths = instance.net.widths
    return [instance.arithmetic.matrix(_rows(S)) for S in _lie_algebra(widths[2], widths[0])]


def _flat(instance: Instance, images: list[Any]) -> Any:
    """Matrices as the rows of one matrix, each row by row."""
    ar = instance.arithmetic
    parts = [
        [ar.matrix([[int(i == j) for j in range(M.shape[-2])]]) @ M for i in range(M.shape[-2])]
        for M in images
    ]
    return ar.stack(parts)


def _exact_rank(instance: Instance, A: Any) -> Any:
    """Rank of a matrix: exact, or that of a batch of floats to rounding."""
    ar = instance.arithmetic
    if ar.kind == "exact":
        return ar.scalar(int(A.raw.rank()))
    if ar.kind == "sampled":
        values = ar.to_numpy(getattr(A, "value", A))
        return ar.scalar(np.linalg.matrix_rank(values, tol=1e-9) * 1.0)
    raise NotExact("a rank is known of exact numbers only")


@quantity("data_sides", "N", integer=True, nonzero=True)
def data_sides(instance: Instance) -> int:
    """N = d_x + d_y."""
    return instance.net.widths[0] + instance.net.widths[-1]


@quantity("hidden_width", "r", integer=True, nonzero=True)
def hidden_width(instance: Instance) -> int:
    """The hidden width r of two layers."""
    return int(_stacked(instance).shape[-1])


@quantity("layers_rank", r"\rho")
def layers_rank(instance: Instance) -> Any:
    """ρ, the rank of Z."""
    return _exact_rank(instance, _stacked(instance))


@quantity("lie_dimension", r"\dim\mathfrak{g}")
def lie_dimension(instance: Instance) -> Any:
    """Dimension of the Lie algebra that all S_G generate."""
    return instance.arithmetic.scalar(len(_algebra(instance)))


@quantity("lie_rank", r"\dim\mathfrak{g}Z")
def lie_rank(instance: Instance) -> Any:
    """Dimension of the span of all SZ, S in that algebra."""
    Z = _stacked(instance)
    return _exact_rank(instance, _flat(instance, [S @ Z for S in _algebra(instance)]))


@quantity("field_rank", r"\dim\{S_GZ\}")
def field_rank(instance: Instance) -> Any:
    """Dimension of the span of all S_G Z, without brackets (a control)."""
    (outputs, inputs), Z = instance.target.shape[-2:], _stacked(instance)
    moved = [S @ Z for S in _algebra(instance)[: outputs * inputs]]
    return _exact_rank(instance, _flat(instance, moved))


@quantity("stabiliser_dimension", r"\dim\mathfrak{g}_Z")
def stabiliser_dimension(instance: Instance) -> Any:
    """Dimension of all skew forms K on R^N with KZ = 0: those S = JK of the algebra with SZ = 0."""
    ar, Z = instance.arithmetic, _stacked(instance)
    N = Z.shape[-2]
    forms = []
    for i, j in combinations(range(N), 2):
        K = np.zeros((N, N), dtype=int)
        K[i, j], K[j, i] = 1, -1
        forms.append(ar.matrix(_rows(K)) @ Z)
    return ar.scalar(len(forms)) - _exact_rank(instance, _flat(instance, forms))


@quantity("law_count", r"\#\text{laws}")
def law_count(instance: Instance) -> Any:
    """Nr minus the dimension of that span."""
    size = instance.net.parameters
    return instance.arithmetic.scalar(size) - lie_rank.measure(instance)


@quantity("imbalance_rank", r"\operatorname{rank}dD")
def imbalance_rank(instance: Instance) -> Any:
    """Rank of the differential of D = W_2ᵀW_2 - W_1W_1ᵀ in all weights."""
    ar, (first, last) = instance.arithmetic, instance.weights
    images = []
    for layer, sign in ((last, 1), (first.mT, -1)):
        for i, j in product(range(layer.shape[-2]), range(layer.shape[-1])):
            E = ar.matrix(
                [[sign * int((a, b) == (i, j)) for b in range(layer.shape[-1])]
                 for a in range(layer.shape[-2])]
            )  # fmt: skip
            images.append(layer.mT @ E + E.mT @ layer)
    return _exact_rank(instance, _flat(instance, images))


@compared(
    "field_gap", r"|\dot Z+S_GZ|_F^2", r"\tfrac{dZ}{dt} = -S_GZ",
)  # fmt: skip
def field_gap(instance: Instance) -> tuple[Any, Any]:
    """dZ/dt under gradient flow, gradients by tangents, against -S_G Z."""
    ar, (first, last) = instance.arithmetic, instance.weights
    g = gradient_by_jets(instance.net, instance.sigma, instance.cross)
    E = residual(instance.net, instance.sigma, instance.cross)
    moved = ar.stack([[-g[1]], [-g[0].mT]])
    return moved, -ar.stack([[(E + E) @ first.mT], [(E + E).mT @ last]])


@setting("wide-pairs", "two layers, d_x + d_y <= 3, hidden width from d_x + d_y up to 3, any data")
def wide_pairs(draw: Draw) -> Instance:
    """A hidden layer as wide as inputs and outputs together."""
    inputs = draw.integer(1, 2)
    outputs = draw.integer(1, 3 - inputs)
    hidden = draw.integer(inputs + outputs, 3)
    return off_minimizers(draw, [inputs, hidden, outputs])
