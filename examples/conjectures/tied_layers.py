"""A setting of one's own: all layers equal, one symmetric matrix.  False as it stands.

With W_k = W for all k every layer norm is the L-th root of |T|, so one might hope that tied
networks are flattest on any data.  They are on whitened data (M4).

Attack it:  certimin search examples/conjectures/tied_layers.py
"""

from theorems.instances import Instance
from theorems.recipes import draw_covariance, setting, source_arithmetic, with_target
from verify.conjecture import conjecture


@setting("tied-layers", "W_k = W for all k, W symmetric, any Σ, target T = P")
def tied_layers(source, bounds):
    """Powers of a symmetric matrix."""
    ar = source_arithmetic(source)
    depth, d = source.integer(*bounds.depth), source.integer(*bounds.width)
    numbers = ar.matrix(source.matrix(d, d))
    layer = numbers + numbers.mT
    return with_target(Instance.of(ar, [layer] * depth, draw_covariance(source, ar, d)))


CONJECTURE = conjecture(
    "tied-layers-are-flattest",
    "sharpness <= minimal_sharpness",
    over=tied_layers,
    depth=(2, 4),
    width=(1, 3),
)
