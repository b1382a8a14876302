"""The user's network: dense layers, one activation between them, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Self

import numpy as np

from certimin.arrays import Floats, floats
from certimin.sources.activations import canonical
from certimin.sources.refusal import refuse
from certimin.sources.shapes import input_vector, matrices, vectors
from numeric.activations import ACTIVATIONS

__all__ = ["Network"]


@dataclass(frozen=True, eq=False)
class Network:
    """A fully connected network x -> W_L φ(... φ(W_1 x' + b_1) ...) + b_L, x' = (x - shift)/scale.

    Parameters
    ----------
    weights : sequence of (d_{k+1}, d_k) arrays
        At least one.
    biases : sequence of (d_{k+1},) arrays or None
        None at all, or one for each layer; where some layers have one, None becomes zeros.
    activation : str
        φ, applied after every layer but the last: see
        :data:`numeric.activations.ACTIVATIONS`.
    shift, scale : (d_0,) arrays or numbers, optional
        A fixed scaling of the inputs, not trained.
    name : str
        What messages call it.
    notes : tuple of str
        What was done to it or is worth knowing, in words.

    Raises
    ------
    UsageError
        An array is not finite, not real or not of its shape; the layers do not follow each other.

    Examples
    --------
    >>> net = Network([[[1, 2], [3, 4]], [[1, -1]]], activation="relu")
    >>> net
    Network 'network': 2 -> 2 -> 1, relu, no biases, 6 parameters
    >>> net.outputs([[1, 1], [-1, 0]])
    array([[-4.],
           [ 0.]])
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...] = ()
    activation: str = "identity"
    shift: Floats | None = field(default=None, kw_only=True)
    scale: Floats | None = field(default=None, kw_only=True)
    name: str = field(default="network", kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        """Check everything that the rest relies on, and make all arrays float64."""
        notes: list[str] = []
        weights = matrices(self.name, self.weights, notes)
        biases = vectors(self.name, self.biases, weights, notes)
        ends = {
            key: input_vector(key, getattr(self, key), weights[0]) for key in ("shift", "scale")
        }
        if ends["scale"] is not None and not ends["scale"].all():
            at = int(np.argmin(np.abs(ends["scale"])))
            refuse(f"scale[{at}]", "a number that is not zero", "0.0", "remove the feature")
        notes = [note for note in notes if note not in self.notes]
        values: dict[str, Any] = {"weights": weights, "biases": biases, **ends}
        values["activation"] = canonical("activation", self.activation)
        values["notes"] = (*self.notes, *notes)
        for key, value in values.items():
            object.__setattr__(self, key, value)

    @classmethod
    def of(
        cls,
        source: Any,
        *,
        activation: str | None = None,
        transpose: bool | None = None,
        features: int | None = None,
        outputs: int | None = None,
        name: str | None = None,
    ) -> Self:
        """Return the network that another library's object, a file or arrays are.

        Parameters
        ----------
        source
            A Network; a PyTorch, scikit-learn or Keras model; a list of matrices, of (W, b) pairs
            or of matrices followed by their biases; a dictionary of arrays, flat or nested; one
            matrix; or the path of an ``.npz``, ``.npy``, ``.safetensors``, ``.pt`` or ``.pth``
            file.
        activation
            Where the source does not say; arrays alone are taken as linear, with a note.
        transpose
            Whether to transpose the matrices as stored.  By default ``weight`` is (outputs,
            inputs), ``kernel`` and ``coefs`` are (inputs, outputs), and for other names the shapes
            decide; a note says what was chosen if they leave a choice.
        features, outputs
            The widths of the data, which decide too.
        name
            What messages call it.

        Raises
        ------
        UsageError
            It is no dense network with one activation, or a model that computes something else.
        """
        from certimin.sources.dispatch import built

        if isinstance(source, cls):
            network = source if name is None else replace(source, name=name)
            if activation is not None and canonical("activation", activation) != source.activation:
                got = f"a network with {source.activation}"
                refuse("activation", repr(activation), got, "leave it out")
            return network
        return built(
            cls,
            source,
            name=name,
            activation=activation,
            transpose=transpose,
            features=features,
            outputs=outputs,
        )

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths d_0, ..., d_L."""
        return (self.weights[0].shape[1], *(W.shape[0] for W in self.weights))

    @property
    def parameters(self) -> int:
        """The number of trained entries, those of biases included."""
        return sum(array.size for array in (*self.weights, *self.biases))

    @property
    def linear(self) -> bool:
        """Whether the outputs are an affine function of the inputs by construction."""
        return self.activation == "identity" or self.depth == 1

    @property
    def has_biases(self) -> bool:
        """Whether biases are trained, zero or not."""
        return bool(self.biases)

    def inputs(self, X: Any) -> Floats:
        """Return (X - shift)/scale for samples X (n, d_0), as the first layer is given them.

        Raises
        ------
        UsageError
            X is no matrix of finite numbers with d_0 columns.
        """
        values = floats("X", X, ndim=2)
        if values.shape[1] != self.widths[0]:
            got, remedy = f"shape {values.shape}", "pass the features the network was trained on"
            if values.shape[0] == self.widths[0]:
                remedy = "X is transposed: pass X.T"
            refuse("X", f"{self.widths[0]} columns, as the network has inputs", got, remedy)
        if self.shift is not None:
            values = values - self.shift
        return values if self.scale is None else values / self.scale

    def outputs(self, X: Any) -> Floats:
        """Return the outputs (n, d_L) for samples X (n, d_0), in float64.

        Raises
        ------
        UsageError
            As in :meth:`inputs`.
        """
        values, phi = self.inputs(X), ACTIVATIONS[self.activation]
        for k, W in enumerate(self.weights):
            values = values @ W.T
            if self.biases:
                values = values + self.biases[k]
            if k + 1 < self.depth:
                values = phi(values)[0]
        return values

    def __repr__(self) -> str:
        """One line: name, widths, activation, biases, entries."""
        return f"Network {self.name!r}: {', '.join(self._facts())}"

    def _repr_html_(self) -> str:
        """The same and a row for each layer, with the notes below."""
        head = f"<p><b>{escape(self.name)}</b>: {escape(', '.join(self._facts()))}</p>"
        rows = "".join(
            f"<tr><td>{k + 1}</td><td>{W.shape[0]} × {W.shape[1]}</td>"
            f"<td>{'yes' if self.biases else 'no'}</td></tr>"
            for k, W in enumerate(self.weights)
        )
        table = f"<table><tr><th>layer</th><th>weight</th><th>bias</th></tr>{rows}</table>"
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return head + table + (f"<ul>{notes}</ul>" if notes else "")

    def _facts(self) -> list[str]:
        """What the line says of it."""
        scaled = ["scaled inputs"] if self.shift is not None or self.scale is not None else []
        return [
            " -> ".join(map(str, self.widths)),
            *scaled,
            self.activation if not self.linear else "linear",
            "with biases" if self.biases else "no biases",
            f"{self.parameters} parameters",
        ]
