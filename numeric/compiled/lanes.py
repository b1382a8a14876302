"""The compiled path of gradient descent: networks into lanes, queues onto threads.

Needs numba (extra ``fast``).  NumPy float64 arrays in and out.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from numeric.compiled.descent import Ends, Problems, Record, descend_queue, sharpen_queue
from numeric.compiled.sharpness import BASIS, SCRATCH
from numeric.compiled.simd import LANES
from numeric.descent import Descent, Limits

__all__ = ["Layout", "cores", "record", "sharpen", "train"]

_TILES = (5, 4, 3)
"""Up to 5, the rows of a tile stay in registers; fewer sizes mean fewer compilations."""
_LINE = 64
"""Bytes of a cache line."""
_QUEUES = 4
"""Queues for each thread, so that none waits long for the others."""


@dataclass(frozen=True)
class Layout:
    """Where the entries of networks of the given widths go: see :mod:`numeric.compiled.chains`."""

    widths: tuple[int, ...]
    tile: int

    @classmethod
    def of(cls, widths: Sequence[int]) -> Layout:
        """Return the layout with the least padding."""

        def padded(tile: int) -> int:
            sizes = [-(-d // tile) * tile for d in widths[:-1]]
            inner = sum(m * n for m, n in itertools.pairwise(sizes))
            return inner + sizes[-1] * widths[-1] + sizes[0] ** 2

        return cls(tuple(widths), min(_TILES, key=padded))

    @property
    def outputs(self) -> int:
        """Return d_y."""
        return self.widths[-1]

    @property
    def tiles(self) -> list[int]:
        """Return the number of tiles along each width but the last."""
        return [-(-d // self.tile) for d in self.widths[:-1]]

    @property
    def shape(self) -> Any:
        """Return the columns (tiles, place of the layer, place of the slot) of the kernels."""
        tiles, edge = self.tiles, self.tile
        layers = [m * n * edge * edge for n, m in itertools.pairwise(tiles)]
        slots = [self.outputs * n * edge for n in tiles]
        places = [np.cumsum([0, *layers]), np.cumsum([0, *slots[:-1]])]
        return np.array([tiles, *(LANES * place for place in places)], dtype=np.int64)

    def memory(self) -> Any:
        """Return zeros: scratch for one call of a kernel, at the beginning of a cache line.

        A vector of lanes that straddles two of them is loaded, and stored, at half the speed; NumPy
        aligns to 16 bytes only.
        """
        tiles, edge = self.tiles, self.tile
        parameters = sum(m * n for n, m in itertools.pairwise(tiles)) * edge * edge
        parameters += self.outputs * tiles[-1] * edge
        slots = self.outputs * sum(tiles) * edge
        data = (tiles[0] * edge + self.outputs) * tiles[0] * edge
        vectors = (2 + BASIS + 3) * parameters + 5 * slots + data + 3 + SCRATCH
        whole = np.zeros(LANES * vectors + _LINE // 8)
        start = -whole.ctypes.data % _LINE // 8
        return whole[start : start + LANES * vectors]

    def weights(self, layers: Sequence[Any]) -> Any:
        """Return a row of entries for each network; layers have shape (batch, d_{k+1}, d_k)."""
        return np.concatenate([*map(self._tiled, layers[:-1]), self._rows(layers[-1])], axis=1)

    def data(self, sigma: Any, cross: Any) -> tuple[Any, Any]:
        """Return rows of entries of Σ and C, one or one for each network."""
        count = np.broadcast_shapes(sigma.shape[:-2], cross.shape[:-2], (1,))
        sigma, cross = (np.broadcast_to(M, count + M.shape[-2:]) for M in (sigma, cross))
        return self._tiled(sigma), self._rows(cross)

    def layers(self, rows: Any) -> tuple[Any, ...]:
        """Return the layers of rows of entries: the inverse of :meth:`weights`."""
        edge, tiles, batch = self.tile, self.tiles, len(rows)
        found, place = [], 0
        for k, (n, m) in enumerate(itertools.pairwise(tiles)):
            size = n * m * edge * edge
            blocks = rows[:, place : place + size].reshape(batch, m, n, edge, edge)
            full = blocks.swapaxes(2, 3).reshape(batch, m * edge, n * edge)
            found.append(full[:, : self.widths[k + 1], : self.widths[k]].copy())
            place += size
        last = rows[:, place:].reshape(batch, self.outputs, tiles[-1] * edge)
        return (*found, last[..., : self.widths[-2]].copy())

    def _padded(self, M: Any, rows: int, columns: int) -> Any:
        full = np.zeros((len(M), rows, columns))
        full[:, : M.shape[1], : M.shape[2]] = M
        return full

    def _tiled(self, M: Any) -> Any:
        """Tile after tile, each row by row."""
        edge = self.tile
        m, n = (-(-size // edge) for size in M.shape[1:])
        full = self._padded(M, m * edge, n * edge).reshape(len(M), m, edge, n, edge)
        return full.swapaxes(2, 3).reshape(len(M), -1)

    def _rows(self, M: Any) -> Any:
        columns = -(-M.shape[2] // self.tile) * self.tile
        return self._padded(M, M.shape[1], columns).reshape(len(M), -1)


def train(
    layers: Sequence[Any], sigma: Any, cross: Any, rate: Any, limits: Limits, record: Any = None
) -> Descent:
    """Return the end of each descent.

    Parameters
    ----------
    layers, sigma, cross, rate
        Float64, shapes (batch, d_{k+1}, d_k), ([batch,] d_x, d_x), ([batch,] d_y, d_x), (batch,).
    record
        A :class:`~numeric.compiled.descent.Record` to fill in on the way.
    """
    layout = Layout.of([layers[0].shape[-1], *(W.shape[-2] for W in layers)])
    batch = len(layers[0])
    problems = Problems(layout.weights(layers), *layout.data(sigma, cross), np.array(rate))
    ends = Ends(np.zeros(batch, np.int64), np.zeros(batch), np.zeros(batch, np.int64))
    tile, shape, free = (0,) * layout.tile, layout.shape, float(not limits.frozen_output)

    def run(start: int, stop: int) -> None:
        descend_queue(
            tile, layout.outputs, shape, free, problems, ends, record,
            limits.steps, limits.tolerance, limits.limit, start, stop, layout.memory(),
        )  # fmt: skip

    _in_queues(run, batch, together=record is not None)
    return Descent(layout.layers(problems.weights), *ends)


def record(layers: Sequence[Any], every: int, steps: int, tolerance: float, seed: int) -> Record:
    """Return a record, NaN wherever a network has ended before."""
    layout = Layout.of([layers[0].shape[-1], *(W.shape[-2] for W in layers)])
    table = np.full((2, len(layers[0]), steps // every + 1), np.nan)
    return Record(every, _noise(layout, seed), tolerance, table[0], table[1])


def sharpen(
    layers: Sequence[Any], sigma: Any, cross: Any, frozen_output: bool, tolerance: float, seed: int
) -> tuple[Any, Any]:
    """Return the Ritz value and residual norm of each network's Hessian."""
    layout = Layout.of([layers[0].shape[-1], *(W.shape[-2] for W in layers)])
    batch = len(layers[0])
    problems = Problems(layout.weights(layers), *layout.data(sigma, cross), np.zeros(batch))
    table = Record(1, _noise(layout, seed), tolerance, *np.full((2, batch, 1), np.nan))
    tile, shape, free = (0,) * layout.tile, layout.shape, float(not frozen_output)

    def run(start: int, stop: int) -> None:
        sharpen_queue(
            tile, layout.outputs, shape, free, problems, table, start, stop, layout.memory()
        )

    _in_queues(run, batch, together=True)
    return table.value[:, 0], table.residual[:, 0]


def _noise(layout: Layout, seed: int) -> Any:
    """A random direction of unit length, zero in the padding."""
    rng, widths = np.random.default_rng(seed), layout.widths
    shapes = [(1, m, n) for n, m in itertools.pairwise(widths)]
    row = layout.weights([rng.standard_normal(shape) for shape in shapes])[0]
    return row / np.linalg.norm(row)


def _in_queues(run: Callable[[int, int], None], batch: int, *, together: bool) -> None:
    """Call ``run`` on parts of the batch, in threads; ``together``: of at most LANES networks."""
    blocks = -(-batch // LANES)
    threads = min(cores(), blocks)
    queues = blocks if together else min(blocks, threads * _QUEUES)
    edges = [min(batch, LANES * (i * blocks // queues)) for i in range(queues)]
    starts, stops = edges, [*edges[1:], batch]
    if threads <= 1:
        for start, stop in zip(starts, stops, strict=True):
            run(start, stop)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, starts, stops))


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
