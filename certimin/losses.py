"""The square losses people use, as multiples of R = mean over samples of |y - f(x)|²."""

from __future__ import annotations

from fractions import Fraction

from verify.errors import UsageError

__all__ = ["LOSSES", "loss_factor"]

LOSSES = {
    "R": "R = mean |y - f(x)|^2 over the samples",
    "half": "R/2, R = mean |y - f(x)|^2 over the samples",
    "mse": "R/d_y, R = mean |y - f(x)|^2 over the samples (torch's MSELoss)",
    "sum": "n R = sum |y - f(x)|^2 over the samples",
}
"""Their names, and what they are in words."""


def loss_factor(loss: str, samples: int, outputs: int) -> Fraction:
    """Return the number that the loss of this name is of R.

    >>> loss_factor("mse", samples=100, outputs=4)
    Fraction(1, 4)
    """
    factors = {
        "R": Fraction(1),
        "half": Fraction(1, 2),
        "mse": Fraction(1, outputs),
        "sum": Fraction(samples),
    }
    if not isinstance(loss, str) or loss not in factors:
        raise UsageError(f"loss: expected one of {', '.join(LOSSES)}, got {loss!r}; choose one")
    return factors[loss]
