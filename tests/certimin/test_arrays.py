"""The user's arrays: the same numbers from every library, and one line where there are none."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse

from certimin.arrays import dataset, exact_rows, floats
from numeric.datasets import Dataset
from tests.refused import refusal

ROWS = [[1, 0], [2, -3], [4, 5]]
DTYPES = ("int8", "int16", "int32", "int64", "float16", "float32", "float64", "longdouble")


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_of_every_real_type(dtype):
    values = np.array(ROWS, dtype=dtype)
    assert floats("A", values, ndim=2).tolist() == ROWS
    assert floats("A", values, ndim=2).dtype == np.float64
    assert exact_rows("A", values) == ROWS
    assert all(type(x) is Fraction for row in exact_rows("A", values) for x in row)


@pytest.mark.parametrize(
    "value",
    [
        [[True, False]],
        np.array([[True, False]]),
        np.array([[1, 0]], dtype=np.uint64),
        np.array([[Fraction(1), np.False_]], dtype=object),
        [(1.0, 0)],
        (np.array([1, 0]),),
        [[Decimal(1), Fraction(0)]],
        [np.array([1.0, 0], dtype=np.float32)],
        np.ma.masked_array([[1, 0]], mask=[[False, False]]),
        np.array([[1, 7, 0]])[:, ::2],
    ],
)
def test_other_forms_of_the_same_row(value):
    assert floats("A", value, ndim=2).tolist() == [[1, 0]]
    assert exact_rows("A", value) == [[1, 0]]


def test_the_array_is_its_own():
    given = np.array(ROWS, dtype=np.float64)
    kept = floats("A", given, ndim=2)
    given[0, 0] = 7
    assert kept[0, 0] == 1
    assert kept.flags.c_contiguous


def test_exact_numbers_are_not_rounded():
    big, third = 2**53 + 1, Fraction(1, 3)
    assert exact_rows("A", [[big, 0.1], [third, 10**40]]) == [
        [big, Fraction(0.1)],
        [third, 10**40],
    ]
    assert exact_rows("A", np.array([[big, -(2**62) - 1]])) == [[big, -(2**62) - 1]]
    assert exact_rows("A", [np.array([big]), np.array([0.5])]) == [[big], [Fraction(1, 2)]]
    assert exact_rows("A", [[2**64 - 1, -1]]) == [[2**64 - 1, -1]]
    assert exact_rows("A", [[10**400]]) == [[10**400]]


def test_long_doubles_are_exact_numbers_too():
    eps = np.finfo(np.longdouble).eps
    value = np.array([[1 + eps]], dtype=np.longdouble)
    assert exact_rows("A", value)[0][0] - 1 == Fraction(*eps.as_integer_ratio())
    if eps < np.finfo(np.float64).eps:
        assert dataset(value, [1]).notes == ("1 number of 'X' rounded to the nearest float64",)


def test_rounding_is_to_nearest_and_noted():
    given = np.array([[2**53 + 1], [2**53 + 3]])
    data = dataset(given, [Fraction(1, 3), 2**60 + 1])
    assert data.features.ravel().tolist() == [2.0**53, 2.0**53 + 4]
    assert data.targets[:, 0].tolist() == [1 / 3, 2.0**60]
    assert data.notes == (
        "2 integers of 'X' beyond 2^53 rounded to the nearest float64",
        "1 integer of 'y' beyond 2^53 rounded to the nearest float64",
        "1 number of 'y' rounded to the nearest float64",
    )
    assert dataset([[0.1], [2]], [1, 2**54]).notes == ()


def test_a_data_set_names_its_columns():
    data = dataset(ROWS, [1.5, 2, 3], name="mine")
    assert isinstance(data, Dataset)
    assert data.name == "mine"
    assert (data.feature_names, data.target_names) == (("0", "1"), ("y",))
    assert data.targets.tolist() == [[1.5], [2], [3]]
    assert dataset(ROWS, ROWS).target_names == ("y_0", "y_1")


def test_pandas_frames_and_series():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame({"age": [1, 2**53 + 1], "size": [0.5, 0.25], "on": [True, False]})
    data = dataset(X, pd.Series([3, 4], name="price"))
    assert data.feature_names == ("age", "size", "on")
    assert data.target_names == ("price",)
    assert data.notes == ("1 integer of 'X' beyond 2^53 rounded to the nearest float64",)
    assert exact_rows("X", X)[1] == [2**53 + 1, Fraction(1, 4), 0]
    twice = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    assert floats("X", twice, ndim=2).tolist() == [[1, 2], [3, 4]]
    assert dataset(twice, pd.DataFrame({"u": [1, 2]})).target_names == ("u",)
    nullable = pd.DataFrame({"a": pd.array([2**53 + 1, 2], dtype="Int64")})
    assert exact_rows("X", nullable) == [[2**53 + 1], [2]]
    other = pd.Series([3, 4], index=[1, 0])
    assert "different row labels" in dataset(X, other).notes[-1]


def test_pandas_refusals_name_the_column():
    pd = pytest.importorskip("pandas")
    text = pd.DataFrame({"a": [1, 2], "town": ["Bonn", "Kiel"]})
    assert "column 'town'" in refusal(dataset, text, [1, 2])
    gap = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    assert "column 'a'" in refusal(dataset, gap, [1, 2])
    dates = pd.DataFrame({"when": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    assert "dates" in refusal(dataset, dates, [1, 2])
    assert "reshape(-1, 1)" in refusal(dataset, pd.Series([1, 2]), [1, 2])


def test_polars_frames_and_series():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"age": [1, 2**53 + 1], "size": [0.5, 0.25], "on": [True, False]})
    data = dataset(X, pl.Series("price", [3, 4]))
    assert (data.feature_names, data.target_names) == (("age", "size", "on"), ("price",))
    assert exact_rows("X", X)[1] == [2**53 + 1, Fraction(1, 4), 0]
    assert "collect()" in refusal(dataset, X.lazy(), [1, 2])
    assert "nan" in refusal(dataset, pl.DataFrame({"a": [1, None]}), [1, 2])
    assert "column 'b'" in refusal(dataset, pl.DataFrame({"b": ["u", "v"]}), [1, 2])


def test_torch_tensors():
    torch = pytest.importorskip("torch")
    for dtype in (torch.int32, torch.float32, torch.float64, torch.bfloat16, torch.float16):
        assert floats("A", torch.tensor(ROWS, dtype=dtype), ndim=2).tolist() == ROWS
    learned = torch.nn.Parameter(torch.tensor([[0.1]]))
    assert exact_rows("A", learned) == [[Fraction(float(np.float32(0.1)))]]
    assert floats("A", [torch.tensor([1.0, 2.0])], ndim=2).tolist() == [[1, 2]]
    assert "complex" in refusal(floats, "A", torch.tensor([1j]), ndim=1)
    assert "to_dense()" in refusal(floats, "A", torch.eye(2).to_sparse(), ndim=2)
    assert "meta" in refusal(floats, "A", torch.empty(2, device="meta"), ndim=1)


def test_a_tensor_on_another_device_is_not_copied_behind_the_back():
    pytest.importorskip("torch")

    class Device:
        type = "cuda"

        def __str__(self):
            return "cuda:0"

    class Tensor:
        device = Device()

        def detach(self):
            raise AssertionError("nothing is read")

    Tensor.__module__ = "torch"
    assert "made by .cpu()" in refusal(floats, "A", Tensor(), ndim=1)


def test_jax_arrays():
    jnp = pytest.importorskip("jax.numpy")
    assert floats("A", jnp.array(ROWS), ndim=2).tolist() == ROWS
    assert exact_rows("A", jnp.array([[0.5, 3]], dtype=jnp.bfloat16)) == [[Fraction(1, 2), 3]]
    assert "complex" in refusal(floats, "A", jnp.array([1j]), ndim=1)


def test_arrays_that_know_only_dlpack():
    class Exporter:
        def __init__(self, place=(1, 0)):
            self.array, self.place = np.array(ROWS, dtype=np.float32), place

        def __dlpack__(self, **options):
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.place

    assert floats("A", Exporter(), ndim=2).tolist() == ROWS
    assert "on the CPU" in refusal(floats, "A", Exporter(place=(2, 0)), ndim=2)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (np.array([[1j]]), "complex"),
        (["a", "b"], "text"),
        (np.array([["a"]]), "text"),
        (np.array([["a"]], dtype=object), "got 'a' at [0, 0]"),
        ([[1, 2], [3]], "rows of one length"),
        (np.array([[1, 2], [3]], dtype=object), "rows equally long"),
        ([[1, "2"]], "text"),
        ([[1, None]], "None"),
        ([], "an empty list"),
        (np.zeros((0, 3)), "shape (0, 3)"),
        ([1, 2], "A.reshape(-1, 1)"),
        (np.zeros((2, 3, 4)), "A.reshape(2, -1)"),
        (3.5, "a single number"),
        (None, "None"),
        ({"a": 1}, "a dict"),
        ((x for x in [1.0]), "a generator"),
        (scipy.sparse.csr_array(np.eye(2)), "A.toarray()"),
        (np.ma.masked_array([[1, 2]], mask=[[True, False]]), "1 masked"),
        (np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "records"),
        (np.array([["2020-01-01"]], dtype="M8[D]"), "dates"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused_in_one_line(value, says):
    assert says in refusal(floats, "A", value, ndim=2)
    assert says in refusal(exact_rows, "A", value)


def test_a_list_within_itself():
    endless = [1.0]
    endless.append(endless)
    assert "within itself" in refusal(floats, "A", endless, ndim=2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, Decimal("NaN")])
def test_what_is_not_finite_is_refused_with_its_place(bad):
    assert refusal(floats, "A", [[1, 2], [3, bad]], ndim=2).startswith("A[1, 1]: expected a finite")
    assert refusal(exact_rows, "A", [[1, 2], [3, bad]]).startswith("A[1, 1]: ")
    if isinstance(bad, float):
        assert refusal(floats, "A", np.array([1, bad]), ndim=1).startswith("A[1]: ")


@pytest.mark.parametrize("big", [10**400, -(10**400), Fraction(10**400, 3), Decimal("1e400")])
def test_what_is_beyond_float64_is_refused_by_floats_only(big):
    assert "beyond it" in refusal(floats, "A", [[big]], ndim=2)
    assert exact_rows("A", [[big]]) == [[Fraction(big)]]


@pytest.mark.parametrize(
    ("X", "y", "says"),
    [
        (np.ones((3, 5)), np.ones(5), "pass X.T"),
        (np.ones((3, 5)), np.ones((2, 3)), "pass y.T"),
        (np.ones((3, 5)), np.ones(4), "(3, 5) and (4, 1)"),
        ([1, 2, 3], [1, 2, 3], "X.reshape(-1, 1)"),
        (np.ones((3, 5)), np.ones((3, 1, 1)), "y: expected a 1-D or 2-D array"),
        (np.ones((3, 5)), [], "y: expected numbers"),
        (np.ones((3, 5)), ["a", "b", "c"], "y[0]: expected real numbers"),
    ],
)
def test_inputs_and_outputs_that_do_not_fit(X, y, says):
    assert says in refusal(dataset, X, y)
