"""A tiny evolution: change the numbers of the best candidate so far, keep what scores better.

    python examples/judge/evolve.py examples/judge/bottleneck --tries 500 --seed 1

Integers of a candidate stay, for they are sizes; texts are numbers that may change.  The same seed
makes the same candidates.  A language model in the place of ``changed`` makes it OpenEvolve.
"""

import argparse
import json
import runpy
from fractions import Fraction
from pathlib import Path
from random import Random

import certimin

FINEST, COARSEST = 1e-5, 1.0
DENOMINATOR = 10**6


def evolve(folder, tries, seed=0, progress=print):
    """Return the first judgement and the best one, with the candidate of the best.

    A change is as large as the last ones let hope: larger after a success, smaller after a failure.
    """
    random, step = Random(seed), 0.2
    task = runpy.run_path(str(Path(folder, "evaluator.py")))["TASK"]
    best = runpy.run_path(str(Path(folder, "initial_program.py")))["candidate"]()
    first = record = certimin.judge({"task": task, "candidate": best})
    if not first["valid"]:
        raise SystemExit(f"the initial program: {first['reason']}")
    for turn in range(1, tries + 1):
        tried = changed(best, random, step)
        found = certimin.judge({"task": task, "candidate": tried}, seconds=20)
        better = found["valid"] and beats(found, record)
        step = min(max(step * (1.5 if better else 0.93), FINEST), COARSEST)
        if better:
            best, record = tried, found
            progress(f"{turn:6}  {record['float']:.12g}")
    return first, record, best


def beats(found, record):
    """Whether a score is better, by the floats that never flatter."""
    sign = 1 if found["better"] == "larger" else -1
    return sign * found["float"] > sign * record["float"]


def changed(value, random, step):
    """Return a candidate with some of its numbers changed."""
    if isinstance(value, dict):
        return {key: changed(part, random, step) for key, part in value.items()}
    if isinstance(value, list):
        return [changed(part, random, step) for part in value]
    if not isinstance(value, str) or random.random() < 0.5:
        return value
    moved = float(Fraction(value)) + step * random.gauss(0, 1)
    return str(Fraction(moved).limit_denominator(DENOMINATOR))


def main():
    """Evolve the candidate of a folder and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    first, record, best = evolve(given.folder, given.tries, given.seed)
    print(f"from {first['float']:.12g} to {record['float']:.12g}: {record['score']}")
    print(json.dumps(best))


if __name__ == "__main__":
    main()
