"""The search that proposes: inequalities about a quantity, fitted, attacked and ranked.

>>> from verify.proposals import propose
>>> outcome = propose(
...     "weights_sq",
...     over="balanced-minimizers",
...     using=("schatten",),
...     budget=20,
...     depth=(2, 3),
...     width=(1, 2),
... )
>>> "weights_sq >= depth*schatten" in [p.text for p in outcome.proposals]
True
"""

from __future__ import annotations

from verify.proposals.api import propose
from verify.proposals.outcome import Proposal, Proposals

__all__ = ["Proposal", "Proposals", "propose"]
