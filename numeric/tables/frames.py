"""Tables with typed columns: Parquet by pyarrow, ARFF by SciPy."""

from __future__ import annotations

import csv
import importlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from numeric.tables.errors import cut, fail, optional
from numeric.tables.table import Table, known_index, rounded_integers

__all__ = ["read_arff", "read_parquet"]

_NUMBERS = ("integer", "floating", "boolean", "decimal")


def read_parquet(path: Path) -> Table:
    """Return the table of a Parquet file (extra ``data``).

    Columns that pandas wrote as its index are index columns.
    """
    where = str(path)
    parquet = optional("pyarrow.parquet", where)
    arrow = importlib.import_module("pyarrow")
    with path.open("rb") as stream:  # not by its name: folders called "a=1" would become columns
        try:
            table = parquet.ParquetFile(stream).read()
        except (arrow.ArrowException, OSError) as error:
            fail(where, "a Parquet file", cut(str(error)), "write it again, or convert it to CSV")
    names = tuple(table.column_names)
    if not names or not table.num_rows:
        got = f"{table.num_rows} rows, {len(names)} columns"
        fail(where, "rows of numbers", got, "check how it was written")
    values = np.full((table.num_rows, len(names)), np.nan)
    texts: dict[int, list[str]] = {}
    notes: tuple[str, ...] = ()
    for j, (name, column) in enumerate(zip(names, table.columns, strict=True)):
        if any(getattr(arrow.types, f"is_{kind}")(column.type) for kind in _NUMBERS):
            if arrow.types.is_integer(column.type):
                notes += rounded_integers(name, column.drop_null().to_numpy())
            values[:, j] = column.cast(arrow.float64(), safe=False).to_numpy()
        else:
            texts[j] = ["" if cell is None else str(cell) for cell in column.to_pylist()]
    kept = ((table.schema.pandas_metadata or {}).get("index_columns")) or []
    index = {names.index(name) for name in kept if isinstance(name, str) and name in names}

    def show(i: int, j: int) -> str:
        cell = table.column(j)[i].as_py()
        return "a null" if cell is None else repr(cut(str(cell))) if j in texts else f"{cell}"

    index |= set(known_index(names))
    return Table(names, values, texts, show, notes=notes, index=tuple(sorted(index)))


def read_arff(path: Path) -> Table:
    """Return the table of an ARFF file with numeric and nominal attributes."""
    from scipy.io import arff

    where, limit = str(path), csv.field_size_limit()
    try:
        with path.open(encoding="utf-8") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data, meta = arff.loadarff(stream)
    except OSError:
        raise
    except NotImplementedError as error:
        got = cut(str(error))
        fail(
            where, "numeric and nominal attributes", got, "remove the attribute, or convert to CSV"
        )
    except Exception as error:  # whatever a damaged file does to the reader
        got = cut(f"{type(error).__name__}: {error}")
        fail(where, "an ARFF file with one value for each attribute", got, "convert it to CSV")
    finally:
        csv.field_size_limit(limit)  # SciPy lifts it, for the whole process
    names = tuple(meta.names())
    if not names or not len(data):
        got = f"{len(data)} rows, {len(names)} columns"
        fail(where, "rows of numbers", got, "check how it was written")
    values = np.full((len(data), len(names)), np.nan)
    texts: dict[int, list[str]] = {}
    for j, name in enumerate(names):
        column: Any = data[name]
        if column.dtype.kind in "biuf":
            values[:, j] = column
        else:
            cells = [str(c.decode("utf-8") if isinstance(c, bytes) else c) for c in column.tolist()]
            texts[j] = ["" if cell == "?" else cell for cell in cells]

    def show(i: int, j: int) -> str:
        missing = np.isnan(values[i, j]) and not (j in texts and texts[j][i])
        return "'?'" if missing else repr(cut(texts[j][i])) if j in texts else f"{values[i, j]}"

    return Table(names, values, texts, show, index=known_index(names))
