"""Float batches in chunks, evaluated one after the other or by any executor.

A chunk is seeded by its number and has the sizes of the whole batch; so the results do not depend
on how many workers there are.  A worker sends back slacks only: the choices behind an instance are
drawn again when somebody asks.

Threads share one lock for Python, which small array operations ask for all the time: on two cores
they gain a fifth to a half, processes nearly everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from verify.claims import QUANTITIES, Claim, sides, slack
from verify.expression import Relation, alternatives, operator
from verify.search.sizes import TRIES, allows, sized
from verify.sources import BatchSource
from verify.travel import send_by_name

__all__ = ["CHUNK", "ROUNDING", "Batch", "Chunk", "evaluate", "margins"]

ROUNDING = 1e-11
"""Float slacks of this size may be zero: conditions that fail by less are taken to hold, and
relations violated by less are not suspected.  Exact arithmetic decides in the end."""

CHUNK = 4096
"""Instances in a chunk: fewer pay more for Python, more are no faster."""


@dataclass(frozen=True)
class Chunk:
    """What makes some lanes of a batch."""

    seed: np.random.SeedSequence
    lanes: int
    backend: str
    sizes: tuple[int, ...]
    denominator: int = 0

    def source(self) -> BatchSource:
        """Return a source that draws these lanes."""
        rng = np.random.default_rng(self.seed)
        q = self.denominator
        return BatchSource(rng, self.lanes, self.backend, self.sizes, denominator=q)


@dataclass(frozen=True)
class Batch:
    """The slacks of many float instances of the same sizes, and what made them."""

    claim: Claim
    chunks: Sequence[Chunk]
    slacks: Any
    _drawn: dict[int, BatchSource] = field(default_factory=dict, repr=False)

    def lane(self, index: int) -> list[int | float]:
        """Return the choices that made instance ``index``."""
        starts = np.cumsum([0] + [chunk.lanes for chunk in self.chunks])
        k = int(np.searchsorted(starts, index, side="right")) - 1
        if k not in self._drawn:
            self._drawn[k] = self.chunks[k].source()
            _built(self.claim, self._drawn[k])
        return self._drawn[k].lane(index - int(starts[k]))


def margins(claim: Claim, instance: Any, lanes: int) -> Any:
    """Return the slack of each lane of a float batch, infinite where an assumption fails."""
    arithmetic = instance.arithmetic

    def spread(values: Any) -> Any:
        return np.broadcast_to(arithmetic.to_numpy(values), (lanes,))

    def slacks(relation: Any) -> Any:
        return slack(operator(relation), spread(arithmetic.margin(*sides(relation, instance))))

    def met(condition: Relation) -> Any:
        relations, found = alternatives(condition), np.zeros(lanes, dtype=bool)
        if len(relations) == 1:
            return slacks(condition) >= -ROUNDING
        for relation in relations:
            with suppress(ArithmeticError, np.linalg.LinAlgError):  # no value: another may hold
                found = found | (slacks(relation) >= -ROUNDING)
        return found

    total = slacks(claim.expanded).copy()
    for predicate in claim.predicates:
        total[~spread(predicate.condition(instance)).astype(bool)] = np.inf
    for condition in claim.conditions:
        total[~met(condition)] = np.inf
    return total


def evaluate(
    claim: Claim,
    seed: int | Sequence[int],
    size: int,
    *,
    backend: str = "numpy",
    chunk: int | None = None,
    executor: Executor | None = None,
    denominator: int = 0,
) -> Batch:
    """Return ``size`` random instances of ``claim.setting`` with their slacks.

    Parameters
    ----------
    seed
        Makes the batch reproducible.
    backend
        Array library of the instances.
    chunk
        Largest number of instances worked on at once; :data:`CHUNK` for NumPy, all on a GPU.
    executor
        Works on chunks at the same time.  Processes are sent the claim, so its assumptions must be
        functions of modules.
    denominator
        As :class:`verify.sources.BatchSource` takes it.

    Returns
    -------
    Batch
        Chunks in which something is undefined (an inverse, a target that vanishes) have infinite
        slack.
    """
    chunk = chunk or (CHUNK if backend == "numpy" else size)
    count = -(-size // chunk)
    first, *seeds = np.random.SeedSequence(seed).spawn(1 + count)
    sizes = _sizes(claim, Chunk(first, 1, backend, ()))
    lanes = [size // count + (k < size % count) for k in range(count)]
    chunks = [Chunk(s, n, backend, sizes, denominator) for s, n in zip(seeds, lanes, strict=True)]
    sent = replace(claim, proof=None, given=())  # a proof cannot travel: its name is the claim's
    work = partial(_slacks, _modules(claim), sent)
    slacks = executor.map(work, chunks) if executor else map(work, chunks)
    return Batch(claim, chunks, np.concatenate(list(slacks)))


def _sizes(claim: Claim, chunk: Chunk) -> tuple[int, ...]:
    """Return the sizes the setting asks for, drawn for one lane until conditions allow them."""
    source, conditions = chunk.source(), sized(claim)
    instance = _built(claim, source)
    for seed in chunk.seed.spawn(TRIES) if conditions else ():
        if instance is not None and allows(conditions, instance):
            break
        source = replace(chunk, seed=seed).source()
        instance = _built(claim, source)
    return tuple(source.sizes)


def _modules(claim: Claim) -> list[str]:
    """Return the modules that a process must import to know the claim's quantities."""
    relations = (claim.expanded, *claim.conditions)
    names = {s.name for relation in relations for s in relation.free_symbols}
    return sorted({QUANTITIES[name].measure.__module__ for name in names if name in QUANTITIES})


def _slacks(modules: Sequence[str], claim: Claim, chunk: Chunk) -> Any:
    for module in modules:
        import_module(module)
    instance = _built(claim, chunk.source())
    if instance is not None:
        try:
            with np.errstate(all="ignore"):
                return margins(claim, instance, chunk.lanes)
        except (ArithmeticError, np.linalg.LinAlgError):
            pass
    return np.full(chunk.lanes, np.inf)


def _built(claim: Claim, source: BatchSource) -> Any:
    """Return the instance of a source, None where it is undefined."""
    try:
        with np.errstate(all="ignore"):
            return claim.setting.build(source, claim.bounds)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None


send_by_name()
