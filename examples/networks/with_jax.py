"""Train a deep linear network in JAX on the diabetes data, and examine it."""

import jax
import jax.numpy as jnp
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

import certimin

X, y = (scale(part) for part in load_diabetes(return_X_y=True))
keys = jax.random.split(jax.random.key(0), 3)
layers = [0.3 * jax.random.normal(key, (m, 10)) for key, m in zip(keys, (10, 10, 1), strict=True)]


def loss(layers):
    return jnp.mean((y - (layers[2] @ layers[1] @ layers[0] @ X.T)[0]) ** 2)


step = jax.jit(lambda W: jax.tree.map(lambda w, g: w - 0.02 * g, W, jax.grad(loss)(W)))
for _ in range(4000):
    layers = step(layers)
print(certimin.examine(layers, X, y, step_size=0.02))
