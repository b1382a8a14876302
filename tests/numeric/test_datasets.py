"""Data sets: what is read, what is refused and in which words."""

import gzip
import os
import sys
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from numeric.datasets import DataError, Dataset, bundled, load, one_hot

# extreme exponents, and a decimal that is no float64
TABLE = np.array([[1.0, 2.5, -3.0], [4.0, 0.1, 6e-300], [7.0, 8.0, 1e300]])
COLUMNS = dict(zip(("a", "b", "y"), TABLE.T, strict=True))


def dataset(features, targets):
    """Wrap two matrices, with made-up names."""
    x_names = tuple(f"x{i}" for i in range(np.shape(features)[1]))
    y_names = tuple(f"y{i}" for i in range(np.shape(targets)[1]))
    return Dataset("made up", features, targets, x_names, y_names)


def message(path, targets=("y",)):
    """Return the one line with which a file is refused, without the path it starts with."""
    with pytest.raises(DataError) as caught:
        load(path, targets)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.count("\n") == 0
    return text.removeprefix(str(path))


# Formats


def write(path, columns):
    """Store named columns in the format of the extension."""
    if path.suffix == ".npz":
        np.savez(path, **columns)
    elif path.suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow")
        sink = pytest.importorskip("pyarrow.parquet")
        sink.write_table(pyarrow.table({k: list(v) for k, v in columns.items()}), path)
    else:
        rows = zip(*columns.values(), strict=True)
        lines = [",".join(columns), *(",".join(map(repr, map(float, row))) for row in rows)]
        path.write_text("\n".join(lines))


@pytest.mark.parametrize("suffix", ["csv", "CSV", "npz", "parquet"])
@pytest.mark.parametrize("target", ["y", "2", "-1"])
def test_every_format_returns_what_was_written(tmp_path, suffix, target):
    path = tmp_path / f"data.{suffix}"
    write(path, COLUMNS)
    data = load(path, [target])
    assert data.name == path.name
    header = ("header row: 'a', 'b', 'y'",) if suffix.lower() == "csv" else ()
    assert data.notes == header
    assert data.feature_names == ("a", "b")
    assert data.target_names == ("y",)
    assert np.array_equal(data.features, TABLE[:, :2])
    assert np.array_equal(data.targets, TABLE[:, 2:])


@pytest.mark.parametrize("separator", [",", ";", "\t", " , "])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_separators_line_ends_and_quotes_are_recognised(tmp_path, separator, line_end, start):
    path = tmp_path / "data.txt"
    rows = [["a", '"b; b,b"', "y"], ["1", '"2"', "-3e0"], [".5", "5.", "6"], []]
    text = start + line_end.join(separator.join(row) for row in rows)
    path.write_text(text, encoding="utf-8", newline="")
    data = load(path, ["y", "a"])
    assert data.feature_names == ("b; b,b",)
    assert data.target_names == ("y", "a")
    assert data.targets.tolist() == [[-3, 1], [6, 0.5]]


@pytest.mark.parametrize(
    ("text", "header", "names", "noted"),
    [
        ("a,2\n1,3\n5,6", True, ("a", "2"), False),
        ("1,2\n3,4", None, ("0", "1"), True),
        ("1,2\n3,4\n5,6", True, ("1", "2"), False),
        ("0,1,2\n3,4,5\n6,7,8", False, ("0", "1", "2"), True),
        (",a,b\n3,4,1\n5,6,7", None, ("a", "b"), False),
    ],
)
def test_header_is_detected_or_as_told(tmp_path, text, header, names, noted):
    path = tmp_path / "data.csv"
    path.write_text(text)
    data = load(path, ["-1"], header=header)
    assert data.feature_names + data.target_names == names
    assert ("no header row: columns are called 0, 1, ..." in data.notes) is noted


@pytest.mark.parametrize(
    "first", ["?,2,3", "NA,2,3", ",2,3", "1,b,3", "a,1990,1991", "0,1,2", ",0,1", "x,nan,3"]
)
def test_a_first_row_that_may_be_either_is_refused(tmp_path, first):
    path = tmp_path / "data.csv"
    path.write_text(first + "\n1,2,3.5\n2,1,4\n4,4,9\n")
    line = message(path, ["2"])
    assert ", row 1" in line
    assert line.endswith("--header says that it holds names, --no-header that it holds data")
    assert len(load(path, ["-1"], header=True, index=False).features) == 3


@pytest.mark.parametrize("separator", ["|", " ", "   ", "\t ", " | "])
def test_bars_and_blanks_separate_too(tmp_path, separator):
    path = tmp_path / "data.txt"
    rows = [["a", "b", "y"], ["1", "2", "-3e0"], ["4", "5", "6"]]
    path.write_text("# a comment\n" + "\n".join(separator.join(row) for row in rows) + "\n")
    data = load(path, ["y"])
    assert data.features.tolist() == [[1, 2], [4, 5]]
    assert data.targets.tolist() == [[-3], [6]]
    assert data.notes == ("header row: 'a', 'b', 'y'", "lines of comment left out: 1")


@pytest.mark.parametrize(
    ("head", "cells", "named"),
    [
        (",a,y", "012", "the first column, which has no name"),
        (",a,y", "stu", "the first column, which has no name"),
        ("a,y", "123", "the first column, which has no name"),
        ("row.names,a,y", "stu", "'row.names'"),
        ("Unnamed: 0,a,y", "012", "'Unnamed: 0'"),
        ("__index_level_0__,a,y", "789", "'__index_level_0__'"),
    ],
)
def test_an_index_is_left_out_with_a_note(tmp_path, head, cells, named):
    path = tmp_path / "data.csv"
    rows = zip(cells, ("1,2", "2,3", "4,9"), strict=True)
    path.write_text("\n".join([head, *map(",".join, rows)]))
    data = load(path, ["y"])
    assert data.feature_names == ("a",)
    assert data.features.tolist() == [[1], [2], [4]]
    assert data.notes[1] == f"index left out: {named} (--no-index keeps it)"
    if cells.isdecimal():
        kept = load(path, ["y"], index=False)
        assert kept.features.tolist() == [
            [int(c), x] for c, x in zip(cells, (1, 2, 4), strict=True)
        ]


def test_a_named_count_is_kept_with_a_note(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("id,a,y\n0,1,2\n1,2,3\n2,4,9\n")
    noted = "feature 'id' numbers the rows and is kept (--index id leaves it out)"
    assert noted in load(path, ["y"]).notes
    assert noted not in load(path, ["y"], index=False).notes
    data = load(path, ["y"], index="id")
    assert data.feature_names == ("a",)
    assert "index left out: 'id'" in data.notes


CELLS = "c,b,y\nred,NA,2\nblue,2,3\nred,5,9\ngreen,3,1\n"


@pytest.mark.parametrize(
    ("options", "features", "noted"),
    [
        (
            {"one_hot": ["c"], "drop": ["b"]},
            [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]],
            "dropped",
        ),
        (
            {"drop": ["c"], "missing": "drop"},
            [[2], [5], [3]],
            "rows with missing values left out: 1",
        ),
        (
            {"drop": ["0"], "missing": "mean"},
            [[10 / 3], [2], [5], [3]],
            "1 missing in 'b', set to its mean",
        ),
    ],
)
def test_categories_and_missing_values_where_options_say_so(tmp_path, options, features, noted):
    path = tmp_path / "data.csv"
    path.write_text(CELLS)
    data = load(path, ["y"], **options)
    assert np.allclose(data.features, features, rtol=1e-15)
    assert noted in "; ".join(data.notes)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (CELLS, "--one-hot c"),
        ("b,y\n1,2\nNA,3\n5,9\n", "--missing drop, --missing mean or --drop b"),
        ("b,y\n1,2\n1,\n5,9\n", "--missing drop or --drop y"),
        ("b,y\n1,2\nTrue,3\n5,9\n", "--one-hot b"),
        ("b,y\n1,2\n2020-01-02,3\n5,9\n", "--drop b"),
        ("b,y\n1,2\n-inf,3\n5,9\n", "--drop b"),
        ("b c,y\n1,2\nx,3\n5,9\n", "--drop 'b c'"),
        ("b:y\n1:2\n", "separate columns by commas, semicolons, tabs, | or blanks"),
        ("b y\n1,5 2\n2 3\n", "write decimals with a point"),
    ],
)
def test_a_refusal_names_the_option_that_helps(tmp_path, text, remedy):
    path = tmp_path / "data.csv"
    path.write_text(text)
    assert remedy in message(path).rpartition("; ")[2]


@pytest.mark.parametrize("pair", [("x", "y"), ("X_train", "y_train"), ("arr_0", "arr_1")])
def test_inputs_and_outputs_have_many_names(tmp_path, pair):
    path = tmp_path / "data.npz"
    np.savez(path, **dict(zip(pair, (TABLE[:, :2], TABLE[:, 2]), strict=True)))
    data = load(path, [])
    assert data.target_names == (pair[1],)
    assert np.array_equal(data.features, TABLE[:, :2])


@pytest.mark.parametrize("suffix", ["npy", "mat", "arff", "csv.gz"])
def test_formats_that_need_no_extra(tmp_path, suffix):
    path = tmp_path / f"data.{suffix}"
    if suffix == "npy":
        np.save(path, TABLE)
    elif suffix == "mat":
        savemat(path, {"table": TABLE})
    elif suffix == "arff":
        head = "@relation t\n" + "".join(f"@attribute {name} real\n" for name in "aby")
        path.write_text(
            head + "@data\n" + "\n".join(",".join(map(repr, r)) for r in TABLE.tolist())
        )
    else:
        path.write_bytes(
            gzip.compress("\n".join(",".join(map(repr, r)) for r in TABLE.tolist()).encode())
        )
    data = load(path, ["2"])
    assert np.array_equal(data.features, TABLE[:, :2])
    assert np.array_equal(data.targets, TABLE[:, 2:])


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1, 2**62 + 1])
def test_rounded_integers_are_noted(tmp_path, value):
    path = tmp_path / "data.csv"
    path.write_text(f"a,y\n{value},2\n{2**60},3\n2,9\n")
    np.savez(tmp_path / "data.npz", a=np.array([value, 2**60, 2]), y=np.array([2, 3, 9]))
    for file in (path, tmp_path / "data.npz"):
        data = load(file, ["y"])
        assert data.features[0, 0] == float(value)
        assert "1 integer of 'a' beyond 2^53 rounded to the nearest float64" in data.notes


def test_a_row_that_numpy_refuses_but_csv_allows_is_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text('a,y\n1, "2"\n3,4\n   \n')
    assert load(path, "y").targets.tolist() == [[2], [4]]


def test_rows_longer_than_the_cell_limit_of_csv_are_read(tmp_path):
    path = tmp_path / "data.csv"
    np.savetxt(path, np.arange(60000.0).reshape(2, -1), delimiter=",")
    data = load(path, ["-1"])
    assert data.features.shape == (2, 29999)
    assert any("fewer samples (2) than features (29999)" in note for note in data.notes)


def test_npz_with_inputs_and_outputs(tmp_path):
    path = tmp_path / "data.npz"
    x, y = TABLE[:, :2], TABLE[:, 1:]
    np.savez(path, X=x, y=y, more=[1])
    data = load(path, [])
    assert np.array_equal(data.features, x)
    assert np.array_equal(data.targets, y)
    assert data.target_names == ("y_0", "y_1") == load(path, ["y"]).target_names
    data = load(path, ["-1"])
    assert data.target_names == ("y_1",)
    assert data.features.shape == x.shape
    assert data.notes == ("arrays left out: 'more'", "left out: 'y_0'")
    np.savez(path, features=x[:, 0], targets=y[:, 0])
    assert load(path, ["targets"]).target_names == ("targets",)


def test_repeated_names_are_noted_and_chosen_by_index(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,a,y\n1,2,3\n1,5,6")
    assert "2 columns called 'a'" in message(path, ["a"])
    data = load(path, ["1"])
    assert data.feature_names == ("a", "y")
    assert data.notes[1:] == ("column names used more than once: 'a'", "constant features: 'a'")


# Errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ": expected rows of numbers, got an empty file; check how it was written"),
        ("\n \n", ": expected rows of numbers, got an empty file; check how it was written"),
        ("a,y\n", ": expected rows of numbers, got only a header; check how it was written"),
        (
            "a,y\n1,2\n\n3,four\n",
            ", row 4, column 'y': expected a number, got 'four'; "
            "correct it, or --one-hot y for categories, or --drop y",
        ),
        ("a,y\n1,2\n3,\n", ", row 3, column 'y': expected a number, got a blank cell; fill"),
        ("a,y\n1,2\nNaN,4", ", row 3, column 'a': expected a finite float64, got 'NaN'; fill"),
        (
            "a,y\n1,2\n3,1e999",
            ", row 3, column 'y': expected a finite float64, got '1e999'; correct",
        ),
        ("a,y\n1,2\n3,1_0", ", row 3, column 'y': expected a number, got '1_0'; correct"),
        ("a,y\n1,2\n3,0x10", ", row 3, column 'y': expected a number, got '0x10'; correct"),
        ("a,y\n1,2\n3,4\0", ": expected UTF-8 text, got binary data or UTF-16; export"),
        ("a,y\n1,2\n3," + "z" * 99, f", row 3, column 'y': expected a number, got '{'z' * 37}...'"),
        ('a,y\n1,2\n3,"4\n5"', ", row 4, column 'y': expected a number, got '4\\n5'; correct"),
        ("a;y\n1,5;2\n", ", row 2, column 'a': expected a number, got '1,5'; write decimals with"),
        ("a,y\n1,2\n,3", ", row 3, column 'a': expected a number, got a blank cell"),
        ("a,y\n1,2\n3\n", ", row 3: expected 2 cells as in the first row, got 1; complete"),
        ("a,y\n1,2,3\n3,4,5\n", ", row 2: expected 2 cells as in the first row, got 3; complete"),
        ("y\n1\n2\n", ": expected two columns or more, got one column, 'y'; separate columns by"),
        (
            "?,1\n3,4\n",
            ", row 1, column 0: expected names or numbers throughout the first row, got",
        ),
        ("a,y\n1,2\n3,2", ", target 'y': expected a target that varies, got the constant 2.0,"),
        ("a,Yes\n1,2", ": expected the name of a column, got target 'y'; the columns are 'a', 'Y"),
        ("a,Y\n1,2", ": expected the name of a column, got target 'y'; did you mean 'Y'?"),
        ("0,1,2\n3,4,5", ", row 1: expected names or data, got 0, 1, ..., which may be either;"),
        ("a,y\n1," + '"' + "2" * 200000, ": expected a CSV file, got field larger than"),
    ],
)
def test_csv_errors_say_where_what_and_how_to_go_on(tmp_path, text, expected):
    path = tmp_path / "data.csv"
    path.write_text(text, newline="")
    assert message(path).startswith(expected)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([], ": expected at least one target, got none; name one of 'age', 'height', 'weight'"),
        (["wieght"], ": expected the name of a column, got target 'wieght'; did you mean 'weight'"),
        (["3"], ": expected an index below 3, got target '3'; the columns are 'age', 'height', "),
        (["-4"], ": expected an index below 3, got target '-4'; the columns are 'age', 'height', "),
        (["age", "0"], ": expected each target once, got 'age' 2 times; name it once"),
        (["0", "1", "2"], ": expected at least one feature column, got only targets; select"),
    ],
)
def test_target_errors(tmp_path, targets, expected):
    path = tmp_path / "data.csv"
    path.write_text("age,height,weight\n1,2,3\n4,5,6")
    assert message(path, targets).startswith(expected)


def test_path_errors(tmp_path):
    expected = ": expected a data file, got no such file; check the path"
    assert message(tmp_path / "none.csv") == expected
    expected = ": expected a data file, got a directory; name a file inside it"
    assert message(tmp_path) == expected
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", "/dev/null"):
        assert message(path).startswith(": expected a data file, got a pipe or a device; write")
    path = tmp_path / "data.xlsx"
    path.touch()
    assert "got extension '.xlsx'; convert or rename the file" in message(path)
    path = tmp_path / "data.csv"
    path.write_bytes("größe,y\n1,2".encode("latin-1"))
    assert message(path).startswith(": expected UTF-8 text, got byte 0xf6, which is not UTF-8;")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": [1, 2], "y": [1, 2, 3]}, ": expected 2 rows as in 'a', got 3 in 'y'; store one row"),
        ({"X": [[1], [2]], "y": [1]}, ": expected 2 rows as in 'X', got 1 in 'y'; store one row"),
        (
            {"a": [1, 2], "y": ["u", "v"]},
            ", row 1, column 'y': expected a number, got 'u'; correct it, or --one-hot y",
        ),
        ({"a": [1, 2j], "y": [1, 2]}, ", array 'a': expected real numbers, got dtype complex128;"),
        ({"a": [[1, 2]], "y": [1]}, ", array 'a': expected a 1-d array, got shape (1, 2); store"),
        (
            {"X": [[1]], "y": [[[1]]]},
            ", array 'y': expected a 1-d or 2-d array, got shape (1, 1, 1",
        ),
        ({"a": [], "y": []}, ", array 'a': expected at least one row, got shape (0,); check"),
        ({}, ": expected arrays, got an empty archive; check how it was written"),
        (
            {"a": [1, 2], "y": [1, np.nan]},
            ", row 2, column 'y': expected a finite float64, got nan; fill it in, or give "
            "--missing drop or --drop y",
        ),
        (
            {"a": [1, 2], "y": [{}, 1]},
            ": expected an NPZ archive of numbers, got pickled objects in 'y'; write plain arrays "
            "with numpy.savez",
        ),
    ],
)
def test_npz_errors(tmp_path, columns, expected):
    path = tmp_path / "data.npz"
    np.savez(path, **columns)
    assert message(path).startswith(expected)


def test_files_that_are_not_what_their_extension_says(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(b"\x93NUMPY")
    assert message(path).startswith(": expected an NPZ archive of numbers, got File is not a zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "text")
    assert message(path).startswith(": expected an NPZ archive of numbers, got ")
    pytest.importorskip("pyarrow")
    path = tmp_path / "data.parquet"
    path.write_text("a,y\n1,2\n")
    assert message(path).startswith(": expected a Parquet file, got ")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": [1, None], "y": [1, 2]}, ", row 2, column 'a': expected a number, got a null; fill"),
        (
            {"a": [1, 2], "y": ["u", "v"]},
            ", row 1, column 'y': expected a number, got 'u'; correct it",
        ),
        (
            {"a": [1, 2], "y": [np.inf, 0]},
            ", row 1, column 'y': expected a finite float64, got inf",
        ),
        ({"a": [], "y": []}, ": expected rows of numbers, got 0 rows, 2 columns; check"),
    ],
)
def test_parquet_errors(tmp_path, columns, expected):
    path = tmp_path / "data.parquet"
    write(path, columns)
    assert message(path).startswith(expected)


def test_missing_extras_are_named(tmp_path, monkeypatch):
    for module in ("pyarrow.parquet", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, module, None)
    path = tmp_path / "data.parquet"
    path.touch()
    expected = ": expected the optional package pyarrow, got no such package; "
    assert message(path) == expected + "pip install 'certimin[data]'"
    with pytest.raises(
        DataError, match=r"optional package sklearn, .*; pip install 'certimin\[data\]'"
    ):
        bundled("digits")
    with pytest.raises(DataError, match="expected 'diabetes' or 'digits', got name 'iris'"):
        bundled("iris")


@pytest.mark.parametrize(
    ("features", "targets", "expected"),
    [
        ([[1.0], [2.0]], [[1.0]], "expected 2 rows as in 'features', got 1 in 'targets'"),
        ([[1.0]], [[np.nan]], "row 1, column 'y0': expected a finite float64, got nan"),
        (np.ones((0, 2)), np.ones((0, 1)), r"expected features of shape .* got shape \(0, 2\)"),
    ],
)
def test_a_dataset_checks_itself(features, targets, expected):
    with pytest.raises(DataError, match=expected):
        dataset(features, targets)


# Preparation


def test_centred_and_scaled_data_have_zero_mean_and_unit_variance():
    data = bundled("diabetes").centred().scaled()
    assert np.allclose(data.features.mean(axis=0), 0, atol=1e-14)
    assert np.allclose(data.features.std(axis=0), 1, rtol=1e-14)
    assert abs(data.targets.mean()) < 1e-12
    assert data.notes == ("centred", "features scaled to standard deviation one")


def test_scaling_survives_extreme_exponents_and_refuses_constants():
    data = dataset([[1e-300, 1e300], [3e-300, -1e300]], [[0.0], [1.0]])
    assert np.allclose(data.scaled().features, [[1, 1], [3, -1]], rtol=1e-15)
    with pytest.raises(DataError, match=r"digits, column 'pixel_0_0': .* got the constant 0.0;"):
        bundled("digits").scaled()


def test_centring_makes_constants_zero_and_refuses_overflow():
    data = dataset([[0.1]] * 7, [[0.1]] * 7).centred()
    assert not data.features.any()
    assert not data.targets.any()
    with pytest.raises(DataError, match="column 'x0': expected a sum within float64"):
        dataset([[1.7e308], [1.7e308]], [[0.0], [1.0]]).centred()
    square = dataset(np.eye(2), [[0.0], [1.0]]).centred()
    assert "no more samples than features (2): the centred covariance is singular" in square.notes


def test_one_hot():
    matrix, names = one_hot(np.array(["b", "a", "b"]), "is_")
    assert names == ("is_a", "is_b")
    assert matrix.tolist() == [[0, 1], [1, 0], [0, 1]]
