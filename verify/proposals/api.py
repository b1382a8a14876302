"""Propose inequalities about a quantity: one call, one outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from verify import parser
from verify.claims import Bounds, Setting
from verify.conjecture import conjecture, setting_named
from verify.errors import UsageError
from verify.fit import check_fit
from verify.proposals import scalings
from verify.proposals.known import bounds as known_bounds
from verify.proposals.known import descendants, implying
from verify.proposals.loop import Hunt, Stopped
from verify.proposals.outcome import Proposals
from verify.proposals.pool import candidates, chosen
from verify.proposals.table import Table
from verify.search.trial import check_sizes

__all__ = ["propose"]


def propose(
    about: str,
    *,
    over: str | Setting = "minimizers",
    more: Sequence[str] = (),
    without: Sequence[str] = (),
    depth: tuple[int, int] = (2, 5),
    width: tuple[int, int] = (1, 4),
    budget: float = 300.0,
    seed: int = 0,
    progress: Callable[[str], None] = lambda line: None,
) -> Proposals:
    """Return inequalities between ``about`` and other quantities that survive the adversary."""
    start = monotonic()
    setting = setting_named(over) if isinstance(over, str) else over
    claim = conjecture("about", f"{about} >= 0", over=setting, depth=depth, width=width).claims[0]
    check_sizes(claim)
    check_fit(claim)
    left, sizes = claim.expanded, Bounds(depth, width)
    names = candidates(setting, more, sizes)
    degrees = scalings.measure(setting, sizes, left, names, seed)
    known = known_bounds(left, setting)
    named = descendants(without) if without else {}
    columns = {name: (k.claim, k.side) for name, k in known.items()}
    table = Table(setting, sizes, left, tuple(degrees.of), columns)
    for _ in table.fill(seed):
        if monotonic() > start + budget:
            break
    held = implying(table, known, named)
    pool = chosen(table, degrees, held.quantities, more)
    left_known = {n: k for n, k in known.items() if k.claim.theorem not in held.theorems}
    hunt = Hunt(about, table, degrees, pool, left_known, seed, start + budget, progress, start)
    ended = "done"
    try:
        hunt.run()
    except Stopped:
        ended = "the clock"
    except KeyboardInterrupt:
        ended = "interrupted"
    return Proposals(hunt, held, ended, monotonic() - start)
