"""Weight decay and stochastic neurons, one output (Ziyin, Li and Meng 2022)."""
