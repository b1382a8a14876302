"""Gradient, Hessian and its spectrum: what every other theorem uses."""
