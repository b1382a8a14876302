"""The adversary: give it a conjecture, it tries to break it.

>>> from verify.search import search
>>> outcome = search("sharpness <= hessian_trace/2", over="minimizers", budget=5)
>>> outcome.verdict, outcome.receipt.instances > 0
('refuted', True)
"""

from __future__ import annotations

from verify.search.api import search, tighten
from verify.search.outcomes import Inconclusive, Outcome, Receipt, Refuted, Survived

__all__ = ["Inconclusive", "Outcome", "Receipt", "Refuted", "Survived", "search", "tighten"]
