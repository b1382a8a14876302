"""A JAX training loop with a trace of its sharpness."""

import jax
import jax.numpy as jnp

from certimin.tracing import Trace

STEP_SIZE = 0.1


def loss(parameters, x, y):
    hidden = jnp.tanh(x @ parameters["W"] + parameters["b"])
    return jnp.mean((hidden @ parameters["v"] - y) ** 2)


def main(path=None, steps=200, every=20):
    keys = jax.random.split(jax.random.key(0), 3)
    x = jax.random.normal(keys[0], (128, 8))
    y = jnp.sin(x[:, 0])
    parameters = {
        "W": jax.random.normal(keys[1], (8, 16)) / 3,
        "b": jnp.zeros(16),
        "v": jax.random.normal(keys[2], (16,)) / 4,
    }
    trace = Trace.jax(loss, (x, y), path=path, every=every, step_size=STEP_SIZE, share=1)
    slope = jax.jit(jax.value_and_grad(loss))
    for step in range(steps):
        value, gradient = slope(parameters, x, y)
        trace(step, loss=value, weights=parameters)
        parameters = jax.tree.map(lambda p, g: p - STEP_SIZE * g, parameters, gradient)
    return trace


if __name__ == "__main__":
    print(*main().rows, sep="\n")
