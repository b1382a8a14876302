"""Try to break a claim: cheap stages first, exact arithmetic last.

known instances -> corpus -> rounds of (batched floats -> the recipe read along its scalings and
with simple matrices -> points on the equations among the conditions -> local optimisation of the
worst ones -> Hypothesis over small rationals).  Floats only propose: a suspect is rebuilt from its
choices rounded to rationals, and only an exact or certified decision counts.  What is found is
shrunk to a simple instance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from math import inf
from time import monotonic, time
from typing import Any, Protocol

from verify.claims import Bounds, Claim, decide
from verify.search.ahead import Ahead, descended, explored, sampled
from verify.search.batches import ROUNDING
from verify.search.budget import Budget
from verify.search.cases import case
from verify.search.equations import denominators, equations, freed, projected, solved
from verify.search.floats import KEPT, sample_floats
from verify.search.readings import scaled, simple
from verify.search.record import Attack, Counterexample, Near, confirm, rebuild
from verify.search.shrink import Limit, shrink
from verify.search.sizes import impossible, met, sized
from verify.search.snap import snap

__all__ = ["attack"]

_CLEAR = -0.02
"""The optimiser stops at a violation this large, relative to the larger side."""

_POLISH_SECONDS = 2.0
"""The most that one descent takes where the clock is the budget."""

_POLISH_EVALUATIONS = 400
"""The most values of its objective that a descent takes elsewhere."""

_SCALED, _SCALED_SHARE = 6, 64
_SIMPLE, _SIMPLE_SHARE = 2, 8
"""Batches of each reading of a recipe, and the part of a float batch that each is large."""

_SPECIAL = 4
"""Most batches of each special setting, which share a quarter of a batch."""

_SPECIAL_TRIES = 40
"""Instances of a special setting drawn to see whether conditions allow any of its sizes."""

_READ = 3
"""Of so many starts of the optimiser, one is left to the readings."""

_ON_EQUATIONS = 4
"""Instances of a batch that are moved onto the equations among the conditions."""

_OF_ONE = 2
"""Starts in one setting before others have their turn."""

_SAME = 1e-9
"""Descents whose ends differ by less ended at one value."""

_AGAIN = 4
"""Turns after which settings where they did are tried again."""

_TIE = 1e-9
"""A strict relation is suspected of a tie where its float margin is below this."""


@dataclass(frozen=True)
class _Batch:
    """A float batch that a round samples, of a part of the instances that may be used up."""

    claim: Claim
    place: tuple[int, ...]
    size: int
    kept: int = KEPT
    denominator: int = 0


class Known(Protocol):
    """Instances found earlier: what :class:`verify.search.corpus.Corpus` offers the search."""

    def candidates(self, claim: Claim) -> Iterator[Near]:
        """Yield choices of the claim's setting, or of one special to it, worth trying first."""


def attack(
    claim: Claim,
    *,
    seed: int,
    budget: Budget,
    backend: str = "numpy",
    ahead: Ahead | None = None,
    known: Iterable[Any] = (),
    corpus: Known | None = None,
    progress: Callable[[Attack], None] = lambda result: None,
) -> Attack:
    """Search for a counterexample to ``claim``; stop at the first one confirmed.

    Parameters
    ----------
    seed
        Makes the attack reproducible, up to where the clock ends it (see :class:`Budget`).
    backend
        Array library of the float batches.
    ahead
        Who computes the costly parts before they are needed; None: nobody.  Where the budget is a
        count it changes no outcome.
    known
        Exact instances to try first.
    corpus
        Instances found earlier, tried next.
    progress
        Called after each stage, and with every simpler counterexample.

    A KeyboardInterrupt ends the attack: what was found so far is kept, ``interrupted`` is set.
    """
    result = Attack()
    hunt = _Hunt(claim, seed, budget, backend, ahead or Ahead(), result, progress)
    try:
        result.found = next(hunt.stages(known, corpus), None)
        if result.found is not None:
            progress(result)
            for simpler in _simpler(claim, result.found, hunt.shrinking()):
                result.found = simpler
                progress(result)
            hunt.note_the_clock()
    except KeyboardInterrupt:
        result.interrupted = True
    finally:
        hunt.ahead.drop()
    return result


def _simpler(
    claim: Claim, found: Counterexample, limits: Iterator[Limit]
) -> Iterator[Counterexample]:
    """Shrink in the setting where it was found, then as an instance of the claim's own."""
    for simpler in shrink(claim, found, next(limits)):
        found = simpler
        yield simpler
    own = claim.setting
    choices = own.express(found.instance) if own.express and found.setting is not own else None
    if choices is None:
        return
    instance, used = rebuild(claim, own, choices)
    values = [choice.value for choice in used]
    plain = instance and confirm(claim, instance, found.found_by, own, values)
    if plain:
        yield plain
        yield from shrink(claim, plain, next(limits))


class _Hunt:
    """One attack under way."""

    def __init__(
        self,
        claim: Claim,
        seed: int,
        budget: Budget,
        backend: str,
        ahead: Ahead,
        result: Attack,
        progress: Callable[[Attack], None],
    ) -> None:
        self.claim = claim
        self.travelling = replace(claim, proof=None, given=())  # a proof cannot
        self.seed = seed
        self.budget = budget
        self.backend = backend
        self.ahead = ahead
        self.result = result
        self.progress = progress
        self.deadline = monotonic() + budget.seconds
        own, *special = claim.setting.family()
        fitting = (s for s in special if met(replace(claim, setting=s), _SPECIAL_TRIES))
        self.settings = [own, *fitting]
        self.strict = claim.operator in ("<", ">")
        self.optimised: dict[int, Near] = {}  # by id, and kept: another may not get the same
        self.least: dict[str, float] = {}
        self.fitting: dict[Bounds, bool] = {}
        self.floors: dict[str, float] = {}  # where the last descent ended in a setting
        self.settled: set[str] = set()  # and where the last two ended alike

    @property
    def over(self) -> bool:
        """Return whether the instances or the time are used up."""
        self.note_the_clock()
        return self.left == 0 or monotonic() > self.deadline

    @property
    def left(self) -> int | None:
        """Return how many instances may still be tried, None if their number is free."""
        limit = self.budget.instances
        return None if limit is None else max(0, limit - self.result.tried)

    def allowed(self, count: int) -> int:
        """Return ``count``, or what is left of the instances if that is less."""
        return count if self.left is None else min(count, self.left)

    def note_the_clock(self) -> None:
        """Note whether the clock ends what counts alone should have ended."""
        if not self.budget.timed and monotonic() > self.deadline:
            self.result.cut_short = True

    def shrinking(self) -> Iterator[Limit]:
        """Yield what each of the rounds of shrinking may use."""
        while True:
            if self.budget.timed:
                yield Limit(None, monotonic() + self.budget.shrink_seconds)
            else:
                yield Limit(self.budget.shrink_tries, self.deadline)

    def stages(self, known: Iterable[Any], corpus: Known | None) -> Iterator[Counterexample]:
        """Yield what the engines find, one after the other."""
        yield from self.known(known)
        if corpus is not None:
            yield from self.recall(corpus)
        self.result.impossible = impossible(self.claim)
        if self.result.impossible:
            return
        rounds = count() if self.budget.rounds is None else range(self.budget.rounds)
        for turn in rounds:
            if self.over:
                return
            for stage in (
                self.floats,
                self.readings,
                self.equations,
                self.optimise,
                self.hypothesis,
            ):
                yield from stage(turn, self.at(turn))
                self.progress(self.result)

    def at(self, turn: int) -> Claim:
        """Return the claim with the bounds of a turn, without its proof.

        They grow further at once where its conditions allow no sizes within them.
        """
        if self.budget.rounds or not self.budget.growing:
            return self.travelling
        for grown in count(turn):
            bounds = _grown(self.claim.bounds, grown)
            claim = replace(self.travelling, bounds=bounds)
            if bounds == self.claim.bounds or not sized(claim) or self.fits(claim):
                break
        return claim

    def fits(self, claim: Claim) -> bool:
        """Return whether sizes within the bounds of a claim are allowed by its conditions."""
        if claim.bounds not in self.fitting:
            self.fitting[claim.bounds] = met(claim)
        return self.fitting[claim.bounds]

    def foresee(self, turn: int) -> None:
        """Ask for what Hypothesis does in this turn, and for the batches of the next.

        The first batches of all find what is easy while other processes are still starting.
        """
        if self.budget.examples:
            examples = self.allowed(self.budget.examples)
            self.ahead.ask(*self.exploring(turn, self.at(turn), examples))
        left = None if self.left is None else self.left - self.budget.examples
        if self.budget.rounds is not None or self.backend != "numpy":  # a device would be shared
            return
        claim = self.at(turn + 1)
        for batch in chain(self.batches(turn + 1, claim), self.read(turn + 1, claim)):
            left = None if left is None else left - batch.size
            if left is not None and left < 0:  # the last one is smaller: nobody knows how small
                return
            self.ahead.ask(*self.sampling(batch, batch.size))

    @property
    def until(self) -> float:
        """Return the deadline by :func:`time.time`, which other processes know as well."""
        return time() + self.deadline - monotonic()

    def known(self, instances: Iterable[Any]) -> Iterator[Counterexample]:
        """Decide instances that are given."""
        for instance in instances:
            decision = decide(self.claim, instance, exact_first=False)
            self.result.count("known", 1, int(decision.outcome != "invalid"), decision.slack)
            self.result.undecided += decision.open
            if decision.refutes:
                yield Counterexample(instance, decision, "known instance", self.claim.setting)

    def recall(self, corpus: Known) -> Iterator[Counterexample]:
        """Decide what earlier searches found."""
        for near in corpus.candidates(self.claim):
            if self.over:
                return
            instance, used = rebuild(self.claim, near.setting, near.choices)
            if instance is None:
                continue
            decision = decide(self.claim, instance, exact_first=False)
            self.result.count("corpus", 1, int(decision.outcome != "invalid"), decision.slack)
            choices = tuple(choice.value for choice in used)  # clipped to the sizes of this claim
            if decision.refutes:
                yield Counterexample(instance, decision, "corpus", near.setting, choices)
            elif decision.outcome == "holds":
                self.result.approach(Near(decision.slack, choices, near.setting))

    def batches(self, turn: int, claim: Claim) -> Iterator[_Batch]:
        """Yield the plain float batches of a turn, small ones of each special setting."""
        own, *special = self.settings
        size = self.budget.batch_size
        whole = [(0, index, own) for index in range(self.budget.batches)]
        count = min(_SPECIAL, 2 * len(whole))
        parts = [
            (1 + family, index, setting)
            for family, setting in enumerate(special)
            for index in range(count)
        ]
        for family, index, setting in (*whole[:1], *parts, *whole[1:]):
            share = max(1, size // (4 * count)) if family else size
            yield _Batch(replace(claim, setting=setting), (turn, index, family), share)

    def floats(self, turn: int, claim: Claim) -> Iterator[Counterexample]:
        """Sample float batches, one of each special setting; decide the worst ones exactly."""
        for batch in self.batches(turn, claim):
            if self.over:
                return
            for near in self.sample(batch, self.allowed(batch.size)):
                self.result.approach(near)
                if self.suspect(near.slack):
                    yield from self.exact(near, "floats")

    def sampling(self, batch: _Batch, size: int) -> tuple[Any, ...]:
        """Return the key of a batch of such a size, the function that samples it, its arguments."""
        key = ("floats", *batch.place, size)
        seed = [self.seed, *batch.place]
        return key, sampled, batch.claim, seed, size, self.backend, batch.kept, batch.denominator

    def sample(self, batch: _Batch, size: int) -> list[Near]:
        """Return the nearest misses of a batch, and count it."""
        nears, covered = self.ahead.take(*self.sampling(batch, size))
        self.result.add(covered)
        return [Near(slack, choices, batch.claim.setting) for slack, choices in nears]

    def read(self, turn: int, claim: Claim) -> Iterator[_Batch]:
        """Yield the batches along the scalings and of simple matrices: of one more setting in turn.

        Those of multiples of 1/q have q as denominator.
        """
        if not self.budget.batches:
            return
        own, other = self.settings[0], self.settings[turn % len(self.settings)]
        solving = case(claim, turn)
        lattices = denominators(solving)
        for family, setting in enumerate((own,) if other is own else (own, other)):
            along, plain = (replace(claim, setting=s(setting)) for s in (scaled, simple))
            for index in range(min(_SCALED, 3 * self.budget.batches)):
                yield self.reading(along, (turn, index, family, 1), 0)
            for index in range(max(_SIMPLE, len(lattices)) if equations(solving) else _SIMPLE):
                q = lattices[(turn + index) % len(lattices)]
                yield self.reading(plain, (turn, index, family, 2), q)

    def reading(self, claim: Claim, place: tuple[int, ...], q: int) -> _Batch:
        """Return one batch, of multiples of 1/q if q is not 0."""
        share = _SIMPLE_SHARE if q else _SCALED_SHARE
        return _Batch(claim, place, max(1, self.budget.batch_size // share), 1, q)

    def readings(self, turn: int, claim: Claim) -> Iterator[Counterexample]:
        """Sample the readings of the setting; keep the worst of each."""
        for batch in self.read(turn, claim):
            if self.over:
                return
            name, q = batch.claim.setting.name, batch.denominator
            for near in self.sample(batch, self.allowed(batch.size)):
                if near.slack < self.least.get(name, inf):
                    self.least[name] = near.slack
                    self.result.approach(near)
                if near.slack < (0.0 if self.strict else -ROUNDING) or (
                    self.strict and q and not near.slack
                ):
                    yield from self.exact(near, "floats")

    def equations(self, turn: int, claim: Claim) -> Iterator[Counterexample]:
        """Move instances onto the equations among the conditions, and solve for exact ones."""
        claim, whole = case(claim, turn), case(self.claim, turn)
        if not self.budget.batches or not equations(claim):
            return
        setting, lattices = self.settings[turn % len(self.settings)], denominators(claim)
        kept = min(_ON_EQUATIONS, 1 + self.budget.starts)  # each is optimised
        for index, place in enumerate((simple(setting), setting)):
            q = lattices[turn % len(lattices)] if index == 0 else 0
            size = self.allowed(self.budget.batch_size // _SIMPLE_SHARE)
            if self.over or not size:
                return
            without = replace(freed(claim), setting=place)
            seed = [self.seed, turn, index, 3]
            apart = Attack()  # these are no instances of the claim yet
            nears = sample_floats(
                without, seed, size, self.backend, apart, kept=kept, denominator=q
            )
            self.result.tried += apart.tried
            for near in nears:
                if self.over:
                    return
                if self.suspect(near.slack):
                    found = solved(whole, near, "equations", turn, lattice=bool(q))
                    if found is not None:
                        yield found
                onto = projected(whole, near)
                if onto is not None:
                    yield from self.onto(whole, Near(inf, onto, place))

    def onto(self, whole: Claim, near: Near) -> Iterator[Counterexample]:
        """Descend along the equations; solve for an exact point where that violates the claim."""
        best = self.downhill(near)
        self.result.count("equations", 1, int(best is not None), inf)
        if best is None:
            return
        self.result.approach(best)
        self.optimised[id(best)] = best
        if self.suspect(best.slack):
            yield from self.exact(best, "equations")
            found = solved(whole, best, "equations", 0)
            if found is not None:
                yield found

    def starts(self) -> Iterator[Near]:
        """Yield the worst float points not optimised yet, some of them from readings.

        Those of a setting where descents end at one value come last: on a family of equality cases
        all points are near misses, and none leads off it.
        """
        plain = {setting.name for setting in self.settings}
        waiting = [n for n in self.result.near.values() if id(n) not in self.optimised]
        waiting.sort(key=lambda n: n.slack)
        read = [n for n in waiting if n.setting.name not in plain]
        read = read[: -(-self.budget.starts // _READ)]
        rest = _mixed(n for n in waiting if n.setting.name in plain)
        rest.sort(key=lambda n: n.setting.name in self.settled)
        yield from (*rest[: self.budget.starts - len(read)], *read)

    def optimise(self, turn: int, claim: Claim) -> Iterator[Counterexample]:
        """Descend from the worst float points of different shapes."""
        if turn % _AGAIN == 0:
            self.settled.clear()
        starts = list(self.starts())
        if not self.ahead.alone:
            for near in filter(_movable, starts):
                self.ahead.ask(*self.descending(near))
            self.foresee(turn)
        for near in starts:
            if self.over:
                return
            self.optimised[id(near)] = near
            best = self.downhill(near)
            worst = best.slack if best and not self.suspect(best.slack) else inf
            self.result.count("optimiser", 1, int(best is not None), worst)
            if best is None:
                continue
            self.optimised[id(best)] = best
            self.result.approach(best)
            name = near.setting.name
            again = abs(best.slack - self.floors.get(name, inf)) < _SAME
            (self.settled.add if again else self.settled.discard)(name)
            self.floors[name] = best.slack
            if self.suspect(best.slack):
                yield from self.exact(best, "optimiser")

    def descending(self, near: Near) -> tuple[Any, ...]:
        """Return the key of a descent, the function that does it, its arguments."""
        numbers = [float(c) for c in near.choices if not isinstance(c, int)]
        # the corpus knows no growing bounds
        claim = replace(self.travelling, setting=near.setting)
        evaluations, seconds = (
            (None, _POLISH_SECONDS) if self.budget.timed else (_POLISH_EVALUATIONS, inf)
        )
        arguments = (near.sizes, numbers, evaluations, seconds, self.until, _CLEAR)
        return ("descent", id(near)), descended, claim, *arguments

    def downhill(self, near: Near) -> Near | None:
        """Return the lowest point the optimiser reaches from ``near``."""
        if not _movable(near):
            return None
        choices, slack = self.ahead.take(*self.descending(near))
        return None if choices is None else Near(slack, choices, near.setting)

    def exploring(self, turn: int, claim: Claim, examples: int) -> tuple[Any, ...]:
        """Return the key of what Hypothesis does in a turn, the function, its arguments."""
        setting = self.settings[turn % len(self.settings)]
        claim, key = replace(claim, setting=setting), ("hypothesis", turn, examples)
        return key, explored, claim, self.seed + turn, examples, self.until

    def hypothesis(self, turn: int, claim: Claim) -> Iterator[Counterexample]:
        """Let Hypothesis choose small rationals, in one setting after the other."""
        if not self.budget.examples or self.over:
            return
        part = self.exploring(turn, claim, self.allowed(self.budget.examples))
        choices, covered = self.ahead.take(*part)
        self.result.add(covered)
        if choices is not None:
            claim = part[2]
            instance, used = rebuild(claim, claim.setting, choices)
            kept = [choice.value for choice in used]
            found = confirm(claim, instance, "hypothesis", claim.setting, kept)
            if found is not None:
                yield found

    def suspect(self, slack: float) -> bool:
        """Return whether a float margin is worth an exact decision."""
        return slack < (_TIE if self.strict else -ROUNDING)

    def exact(self, near: Near, engine: str) -> Iterator[Counterexample]:
        """Yield the exact counterexample next to a float point, if there is one."""
        found = snap(self.claim, near, engine, self.result)
        if found is not None:
            yield found


def _mixed(nears: Iterable[Near]) -> list[Near]:
    """The same in an order in which no setting comes a third time before others came twice."""
    seen: Counter[str] = Counter()

    def turn(near: Near) -> int:
        seen[near.setting.name] += 1
        return (seen[near.setting.name] - 1) // _OF_ONE

    return sorted(nears, key=turn)


def _movable(near: Near) -> bool:
    """Whether an instance has numbers besides sizes."""
    return any(not isinstance(c, int) for c in near.choices)


def _grown(bounds: Bounds, turn: int) -> Bounds:
    """Bounds that grow by one from turn to turn, until they are all of ``bounds``."""

    def ends(low: int, high: int) -> tuple[int, int]:
        return low, min(high, low + 1 + turn)

    return Bounds(ends(*bounds.depth), ends(*bounds.width))
