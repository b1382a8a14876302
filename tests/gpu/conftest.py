"""A namespace whose arrays do not turn into NumPy's by themselves: CuPy, or a stand-in for it."""

import array_api_strict
import pytest

from numeric import training
from numeric.arithmetic import floating
from theorems import recipes

ARRAY = type(array_api_strict.ones(1))
_WAYS_OUT = ("__array__", "__array_interface__", "__buffer__", "__dlpack__")


def stand_in(monkeypatch):
    """Make the backend "strict": the standard's functions only, and no way to NumPy but ours."""
    known, to_numpy = floating.namespace, floating.Floating.to_numpy
    ways = {name: getattr(ARRAY, name) for name in _WAYS_OUT if hasattr(ARRAY, name)}

    def namespace(backend):
        return array_api_strict if backend == "strict" else known(backend)

    def refuse(self, *args, **kwargs):
        raise TypeError("this array is not in the host's memory")

    def fetch(self, x):
        with pytest.MonkeyPatch.context() as patch:
            for name, way in ways.items():
                patch.setattr(ARRAY, name, way)
            return to_numpy(self, x)

    for module in (floating, recipes, training):
        monkeypatch.setattr(module, "namespace", namespace)
    monkeypatch.setattr(floating.Floating, "to_numpy", fetch)
    for name in ways:
        monkeypatch.setattr(ARRAY, name, refuse)


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
