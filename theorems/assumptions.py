"""Assumptions shared by several theorems, each with what it means on an instance."""

from __future__ import annotations

from typing import Any

from theorems.instances import Instance
from verify.claims import Assumption

__all__ = ["minimizer", "one_output", "whitened"]


def _is_minimizer(instance: Instance) -> Any:
    return instance.at_minimizer


def _is_whitened(instance: Instance) -> Any:
    ar = instance.arithmetic
    return ar.is_zero(instance.sigma - ar.identity(instance.sigma.shape[-1]))


def _has_one_output(instance: Instance) -> bool:
    return instance.net.widths[-1] == 1


minimizer = Assumption("minimizer", r"P\Sigma = T\Sigma", _is_minimizer)
whitened = Assumption("whitened", r"\Sigma = I", _is_whitened)
one_output = Assumption("one_output", "d_y = 1", _has_one_output)
