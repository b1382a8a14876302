"""A recipe read along its scalings or with simple matrices makes instances that can be replayed."""

from verify.claims import Bounds
from verify.registry import theorems

theorems()
BOUNDS = Bounds((2, 3), (2, 3))
NAMES = ("minimizers", "whitened-minimizers", "balanced-minimizers", "any-weights", "weights",
         "isotropic-balanced", "exactly-attaining-minimizers", "noisy-networks")  # fmt: skip
