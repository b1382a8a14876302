"""Gradient descent of a deep linear network in NumPy, with a trace of its sharpness."""

import numpy as np

from certimin.products import hvp_of
from certimin.tracing import Trace

STEP_SIZE = 0.02


class Linear:
    activation, biases = "identity", ()

    def __init__(self, weights):
        self.weights = weights


def main(path=None, steps=200, every=20):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((100, 6))
    y = x @ rng.standard_normal((6, 3))
    weights = [rng.standard_normal(shape) / 3 for shape in ((8, 6), (8, 8), (3, 8))]
    options = {"every": every, "step_size": STEP_SIZE, "linear": True, "share": 1}
    trace = Trace(path, hvp=lambda layers: hvp_of(Linear(layers), "R", (x, y)), **options)
    for step in range(steps):
        A, B, C = weights
        error = 2 * (x @ A.T @ B.T @ C.T - y) / len(x)
        trace(step, loss=len(x) * np.sum(error**2) / 4, weights=weights)
        slopes = (B.T @ C.T @ error.T @ x, C.T @ error.T @ x @ A.T, error.T @ x @ A.T @ B.T)
        weights = [W - STEP_SIZE * slope for W, slope in zip(weights, slopes, strict=True)]
    return trace


if __name__ == "__main__":
    print(*main().rows, sep="\n")
