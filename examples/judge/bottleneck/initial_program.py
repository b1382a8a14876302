"""A minimum of depth 3 through one neuron, as its recipe's answers."""


# EVOLVE-BLOCK-START
def candidate():
    """Return the answers: sizes, which layer is narrow, the layers, and what T has beyond P."""
    depth, widths, narrow = 3, [2, 2, 2, 2], 1
    first, second, third = ["0.8", "0.4"], ["0.7", "-0.3"], ["1.1", "0.5", "0.2", "-0.6"]
    beyond = ["0.5", "0.2", "-0.4", "0.3"]
    return {"choices": [depth, *widths, narrow, *first, *second, *third, *beyond]}


# EVOLVE-BLOCK-END
