"""Compare two verify.json of one seed, theorem by theorem: did a change of code change a word.

Run ``python -m benchmarks.compare BEFORE AFTER [ID...]``.  Titles, statements, settings,
assumptions, verdicts (of derivation lines too), kinds of evidence, controls, witnesses and the
numbers of exact, certified, searched and sampled decisions must agree; scopes and the texts of
derivation lines that differ are listed.  Exit code 1 if anything but those differs, 2 for files
or ids that cannot be compared.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verify.errors import UsageError
from verify.report import load

COUNTED = ("exact", "certified", "trained", "searched", "sampled", "empirical")
PARTS = {
    "claims": ("title", "statement", "setting", "assumptions", "check", "level", "verdict"),
    "controls": ("title", "statement", "verdict"),
    "witnesses": ("kind", "statement", "verdict"),
}
WHOLE = (
    "title", "statement", "normalisation", "source", "status", "level", "cited", "verdict",
    "verified",
)  # fmt: skip
LINE = ("statement", "rule", "scope")

Record = dict[str, Any]


def differences(before: Record, after: Record) -> Iterator[str]:
    """Yield what differs between two records of one theorem, scopes and texts of lines excepted."""
    yield from _changed("", before, after, WHOLE)
    if sorted(before["uses"]) != sorted(after["uses"]):
        yield f"uses: {' '.join(before['uses'])} -> {' '.join(after['uses'])}"
    for part, words in PARTS.items():
        old, new = ({item["id"]: item for item in record[part]} for record in (before, after))
        yield from (f"{name}: gone" for name in sorted(old.keys() - new.keys()))
        yield from (f"{name}: new" for name in sorted(new.keys() - old.keys()))
        for name in sorted(old.keys() & new.keys()):
            yield from _changed(f"{name} ", old[name], new[name], words)
            if part == "claims":
                yield from _of_evidence(name, old[name], new[name])
    old, new = lines(before), lines(after)
    for name in sorted(old.keys() & new.keys()):
        yield from _changed(f"{name} ", old[name], new[name], ("verdict",))


def _changed(name: str, old: Record, new: Record, words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if old[word] != new[word]:
            yield f"{name}{word}: {old[word]} -> {new[word]}"


def _of_evidence(name: str, old: Record, new: Record) -> Iterator[str]:
    found = [{e["kind"]: e for e in claim["evidence"]} for claim in (old, new)]
    if found[0].keys() != found[1].keys():
        yield f"{name}: kinds {' '.join(found[0])} -> {' '.join(found[1])}"
    for kind in sorted(found[0].keys() & found[1].keys()):
        words = ("verdict", "count") if kind in COUNTED else ("verdict",)
        yield from _changed(f"{name} {kind} ", found[0][kind], found[1][kind], words)


def lines(record: Record) -> dict[str, Record]:
    """Return the derivation lines by claim and name; equal names are numbered."""
    seen: Counter[str] = Counter()
    named = {}
    for line in record["derivation"]:
        name = f"{line['claim']} line {line['name']!r}"
        seen[name] += 1
        named[name if seen[name] == 1 else f"{name} ({seen[name]})"] = line
    return named


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
    old, new = lines(before), lines(after)
    yield from (f"{name}: gone" for name in sorted(old.keys() - new.keys()))
    yield from (f"{name}: new" for name in sorted(new.keys() - old.keys()))
    for name in sorted(old.keys() & new.keys()):
        yield from _changed(f"{name} ", old[name], new[name], LINE)


def compared(before: dict[str, Record], after: dict[str, Record], ids: list[str]) -> int:
    """Print the comparison of two runs; return how many theorems differ in more than scopes."""
    chosen = set(ids) or before.keys() | after.keys()
    before, after = ({k: v for k, v in run.items() if k in chosen} for run in (before, after))
    changed = 0
    for name in sorted(chosen):
        if name in before and name in after:
            found = list(differences(before[name], after[name]))
        else:
            found = ["new" if name in after else "gone"]
        changed += bool(found)
        for line in found:
            print(f"{name}  {line}")
    told = [line for name in before if name in after for line in scopes(before[name], after[name])]
    if told:
        print("\nscopes and steps:", *told, sep="\n  ")
    counted = [exact_decisions(run) for run in (before, after)]
    print(
        f"\n{len(before)} -> {len(after)} entries, {changed} differ; "
        f"exact decisions {counted[0]} -> {counted[1]}"
    )
    return changed


def exact_decisions(run: dict[str, Record]) -> int:
    """Return how many decisions of a run are exact."""
    evidence = (e for t in run.values() for c in t["claims"] for e in c["evidence"])
    return sum(e["count"] for e in evidence if e["kind"] == "exact")


def read(name: str) -> dict[str, Record]:
    """Return the theorems of a verify.json by id."""
    try:
        return {theorem["id"]: theorem for theorem in load(Path(name))["theorems"]}
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}; name a verify.json") from error
    except ValueError as error:
        raise UsageError(f"{error}; write it with `certimin verify`") from error


def main(arguments: list[str]) -> int:
    """Compare two files; return 1 if more than scopes differs."""
    if len(arguments) < 2:
        raise UsageError(
            f"expected BEFORE AFTER [ID...], got {' '.join(arguments) or 'nothing'}; "
            "name two verify.json"
        )
    before, after = map(read, arguments[:2])
    ids = arguments[2:]
    for name in ids:
        if name not in before and name not in after:
            known = " ".join(sorted(before.keys() | after.keys()))
            raise UsageError(f"unknown theorem {name!r} in both files; known: {known}")
    return int(compared(before, after, ids) > 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UsageError as error:
        print(f"compare: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
