"""The search that proposes: inequalities about a quantity, fitted, attacked and ranked."""

from __future__ import annotations

from verify.proposals.api import propose
from verify.proposals.outcome import Proposal, Proposals

__all__ = ["Proposal", "Proposals", "propose"]
