"""What the layers pay against the signal w·c near the origin, as chains of facts.

T = Σ γ_i|W^(i)|² is what all layers pay (``total_penalty``), |W|² the size of all (``size_sq``).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theorems.quantities import symbols
from theorems.weight_decay.networks import cross_sq, hidden_layers
from theorems.weight_decay.origins import (
    decay_min,
    k,
    layer_decay,
    layer_sq,
    layers,
    size_product,
    size_sq,
    total_penalty,
)
from verify.derivation import rules
from verify.theorem import Claim, Condition, Step

__all__ = ["mean_signal", "one_less", "outweighed", "squared_cost"]

D, c_sq, paid = symbols(hidden_layers, cross_sq, total_penalty)


def one_less() -> rules.Fact:
    """Return D - 1 > 0, for a claim that assumes D >= 2."""
    twice = rules.added(rules.assumed(D - 2 >= 0), Condition("depth", D, ">"))
    return rules.rewritten(rules.scaled(twice, sp.S.Half), D - 1, 0)


def squared_cost() -> rules.Fact:
    """Return that what all layers pay is at least min(γ)|W|², both squared."""
    each = rules.scaled(rules.least(decay_min, layer_decay(k), layers), layer_sq(k))
    total = rules.each(each, layers)
    total = rules.substituted(total, rules.turned(rules.definition(total_penalty)))
    return rules.raised(rules.substituted(total, rules.turned(rules.definition(size_sq))), 2)


def mean_signal(cauchy: Claim) -> rules.Fact:
    """Return that |c|²|W|^{2(D+1)} >= (D+1)^{D+1} (w·c)², by AM-GM."""
    mean = rules.am_gm_sum(layer_sq(k), layers)
    mean = rules.substituted(mean, rules.turned(rules.definition(size_sq)))
    mean = rules.substituted(mean, rules.turned(rules.definition(size_product)))
    scaled = rules.scaled(rules.raised(mean, D + 1), c_sq)
    return rules.transitive(scaled, rules.scaled(rules.given(cauchy), (D + 1) ** (D + 1)))


def outweighed(signal: Any, output: Any, within: Step, reached: Step) -> rules.Fact:
    """Return T - s + Y > 0 where T > 0, T² >= s² and QY >= s², T what all layers pay.

    For (4T + 2Q + 1)(T - s + Y) >= T².

    Parameters
    ----------
    signal, output
        s and Y >= 0.
    within, reached
        The facts T² >= s² and QY >= s².
    """
    weight = reached.relation.lhs / output  # Q
    factor = 4 * paid + 2 * weight + 1
    total = rules.added(
        Condition("a square", (paid - 2 * signal) ** 2, ">="),
        Condition("power of the output", (4 * paid + 1) * output, ">="),
        rules.scaled(within, 2),
        rules.scaled(reached, 2),
        rules.scaled(rules.root(within, signal), 2 * weight + 1),
        paid**2 - 4 * signal**2 - (2 * weight + 1) * signal,
    )
    bound = rules.rewritten(total, factor * (paid - signal + output), paid**2)
    positive = rules.raised(rules.assumed(sp.Gt(paid, 0, evaluate=False)), 2)
    return rules.scaled(rules.transitive(bound, positive), 1 / factor)
