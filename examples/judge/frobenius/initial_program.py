"""Two layers on whitened data, entry by entry."""


# EVOLVE-BLOCK-START
def candidate():
    """Return the layers and Σ = I."""
    first = [["1", "0.4"], ["-0.3", "0.2"]]
    second = [["0.8", "-0.5"], ["0.1", "0.6"]]
    return {"weights": [first, second], "sigma": [[1, 0], [0, 1]]}


# EVOLVE-BLOCK-END
