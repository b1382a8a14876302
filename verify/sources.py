"""Where the free choices of a random instance come from.

A setting is one recipe: it asks a source for sizes and numbers and builds an instance from the
answers.  The same recipe then serves the seeded sampler, batched floats and Hypothesis, and since
an instance is the list of choices that made it, any instance can be replayed, snapped from floats
to rationals and shrunk without knowing what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Protocol, runtime_checkable

import numpy as np

__all__ = [
    "WHOLE",
    "BatchSource",
    "Choice",
    "Choices",
    "Exhausted",
    "PointSource",
    "RandomSource",
    "RecordedSource",
    "Scalable",
]

WHOLE = (-3, 3)
"""The range of a number that may be any: the bounds only keep examples small."""


@dataclass(frozen=True)
class Choice:
    """One answer of a source and the range it was taken from."""

    value: int | Fraction
    low: int
    high: int


class Exhausted(Exception):
    """A recorded source was asked for more, or for something else, than was recorded."""


class Choices(Protocol):
    """Answers a recipe's questions.

    ``exact`` sources give Fractions; others give NumPy float arrays with a leading batch axis,
    meant for the array library named ``backend``.
    """

    exact: bool
    backend: str

    def integer(self, low: int, high: int) -> int:
        """Return a size between ``low`` and ``high``, both included."""

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        """Return a number between ``low`` and ``high``."""

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        """Return numbers between ``low`` and ``high`` as a matrix of this shape."""


@runtime_checkable
class Scalable(Protocol):
    """A source that also says by what power of ten numbers are multiplied."""

    def scale(self) -> Fraction:
        """Return the factor of a number that the recipe declares to be a scale."""


class ExactSource:
    """What exact sources share: they record rational choices, one at a time."""

    exact = True
    backend = "none"

    def __init__(self) -> None:
        self.choices: list[Choice] = []

    def _pick_integer(self, low: int, high: int) -> int:
        raise NotImplementedError

    def _pick_number(self, low: int, high: int) -> Fraction:
        raise NotImplementedError

    def integer(self, low: int, high: int) -> int:
        value = self._pick_integer(low, high)
        self.choices.append(Choice(value, low, high))
        return value

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Fraction:
        value = self._pick_number(low, high)
        self.choices.append(Choice(value, low, high))
        return value

    def matrix(
        self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]
    ) -> list[list[Fraction]]:
        return [[self.number(low, high) for _ in range(columns)] for _ in range(rows)]


class RandomSource(ExactSource):
    """Seeded small rationals; zeros and integers are common, so degenerate cases are met."""

    def __init__(self, random: Random, denominators: Sequence[int] = (1, 1, 2, 3, 4)) -> None:
        super().__init__()
        self._random = random
        self._denominators = denominators

    def _pick_integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def _pick_number(self, low: int, high: int) -> Fraction:
        q = self._random.choice(self._denominators)
        return Fraction(self._random.randint(low * q, high * q), q)


class RecordedSource(ExactSource):
    """Replays recorded choices, clipped to the range asked for."""

    def __init__(self, values: Sequence[int | Fraction]) -> None:
        super().__init__()
        self._values = list(values)

    def _next(self) -> int | Fraction:
        if len(self.choices) >= len(self._values):
            raise Exhausted(f"only {len(self._values)} choices were recorded")
        return self._values[len(self.choices)]

    def _pick_integer(self, low: int, high: int) -> int:
        return max(low, min(high, int(self._next())))

    def _pick_number(self, low: int, high: int) -> Fraction:
        return max(Fraction(low), min(Fraction(high), Fraction(self._next())))


class BatchSource:
    """Float batches: sizes are shared by the whole batch, numbers have a leading batch axis.

    Each instance has its own scale between 1/16 and 1 in its numbers, so that large and small
    entries meet; ranges that exclude zero are sampled uniformly.

    Parameters
    ----------
    size
        Number of instances.
    sizes
        The first sizes to hand out, in the order asked for; all are random if there are none.
    uniform
        Give no instance a scale of its own.
    denominator
        Draw multiples of one over it, so that equalities are met; 0 draws any floats.
    """

    exact = False

    def __init__(
        self,
        rng: np.random.Generator,
        size: int,
        backend: str = "numpy",
        sizes: Sequence[int] = (),
        *,
        uniform: bool = False,
        denominator: int = 0,
    ) -> None:
        self.backend = backend
        self.size = size
        self._uniform = uniform
        self._denominator = denominator
        self._rng = rng
        self._given = iter(tuple(sizes))
        self._choices: list[Any] = []

    @property
    def sizes(self) -> list[int]:
        """Return the sizes handed out so far."""
        return [c for c in self._choices if isinstance(c, int)]

    def integer(self, low: int, high: int) -> int:
        given = next(self._given, None)
        value = int(self._rng.integers(low, high + 1)) if given is None else given
        self._choices.append(value)
        return value

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        return self.matrix(1, 1, low, high)[..., 0, 0]

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        shape = (self.size, rows, columns)
        if q := self._denominator:
            values = self._rng.integers(low * q, high * q, size=shape, endpoint=True) / q
        else:
            values = self._rng.uniform(low, high, size=shape)
        if not q and low < 0 < high and not self._uniform:
            values = values * 2.0 ** -self._rng.uniform(0, 4, size=(self.size, 1, 1))
        self._choices += list(values.reshape(self.size, -1).T)
        return values

    def lane(self, index: int) -> list[int | float]:
        """Return the choices that made instance ``index`` of the batch."""
        return _lane(self._choices, index)


def _lane(choices: Sequence[Any], index: int) -> list[int | float]:
    """The sizes, which all lanes share, and the numbers of one lane."""
    return [c if isinstance(c, int) else float(c[index]) for c in choices]


class PointSource:
    """Replays recorded float choices, a batch of points with the same sizes.

    Parameters
    ----------
    sizes
        The sizes, in the order the recipe asks for them.
    numbers
        Shape (size, n): one point a row, its numbers in the order the recipe asks for them.
    tangent
        A setting's ``tangent``: numbers then carry their derivatives along.

    Attributes
    ----------
    boxes
        The range of each number handed out so far, (low, high).
    """

    exact = False

    def __init__(
        self,
        sizes: Sequence[int],
        numbers: Any,
        backend: str = "numpy",
        tangent: Callable[[Any, int, int], Any] | None = None,
    ) -> None:
        self.backend = "tangent" if tangent else backend
        self._sizes = iter(sizes)
        self._numbers = numbers
        self._tangent = tangent
        self._choices: list[Any] = []
        self.boxes: list[tuple[int, int]] = []

    def integer(self, low: int, high: int) -> int:
        value = next(self._sizes, None)
        if value is None or not low <= value <= high:
            raise Exhausted(f"no recorded size between {low} and {high}: {value}")
        self._choices.append(value)
        return value

    def number(self, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        return self.matrix(1, 1, low, high)[..., 0, 0]

    def matrix(self, rows: int, columns: int, low: int = WHOLE[0], high: int = WHOLE[1]) -> Any:
        first, total = len(self.boxes), self._numbers.shape[-1]
        self.boxes += [(low, high)] * (rows * columns)
        if len(self.boxes) > total:
            raise Exhausted(f"only {total} numbers were recorded")
        values = np.clip(self._numbers[:, first : len(self.boxes)], low, high)
        self._choices += list(values.T)
        values = values.reshape(-1, rows, columns)
        return self._tangent(values, first, total) if self._tangent else values

    def lane(self, index: int) -> list[int | float]:
        """Return the choices that made instance ``index`` of the batch, in the order asked for."""
        return _lane(self._choices, index)
