"""Odd data files: each is read as a clean copy is, or refused by one line that names the remedy.

Every case writes a file and says what must come of it: the figures of a plain NPZ archive with the
same numbers, and what the notes must mention; or exit 2 and words of the remedy.
"""

import bz2
import datetime
import gzip
import json
import lzma
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.io import savemat

from certimin.commands.data import data
from tests.soak.conftest import SHARE
from verify.errors import UsageError

A, B, Y = [1.5, 2, 4, 7, -3], [2, 1, 4, 1, 0.25], [3, 4, 9, 2, 5]
X, XY = np.column_stack([A, B]), np.column_stack([A, B, Y])
ROWS = [["a", "b", "y"], *[[f"{v:g}" for v in row] for row in XY]]


def text(separator=",", rows=ROWS, end="\n"):
    return end.join(separator.join(row) for row in rows) + end


def beside(cells, rows=ROWS, at=0):
    """The rows with one more column of cells."""
    return [[*row[:at], cell, *row[at:]] for row, cell in zip(rows, cells, strict=True)]


def with_cell(cell, row=2, column=1):
    rows = [list(line) for line in ROWS]
    rows[row][column] = cell
    return rows


COUNT = ["0", "1", "2", "3", "4"]
COLOURS = ["red", "blue", "red", "green", "blue"]
INDICATORS = np.array([[c == k for k in ("blue", "green", "red")] for c in COLOURS], dtype=float)
DATES = ["2020-01-01", "2020-01-02", "2020-01-03", "2020-02-01", "2020-02-02"]


def bare(name, content):
    """A file of text or bytes."""

    def write():
        if isinstance(content, bytes):
            with open(name, "wb") as stream:
                stream.write(content)
        else:
            with open(name, "w", encoding="utf-8", newline="") as stream:
                stream.write(content)

    return name, write


def csv(rows):
    """A file of rows of cells between commas."""
    return bare("d.csv", text(rows=rows))


def npz(name="d.npz", **arrays):
    return name, lambda: np.savez(name, **arrays)


def npy(array, name="d.npy"):
    return name, lambda: np.save(name, array)


def mat(name="d.mat", **arrays):
    return name, lambda: savemat(name, arrays)


def parquet(name="d.parquet", **columns):
    def write():
        arrow, sink = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        sink.write_table(arrow.table({k: list(v) for k, v in columns.items()}), name)

    return name, write


def zipped(name, **members):
    def write():
        with zipfile.ZipFile(name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)

    return name, write


ARFF = (
    "% made by hand\n@relation t\n@attribute a numeric\n@attribute c {red,blue,green}\n"
    "@attribute b real\n@attribute y numeric\n@data\n"
)
ARFF_ROWS = "".join(f"{a:g},{c},{b:g},{y:g}\n" for a, c, b, y in zip(A, COLOURS, B, Y, strict=True))
WITH_COLOURS = np.column_stack([A, INDICATORS, B])
GAP = np.where(np.arange(5) == 1, np.mean(np.delete(B, 1)), B)
"""B with its second value missing and set to the mean of the others."""

# name, (file, writer), options, clean features (None: X), words of the notes
READ = [
    ("commas", bare("d.csv", text()), "--target y", None, "header row: 'a', 'b', 'y'"),
    ("semicolons", bare("d.csv", text(";")), "--target y", None, ""),
    ("tabs", bare("d.tsv", text("\t")), "--target y", None, ""),
    ("bars", bare("d.csv", text("|")), "--target y", None, ""),
    ("bars and blanks", bare("d.txt", text(" | ")), "--target y", None, ""),
    ("blanks", bare("d.txt", text(" ")), "--target y", None, ""),
    ("runs of blanks", bare("d.dat", text("    ", end="  \n  ")), "--target y", None, ""),
    ("blanks and tabs", bare("d.txt", text(" \t ")), "--target y", None, ""),
    ("numpy.savetxt", bare("d.txt", text(" ", ROWS[1:])), "--target 2", None, "no header row"),
    ("comments", bare("d.txt", "# a b y\n" + text(" ", ROWS[1:])), "--target 2", None, "comment"),
    ("comment inside", bare("d.csv", text().replace("\n4", "\n# four\n4")), "--target y", None, ""),
    ("Excel's sep=", bare("d.csv", "sep=;\n" + text(";")), "--target y", None, ""),
    ("line ends of Windows", bare("d.csv", text(end="\r\n")), "--target y", None, ""),
    ("line ends of old", bare("d.csv", text(end="\r")), "--target y", None, ""),
    ("byte order mark", bare("d.csv", "\ufeff" + text()), "--target y", None, "'a', 'b', 'y'"),
    ("quotes", csv([[f'"{cell}"' for cell in row] for row in ROWS]), "--target y", None, ""),
    ("blank lines", bare("d.csv", "\n\n" + text(end="\n\n")), "--target y", None, ""),
    ("gzip", bare("d.csv.gz", gzip.compress(text().encode())), "--target y", None, ""),
    ("bzip2", bare("d.txt.bz2", bz2.compress(text(" ").encode())), "--target y", None, ""),
    ("xz", bare("d.tsv.xz", lzma.compress(text("\t").encode())), "--target y", None, ""),
    (
        "index of pandas",
        csv(beside(["", *COUNT])),
        "--target y",
        None,
        "index left out: the first column, which has no name",
    ),
    ("names of rows", csv(beside(["", *COLOURS])), "--target y", None, "index left out"),
    (
        "R's write.table",
        bare("d.txt", text(" ", [ROWS[0], *beside(list("12345"), ROWS[1:])])),
        "--target y",
        None,
        "index left out",
    ),
    ("row.names", csv(beside(["row.names", *COLOURS])), "--target y", None, "'row.names'"),
    ("Unnamed: 0", csv(beside(["Unnamed: 0", *COUNT])), "--target y", None, "'Unnamed: 0'"),
    (
        "index kept",
        csv(beside(["", *COUNT])),
        "--target y --no-index",
        np.column_stack([range(5), X]),
        "",
    ),
    (
        "named count",
        csv(beside(["id", *COUNT])),
        "--target y",
        np.column_stack([range(5), X]),
        "feature 'id' numbers the rows and is kept",
    ),
    ("--index", csv(beside(["id", *COUNT])), "--target y --index id", None, "left out: 'id'"),
    ("--header", csv([["1990", "b", "1991"], *ROWS[1:]]), "--target 1991 --header", None, ""),
    (
        "categories",
        csv(beside(["c", *COLOURS], at=1)),
        "--target y --one-hot c",
        WITH_COLOURS,
        "one-hot: 'c' by its 3 values",
    ),
    (
        "true and false",
        csv(beside(["t", *["True", "False"] * 2, "True"])),
        "--target y --one-hot t",
        np.column_stack([[0, 1, 0, 1, 0], [1, 0, 1, 0, 1], X]),
        "one-hot",
    ),
    ("dates dropped", csv(beside(["when", *DATES])), "--target y --drop when", None, "dropped"),
    (
        "missing set to the mean",
        csv(with_cell("NA")),
        "--target y --missing mean",
        np.column_stack([A, GAP]),
        "1 missing in 'b', set to its mean",
    ),
    ("X_train", npz(X_train=X, y_train=Y, X_test=X), "", None, "arrays left out: 'X_test'"),
    ("x and y", npz(x=X, y=Y), "", None, ""),
    ("arr_0 and arr_1", npz(arr_0=X, arr_1=Y), "", None, ""),
    ("data and target", npz(data=X.astype(np.float32), target=Y), "", X.astype(np.float32), ""),
    ("one matrix", npz(table=XY), "--target 2", None, ""),
    ("columns", npz(a=A, b=B, y=Y), "--target y", None, ""),
    ("npy", npy(XY), "--target -1", None, ""),
    (
        "npy with names",
        npy(np.array(list(map(tuple, XY)), dtype=[(k, float) for k in "aby"])),
        "--target y",
        None,
        "",
    ),
    ("npy of Fortran", npy(np.asfortranarray(XY)), "--target 2", None, ""),
    ("MATLAB", mat(X=X, y=Y), "", None, ""),
    ("MATLAB columns", mat(a=A, b=B, y=Y), "--target y", None, ""),
    ("ARFF", bare("d.arff", ARFF + ARFF_ROWS), "--target y --one-hot c", WITH_COLOURS, "one-hot"),
    ("ARFF dropped", bare("d.arff", ARFF + ARFF_ROWS), "--target y --drop c", None, "dropped"),
    ("Parquet", parquet(a=A, b=B, y=Y), "--target y", None, ""),
    (
        "Parquet index",
        parquet(a=A, b=B, y=Y, __index_level_0__=range(5)),
        "--target y",
        None,
        "index left out",
    ),
    (
        "Parquet categories",
        parquet(a=A, c=COLOURS, b=B, y=Y),
        "--target y --one-hot c",
        WITH_COLOURS,
        "one-hot",
    ),
    (
        "Parquet null",
        parquet(a=A, b=[2, None, *B[2:]], y=Y),
        "--target y --missing mean",
        np.column_stack([A, GAP]),
        "set to its mean",
    ),
    (
        "large integers",
        csv(with_cell("9007199254740993")),
        "--target y",
        np.column_stack([A, [B[0], 2.0**53, *B[2:]]]),
        "1 integer of 'b' beyond 2^53 rounded",
    ),
    (
        "large integers in an array",
        npz(X=np.array([[2**53 + 1], [1], [2], [3], [4]]), y=Y),
        "",
        np.array([[2.0**53], [1], [2], [3], [4]]),
        "beyond 2^53 rounded",
    ),
]

# name, (file, writer), options, words of the refusal
REFUSED = [
    ("gap in the first row", csv(with_cell("?", 1)[1:]), "--target 2", "--no-header"),
    ("years as names", csv([["a", "1990", "1991"], *ROWS[1:]]), "--target 1991", "--header"),
    (
        "integer names of pandas",
        csv(beside(["", *COUNT], [["0", "1", "2"], *ROWS[1:]])),
        "--target 2",
        "--header",
    ),
    ("0, 1, 2", csv([["0", "1", "2"], *ROWS[1:]]), "--target 2", "--no-header"),
    ("missing", csv(with_cell("NA")), "--target y", "--missing mean or --drop b"),
    ("blank", csv(with_cell("")), "--target y", "--missing drop"),
    ("missing target", csv(with_cell("", 2, 2)), "--target y --missing mean", "--missing drop"),
    ("infinite", csv(with_cell("inf")), "--target y", "--drop b"),
    ("true", csv(with_cell("True")), "--target y", "--one-hot b"),
    ("category", csv(beside(["c", *COLOURS])), "--target y", "--one-hot c"),
    ("date", csv(beside(["when", *DATES])), "--target y", "--drop when"),
    ("decimal comma", bare("d.csv", text(";", with_cell("1,5"))), "--target y", "with a point"),
    (
        "decimal comma and blanks",
        bare("d.txt", text(" ", with_cell("1,5")[1:])),
        "--target 2",
        "with a point",
    ),
    ("thousands", csv(with_cell('"1,234"')), "--target y", "with a point"),
    ("colons", bare("d.csv", text(":")), "--target y", "separate columns by commas"),
    ("a row too short", bare("d.csv", text() + "1,2\n"), "--target y", "complete or remove it"),
    ("a name too few", csv([["a", "b"], *ROWS[1:]]), "--target b", "complete or remove it"),
    ("UTF-16", bare("d.csv", text().encode("utf-16")), "--target y", "export it as CSV in UTF-8"),
    ("Latin 1", bare("d.csv", text().replace("a", "ä").encode("latin-1")), "--target y", "UTF-8"),
    ("broken gzip", bare("d.csv.gz", gzip.compress(text().encode())[:-9]), "--target y", "unpack"),
    ("no gzip", bare("d.csv.gz", text()), "--target y", "unpack"),
    (
        "a page",
        bare("d.csv", "<!DOCTYPE html><html>\n<body>404</body>\n</html>\n"),
        "--target y",
        "",
    ),
    ("empty", bare("d.csv", ""), "--target y", "check how it was written"),
    ("pickled", npz(X=np.array([[{}]]), y=[1]), "", "numpy.savez"),
    ("images", npz(X_train=np.ones((5, 2, 2)), y_train=Y), "", "reshape it to (5, 4)"),
    ("lengths differ", npz(x=X, y=Y[1:]), "", "one row per sample"),
    ("a text inside an archive", zipped("d.npz", a="text"), "", "numpy.savez"),
    ("one vector", npy(np.array(Y)), "--target 0", "a row for each sample"),
    (
        "MATLAB 7.3",
        bare("d.mat", b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + b"\x89HDF\r\n" * 99),
        "",
        "save -v7",
    ),
    ("no MATLAB", bare("d.mat", text()), "", "save -v7"),
    ("ARFF category", bare("d.arff", ARFF + ARFF_ROWS), "--target y", "--one-hot c"),
    (
        "sparse ARFF",
        bare("d.arff", ARFF + "{0 1, 2 3}\n"),
        "--target y --drop c",
        "convert it to CSV",
    ),
    ("no ARFF", bare("d.arff", text()), "--target y", "convert it to CSV"),
    (
        "Parquet date",
        parquet(a=A, d=[datetime.date(2020, 1, 1)] * 5, y=Y),
        "--target y",
        "--drop d",
    ),
    ("Parquet null", parquet(a=[None, *A[1:]], y=Y), "--target y", "--missing"),
    ("a workbook", bare("d.xlsx", b"PK\3\4"), "--target y", "convert"),
    ("a column that is not there", bare("d.csv", text()), "--target y --drop q", "the columns are"),
]


def _share(cases):
    return [pytest.param(*case[1:], id=case[0]) for case in cases[:: int(1 / SHARE)]]


def _run(file, options):
    return CliRunner().invoke(data, [file, *options.split(), "--depth", "1,3", "--json"])


@pytest.mark.parametrize(("written", "options", "features", "noted"), _share(READ))
def test_a_file_is_read_as_its_clean_copy(tmp_path, monkeypatch, written, options, features, noted):
    monkeypatch.chdir(tmp_path)
    file, write = written
    write()
    result = _run(file, options)
    assert result.exception is None, result.exception
    np.savez("clean.npz", X=X if features is None else features, y=Y)
    clean = _run("clean.npz", "")
    found, expected = (json.loads(run.stdout) for run in (result, clean))
    for key in ("spectrum", "depths"):
        assert found[key] == expected[key]
    assert noted in "; ".join(found["data"]["notes"])


@pytest.mark.parametrize(("written", "options", "remedy"), _share(REFUSED))
def test_a_file_is_refused_by_one_line(tmp_path, monkeypatch, written, options, remedy):
    monkeypatch.chdir(tmp_path)
    file, write = written
    write()
    result = _run(file, options)
    assert isinstance(result.exception, UsageError), (result.exception, result.stdout)
    assert result.exception.exit_code == 2
    line = str(result.exception)
    assert line.startswith(file)
    assert "\n" not in line
    assert "expected " in line
    assert remedy in line.rpartition(";")[2]
