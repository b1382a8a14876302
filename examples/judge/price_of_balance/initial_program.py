"""A balanced minimizer of depth 3 with two of everything, as its recipe's answers."""


# EVOLVE-BLOCK-START
def candidate():
    """Return the answers: sizes, gains, a matrix for each rotation, and Σ = R Rᵀ."""
    sizes = [3, 2, 2, 2, 2]
    gains = ["1.2", "0.9"]
    rotations = ["0", "0.3", "-0.2", "0"] * 4
    columns, root = 2, ["1", "0.2", "0.1", "1.3"]
    return {"choices": [*sizes, *gains, *rotations, columns, *root]}


# EVOLVE-BLOCK-END
