"""Training: batched gradient descent, gradient flow, and the last step to an exact minimizer.

Loss R = E|y - Px|² (no factor 1/2), so gradients carry a factor 2 and a step size here is half of
one for the convention 1/2 E|.|².
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Literal

import numpy as np

from numeric import training_reference
from numeric.arithmetic.floating import Floating, namespace
from numeric.arithmetic.protocol import Arithmetic, NotExact
from numeric.descent import CONVERGED, DIVERGED, STALLED, Descent, Limits
from numeric.loss import gradient
from numeric.networks import LinearNetwork

__all__ = [
    "CONVERGED",
    "DIVERGED",
    "STALLED",
    "Descent",
    "Flow",
    "descend",
    "dyadic",
    "fast_path",
    "gradient_descent",
    "gradient_flow",
    "nearest_minimizer",
]


def fast_path(xp: Any = None) -> ModuleType | None:
    """Return the compiled kernels, or None: they need numba and take NumPy arrays.

    Importing them takes about a second, so this is done when they are first used.
    """
    if xp is not None and xp is not namespace("numpy"):
        return None
    if find_spec("numba") is None:
        return None
    return import_module("numeric.compiled.lanes")


def gradient_descent(
    weights: Sequence[Any],
    sigma: Any,
    cross: Any,
    step_size: Any,
    *,
    steps: int,
    tolerance: float = 1e-12,
    limit: float = 1e6,
    frozen_output: bool = False,
    fast: bool = True,
    xp: Any = None,
) -> Descent:
    """Return the end of gradient descent ``W_k -= step_size ∇_{W_k} R`` for a batch of networks.

    Only Σ and C are used, never samples: one output costs 6 flops for each weight and step.
    Networks do not influence each other and leave the batch when they have ended.

    Parameters
    ----------
    sigma, cross
        Σ and C, shapes (d_x, d_x) and (d_y, d_x), or with the batch axis.
    weights, step_size, steps, tolerance, limit, xp
        As in :func:`descend`.
    frozen_output
        Whether the last layer keeps its initial value; its gradient then counts for nothing.
    fast
        Whether to run compiled where numba is installed, see :func:`fast_path`.  The two paths
        agree up to rounding; where descent is chaotic, at the edge of stability, rounding grows.
    """
    ar = Floating(xp)
    layers = [ar.matrix(W) for W in weights]
    sigma, cross = ar.matrix(sigma), ar.matrix(cross)
    LinearNetwork(ar, layers)  # raises where shapes do not fit
    rate = ar.scalar(step_size) + ar.xp.zeros(layers[0].shape[0])
    limits = Limits(steps, tolerance, limit, frozen_output)
    kernels = fast_path(xp) if fast else None
    if kernels is None:
        return training_reference.train(ar.xp, layers, sigma, cross, rate, limits)
    return kernels.train(layers, sigma, cross, rate, limits)  # type: ignore[no-any-return]


def descend(
    weights: Sequence[Any],
    slopes: Callable[[tuple[Any, ...]], Sequence[Any]],
    step_size: Any,
    *,
    steps: int,
    tolerance: float = 1e-12,
    limit: float = 1e6,
    xp: Any = None,
) -> Descent:
    """Return the end of gradient descent on any loss, for a batch of networks.

    Parameters
    ----------
    weights
        Layers of shape (batch, d_{k+1}, d_k).
    slopes
        The gradient of the loss at such layers, one array for each.
    step_size
        A float or one for each network, shape (batch,).
    tolerance
        Stop when the gradient's Frobenius norm over all layers falls below it.
    limit
        A network with an entry beyond this has diverged; it is frozen.
    """
    ar = Floating(xp)
    xp = ar.xp
    layers = [ar.matrix(W) for W in weights]
    rate = (ar.scalar(step_size) + xp.zeros(layers[0].shape[0]))[:, None, None]
    done, taken = 0, xp.zeros(layers[0].shape[0], dtype=xp.int64)
    with np.errstate(over="ignore", invalid="ignore"):  # to diverge is an outcome, not an accident
        while True:
            now = slopes(tuple(layers))
            norm = xp.sqrt(sum(ar.frobenius_sq(g) for g in now))
            size = xp.max(xp.stack([xp.max(xp.abs(W), axis=(-2, -1)) for W in layers]), axis=0)
            diverged = ~((size < limit) & xp.isfinite(norm))
            alive = ~diverged & (norm > tolerance)
            if done == steps or not bool(xp.any(alive)):
                break
            mask = alive[:, None, None]
            layers = [xp.where(mask, W - rate * g, W) for W, g in zip(layers, now, strict=True)]
            taken = taken + xp.astype(alive, xp.int64)
            done += 1
    ended = xp.where(alive, xp.asarray(STALLED), xp.asarray(CONVERGED))
    status = xp.where(diverged, xp.asarray(DIVERGED), ended)
    return Descent(tuple(layers), status, norm, taken)


@dataclass(frozen=True)
class Flow:
    """The end of a gradient flow.

    ``drift`` is the largest change of an imbalance D_k along the way (Frobenius norm), which
    vanishes for the exact flow: a measure of the integrator's error.  ``path`` holds the layers at
    every stored time, shapes (times, d_{k+1}, d_k).
    """

    weights: tuple[Any, ...]
    gradient_norm: float
    drift: float
    time: float
    status: Literal["converged", "out of time", "failed"]
    times: Any
    path: tuple[Any, ...]


def gradient_flow(
    weights: Sequence[Any],
    sigma: Any,
    cross: Any,
    *,
    time: float = 1e4,
    method: Literal["DOP853", "Radau"] = "DOP853",
    rtol: float = 1e-11,
    tolerance: float = 1e-9,
    frozen: int = 0,
) -> Flow:
    """Return the end of ``dW_k/dt = -∇_{W_k} R`` (NumPy float64, one network).

    Parameters
    ----------
    time
        Stop here if the gradient has not fallen below ``tolerance`` before.
    method, rtol
        Integrator of ``scipy.integrate.solve_ivp`` and its relative tolerance; Radau for stiff
        problems.
    frozen
        How many of the last layers keep their initial value.
    """
    ar = Floating()
    trained = len(weights) - frozen
    shapes = [np.shape(W) for W in weights]
    from scipy.integrate import solve_ivp

    splits = np.cumsum([m * n for m, n in shapes])[:-1]

    def unpack(flat: Any) -> LinearNetwork:
        parts = np.split(flat, splits, axis=-1)
        layers = [p.reshape(*p.shape[:-1], *s) for p, s in zip(parts, shapes, strict=True)]
        return LinearNetwork(ar, tuple(layers))

    def field(t: float, flat: Any) -> Any:
        slopes = gradient(unpack(flat), sigma, cross)
        moves = [-g if k < trained else np.zeros_like(g) for k, g in enumerate(slopes)]
        return np.concatenate([g.ravel() for g in moves])

    def slow(t: float, flat: Any) -> float:
        return float(np.linalg.norm(field(t, flat))) - tolerance

    slow.terminal = True  # type: ignore[attr-defined]
    start = np.concatenate([np.ravel(np.asarray(W, dtype=np.float64)) for W in weights])
    with np.errstate(over="ignore", invalid="ignore"):  # a trial step too long is rejected
        solution = solve_ivp(
            field, (0.0, time), start, method=method, rtol=rtol, atol=rtol * 1e-2, events=slow
        )
    path = unpack(solution.y.T)
    conserved = path.imbalances[: max(0, trained - 1)]
    drift = max(
        (float(np.linalg.norm(D - D[0], axis=(-2, -1)).max()) for D in conserved), default=0.0
    )
    end = solution.y[:, -1]
    norm = float(np.linalg.norm(field(0.0, end)))
    status: Literal["converged", "out of time", "failed"] = "out of time"
    if solution.status == 1 or norm <= tolerance:  # a start at rest triggers no event
        status = "converged"
    elif solution.status == -1:
        status = "failed"
    return Flow(
        weights=tuple(unpack(end).weights),
        gradient_norm=norm,
        drift=drift,
        time=float(solution.t[-1]),
        status=status,
        times=solution.t,
        path=tuple(path.weights),
    )


def nearest_minimizer(ar: Arithmetic, weights: Sequence[Any], target: Any) -> tuple[list[Any], Any]:
    """Return exact weights with P = T beside ``weights``, and the squared distance moved.

    Floats are dyadic rationals, so the trained weights are an exact point; one layer is corrected
    by a least-norm solution: the first, ``W_1 + A_1ᵀ (A_1 A_1ᵀ)⁻¹ (T - P)``, where A_1 has full
    row rank, else the last, ``W_L + (T - P) (B_Lᵀ B_L)⁻¹ B_Lᵀ``, where B_L has full column rank.

    Parameters
    ----------
    ar
        Exact arithmetic of ``weights`` and ``target``.

    Raises
    ------
    NotExact
        If neither end of the network can absorb the correction.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> weights = [ar.matrix([[1]]), ar.matrix([[2]])]
    >>> nearest_minimizer(ar, weights, ar.matrix([[3]]))
    ([exact [[3/2]], exact [[2]]], 1/4)
    """
    net = LinearNetwork(ar, tuple(weights))
    gap = target - net.end_to_end
    corrections: list[tuple[int, Callable[[], Any]]] = [
        (0, lambda: _right_inverse(ar, net.suffixes[0]) @ gap),
        (-1, lambda: gap @ _right_inverse(ar, net.prefixes[-1].mT).mT),
    ]
    for layer, correction in corrections:
        try:
            change = correction()
        except ZeroDivisionError:
            continue
        moved = list(net.weights)
        moved[layer] = moved[layer] + change
        if ar.is_zero(LinearNetwork(ar, tuple(moved)).end_to_end - target):
            return moved, ar.frobenius_sq(change)
    raise NotExact("neither the first nor the last layer can carry the correction to P = T")


def _right_inverse(ar: Arithmetic, A: Any) -> Any:
    """Aᵀ(A Aᵀ)⁻¹, for A of full row rank."""
    return A.mT @ ar.inverse(A @ A.mT)


def dyadic(A: Any) -> list[list[Fraction]]:
    """Return the exact rational entries of a float64 matrix.

    >>> dyadic([[0.75, -2.0]])
    [[Fraction(3, 4), Fraction(-2, 1)]]
    """
    return [[Fraction(x) for x in row] for row in np.asarray(A).tolist()]
