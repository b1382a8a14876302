"""The mathematics: one module for each theorem, named by its conclusion."""
