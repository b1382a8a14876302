"""What the user says beside network and data: the loss, the step size, the penalty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from certimin.losses import loss_factor
from verify.errors import UsageError

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """How a network is examined, in exact numbers.

    Attributes
    ----------
    loss, factor
        The name of the user's loss, and what it is of R.
    step_size
        Of gradient descent on that loss, None if it is not given.
    decays
        γ for all layers, or for each; of that loss too.  Empty without weight decay.
    noise
        Variance σ² on hidden neurons.
    theory
        Whether claims are decided.
    """

    loss: str
    factor: Fraction
    step_size: Fraction | None
    decays: tuple[Fraction, ...]
    noise: Fraction
    theory: bool

    @classmethod
    def of(
        cls,
        shape: tuple[int, int],
        *,
        loss: str,
        step_size: Any,
        decay: Any,
        noise: Any,
        theory: bool,
    ) -> Self:
        """Return options for outputs of a shape (n, d_y).

        Raises
        ------
        UsageError
            In one line, for a number that makes no sense.
        """
        factor = loss_factor(loss, *shape)
        step = None if step_size is None else _positive("step_size", step_size)
        if decay is None and noise is not None:
            raise UsageError("noise: expected decay= beside it, got noise= alone; give both")
        several = _several(decay)
        decays = tuple(_positive("decay", x) for x in several)
        sigma_sq = _number("noise", 0 if noise is None else noise)
        if sigma_sq < 0:
            raise UsageError(f"noise: expected a variance >= 0, got {noise}; give sigma^2")
        return cls(loss, factor, step, decays, sigma_sq, theory)

    @property
    def decays_of_r(self) -> tuple[Fraction, ...]:
        """Return the decays where the loss is R: the penalised losses are multiples then."""
        return tuple(decay / self.factor for decay in self.decays)


def _several(decay: Any) -> list[Any]:
    if decay is None:
        return []
    found = list(decay) if hasattr(decay, "__iter__") and not isinstance(decay, str) else [decay]
    if not found:
        raise UsageError("decay: expected a positive number, or one for each layer, got none")
    return found


def _positive(name: str, value: Any) -> Fraction:
    number = _number(name, value)
    if number <= 0:
        raise UsageError(
            f"{name}: expected a positive number, got {value}; leave it out, or give one"
        )
    return number


def _number(name: str, value: Any) -> Fraction:
    """Read a finite number exactly: a float is the dyadic rational it is."""
    try:
        if isinstance(value, int | str | Fraction) and not isinstance(value, bool):
            return Fraction(value)
        number = float(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise UsageError(f"{name}: expected a finite number, got {value!r}; give one") from error
    if isinstance(value, bool) or not math.isfinite(number):
        raise UsageError(f"{name}: expected a finite number, got {value!r}; give one")
    return Fraction(number)
