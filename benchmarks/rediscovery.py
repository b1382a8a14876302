"""Whether `certimin propose` finds theorems again that are held out, and how soon.

Each run is told a left side, a setting, and which theorem to hold out with all that imply it.  A
proposal counts as the theorem if both right sides agree on every row of a fresh table, and as
better if its own is at least as good on all of them.

Run with ``python -m benchmarks.rediscovery``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.harness import count_work, environment
from verify.claims import SETTINGS, Bounds
from verify.conjecture import conjecture
from verify.proposals import Proposals, propose
from verify.proposals.table import Table

__all__ = ["RUNS", "Run", "compared"]


@dataclass(frozen=True)
class Run:
    """One run, and the statements that it should find, by what they are called."""

    about: str
    over: str
    wanted: dict[str, str]
    without: tuple[str, ...] = ()
    using: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """Return the run as a command."""
        parts = [f"certimin propose --about '{self.about}' --over {self.over}"]
        parts += [f"--with {','.join(self.using)}"] if self.using else []
        parts += [f"--without {','.join(self.without)}"] if self.without else []
        return " ".join(parts)


_S, _MIN = "sharpness", "minimal_sharpness"
_SPREAD = "layer_norm_max**2 - layer_norm_min**2"
RUNS = (
    Run(_S, "whitened-minimizers",
        {"M1": f"{_S} >= 2*depth*target_norm**(2 - 2/depth)"}, ("M1",)),
    Run(_S, "univariate-minimizers",
        {"C1, lower": f"{_S} >= 2*depth*a*w_norm**(2 - 2/depth)"}, ("C1",)),
    Run(_MIN, "univariate-minimizers",
        {"U2, lower": f"{_MIN} >= 2*depth*a*w_norm**(2 - 2/depth)*(a2/a)**(1/depth)",
         "U2, upper": f"{_MIN} <= 2*depth*a*w_norm**(2 - 2/depth)*(data_max/a)**(1/depth)"},
        ("U2",)),
    Run(_S, "any-weights", {"U4, blocks": f"{_S} >= block_sharpness"}, ("U4",)),
    Run("block_sharpness", "minimizers",
        {"U4, map": "block_sharpness >= 2*data_max**(1/depth)*map_norm**(2 - 2/depth)"}, ("U4",)),
    Run("hessian_trace", "minimizers",
        {"U5": "hessian_trace >= 2*depth*(d_y*data_trace)**(1/depth)*target_nuclear**(2-2/depth)"},
        ("U5",), ("target_nuclear",)),
    Run("weights_sq", "minimizers", {"U9": "weights_sq >= depth*schatten"}, ("U9",), ("schatten",)),
    Run(_SPREAD, "minimizers", {"spread": f"{_SPREAD} <= (depth - 1)*imbalance"}),
)  # fmt: skip
"""What is to be found again."""


def compared(run: Run, wanted: str, texts: Sequence[str], seed: int = 1) -> dict[str, str]:
    """Return "same" or "better" for each text that is so on every row of a fresh table."""
    sizes = Bounds((2, 5), (1, 4))

    def claim(text: str) -> Any:
        return conjecture("x", text, over=run.over, depth=sizes.depth, width=sizes.width).claims[0]

    left = claim(f"{run.about} >= 0").expanded
    sign = 1 if ">=" in wanted else -1
    texts = [text for text in texts if (">=" in text) == (sign > 0)]
    known = {text: (claim(text), 1) for text in (wanted, *texts)}
    table = Table(SETTINGS[run.over], sizes, left, (), known)
    table.fill(seed)
    target, found = table.bound(wanted), {}
    for text in texts:
        mine = table.bound(text)
        where = np.isfinite(mine) & np.isfinite(target)
        slack = sign * (mine - target)[where] / np.maximum(np.abs(target[where]), 1e-300)
        if where.any() and np.quantile(slack, 0.02) > -1e-6:
            found[text] = "same" if np.quantile(slack, 0.98) < 1e-6 else "better"
    return found


@dataclass(frozen=True)
class Row:
    """What became of a statement."""

    statement: str
    wanted: str
    held: str
    verdict: str
    found: str
    seconds: float | None
    rank: int | None
    command: str


def _row(run: Run, name: str, wanted: str, outcome: Proposals) -> Row:
    held = ", ".join(outcome.held)
    proposals = {p.text: p for p in outcome.proposals}
    how = compared(run, wanted, [*proposals, *outcome.weaker])
    same = [p for text, p in proposals.items() if how.get(text) == "same"]
    better = [p for text, p in proposals.items() if how.get(text) == "better"]
    for verdict, hits in (("found", same), ("better found", better)):
        if hits:
            p = min(hits, key=lambda p: p.found_at)
            return Row(name, wanted, held, verdict, p.text, p.found_at, p.rank, run.command)
    return Row(name, wanted, held, "not found", "", None, None, run.command)


@click.command()
@click.option("--budget", default=300.0, show_default=True, help="seconds of each run")
@click.option(
    "--processor-time", is_flag=True, help="seconds of this process: a busy machine is no excuse"
)
@click.option("--only", default="", help="statements whose names begin so, separated by commas")
@click.option("--quick", is_flag=True, help="a smoke run of the first statement")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(budget: float, processor_time: bool, only: str, quick: bool, out: Path) -> None:
    """Find theorems again."""
    if processor_time:
        count_work()
    starts = tuple(only.split(",")) if only else ("",)
    rows: list[Row] = []
    for run in RUNS[:1] if quick else RUNS:
        wanted = {n: w for n, w in run.wanted.items() if n.startswith(starts)}
        if not wanted:
            continue
        outcome = propose(
            run.about,
            over=run.over,
            using=run.using,
            without=run.without,
            budget=30.0 if quick else budget,
            progress=lambda line: print(f"  {line}", flush=True),
        )
        print(outcome, flush=True)
        for name, text in wanted.items():
            rows.append(_row(run, name, text, outcome))
            r = rows[-1]
            at = "" if r.seconds is None else f"{r.seconds:.0f} s, rank {r.rank}"
            print(f"{name}: {r.verdict} {at} {r.found}\n  held out: {r.held}", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    document = {
        "environment": environment(),
        "processor_time": processor_time,
        "rediscovery": [asdict(row) for row in rows],
    }
    (out / "rediscovery.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
