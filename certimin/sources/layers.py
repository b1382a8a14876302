"""What a reader finds, and which way round its matrices are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from numpy.typing import NDArray

from certimin.sources.check import Run
from certimin.sources.refusal import refuse

__all__ = ["Layers", "Layout", "chain", "oriented"]

Layout = Literal["rows", "columns"]
"""``rows``: shape (outputs, inputs), y = W x.  ``columns``: (inputs, outputs), y = x W."""


@dataclass(frozen=True)
class Layers:
    """Dense layers as a source has them.

    Attributes
    ----------
    name : str
        What messages call the source.
    weights : sequence of 2-D arrays
        In the order in which they are applied, as they are stored.
    biases : sequence of 1-D arrays or None
        One for each layer; None where it has none.
    layout : Layout, optional
        None where the source does not say.
    activation : str, optional
        None where the source does not say.
    notes : tuple of str
        What is worth knowing.
    shift, scale : (d_0,) arrays, optional
        The fixed scaling x -> (x - shift)/scale of the inputs.
    evaluate : callable, optional
        What the source itself computes for inputs (n, d_0).
    guess : bool
        Whether the activation may be found by trying: ``evaluate`` decides.
    """

    name: str
    weights: Sequence[NDArray[Any]]
    biases: Sequence[NDArray[Any] | None]
    layout: Layout | None = None
    activation: str | None = None
    notes: tuple[str, ...] = ()
    shift: NDArray[Any] | None = None
    scale: NDArray[Any] | None = None
    evaluate: Callable[[NDArray[Any]], Run] | None = None
    guess: bool = False


def chain(weights: Sequence[NDArray[Any]], biases: Sequence[NDArray[Any] | None] = ()) -> bool:
    """Whether matrices (outputs, inputs) follow each other and each bias fits its matrix."""
    fit = all(second.shape[1] == first.shape[0] for first, second in pairwise(weights))
    layers = zip(weights, biases, strict=False)
    return fit and all(b is None or b.shape == W.shape[:1] for W, b in layers)


def oriented(
    layers: Layers, *, transpose: bool | None, features: int | None, outputs: int | None
) -> Layers:
    """Return the layers with all matrices of shape (outputs, inputs).

    Parameters
    ----------
    transpose
        Whether to transpose what is stored; None leaves it to the source's layout and, where it
        has none, to the shapes.
    features, outputs
        The width of the first and of the last layer, where the caller knows them.

    Raises
    ------
    UsageError
        The network has other widths than the caller says.
    """
    given, turned = list(layers.weights), [W.T for W in layers.weights]
    notes: tuple[str, ...] = ()
    if transpose is None and layers.layout is None:
        transpose, notes = _guess(given, turned, layers.biases, (features, outputs))
    elif transpose is None:
        transpose = layers.layout == "columns"
    chosen = turned if transpose else given
    _expect_widths(layers.name, chosen, features, outputs)
    return replace(layers, weights=chosen, layout="rows", notes=layers.notes + notes)


def _guess(
    given: list[NDArray[Any]],
    turned: list[NDArray[Any]],
    biases: Sequence[NDArray[Any] | None],
    hints: tuple[int | None, int | None],
) -> tuple[bool, tuple[str, ...]]:
    """Whether to transpose, by what chains and what the caller knows; and what to note."""
    fits = [chain(weights, biases) for weights in (given, turned)]
    if fits == [True, True] and any(hints):
        told = [_agree(weights, hints) for weights in (given, turned)]
        if told[0] != told[1]:
            return told[1], ()
    if fits == [False, True]:
        return True, ("kernels transposed: stored as (inputs, outputs)",)
    if fits == [True, True]:
        square = all(W.shape[0] == W.shape[1] for W in given)
        what = "square layers" if square else "layers that chain both ways"
        return False, (f"{what}: taken as y = W x; pass transpose=True for y = x W",)
    return False, ()


def _agree(weights: list[NDArray[Any]], hints: tuple[int | None, int | None]) -> bool:
    """Whether the ends have the widths that the caller knows."""
    ends = weights[0].shape[1], weights[-1].shape[0]
    return all(hint in (None, width) for hint, width in zip(hints, ends, strict=True))


def _expect_widths(
    name: str, weights: list[NDArray[Any]], features: int | None, outputs: int | None
) -> None:
    """Raise if a width differs from what the caller says."""
    for what, told, width in (
        ("features", features, weights[0].shape[1]),
        ("outputs", outputs, weights[-1].shape[0]),
    ):
        if told not in (None, width):
            remedy = "check the data, or pass transpose=True or False"
            refuse(name, f"{told} {what}", f"a network with {width}", remedy)
