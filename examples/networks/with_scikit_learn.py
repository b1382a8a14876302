"""Examine a linear network that scikit-learn trained, with its biases, on the diabetes data."""

from sklearn.datasets import load_diabetes
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import scale

import certimin

X, y = (scale(part) for part in load_diabetes(return_X_y=True))
model = MLPRegressor(
    hidden_layer_sizes=(10, 10), activation="identity", alpha=0, max_iter=5000, random_state=0
)
print(certimin.examine(model.fit(X, y), X, y, loss="half"))
