"""Flattest minima of whitened data (Mulayoff and Michaeli 2020)."""
