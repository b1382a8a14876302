"""Commands the theorems add to the command line."""
