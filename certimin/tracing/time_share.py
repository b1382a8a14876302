"""A bound on the part of the time that a side task takes."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["TimeShare"]


class TimeShare:
    """Says whether another piece of a side task keeps within its share of the time.

    Time counts from the first call of :meth:`now`.  The next piece is taken to cost as much as the
    cheapest one so far, since the first may have compiled something.

    Parameters
    ----------
    share
        Most of the time that the side task may take, 0 < share <= 1.
    clock
        Seconds.

    Examples
    --------
    >>> times = iter([0.0, 10.0])
    >>> task = TimeShare(0.5, lambda: next(times))
    >>> task.now(), task.spend(6.0), task.now(), task.allows(10.0)
    (0.0, None, 10.0, False)
    """

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        self.share, self._clock = share, clock
        self._spent, self._least = 0.0, 0.0
        self._began: float | None = None

    def now(self) -> float:
        """Return the time on the clock."""
        time = self._clock()
        self._began = time if self._began is None else self._began
        return time

    def allows(self, time: float) -> bool:
        """Return whether a piece may begin at this time; the first one always may."""
        ahead, elapsed = self._least, time - (self._began or 0.0)
        return not ahead or self._spent + ahead <= self.share * (elapsed + ahead)

    def spend(self, seconds: float) -> None:
        """Note what a piece took."""
        self._spent += seconds
        self._least = min(self._least or seconds, seconds)
