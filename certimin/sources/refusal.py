"""The one-line refusal of what a user gave."""

from __future__ import annotations

from typing import NoReturn

from verify.errors import UsageError

__all__ = ["brief", "kind_of", "refuse"]

_SHOWN = 60  # characters of a foreign message or value


def refuse(name: str, expected: str, got: str, remedy: str) -> NoReturn:
    """Raise the one line ``name: expected ..., got ...; remedy``, hiding what led to it.

    Raises
    ------
    UsageError
        Always.

    Examples
    --------
    >>> refuse("X", "numbers", "text", "convert it")
    Traceback (most recent call last):
    ...
    verify.errors.UsageError: X: expected numbers, got text; convert it
    """
    message = f"{name}: expected {expected}, got {got}; {remedy}"
    raise UsageError(" ".join(message.split())) from None


def brief(value: object) -> str:
    """Return text, or the repr of another value, or an exception's words, cut for a message."""
    if isinstance(value, BaseException):
        value = f"{type(value).__name__}: {value}"
    text = " ".join((value if isinstance(value, str) else repr(value)).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def kind_of(value: object) -> str:
    """Return the type of a value as a message shows it.

    >>> kind_of(None), kind_of({})
    ('None', 'a dict')
    """
    kind = type(value).__qualname__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    return "None" if value is None else f"{article} {kind}"
