"""The gradient flow of a deep linear network, enclosed: where it is, and where it ends."""
