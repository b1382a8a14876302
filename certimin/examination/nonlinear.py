"""A network with an activation: what is measured of it in floats; no theorem speaks of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from certimin.examination.measures import rows_of_path, rows_of_step
from certimin.examination.options import Options
from certimin.networks import Network
from certimin.products import hvp_of
from certimin.rows import Row
from certimin.spectra import LargestEigenvalue, largest_eigenvalue
from numeric.datasets import Dataset
from numeric.enclosure import Enclosure

__all__ = ["rows_of_nonlinear"]


def rows_of_nonlinear(network: Network, data: Dataset, options: Options) -> dict[str, list[Row]]:
    """Return loss, gradient, curvature and coupling of any fully connected network."""
    apply = hvp_of(network, options.loss, (data.features, data.targets))
    gaps = network.outputs(data.features) - data.targets
    value = float(options.factor) * float((gaps**2).sum()) / len(gaps)
    slope = float(np.linalg.norm(apply.gradient()))
    S = largest_eigenvalue(apply, apply.size)
    at_weights = [
        Row("loss", "loss", Enclosure.of(value)),
        Row(
            "gradient_norm",
            "norm of the gradient",
            Enclosure.of(slope),
        ),
        Row("sharpness", _label(S), S.enclosure),
        Row("hessian_min", "least Hessian eigenvalue", _least(apply)),
    ]
    if options.step_size is not None:
        at_weights += rows_of_step(S.enclosure, options)
    return {"at the weights": at_weights, "the layers": rows_of_path(network.weights)}


def _least(apply: Any) -> Enclosure:
    """The least eigenvalue: that of -H turned round."""
    found = largest_eigenvalue(lambda v: -apply(v), apply.size).enclosure
    return Enclosure(-found.upper, -found.lower, found.upper_worth, found.lower_worth)


def _label(S: LargestEigenvalue) -> str:
    above = f"upper bound fails with chance {S.failure:g}" if S.failure else "by all eigenvalues"
    return f"S, largest Hessian eigenvalue ({above}{'' if S.converged else ', not converged'})"
