"""Modes: balanced layers that share the singular vectors of the target; claims of N5 on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theorems.dynamics.map_flow import balanced, ends, map_speed
from theorems.instances import ExactInstance, Instance
from theorems.quantities import compared, depth, symbols
from theorems.recipes import Draw, diagonal, setting
from verify.derivation import rules
from verify.theorem import Bounds, Claim, Formula, Step, claim, quantity, stated, twin

__all__ = [
    "LogisticInstance",
    "mode_by_layer",
    "mode_power",
    "mode_twins",
    "modes",
    "solution",
    "still",
]

# --- modes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ModesInstance(Instance):
    """An instance with orthogonal Q_L and Q_0 in which P and T are to be diagonal."""

    left: Any
    right: Any

    def mode(self, A: Any) -> Any:
        """Return the first diagonal entry of Q_Lᵀ A Q_0."""
        return self.arithmetic.entry(self.left.mT @ A @ self.right, 0, 0)


@quantity("mode_size", "s")
def mode_size(instance: ModesInstance) -> Any:
    """Singular value s of P, the first one that is listed."""
    return instance.mode(instance.net.end_to_end)


@quantity("mode_target", r"\sigma_T", positive=False)
def mode_target(instance: ModesInstance) -> Any:
    """What T has where P has s."""
    return instance.mode(instance.target)


@quantity("mode_speed", r"\dot s", positive=False)
def mode_speed(instance: ModesInstance) -> Any:
    """ds/dt under gradient flow."""
    return instance.mode(map_speed(instance))


@quantity("mode_energy", "a^2")
def mode_energy(instance: ModesInstance) -> Any:
    """Square of the first layer's singular value that belongs to s."""
    ar = instance.arithmetic
    return ar.entry(instance.right.mT @ ends(instance)[1] @ instance.right, 0, 0)


@compared(
    "turning_gap", r"|\dot P-Q_L\operatorname{diag}(\dots)Q_0^T|_F^2",
    r"(Q_L^T\tfrac{dP}{dt}Q_0)_{ij} = 0\quad(i\ne j)",
)  # fmt: skip
def turning_gap(instance: ModesInstance) -> tuple[Any, Any]:
    """Q_Lᵀ (dP/dt) Q_0 against its diagonal."""
    ar = instance.arithmetic
    moved = instance.left.mT @ map_speed(instance) @ instance.right
    m, n = moved.shape[-2:]
    entries = [ar.entry(moved, i, i) for i in range(min(m, n))]
    return moved, diagonal(ar, entries, m, n)


@dataclass(frozen=True, eq=False)
class LogisticInstance(ExactInstance):
    """A mode at depth 2: σ > 0, its start s_0 > 0 and E = e^{-4σt} in (0, 1]."""

    level: Any
    start: Any
    decayed: Any


def _logistic(instance: LogisticInstance) -> Any:
    """σ (I + (σ/s_0 - 1) Z)^{-1}, Z = [[E, dE/dt], [0, E]]: s(t), and ds/dt beside it."""
    ar = instance.arithmetic
    level, E = instance.level, instance.decayed
    unit, shift = ar.identity(2), ar.matrix([[0, 1], [0, 0]])
    Z = ar.scale(E, unit) + ar.scale(-4 * level * E, shift)
    ratio = level / instance.start - ar.scalar(1)
    return ar.scale(level, ar.inverse(unit + ar.scale(ratio, Z)))


@quantity("logistic_level", r"\sigma")
def logistic_level(instance: LogisticInstance) -> Any:
    """σ, the singular value of T."""
    return instance.level


@quantity("logistic", "s(t)")
def logistic(instance: LogisticInstance) -> Any:
    """s(t) = σ/(1 + (σ/s_0 - 1)E), E = e^{-4σt}."""
    return instance.arithmetic.entry(_logistic(instance), 0, 0)


@quantity("logistic_speed", r"\tfrac{ds}{dt}", positive=False)
def logistic_speed(instance: LogisticInstance) -> Any:
    """The derivative of s(t), by dE/dt = -4σE."""
    return instance.arithmetic.entry(_logistic(instance), 0, 1)


# --- settings -------------------------------------------------------------------------------------


@setting(
    "balanced-modes", "Σ = I, W_k = Q_k diag(a_1, ...) Q_{k-1}ᵀ with a_i > 0, T = Q_L diag Q_0ᵀ",
    ensures=[balanced],
)  # fmt: skip
def balanced_modes(draw: Draw) -> ModesInstance:
    """Balanced layers that share the singular vectors of the target, whitened data."""
    ar, shape = draw.arithmetic, draw.shape()
    gains = [draw.scale(), *draw.numbers(min(shape) - 1, 0, 2)]
    turns = draw.rotations(shape)
    layers = [
        after @ diagonal(ar, gains, after.shape[-1], before.shape[-1]) @ before.mT
        for before, after in itertools.pairwise(turns)
    ]
    aims = diagonal(ar, draw.numbers(min(shape)), shape[-1], shape[0])
    plain = draw.instance(layers, ar.identity(shape[0]), turns[-1] @ aims @ turns[0].mT)
    return ModesInstance.beside(plain, left=turns[-1], right=turns[0])


@setting("logistic-modes", "σ > 0, s_0 > 0, E in (0, 1]", checker=None, load=None)
def logistic_modes(draw: Draw) -> LogisticInstance:
    """One mode at depth 2, at a time t >= 0."""
    ar = draw.arithmetic
    level, start = draw.scale(), draw.scale()
    return LogisticInstance(ar, level, start, ar.scalar(1) / draw.number(1, 3))


# --- claims and proofs ----------------------------------------------------------------------------

turning = symbols(turning_gap)[0]
L, s, aim, speed, energy = symbols(depth, mode_size, mode_target, mode_speed, mode_energy)
level, size, change = symbols(logistic_level, logistic, logistic_speed)

mode_law = Formula("mode_law", r"2Ls^{2-2/L}(\sigma-s)", 2 * L * s ** (2 - 2 / L) * (aim - s))
logistic_law = Formula("logistic_law", r"4s(\sigma-s)", 4 * size * (level - size))

_DEEP = Bounds((1, 4), (1, 2))

still = stated(
    "still", "the shared singular vectors stand still",
    balanced_modes, sp.Eq(turning, 0), balanced, bounds=_DEEP,
    sizes=((1, 2, 2), (2, 2, 1, 2), (2, 2, 2, 1), (3, 2, 1, 1, 1)),
)  # fmt: skip
mode_by_layer = stated(
    "mode_by_layer", "a singular value moves by that of the layers",
    balanced_modes, sp.Eq(speed, 2 * L * energy ** (L - 1) * (aim - s)), balanced,
    bounds=_DEEP, check=True, sizes=((1, 2, 2), (2, 2, 1, 2), (3, 1, 2, 1, 1)),
)  # fmt: skip
mode_power = stated(
    "mode_power", "to the power $L$ that of a layer is that of the map",
    balanced_modes, sp.Eq(energy**L, s**2), balanced, bounds=_DEEP, check=True,
    sizes=((1, 2, 2), (2, 2, 1, 2), (3, 1, 2, 1, 1)),
)  # fmt: skip


@claim(
    balanced_modes, sp.Eq(speed, mode_law), balanced, given=(mode_by_layer, mode_power),
    bounds=_DEEP,
)  # fmt: skip
def modes(mode_by_layer: Claim, mode_power: Claim, mode_law: Any) -> Iterator[Step]:
    """Each singular value moves by itself."""
    layer = rules.raised(rules.given(mode_power), 1 / L)
    put_in = rules.substituted(rules.given(mode_by_layer), layer)
    yield rules.rewritten(put_in, speed, mode_law)


solution = stated(
    "solution", "depth 2: a logistic curve solves the equation of a mode",
    logistic_modes, sp.Eq(change, logistic_law), sizes=((),),
)  # fmt: skip

mode_twins = (
    twin("mode_exponent", "$s^{1-2/L}$ for $s^{2-2/L}$",
         balanced_modes, sp.Eq(speed, 2 * L * s ** (1 - 2 / L) * (aim - s)), bounds=_DEEP),
    twin("half_loss", "$L$ for $2L$, as for the loss with a factor 1/2",
         balanced_modes, sp.Eq(speed, L * s ** (2 - 2 / L) * (aim - s)), bounds=_DEEP),
)  # fmt: skip
