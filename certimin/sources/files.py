"""Files of weights, known by their content; nothing in them is ever run."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from certimin.sources.containers import container, is_leaf, matrix
from certimin.sources.layers import Layers
from certimin.sources.refusal import brief, kind_of, refuse
from numeric.tables.arrays import DamagedArchive, archived

__all__ = ["file"]

_ZIP, _NPY, _HDF, _PICKLE = b"PK", b"\x93NUMPY", b"\x89HDF", b"\x80"
_TORCH = (".pt", ".pth", ".bin", ".ckpt")
_CODE = (".pkl", ".pickle", ".joblib", ".dill")
_SAVE = "save its arrays with numpy.savez"


def file(path: Path) -> Layers:
    """Return the layers that a file holds.

    Parameters
    ----------
    path
        An ``.npz`` or ``.npy`` file, ``.safetensors``, or a state dictionary of PyTorch.

    Raises
    ------
    UsageError
        There is no such file; it is damaged, holds no dense network, or could run code.
    """
    name, suffix = str(path), path.suffix.lower()
    try:
        kind = _kind(path)
    except OSError as error:
        refuse(name, "a readable file", f"{error.strerror or error}", "check its permissions")
    if kind == _HDF or suffix in (".h5", ".hdf5", ".keras"):
        remedy = "save numpy.savez(file, *model.get_weights())"
        refuse(name, "a file of arrays", "a file of Keras", remedy)
    if suffix in _TORCH:
        return _torch(name, path)
    if suffix == ".safetensors":  # begins with a length, which may look like any mark
        return _safetensors(name, path)
    if kind == _PICKLE or suffix in _CODE:
        refuse(name, "a file of arrays", "a pickle, which could run code", _SAVE)
    if kind == _NPY or suffix == ".npy":
        return _npy(name, path)
    if kind == _ZIP or suffix == ".npz":
        return _npz(name, path)
    expected = "an .npz, .npy, .safetensors, .pt or .pth file"
    refuse(name, expected, f"extension {suffix!r}", "convert or rename the file")


def _kind(path: Path) -> bytes | None:
    """What its first bytes say that a file is."""
    name, remedy = str(path), "check the path"
    if not path.exists():
        refuse(name, "a file of weights", "no such file", remedy)
    if path.is_dir():
        refuse(name, "a file of weights", "a directory", "name a file inside it")
    if not path.is_file():  # it may never end
        refuse(name, "a file of weights", "a pipe or a device", remedy)
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        refuse(name, "a file of weights", "an empty file", "check how it was written")
    return next((mark for mark in (_ZIP, _NPY, _HDF, _PICKLE) if head.startswith(mark)), None)


def _npy(name: str, path: Path) -> Layers:
    """The one layer of a single matrix."""
    try:
        with path.open("rb") as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
    except (EOFError, MemoryError, ValueError) as error:
        got = "pickled objects" if "allow_pickle" in str(error) else brief(error)
        refuse(name, "a matrix of numbers", got, "write a plain array with numpy.save")
    return matrix(name, array)


def _npz(name: str, path: Path) -> Layers:
    """The layers of an archive of arrays."""
    try:
        arrays = dict(archived(path))
    except DamagedArchive as error:
        if _is_of_torch(path):
            refuse(name, "an archive of arrays", "a file of PyTorch", "name it .pt")
        refuse(name, "an NPZ archive of numbers", str(error), _SAVE)
    if not arrays:
        refuse(name, "an archive of arrays", "an empty one", "check how it was written")
    return container(name, arrays)


def _is_of_torch(path: Path) -> bool:
    """Whether an archive holds the pickle that PyTorch puts beside its tensors."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(member.endswith("data.pkl") for member in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _safetensors(name: str, path: Path) -> Layers:
    """The layers of a file whose tensors are stored in no order."""
    load = _optional(name, "safetensors.numpy", "pip install 'certimin[networks]'").load_file
    try:
        arrays = load(str(path))
    except Exception as error:  # whatever a damaged file does to the reader
        arrays = _narrow(str(path)) or {}
        if not arrays:
            refuse(name, "a file of safetensors", brief(error), "write it again, in float32")
    return container(name, arrays, ordered=False)


def _narrow(path: str) -> Any:
    """What PyTorch reads where NumPy has no such type, as bfloat16; None where it cannot."""
    try:
        return import_module("safetensors.torch").load_file(path)
    except Exception:  # it is not there, or the file is damaged
        return None


def _torch(name: str, path: Path) -> Layers:
    """The layers of a state dictionary, read by PyTorch's reader that runs no code."""
    load = _optional(name, "torch", "install torch").load
    remedy = "save model.state_dict() with torch.save"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # whatever a damaged file does to the reader
        text = str(error)
        code = any(word in text for word in ("Unsupported", "weights_only", "TorchScript"))
        refuse(name, "a state dictionary", "code" if code else brief(error), remedy)
    if isinstance(value, Mapping) or (isinstance(value, list | tuple) and not is_leaf(value)):
        return container(name, value)
    if not hasattr(value, "shape"):
        refuse(name, "a state dictionary", kind_of(value), remedy)
    return matrix(name, value)


def _optional(name: str, module: str, remedy: str) -> Any:
    """A module that nothing else needs."""
    try:
        return import_module(module)
    except ImportError:
        package, other = module.partition(".")[0], "or save the arrays with numpy.savez"
        refuse(name, f"the optional package {package}", "no such package", f"{remedy}, {other}")
