"""How gradient flow and gradient descent move."""
