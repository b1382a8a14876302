"""What conjectures may ask of a network's map, its target, and what stands before and after layers.

Of rational instances all are exact: roots and sums of roots of eigenvalues of rational matrices.
Theorems ask for more special ones, and keep them on their pages.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from theorems.instances import Instance
from verify.claims import quantity
from verify.errors import Undefined

__all__ = [
    "map_schatten_4",
    "map_singular_min",
    "map_trace",
    "path_gain_min",
    "suffix_gain_max",
    "suffix_gain_min",
    "target_schatten",
    "target_schatten_4",
    "target_singular_sum",
    "target_trace",
]


@quantity("map_trace", r"\operatorname{tr}P", positive=False)
def map_trace(instance: Instance) -> Any:
    """Trace of the end-to-end map P; undefined unless there are as many outputs as inputs."""
    return _trace(instance, instance.net.end_to_end)


@quantity("target_trace", r"\operatorname{tr}T", positive=False)
def target_trace(instance: Instance) -> Any:
    """Trace of the target T; undefined unless there are as many outputs as inputs."""
    return _trace(instance, instance.target)


def _trace(instance: Instance, A: Any) -> Any:
    outputs, inputs = A.shape[-2:]
    if outputs != inputs:
        raise Undefined(f"a map from {inputs} inputs to {outputs} outputs has no trace")
    return instance.arithmetic.trace(A)


@quantity("map_singular_min", r"s_{\min}(P)", positive=False)
def map_singular_min(instance: Instance) -> Any:
    """Least of the min(d_x, d_y) singular values of the end-to-end map P; 0 below full rank."""
    ar = instance.arithmetic
    return ar.sqrt(ar.nonnegative(-ar.eig_max(-_gram(instance.net.end_to_end))))


@quantity("target_singular_sum", r"|T|_*", positive=False)
def target_singular_sum(instance: Instance) -> Any:
    """Nuclear norm |T|_* of the target, the sum of its singular values (no data enter)."""
    return instance.arithmetic.power_sum(_gram(instance.target), Fraction(1, 2))


@quantity("target_schatten", r"\textstyle\sum_i s_i(T)^{2/L}", positive=False)
def target_schatten(instance: Instance) -> Any:
    """Σ_i s_i(T)^{2/L}, s_i the singular values of the target."""
    share = Fraction(1, instance.net.depth)
    return instance.arithmetic.power_sum(_gram(instance.target), share)


@quantity("map_schatten_4", r"|P|_{S_4}", positive=False)
def map_schatten_4(instance: Instance) -> Any:
    """Schatten norm (Σ_i s_i⁴)^{1/4} of the end-to-end map P."""
    return _schatten_4(instance, instance.net.end_to_end)


@quantity("target_schatten_4", r"|T|_{S_4}", positive=False)
def target_schatten_4(instance: Instance) -> Any:
    """Schatten norm (Σ_i s_i⁴)^{1/4} of the target T."""
    return _schatten_4(instance, instance.target)


def _schatten_4(instance: Instance, A: Any) -> Any:
    ar = instance.arithmetic
    return ar.power(ar.frobenius_sq(_gram(A)), Fraction(1, 4))


def _gram(A: Any) -> Any:
    """The smaller one of AᵀA and AAᵀ."""
    return A.mT @ A if A.shape[-2] > A.shape[-1] else A @ A.mT


@quantity("path_gain_min", r"\min_k |B_k|_2", positive=False)
def path_gain_min(instance: Instance) -> Any:
    """Least spectral norm of a prefix B_k = W_{k-1} ... W_1, k = 1..L (B_1 = I included)."""
    ar = instance.arithmetic
    return ar.minimum(*(ar.singular_max(B) for B in instance.net.prefixes))


@quantity("suffix_gain_max", r"\max_k |A_k|_2")
def suffix_gain_max(instance: Instance) -> Any:
    """Largest spectral norm of a suffix A_k = W_L ... W_{k+1}, k = 1..L (A_L = I included)."""
    ar = instance.arithmetic
    return ar.maximum(*(ar.singular_max(A) for A in instance.net.suffixes))


@quantity("suffix_gain_min", r"\min_k |A_k|_2", positive=False)
def suffix_gain_min(instance: Instance) -> Any:
    """Least spectral norm of a suffix A_k = W_L ... W_{k+1}, k = 1..L (A_L = I included)."""
    ar = instance.arithmetic
    return ar.minimum(*(ar.singular_max(A) for A in instance.net.suffixes))
