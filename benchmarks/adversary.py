"""The search for counterexamples against its peers, on the conjectures of ``examples/``.

Every false conjecture is attacked by ``verify.search`` and, with the same budget on the same
machine, by three peers that share its settings and its exact decision and differ in how they
choose instances:

- *Hypothesis*: plain ``@given`` over small rationals, no target;
- *random*: uniform float instances, the worst of each batch decided exactly;
- *evolution*: SciPy's differential evolution on the float margin, shape after shape.

A refutation counts when an exact decision confirms it; ours also needs its certificate's
``check.py`` to say so in a fresh interpreter.  True conjectures are attacked by ours alone and must
survive.  ``python -m benchmarks.adversary --into docs/trust.md`` writes the table.

It takes an hour.  With ``--rows FILE`` what was measured is kept there, and not measured again;
``--share 1/2`` measures every other conjecture, so that two runs with a file each can be put
together.  With ``--processor-time`` seconds are those that the program was at work, for a machine
that does other things as well.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import differential_evolution

from benchmarks.harness import count_work
from verify.claims import Claim
from verify.conjecture import conjecture
from verify.search import Refuted, search
from verify.search.batches import margins
from verify.search.by_hypothesis import explore
from verify.search.record import Attack, Near
from verify.search.snap import snap
from verify.sources import BatchSource, Exhausted, PointSource

HERE = Path(__file__).resolve().parent
CONJECTURES = HERE.parent / "examples" / "conjectures"
BEGIN, END = (
    "<!-- adversary: begin, written by benchmarks/adversary.py -->",
    "<!-- adversary: end -->",
)


def load(name: str) -> list[dict[str, Any]]:
    """Return the conjectures of one collection, with sizes as pairs."""
    entries = tomllib.loads((CONJECTURES / f"{name}.toml").read_text())["conjecture"]
    for entry in entries:
        for size, default in (("depth", "2:6"), ("width", "1:5")):
            low, high = entry.get(size, default).split(":")
            entry[size] = (int(low), int(high))
    return entries


def claim_of(entry: dict[str, Any]) -> Claim:
    """Return the claim an entry makes."""
    keys = ("over", "depth", "width")
    return conjecture(entry["name"], entry["text"], **{k: entry[k] for k in keys}).claims[0]


def ours(entry: dict[str, Any], budget: float, seed: int) -> dict[str, Any]:
    """Attack with the whole search; a refutation is checked in a fresh interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        start = monotonic()
        outcome = search(
            claim_of(entry), budget=budget, seed=seed, out=Path(folder), command="benchmark"
        )
        seconds = monotonic() - start
        record = outcome.to_json()
        row = {
            "verdict": outcome.verdict,
            "seconds": seconds,
            "found_by": record.get("found_by"),
            "instances": record["instances"],
            "best_margin": record["best_margin"],
        }
        if isinstance(outcome, Refuted):
            check = [sys.executable, "-I", str(Path(str(outcome.certificate), "check.py"))]
            start = monotonic()
            row["checked"] = subprocess.run(check, capture_output=True, check=False).returncode == 0
            row["check_seconds"] = monotonic() - start
    return row


def hypothesis_alone(claim: Claim, deadline: float, seed: int) -> bool:
    """Plain Hypothesis, in rounds of 200 examples until the time is up."""
    for turn in count():
        if monotonic() > deadline:
            return False
        if explore(claim, seed + turn, 200, Attack(), deadline, steer=False):
            return True
    return False


def random_alone(claim: Claim, deadline: float, seed: int) -> bool:
    """Uniform float batches over random shapes; the worst lane of each is decided exactly."""
    rng = np.random.default_rng(seed)
    while monotonic() < deadline:
        near = _worst_of_batch(claim, BatchSource(rng, 4096, uniform=True))
        if near is not None and near.slack < 0 and snap(claim, near, "random", Attack()):
            return True
    return False


def _worst_of_batch(claim: Claim, source: Any) -> Near | None:
    try:
        with np.errstate(all="ignore"):
            slacks = margins(claim, claim.setting.build(source, claim.bounds), source.size)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None
    slacks[~np.isfinite(slacks)] = np.inf
    worst = int(slacks.argmin())
    if not np.isfinite(slacks[worst]):
        return None
    return Near(float(slacks[worst]), source.lane(worst), claim.setting)


def evolution_alone(claim: Claim, deadline: float, seed: int) -> bool:
    """Differential evolution on the float margin, one random shape after another."""
    rng = np.random.default_rng(seed)
    while monotonic() < deadline:
        near = _evolve(claim, rng, deadline)
        if near is not None and near.slack < 0 and snap(claim, near, "evolution", Attack()):
            return True
    return False


def _evolve(claim: Claim, rng: np.random.Generator, deadline: float) -> Near | None:
    probe = BatchSource(rng, 1, uniform=True)
    try:
        claim.setting.build(probe, claim.bounds)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None
    template = probe.lane(0)
    sizes = [c for c in template if isinstance(c, int)]
    dimension = len(template) - len(sizes)

    def objective(columns: Any) -> Any:
        points = np.atleast_2d(columns.T)
        try:
            with np.errstate(all="ignore"):
                instance = claim.setting.build(PointSource(sizes, points), claim.bounds)
                slacks = margins(claim, instance, len(points))
        except (ArithmeticError, Exhausted, np.linalg.LinAlgError):
            return np.full(len(points), 1e9)
        return np.where(np.isfinite(slacks), slacks, 1e9)

    if not dimension:
        return None
    result = differential_evolution(
        objective,
        [(-3.0, 3.0)] * dimension,
        rng=rng,
        vectorized=True,
        updating="deferred",
        polish=False,
        maxiter=300,
        callback=lambda intermediate_result: monotonic() > deadline,
    )
    numbers = iter(result.x)
    choices = [c if isinstance(c, int) else float(next(numbers)) for c in template]
    return Near(float(result.fun), choices, claim.setting)


PEERS: dict[str, Callable[[Claim, float, int], bool]] = {
    "Hypothesis": hypothesis_alone,
    "random": random_alone,
    "evolution": evolution_alone,
}


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Attack every conjecture with every engine and return the record."""
    rows = _Rows(args.rows)
    part, parts = args.share
    false = [
        rows.row(entry, args.budget, args.seed, partial(_of_false, entry, args))
        for entry in load("false")[part - 1 :: parts]
    ]
    true = [
        rows.row(entry, args.true_budget, args.seed, partial(_of_true, entry, args))
        for entry in load("true")[part - 1 :: parts]
    ]
    return {"budget": args.budget, "true_budget": args.true_budget, "false": false, "true": true}


def _of_false(entry: dict[str, Any], args: argparse.Namespace) -> dict[str, Any]:
    row = {"level": entry["level"]} | ours(entry, args.budget, args.seed)
    row["peers"] = {}
    for name, peer in PEERS.items() if args.peers else ():
        start = monotonic()
        hit = peer(claim_of(entry), start + args.budget, args.seed)
        row["peers"][name] = monotonic() - start if hit else None
    return row


def _of_true(entry: dict[str, Any], args: argparse.Namespace) -> dict[str, Any]:
    return ours(entry, args.true_budget, args.seed)


_KEYS = ("name", "text", "budget", "seed")


class _Rows:
    """What was measured, one JSON object a line in a file: each conjecture at a budget and seed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path and path.exists() else []
        rows = (json.loads(line) for line in lines)
        self._known = {tuple(row[key] for key in _KEYS): row for row in rows}

    def row(
        self,
        entry: dict[str, Any],
        budget: float,
        seed: int,
        measure: Callable[[], dict[str, Any]],
    ) -> dict[str, Any]:
        """Return the row of a conjecture, measured if it is not known; print it."""
        key = {"name": entry["name"], "text": entry["text"], "budget": budget, "seed": seed}
        known = self._known.get(tuple(key.values()))
        row: dict[str, Any] = known or key | measure()
        print(json.dumps(row), flush=True)
        if self._path and known is None:
            with self._path.open("a") as file:
                file.write(json.dumps(row) + "\n")
        return row


def _share(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"expected I/N with 1 <= I <= N, got {text!r}")
    return int(part), int(parts)


def summary(record: dict[str, Any]) -> str:
    """Return the table in Markdown."""
    false, true = record["false"], record["true"]
    rows = [
        "| engine | false conjectures refuted | median s | worst s |",
        "|---|---|---|---|",
        _row(
            "certimin search", [r["seconds"] if r["verdict"] == "refuted" else None for r in false]
        ),
    ]
    for name in PEERS if false[0]["peers"] else ():
        rows.append(_row(f"{name} alone", [r["peers"][name] for r in false]))
    refuted = [r for r in false if r["verdict"] == "refuted"]
    others = ", ".join(f"`{r['name']}`" for r in false if r["verdict"] != "refuted")
    missed = f"Not refuted: {others}. " if others else ""
    checked = sum(bool(r.get("checked")) for r in refuted)
    told = Counter(r["verdict"] for r in true)
    tried = sum(r["instances"] for r in true)
    rows.append("")
    rows.append(
        f"Budget {record['budget']:g} s each. `check.py` confirmed {checked} of {len(refuted)} in "
        f"a fresh interpreter. {missed}Of {len(true)} true conjectures {told['survived']} survived "
        f"{record['true_budget']:g} s each, {tried:,} instances in all; "
        f"{told['refuted']} were refuted, {told['inconclusive']} stayed inconclusive."
    )
    return "\n".join(rows)


def _row(name: str, seconds: list[float | None]) -> str:
    hits = [s for s in seconds if s is not None]
    median = f"{statistics.median(hits):.2f}" if hits else "-"
    worst = f"{max(hits):.1f}" if hits else "-"
    return f"| {name} | {len(hits)}/{len(seconds)} | {median} | {worst} |"


def main() -> None:
    """Run, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=60.0, help="seconds for a false conjecture")
    parser.add_argument("--true-budget", type=float, default=20.0, help="and for a true one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--json", type=Path, help="write the record here")
    parser.add_argument("--into", type=Path, help="update the table in this document")
    parser.add_argument("--rows", type=Path, help="keep rows here, measure none of them again")
    parser.add_argument("--share", type=_share, default=(1, 1), help="I/N: this part of N only")
    parser.add_argument("--processor-time", action="store_true", help="count seconds of work only")
    args = parser.parse_args()
    if args.processor_time:
        count_work()
    record = run(args)
    table = summary(record)
    print(table)
    if args.json:
        args.json.write_text(json.dumps(record, indent=1) + "\n")
    if args.into:
        text = args.into.read_text()
        pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
        args.into.write_text(
            re.sub(pattern, lambda match: f"{BEGIN}\n\n{table}\n\n{END}", text, flags=re.DOTALL)
        )


if __name__ == "__main__":
    main()
