"""Arrays of any library as NumPy arrays that hold the very same numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.frames import frame, is_frame, is_series, series
from certimin.sources.joining import nested
from certimin.sources.refusal import brief, kind_of, refuse

__all__ = ["fraction", "real"]

_HOST = (1, 3)
"""What DLPack calls memory of the CPU: ordinary, and pinned for CUDA."""
_NATIVE = ("torch.float16", "torch.float32", "torch.float64")
_REAL = (Rational, float, np.floating, np.bool_, Decimal)


def real(name: str, value: Any) -> NDArray[Any]:
    """Return a value as an array of real numbers, none of them rounded.

    Parameters
    ----------
    name
        The argument's name, for messages.
    value
        A number; lists or tuples of them, however deep; an array of NumPy, JAX or PyTorch (on the
        CPU), or of any library with ``__array__`` or DLPack; a frame or a series.

    Returns
    -------
    array
        Of booleans, integers, floats or, where no such type holds them, of objects that
        :func:`fraction` understands.  Its shape is not checked, nor that its numbers are finite.

    Raises
    ------
    UsageError
        The value is not made of real numbers, or lies where NumPy cannot read it.
    """
    try:
        return _convert(name, value)
    except RecursionError:
        refuse(name, "numbers", "lists too deep, or one within itself", "check how it was made")


def fraction(number: Any) -> Fraction:
    """Return the rational number that an entry of :func:`real` is.

    >>> fraction(0.5), fraction(Decimal("0.1")), fraction(np.float32(3))
    (Fraction(1, 2), Fraction(1, 10), Fraction(3, 1))
    """
    if type(number) is float:  # by far the most frequent
        return Fraction(number)
    if isinstance(number, np.bool_):
        return Fraction(bool(number))
    if isinstance(number, Rational):
        return Fraction(int(number.numerator), int(number.denominator))
    return Fraction(*number.as_integer_ratio())


def _convert(name: str, value: Any) -> NDArray[Any]:
    """What :func:`real` returns, asked for again for the items of lists."""
    if isinstance(value, list | tuple):
        return nested(name, value, _convert)
    if type(value).__module__.startswith("scipy.sparse"):
        refuse(name, "a dense array", "a sparse one", f"pass {name}.toarray()")
    if is_frame(value):
        return frame(name, value, _convert)
    if is_series(value):
        return _reals(name, series(name, value))
    if np.ma.isMaskedArray(value):
        return _reals(name, _unmasked(name, value))
    if any(base.__module__ == "torch" for base in type(value).__mro__):
        return _torch(name, value)
    return _reals(name, _numpy(name, value))


def _unmasked(name: str, value: Any) -> NDArray[Any]:
    """The data of a masked array, none of whose entries may be masked."""
    masked = int(np.ma.getmaskarray(value).sum())
    if masked:
        remedy = f"fill them in with {name}.filled(...), or remove the rows"
        refuse(name, "an array without gaps", f"{masked} masked entries", remedy)
    return np.asarray(value.data)


def _torch(name: str, value: Any) -> NDArray[Any]:
    """The numbers of a tensor; types that NumPy lacks become float64, which holds them all."""
    if not hasattr(value, "detach"):
        refuse(name, "numbers", kind_of(value), "pass a tensor")
    if value.device.type != "cpu":
        refuse(
            name, "a tensor on the CPU", f"device {value.device}", "pass its copy made by .cpu()"
        )
    if value.is_sparse or str(value.layout) != "torch.strided":
        refuse(name, "a dense tensor", f"layout {value.layout}", "pass its .to_dense()")
    if value.is_quantized:
        refuse(name, "a tensor of numbers", "a quantized one", "pass its .dequantize()")
    tensor = value.detach().resolve_neg()
    if tensor.is_floating_point() and str(tensor.dtype) not in _NATIVE:
        tensor = tensor.double()
    return _reals(name, _numpy(name, tensor.resolve_conj()))


def _numpy(name: str, value: Any) -> NDArray[Any]:
    """What NumPy makes of a value in the CPU's memory."""
    jax = type(value).__module__.startswith("jax")  # copies from a device by itself
    if hasattr(value, "__dlpack_device__") and not jax:
        device = value.__dlpack_device__()
        if device[0] not in _HOST:
            got = f"DLPack device {tuple(map(int, device))}"
            refuse(name, "an array on the CPU", got, "copy it to the CPU first")
    if hasattr(value, "collect") and hasattr(value, "collect_schema"):
        refuse(name, "a frame", "a lazy one", f"pass {name}.collect()")
    try:
        if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
            return np.from_dlpack(value)
        return np.asarray(value)
    except Exception as error:  # whatever the library raises
        refuse(name, "an array of numbers", brief(error), "convert it to a NumPy array")


def _reals(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array, if it holds real numbers."""
    kind = array.dtype.kind
    if kind in "biuf":
        return array
    if array.dtype.type.__module__ == "ml_dtypes":  # bfloat16 and narrower
        return array.astype(np.float64)
    if kind == "O":
        return _objects(name, array)
    got = {
        "c": "complex ones", "U": "text", "S": "text", "T": "text", "M": "dates", "m": "durations",
        "V": "records",
    }.get(kind, f"dtype {array.dtype}")  # fmt: skip
    remedy = {
        "c": "pass real and imaginary parts as columns",
        "V": "pass its fields as columns",
    }.get(kind, "convert it to numbers, or leave it out")
    refuse(name, "real numbers", got, remedy)


def _objects(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array of objects, if each is a real number."""
    for place, item in np.ndenumerate(array):
        if not isinstance(item, _REAL):
            at = f" at {list(place)}" if place else ""
            got, remedy = _no_number(item)
            refuse(name, "real numbers", f"{got}{at}", remedy)
    return array


def _no_number(item: Any) -> tuple[str, str]:
    """What an object is that is no real number, and what to do about it."""
    if item is None or type(item).__name__ == "NAType":
        return f"a missing value ({item})", "fill it in, or remove the row"
    if isinstance(item, list | tuple | np.ndarray):
        return brief(repr(item)), "make the rows equally long"
    text = isinstance(item, str)
    return brief(repr(item)) if text else kind_of(item), "convert it to numbers"
