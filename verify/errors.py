"""What can go wrong, and the exit code each means on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["CertiminError", "Interrupted", "NoValue", "Undefined", "UsageError", "naming"]


class CertiminError(Exception):
    """Base of the errors this package raises on purpose."""

    exit_code = 3


class UsageError(CertiminError):
    """The caller asked for something that cannot be done; str() is one line with the remedy."""

    exit_code = 2


class NoValue(UsageError, AttributeError):
    """A quantity asks of an instance what it does not have, or of its numbers what they cannot.

    An AttributeError still: who differentiates a formula that asks too much goes by differences.
    """


class Interrupted(CertiminError):
    """The run was stopped from outside; str() says what is kept and how to go on."""


class Undefined(CertiminError, ArithmeticError):
    """A quantity has no value on this instance (division by zero, a target that vanishes)."""


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Put the name of the argument that is read before what is said of it."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{what}: {error}") from error
