"""A namespace whose arrays do not turn into NumPy's by themselves: CuPy, or a stand-in for it."""

import array_api_strict
import pytest

from numeric import training
from numeric.arithmetic import floating
from theorems import recipes

ARRAY = type(array_api_strict.ones(1))


def stand_in(monkeypatch):
    """Make the backend "strict": the standard's functions only, and no way to NumPy but ours."""
    known, to_numpy, convert = floating.namespace, floating.Floating.to_numpy, ARRAY.__array__

    def namespace(backend):
        return array_api_strict if backend == "strict" else known(backend)

    def refuse(self, *args, **kwargs):
        raise TypeError("this array is not in the host's memory")

    def fetch(self, x):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ARRAY, "__array__", convert)
            return to_numpy(self, x)

    for module in (floating, recipes, training):
        monkeypatch.setattr(module, "namespace", namespace)
    monkeypatch.setattr(floating.Floating, "to_numpy", fetch)
    monkeypatch.setattr(ARRAY, "__array__", refuse)
    for name in ("__buffer__", "__array_interface__"):  # the other ways, in newer versions
        if hasattr(ARRAY, name):
            monkeypatch.delattr(ARRAY, name)


@pytest.fixture(params=["strict", pytest.param("cupy", marks=pytest.mark.gpu)])
def backend(request, monkeypatch):
    """Name a backend that can be used here; skip with the reason where there is no device."""
    if request.param == "strict":
        stand_in(monkeypatch)
        return "strict"
    try:
        floating.namespace("cupy")
    except RuntimeError as error:
        pytest.skip(str(error))
    return "cupy"


@pytest.fixture
def device(backend):
    """Floating arithmetic on that backend."""
    return floating.Floating(floating.namespace(backend))
