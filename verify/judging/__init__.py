"""The judge: an exact evaluator that other programs call.

A document names a task and gives a candidate: an instance that is to refute a conjecture or to make
a formula large, or a constant that is to survive an attack.  What comes back is an exact score, or
the reason why there is none.
"""

from __future__ import annotations

from verify.judging.client import judge, judge_text

__all__ = ["judge", "judge_text"]
