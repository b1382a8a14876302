"""A setting of one's own: all layers equal, one symmetric matrix.  False as it stands.

With W_k = W for all k every layer norm is the L-th root of |T|, so one might hope that tied
networks are flattest on any data.  They are on whitened data (M4).

Attack it:  certimin search examples/conjectures/tied_layers.py
"""

from theorems.recipes import setting
from verify.conjecture import conjecture


@setting("tied-layers", "W_k = W for all k, W symmetric, any Σ, target T = P")
def tied_layers(draw):
    """Powers of a symmetric matrix."""
    depth, d = draw.depth(), draw.width()
    numbers = draw.matrix(d, d)
    layer = numbers + numbers.mT
    return draw.instance([layer] * depth, draw.covariance(d))


CONJECTURE = conjecture(
    "tied-layers-are-flattest",
    "sharpness <= minimal_sharpness",
    over=tied_layers,
    depth=(2, 4),
    width=(1, 3),
)
