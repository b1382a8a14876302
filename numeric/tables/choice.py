"""What is made of a table: columns left out, categories, missing values, features and targets."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from numeric.tables.errors import fail, listed
from numeric.tables.table import Floats, Table

__all__ = ["Choice", "Split", "constant", "split"]


@dataclass(frozen=True)
class Choice:
    """What to do with the columns of a table, each named by its name or its 0-based index.

    Attributes
    ----------
    targets : sequence of str
        Columns to predict.
    index : str or bool, optional
        A column that numbers the rows and is left out; False leaves none out; None leaves out what
        has no name, or a name that pandas or R gives to such columns.
    one_hot : sequence of str
        Columns of categories, one 0/1 column for each.
    drop : sequence of str
        Columns left out.
    missing : "drop" or "mean", optional
        Leave out rows with missing values, or fill features in by the mean of their column; None
        refuses them.
    """

    targets: Sequence[str] = ()
    index: str | bool | None = None
    one_hot: Sequence[str] = ()
    drop: Sequence[str] = ()
    missing: Literal["drop", "mean"] | None = None


class Split(NamedTuple):
    """Features and targets with their names, and what was done."""

    features: Floats
    targets: Floats
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class _Kept:
    """Columns of the result, each from a column of the table."""

    blocks: list[Floats] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def split(where: str, table: Table, choice: Choice) -> Split:
    """Return the features and targets of a table.

    Raises
    ------
    DataError
        A column that is kept has a cell that is no finite number and no option allows it; or no
        regression problem is left: no row, no feature, no such target, a constant target.
    """
    columns = range(len(table.names))
    targets, left = _targets(where, table, choice.targets)
    notes = list(table.notes)
    one_hot = [_find(where, name, table.names, "--one-hot") for name in choice.one_hot]
    out = _left_out(where, table, choice, notes)
    for column in targets:
        if column in out:
            got = f"{table.names[column]!r}, which is left out"
            fail(
                where,
                "targets that are kept",
                got,
                "keep the column (--no-index) or choose another target",
            )
    inputs = [c for c in columns if c not in targets and c not in out and c not in left]
    if not inputs:
        fail(where, "at least one feature column", "only targets", "select fewer targets")
    if named := [table.names[c] for c in left]:
        notes.append(f"left out: {listed(named)}")
    kept = [*inputs, *targets]
    repeated = [n for n, k in Counter(table.names[c] for c in kept).items() if k > 1]
    if repeated:
        notes.append(f"column names used more than once: {listed(repeated)}")
    rows = _rows(where, table, kept, targets, one_hot, choice.missing, notes)
    filled = choice.missing == "mean"
    x = _columns(where, table, inputs, one_hot, rows, filled, notes)
    y = _columns(where, table, targets, one_hot, rows, False, notes)
    for column in constant(y[0]):
        got = f"the constant {y[0][0, column]}, which leaves nothing to explain"
        place = f"{where}, target {y[1][column]!r}"
        fail(place, "a target that varies", got, "choose another target")
    if choice.index is None and len(x[0]) > 2:
        for name, column in zip(x[1], x[0].T, strict=True):
            if column[0] in (0, 1) and (np.diff(column) == 1).all():
                notes.append(
                    f"feature {name!r} numbers the rows and is kept (--index {name} leaves it out)"
                )
    return Split(x[0], y[0], tuple(x[1]), tuple(y[1]), tuple(notes))


def _targets(where: str, table: Table, targets: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the columns to predict, and those that the format calls outputs but are not chosen."""
    group, pool = table.outputs or ("", range(len(table.names)))
    if table.outputs and (not targets or list(targets) == [group]):
        return list(pool), []
    candidates = [table.names[column] for column in pool]
    chosen = [pool[_find(where, str(target), candidates)] for target in targets]
    if not chosen:
        fail(where, "at least one target", "none", f"name one of {listed(table.names)}")
    for column, count in Counter(chosen).items():
        if count > 1:
            got = f"{table.names[column]!r} {count} times"
            fail(where, "each target once", got, "name it once")
    return chosen, [c for c in pool if table.outputs and c not in chosen]


def _left_out(where: str, table: Table, choice: Choice, notes: list[str]) -> set[int]:
    """Return the columns that are dropped or number the rows, and note them."""
    dropped = {_find(where, name, table.names, "--drop") for name in choice.drop}
    if dropped:
        notes.append(f"dropped: {listed([table.names[c] for c in sorted(dropped)])}")
    index: set[int] = set()
    if isinstance(choice.index, str):
        index = {_find(where, choice.index, table.names, "--index")}
    elif choice.index is None:
        index = set(table.index)
    if index - dropped:
        names = [table.names[c] for c in sorted(index - dropped)]
        what = ["the first column, which has no name"] * ("" in names)
        what += [listed([name for name in names if name])] * any(names)
        notes.append(
            f"index left out: {' and '.join(what)}"
            + " (--no-index keeps it)" * (choice.index is None)
        )
    return dropped | index


def _rows(
    where: str, table: Table, kept: list[int], targets: list[int], one_hot: list[int],
    missing: str | None, notes: list[str],
) -> NDArray[np.bool_] | None:  # fmt: skip
    """Return which rows are kept, None for all; refuse what is no number where none is expected."""
    plain = [c for c in kept if c not in one_hot]
    for c in plain:
        if c in table.texts:
            _refuse_text(where, table, c)
    values = table.values if kept == list(range(len(table.names))) else None
    gaps: dict[int, NDArray[np.bool_]] = {}
    if values is None or not np.isfinite(values).all():
        for c in kept:
            if c in table.texts:
                gap = np.array([not cell for cell in table.texts[c]])
            else:
                infinite = np.isinf(table.values[:, c])
                if infinite.any():
                    _refuse_gap(where, table, int(infinite.argmax()), c, infinite=True)
                gap = np.isnan(table.values[:, c])
            if gap.any():
                gaps[c] = gap
    if not gaps:
        return None
    if missing == "drop":
        rows: NDArray[np.bool_] = ~np.logical_or.reduce(list(gaps.values()))
        if not rows.any():
            fail(where, "a row without missing values", "none", "--drop the emptiest columns")
        notes.append(f"rows with missing values left out: {(~rows).sum()} of {len(rows)}")
        return rows
    for c, gap in sorted(gaps.items(), key=lambda item: int(item[1].argmax())):
        if missing is None or c in targets or c in one_hot:
            _refuse_gap(
                where, table, int(gap.argmax()), c, mean=missing is None and c not in targets
            )
    return None


def _columns(
    where: str, table: Table, columns: list[int], one_hot: list[int],
    rows: NDArray[np.bool_] | None, filled: bool, notes: list[str],
) -> tuple[Floats, list[str]]:  # fmt: skip
    """Return the values of columns, categories as indicators, and a name for each."""
    if not filled and rows is None and not set(columns) & set(one_hot):
        start, stop = columns[0], columns[-1] + 1
        whole = columns == list(range(start, stop))  # a view needs no second copy
        values = table.values[:, start:stop] if whole else table.values[:, columns]
        return values, [table.names[c] for c in columns]
    kept = _Kept()
    for c in columns:
        name = table.names[c]
        if c in one_hot:
            labels = _labels(table, c)
            chosen = labels if rows is None else labels[rows]
            classes, at = np.unique(chosen, return_inverse=True)
            kept.blocks.append(np.eye(len(classes))[at])
            kept.names += [f"{name}_{label}" for label in classes]
            notes.append(f"one-hot: {name!r} by its {len(classes)} values")
            continue
        column = table.values[:, c] if rows is None else table.values[rows, c]
        if filled and (gap := np.isnan(column)).any():
            if gap.all():
                fail(f"{where}, column {name!r}", "a value", "none", f"--drop {name}")
            known = column[~gap]
            mean = math.fsum(known / len(known))  # divided first: the sum may overflow
            column = np.where(gap, np.clip(mean, known.min(), known.max()), column)
            notes.append(f"{gap.sum()} missing in {name!r}, set to its mean")
        kept.blocks.append(column[:, None])
        kept.names.append(name)
    return np.hstack(kept.blocks), kept.names


def _labels(table: Table, c: int) -> NDArray[np.str_]:
    """Return the categories of a column as text; those of numbers as they are written shortest."""
    if c in table.texts:
        return np.array(table.texts[c], dtype=np.str_)
    column = table.values[:, c].tolist()
    return np.array(
        [str(int(x)) if x == x and abs(x) < 1e16 and x == int(x) else str(x) for x in column]
    )


_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}")


def _refuse_text(where: str, table: Table, c: int) -> NoReturn:
    """Raise for the first cell of a column that is no number."""
    name, cells = table.names[c], table.texts[c]
    i = next(i for i, cell in enumerate(cells) if cell and _not_a_number(cell))
    comma = cells[i].replace(",", ".")
    if cells[i].count(",") == 1 and not _not_a_number(comma):
        remedy = "write decimals with a point"
    elif _DATE.match(cells[i]):
        remedy = f"convert dates to numbers, or --drop {_quoted(name)}"
    else:
        called = _quoted(name)
        remedy = f"correct it, or --one-hot {called} for categories, or --drop {called}"
    fail(f"{where}, row {table.row(i)}, column {name!r}", "a number", table.show(i, c), remedy)


def _not_a_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return True
    return "_" in cell


def _refuse_gap(
    where: str, table: Table, i: int, c: int, *, infinite: bool = False, mean: bool = False
) -> NoReturn:
    """Raise for a missing or an infinite value."""
    name, got = table.names[c], table.show(i, c)
    place = f"{where}, row {table.row(i)}, column {name!r}"
    if infinite:
        fail(place, "a finite float64", got, f"correct it, or --drop {_quoted(name)}")
    options = ["--missing drop", "--missing mean"][: 1 + mean]
    remedy = f"fill it in, or give {', '.join(options)} or --drop {_quoted(name)}"
    expected = (
        "a finite float64" if got.strip("'\"").lower() in ("nan", "+nan", "-nan") else "a number"
    )
    fail(place, expected, got, remedy)


def _quoted(name: str) -> str:
    return f"'{name}'" if re.search(r"[^\w.-]", name) else name


def _find(where: str, target: str, names: Sequence[str], what: str = "target") -> int:
    """Return the column that is meant, by its name first and by its index otherwise."""
    if (count := list(names).count(target)) > 1:
        got = f"{count} columns called {target!r}"
        fail(where, f"one column {target!r}", got, "rename them or give a 0-based index")
    if count:
        return list(names).index(target)
    try:
        index = int(target)
    except ValueError:
        near = [name for name in names if name.casefold() == target.casefold()]
        near = near or difflib.get_close_matches(target, names, cutoff=0.5)
        remedy = f"did you mean {listed(near)}?" if near else f"the columns are {listed(names)}"
        fail(where, "the name of a column", f"{what} {target!r}", remedy)
    if not -len(names) <= index < len(names):
        remedy = f"the columns are {listed(names)}"
        fail(where, f"an index below {len(names)}", f"{what} {target!r}", remedy)
    return index % len(names)


def constant(values: Floats) -> list[int]:
    """Return the columns that never change."""
    return [int(column) for column in np.flatnonzero((values == values[0]).all(axis=0))]
