"""Propose inequalities about a quantity: one call, one outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from threadpoolctl import threadpool_limits

from verify.claims import Bounds, Setting
from verify.conjecture import at_least_zero, setting_named
from verify.errors import UsageError, naming
from verify.proposals import scalings
from verify.proposals.adversary import Adversary, Stopped
from verify.proposals.known import Held, bounds, descendants, implying
from verify.proposals.loop import Hunt
from verify.proposals.modules import written
from verify.proposals.outcome import Proposals
from verify.proposals.pool import candidates, chosen
from verify.proposals.ranking import confirmed, proposals
from verify.proposals.squares import attempts
from verify.proposals.table import Table
from verify.search.trial import check_sizes

__all__ = ["propose"]

_HUNT = 0.75
"""The share of the time after which no new candidate is looked for: survivors are attacked then."""

_FILL = 0.4
"""The share of the time after which the table is what it is."""

_LONGEST = 1e6
_DEEPEST, _WIDEST, _FACTORS = 32, 12, 3


def propose(
    about: str,
    *,
    over: str | Setting = "minimizers",
    using: Sequence[str] = (),
    without: Sequence[str] = (),
    depth: tuple[int, int] = (2, 5),
    width: tuple[int, int] = (1, 4),
    factors: int = 3,
    budget: float = 300.0,
    seed: int = 0,
    out: Path | str | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Proposals:
    """Return inequalities between ``about`` and other quantities that survive the adversary.

    Parameters
    ----------
    about
        A quantity, or a formula in quantities such as ``layer_norm_max**2 - layer_norm_min**2``.
    over
        The setting, or its name.
    using
        Quantities that may stand on the right side beside the common ones.
    without
        Theorems to hold out, with all that imply them: what they say may be proposed.
    depth, width
        The sizes of the instances fitted to, both ends included; attacks go a little beyond.
    factors
        Quantities in a product at most; depth comes with the constant and is none.
    budget
        Seconds.  Unless they end it, the outcome is a function of the other parameters alone.
    seed
        Of the instances and of the attacks.
    out
        A folder for a module of each proposal; None writes nothing.
    progress
        Called with a line for each candidate that was attacked.

    Raises
    ------
    UsageError
        For a quantity, setting, theorem, size or budget that cannot be.

    A KeyboardInterrupt ends the run: what was found is kept, and the outcome says so.
    """
    start = monotonic()
    _check(depth, width, budget, seed, factors)
    setting = setting_named(over) if isinstance(over, str) else over
    with threadpool_limits(1):
        sizes, filled = Bounds(depth, width), start + _FILL * budget
        hunt, held = _begun(about, setting, using, without, sizes, seed, start, filled)
        hunt.factors = factors
        hunt.adversary.deadline = start + _HUNT * budget
        hunt.adversary.progress = progress
        ended = _run(hunt)
        deadline = start + budget if ended != "interrupted" else monotonic()
        found = list(confirmed(hunt, deadline))
        if hunt.interrupted:
            ended, deadline = "interrupted", monotonic()
        outcome = Proposals(
            about=about,
            over=setting.name,
            depth=depth,
            width=width,
            seed=seed,
            budget=budget,
            seconds=0.0,
            ended=ended,
            rows=len(hunt.table),
            fitted=hunt.fitted,
            attacked=hunt.adversary.attacks,
            degrees=_degrees(hunt),
            left_out=hunt.pool.left_out,
            held=held.theorems,
            equations=tuple(e.text for e in hunt.pool.equations),
            proposals=attempts(hunt, proposals(hunt, found), deadline),
            weaker=dict(hunt.weaker),
            given_up=dict(hunt.given_up),
        )
    outcome = replace(outcome, seconds=monotonic() - start)
    return outcome if out is None else written(outcome, Path(out))


def _check(
    depth: tuple[int, int], width: tuple[int, int], budget: float, seed: int, factors: int
) -> None:
    for name, (low, high), most in (("depth", depth, _DEEPEST), ("width", width, _WIDEST)):
        if not 1 <= low <= high <= most:
            raise UsageError(
                f"{name}: expected LOW:HIGH with 1 <= LOW <= HIGH <= {most}, got {low}:{high}; "
                "what is proposed at small sizes can be attacked at larger ones by search"
            )
    if not 0 < budget <= _LONGEST:
        raise UsageError(
            f"budget: expected a positive number of seconds, at most {_LONGEST:g}, got {budget:g}"
        )
    if not 1 <= factors <= _FACTORS:
        raise UsageError(f"factors: expected 1 to {_FACTORS} quantities, got {factors}")
    if seed < 0:
        raise UsageError(f"seed: expected a whole number >= 0, got {seed}; try 0")


def _begun(
    about: str,
    setting: Setting,
    using: Sequence[str],
    without: Sequence[str],
    sizes: Bounds,
    seed: int,
    start: float,
    filled: float,
) -> tuple[Hunt, Held]:
    """Measure the table, the scalings and what is known."""
    with naming("about"):
        claim = at_least_zero(about, over=setting, depth=sizes.depth, width=sizes.width)
    check_sizes(claim)
    left = claim.expanded
    with naming("without"):
        named = descendants(without) if without else {}
    names = candidates(setting, using, sizes)
    degrees = scalings.measure(setting, sizes, left, names, seed)
    known = bounds(left, setting, names)
    columns = {name: (k.claim, k.side) for name, k in known.items()}
    table = Table(setting, sizes, left, tuple(degrees.of), columns)
    table.fill(seed, filled)
    if not len(table):
        raise UsageError(
            f"--about {about}: expected what has a value on instances of {setting.name}, met none "
            f"within the time; give another --over (certimin settings), or a larger --budget"
        )
    if table.constant:
        raise UsageError(
            f"about: expected what differs from instance to instance, got {about}, which is "
            f"{table.y[0]:.6g} on all {len(table)} that were met over {setting.name}"
        )
    held = implying(table, known, named)
    pool = chosen(table, degrees, held.quantities, using)
    usable = {n: k for n, k in known.items() if k.claim.theorem not in held.theorems}
    return Hunt(about, Adversary(table, seed), degrees, pool, usable, start), held


def _run(hunt: Hunt) -> str:
    """Hunt; return how it ended."""
    try:
        hunt.run()
    except Stopped:
        return "the clock"
    except KeyboardInterrupt:
        return "interrupted"
    return "the clock" if hunt.table.cut else "done"


def _degrees(hunt: Hunt) -> dict[str, dict[str, str]]:
    every = {hunt.text: hunt.degrees.left, **hunt.degrees.of}
    return {name: {s: str(degree) for s, degree in of.items()} for name, of in every.items()}
