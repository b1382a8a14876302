"""One output, any data covariance (Marion and Chizat 2024)."""
