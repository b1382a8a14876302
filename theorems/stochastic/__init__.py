"""What the noise of stochastic gradient descent does."""
