"""Compare two verify.json of one seed, theorem by theorem: did a change of code change a word.

Run ``python -m benchmarks.compare BEFORE AFTER [ID...]``.  Verdicts, kinds of evidence, controls
and the numbers of exact, certified, searched and sampled decisions must agree claim by claim;
scopes and derivation lines that differ are listed.  Exit code 1 if anything but those differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COUNTED = ("exact", "certified", "trained", "searched", "sampled", "empirical")
PARTS = ("claims", "controls", "witnesses")


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Yield what differs between two records of one theorem, scopes excepted."""
    for key in ("verdict", "verified", "status"):
        if before[key] != after[key]:
            yield f"{key}: {before[key]} -> {after[key]}"
    if sorted(before["uses"]) != sorted(after["uses"]):
        yield f"uses: {' '.join(before['uses'])} -> {' '.join(after['uses'])}"
    for part in PARTS:
        old, new = ({item["id"]: item for item in record[part]} for record in (before, after))
        yield from (f"{name}: gone" for name in old.keys() - new.keys())
        yield from (f"{name}: new" for name in new.keys() - old.keys())
        for name in sorted(old.keys() & new.keys()):
            if old[name]["verdict"] != new[name]["verdict"]:
                yield f"{name}: {old[name]['verdict']} -> {new[name]['verdict']}"
            if part == "claims":
                yield from _of_claims(name, old[name], new[name])


def _of_claims(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if old["setting"] != new["setting"]:
        yield f"{name}: over {old['setting']} -> {new['setting']}"
    found = [{e["kind"]: e["count"] for e in claim["evidence"]} for claim in (old, new)]
    if found[0].keys() != found[1].keys():
        yield f"{name}: kinds {' '.join(found[0])} -> {' '.join(found[1])}"
    for kind in COUNTED:
        counts = [counted.get(kind) for counted in found]
        if counts[0] != counts[1]:
            yield f"{name}: {kind} {counts[0]} -> {counts[1]}"


def scopes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Yield claims whose derivation covers other sizes, or is told otherwise."""
    old, new = (
        {c["id"]: e for c in record["claims"] for e in c["evidence"] if e["kind"] == "symbolic"}
        for record in (before, after)
    )
    for name in sorted(old.keys() & new.keys()):
        steps = old[name]["count"], new[name]["count"]
        if steps[0] != steps[1]:
            yield f"{name}: {steps[0]} -> {steps[1]} steps"
        if old[name]["scope"] != new[name]["scope"]:
            yield f"{name}: {old[name]['scope']} -> {new[name]['scope']}"


def main() -> int:
    """Print the comparison of two files; return 1 if more than scopes differs."""
    before, after = (
        {t["id"]: t for t in json.loads(Path(name).read_text())["theorems"]}
        for name in sys.argv[1:3]
    )
    chosen = set(sys.argv[3:]) or before.keys() | after.keys()
    before, after = ({k: v for k, v in run.items() if k in chosen} for run in (before, after))
    changed = 0
    for name in sorted(chosen):
        if name not in before or name not in after:
            print(f"{name}: {'new' if name in after else 'gone'}")
            changed += 1
            continue
        found = list(differences(before[name], after[name]))
        changed += bool(found)
        for line in found:
            print(f"{name}  {line}")
    told = [line for name in before if name in after for line in scopes(before[name], after[name])]
    if told:
        print("\nscopes and steps:", *told, sep="\n  ")
    counted = [
        sum(e["count"] for t in run.values() for c in t["claims"] for e in c["evidence"]
            if e["kind"] == "exact")
        for run in (before, after)
    ]  # fmt: skip
    print(f"\n{len(before)} -> {len(after)} entries, {changed} differ; "
          f"exact decisions {counted[0]} -> {counted[1]}")  # fmt: skip
    return int(changed > 0)


if __name__ == "__main__":
    sys.exit(main())
