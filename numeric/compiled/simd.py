"""A vector of float64 for numba: one network in each lane, and products of small tiles of lanes.

LLVM's own vectoriser needs proofs that arrays do not overlap, long loops and luck; here the vector
type is explicit.  In compiled code ``x = load(array, i)`` is ``array[i : i + LANES]`` and
``+ - * /`` act on lanes; a multiplication and an addition may be contracted to one FMA, and
nothing else is reordered, so a lane computes the same whatever its neighbours hold.

Arrays are addresses of flat float64, so that passing one counts no references; whoever allocated
them keeps them alive, and nothing checks an index.  Entry e of a matrix of lanes is at
``e * LANES``.  A *tile* is a T x T block of such entries, row by row, and T is the length of the
tuple ``tile``, a compile-time constant.

Implementation notes
--------------------
Sums over a tile are split in two halves, which shortens the chain of dependent additions: with
four lanes the kernels wait for latency, not for arithmetic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, models, overload, register_model
from numba.np import arrayobj

__all__ = [
    "LANES",
    "address",
    "inline",
    "jit",
    "left",
    "load",
    "outer",
    "peek",
    "peek_int",
    "poke",
    "right",
    "root",
    "row_scale",
    "row_squares",
    "splat",
    "store",
    "update_left",
]

LANES = 4
"""Networks in one vector: four float64 are an AVX2 register and two NEON registers."""

_STAMP = tuple(
    (path.name, path.stat().st_mtime_ns, path.stat().st_size)
    for path in sorted(Path(__file__).parent.glob("*.py"))
)


def jit(function: Callable[..., Any]) -> Any:
    """Compile lazily, once for each machine; overflow and division by zero follow IEEE 754."""
    return _compiled(function, forceinline=False)


def inline(function: Callable[..., Any]) -> Any:
    """Compile into every caller: for what is short and called often."""
    return _compiled(function, forceinline=True)


def _compiled(function: Callable[..., Any], *, forceinline: bool) -> Any:
    options = {"nogil": True, "cache": True, "error_model": "numpy"}
    compiled = njit(forceinline=forceinline, **options)(function)
    with suppress(AttributeError):  # numba would notice a change of the function's own file only
        compiled._cache._cache_file._source_stamp = _STAMP
    return compiled


_DOUBLE, _INT32, _INT64 = ir.DoubleType(), ir.IntType(32), ir.IntType(64)
_VECTOR = ir.VectorType(_DOUBLE, LANES)
_FMA = ("contract",)
_ALIGN = 8


class LanesType(types.Type):  # type: ignore[misc]
    """The numba type of a vector."""

    def __init__(self) -> None:
        super().__init__(name=f"float64x{LANES}")


_LANES = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    """In LLVM: a first-class vector, kept in a register."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


class _Cursor:
    """Entries of an array of lanes from an index on, while LLVM code is built."""

    def __init__(self, builder: Any, address: Any, index: Any) -> None:
        self.builder = builder
        self.start = builder.gep(builder.inttoptr(address, _DOUBLE.as_pointer()), [index])

    def _address(self, entry: int) -> Any:
        place = self.builder.gep(self.start, [ir.Constant(_INT64, entry * LANES)])
        return self.builder.bitcast(place, _VECTOR.as_pointer())

    def __getitem__(self, entry: int) -> Any:
        return self.builder.load(self._address(entry), align=_ALIGN)

    def __setitem__(self, entry: int, value: Any) -> None:
        self.builder.store(value, self._address(entry), align=_ALIGN)


# --- single vectors -----------------------------------------------------------------------------


@intrinsic  # type: ignore[untyped-decorator]
def load(typing: Any, array: Any, index: Any) -> Any:
    """The vector at array[index]."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _Cursor(builder, *args)[0]

    return _LANES(types.intp, types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Write a vector to array[index]."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _Cursor(builder, *args[:2])[0] = args[2]
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, _LANES), build


@intrinsic  # type: ignore[untyped-decorator]
def address(typing: Any, array: Any) -> Any:
    """The address of a NumPy array, which the caller keeps alive."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = arrayobj.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.ptrtoint(data, _INT64)

    return types.intp(array), build


def _scalar_access(kind: Any, llvm: Any) -> tuple[Any, Any]:
    """Intrinsics that read and write one number of the given kind."""

    def place(builder: Any, start: Any, index: Any) -> Any:
        return builder.gep(builder.inttoptr(start, llvm.as_pointer()), [index])

    @intrinsic  # type: ignore[untyped-decorator]
    def read(typing: Any, array: Any, index: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.load(place(builder, *args))

        return kind(types.intp, types.intp), build

    @intrinsic  # type: ignore[untyped-decorator]
    def write(typing: Any, array: Any, index: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            builder.store(args[2], place(builder, *args[:2]))
            return context.get_dummy_value()

        return types.void(types.intp, types.intp, kind), build

    return read, write


peek, poke = _scalar_access(types.float64, _DOUBLE)
peek_int, _ = _scalar_access(types.int64, _INT64)


@intrinsic  # type: ignore[untyped-decorator]
def splat(typing: Any, value: Any) -> Any:
    """The vector with one float in every lane."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        blank = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(blank, args[0], ir.Constant(_INT32, 0))
        mask = ir.Constant(ir.VectorType(_INT32, LANES), None)
        return builder.shuffle_vector(first, blank, mask)

    return _LANES(types.float64), build


@intrinsic  # type: ignore[untyped-decorator]
def root(typing: Any, x: Any) -> Any:
    """The square root of each lane."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        name = f"llvm.sqrt.v{LANES}f64"
        return builder.call(builder.module.declare_intrinsic(name, fnty=kind), args)

    return _LANES(_LANES), build


def _operator(function: Callable[[Any, Any], Any], instruction: str) -> None:
    """Let numba's ``function`` act on two vectors."""

    @intrinsic  # type: ignore[untyped-decorator]
    def act(typing: Any, x: Any, y: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(*args, flags=_FMA)

        return _LANES(_LANES, _LANES), build

    def apply(x: Any, y: Any) -> Any:
        return act(x, y)

    @overload(function)  # type: ignore[untyped-decorator]
    def typed(x: Any, y: Any) -> Any:
        return apply if isinstance(x, LanesType) and isinstance(y, LanesType) else None


for _function, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_function, _instruction)


# --- rows of a tile -----------------------------------------------------------------------------


@intrinsic  # type: ignore[untyped-decorator]
def row_squares(typing: Any, tile: Any, x: Any, i: Any) -> Any:
    """The sum of the squares of T entries."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        row = _Cursor(builder, args[1], args[2])
        entries = [row[n] for n in range(len(tile))]
        return _sum(builder, [_product(builder, e, e) for e in entries])

    return _LANES(tile, types.intp, types.intp), build


@intrinsic  # type: ignore[untyped-decorator]
def row_scale(typing: Any, tile: Any, factor: Any, x: Any, i: Any, y: Any, j: Any) -> Any:
    """Set T entries y to a factor times x."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        source, target = _Cursor(builder, args[2], args[3]), _Cursor(builder, args[4], args[5])
        for n in range(len(tile)):
            target[n] = _product(builder, args[1], source[n])
        return context.get_dummy_value()

    return types.void(tile, _LANES, *[types.intp] * 4), build


# --- tiles --------------------------------------------------------------------------------------


def _product(builder: Any, x: Any, y: Any) -> Any:
    return builder.fmul(x, y, flags=_FMA)


def _sum(builder: Any, terms: Sequence[Any]) -> Any:
    """Add two halves, each in order."""
    if len(terms) > 3:
        middle = (len(terms) + 1) // 2
        terms = [_sum(builder, terms[:middle]), _sum(builder, terms[middle:])]
    total = terms[0]
    for term in terms[1:]:
        total = builder.fadd(total, term, flags=_FMA)
    return total


def _build_left(builder: Any, T: int, old: bool, M: _Cursor, x: _Cursor, y: _Cursor) -> None:
    row = [x[i] for i in range(T)]
    for j in range(T):
        terms = [y[j]] if old else []
        terms += [_product(builder, row[i], M[i * T + j]) for i in range(T)]
        y[j] = _sum(builder, terms)


def _build_right(builder: Any, T: int, old: bool, M: _Cursor, x: _Cursor, y: _Cursor) -> None:
    column = [x[j] for j in range(T)]
    for i in range(T):
        terms = [y[i]] if old else []
        terms += [_product(builder, M[i * T + j], column[j]) for j in range(T)]
        y[i] = _sum(builder, terms)


def _build_outer(builder: Any, T: int, old: bool, M: _Cursor, x: _Cursor, y: _Cursor) -> None:
    row = [y[j] for j in range(T)]
    for i in range(T):
        factor = x[i]
        for j in range(T):
            terms = [M[i * T + j]] if old else []
            M[i * T + j] = _sum(builder, [*terms, _product(builder, factor, row[j])])


def _tile_operation(emit: Callable[..., None], old: bool) -> Any:
    """An intrinsic on a tile M and two vectors of T entries; ``old``: add to what is there."""

    @intrinsic  # type: ignore[untyped-decorator]
    def act(typing: Any, tile: Any, M: Any, m: Any, x: Any, i: Any, y: Any, j: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            places = [_Cursor(builder, args[n], args[n + 1]) for n in (1, 3, 5)]
            emit(builder, len(tile), old, *places)
            return context.get_dummy_value()

        return types.void(tile, *[types.intp] * 6), build

    return act


_left_set, _left_add = (_tile_operation(_build_left, old) for old in (False, True))
_right_set, _right_add = (_tile_operation(_build_right, old) for old in (False, True))
_outer_set, _outer_add = (_tile_operation(_build_outer, old) for old in (False, True))


@inline
def left(old: Any, tile: Any, M: Any, m: Any, x: Any, i: Any, y: Any, j: Any) -> None:
    """Set y to xᵀM, or add it to an old y."""
    if old:
        _left_add(tile, M, m, x, i, y, j)
    else:
        _left_set(tile, M, m, x, i, y, j)


@inline
def right(old: Any, tile: Any, M: Any, m: Any, x: Any, i: Any, y: Any, j: Any) -> None:
    """Set y to Mx, or add it to an old y."""
    if old:
        _right_add(tile, M, m, x, i, y, j)
    else:
        _right_set(tile, M, m, x, i, y, j)


@inline
def outer(old: Any, tile: Any, M: Any, m: Any, x: Any, i: Any, y: Any, j: Any) -> None:
    """Set M to xyᵀ, or add it to an old M."""
    if old:
        _outer_add(tile, M, m, x, i, y, j)
    else:
        _outer_set(tile, M, m, x, i, y, j)


def _update_left(old: bool) -> Any:
    """An intrinsic: M -= uvᵀ, then y = xᵀM (added to an old y), in one pass over M."""

    @intrinsic  # type: ignore[untyped-decorator]
    def act(
        typing: Any, tile: Any, M: Any, m: Any, u: Any, i: Any, v: Any, j: Any,
        x: Any, k: Any, y: Any, h: Any,
    ) -> Any:  # fmt: skip
        def build(context: Any, b: Any, signature: Any, args: Any) -> Any:
            T, pairs = len(tile), (1, 3, 5, 7, 9)
            tile_at, u_at, v_at, x_at, y_at = (_Cursor(b, args[n], args[n + 1]) for n in pairs)
            minus = [b.fneg(u_at[i]) for i in range(T)]
            row = [x_at[i] for i in range(T)]
            for j in range(T):
                factor, terms = v_at[j], [y_at[j]] if old else []
                for i in range(T):
                    moved = _sum(b, [tile_at[i * T + j], _product(b, minus[i], factor)])
                    tile_at[i * T + j] = moved
                    terms.append(_product(b, row[i], moved))
                y_at[j] = _sum(b, terms)
            return context.get_dummy_value()

        return types.void(tile, *[types.intp] * 10), build

    return act


_update_left_set, _update_left_add = _update_left(False), _update_left(True)


@inline
def update_left(
    old: Any, tile: Any, M: Any, m: Any, u: Any, i: Any, v: Any, j: Any,
    x: Any, k: Any, y: Any, h: Any,
) -> None:  # fmt: skip
    """Subtract uvᵀ from M, then set y to xᵀM, or add it to an old y."""
    if old:
        _update_left_add(tile, M, m, u, i, v, j, x, k, y, h)
    else:
        _update_left_set(tile, M, m, u, i, v, j, x, k, y, h)
