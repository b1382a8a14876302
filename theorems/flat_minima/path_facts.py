"""Facts about the path of the most amplified signal, for the proofs of M2 and M5.

With a_k, b_k, γ_k of :mod:`theorems.directions` and p_k = a_k b_{k+1}, at a minimizer of whitened
data: S >= 2 Σ_k a_k b_k, b_1 a_L = 1, and p_k >= γ_k p_k = σ² for k < L.  So

    S^L >= (2L)^L Π_k a_k b_k = (2L)^L Π_{k<L} p_k,

where one p_k alone may be larger than σ², or one a_k b_k another than the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from theorems.directions import (
    cosine,
    gain_in,
    gain_out,
    k,
    meeting_least,
    pair_least,
    path_ends,
    path_energy,
    path_last,
)
from theorems.flat_minima.paths import flattest, top_vector
from theorems.quantities import depth, sharpness, symbols, target_norm
from verify.claims import Claim, Quantity
from verify.derivation import extremes, rules
from verify.theorem import Identity, Step

__all__ = ["Premises", "even_gains", "extreme_gain", "misalignment_costs", "place"]

L, S, sigma = symbols(depth, sharpness, target_norm)
place = sp.Symbol("j", integer=True, positive=True)
s = sp.Symbol("s", positive=True)

_term, _pair = gain_out(k) * gain_in(k), gain_out(k) * gain_in(k + 1)
_all, _inner = (k, 1, L), (k, 1, L - 1)


@dataclass(frozen=True)
class Premises:
    """Claims about paths: F6.direction, .pairs and .start, and how a top vector is stretched.

    Parameters
    ----------
    stretch
        That the pairing of a path is the squared gain of its vector.
    """

    direction: Claim
    pairs: Claim
    start: Claim
    stretch: Claim

    @cached_property
    def paired(self) -> rules.Fact:
        """Return that the pairing is σ²."""
        return rules.transitive(rules.given(self.stretch), rules.assumed(top_vector.relation))

    @cached_property
    def each_pair(self) -> rules.Fact:
        """Return p_j >= σ² for j < L."""
        least = rules.transitive(rules.least(pair_least, _pair, _inner), rules.given(self.pairs))
        return rules.substituted(least, self.paired)

    def regrouped(self, mean: Step) -> rules.Fact:
        """Return the fact with Π_{j<L} p_j for Π_j a_j b_j: both ends of the path are 1."""
        product = rules.telescoped(gain_out, gain_in, _all)
        ends = rules.turned(rules.definition(path_ends))
        named = rules.substituted(rules.substituted(mean, product), ends)
        return rules.substituted(named, rules.given(self.start))

    @cached_property
    def energy(self) -> rules.Fact:
        """Return S >= 2 Σ_j a_j b_j."""
        named = rules.definition(path_energy)
        return rules.substituted(rules.given(self.direction), named)

    @cached_property
    def steep(self) -> rules.Fact:
        """Return S^L >= (2L)^L Π_{j<L} p_j."""
        mean = self.regrouped(rules.am_gm_sum(_term, _all))
        return rules.raised(rules.transitive(self.energy, rules.scaled(mean, 2)), L)


def misalignment_costs(known: Premises, meeting: Claim) -> rules.Fact:
    """Return γ_j S^L >= (2L)^L σ^{2(L-1)}, γ_j the cos² between both paths, for any j < L."""
    angle = cosine(k) * _pair
    met = rules.transitive(rules.least(meeting_least, angle, _inner), rules.given(meeting))
    bent, pairs = rules.substituted(met, known.paired), known.each_pair
    product = extremes.all_but_one(pairs, _inner, place, bent=bent, factor=cosine(k))
    steep = rules.scaled(known.steep, cosine(place))
    return rules.transitive(steep, rules.scaled(product, (2 * L) ** L))


def even_gains(known: Premises, last: Claim) -> tuple[rules.Fact, rules.Fact]:
    """Return b_{k+1}/b_k = σ^{2/L} at a flattest point, for any k < L and for k = L.

    As a_k b_k and p_k are known, m b_{k+1} = a_k b_k b_{k+1} = p_k b_k with m = σ^{2-2/L}.
    """
    terms = _even_terms(known)
    named = rules.turned(rules.definition(path_last))
    at_end = rules.transitive(named, rules.given(last), known.paired)
    inside = rules.narrowed(terms, (place, 1, L - 1))
    before = rules.narrowed(_gain(_even_pairs(known), inside, place), _inner)
    return before, _gain(at_end, rules.chosen(terms, L), L)


def extreme_gain(known: Premises, last: Claim, quantity: Quantity, *, sign: int) -> rules.Fact:
    """Return that sign min_k sign b_{k+1}/b_k, the quantity, is σ^{2/L} at a flattest point."""
    term = sign * gain_in(k + 1) / gain_in(k)
    before, at_end = (rules.scaled(gain, sign) for gain in even_gains(known, last))
    found = extremes.at_the_least(before, term, _all, last=at_end)
    named = rules.turned(rules.scaled(rules.definition(quantity), sign))
    return rules.scaled(rules.transitive(named, found), sign)


def _gain(pair: Step, term: Step, at: sp.Expr) -> rules.Fact:
    beside = rules.turned(rules.scaled(term, gain_in(at + 1)))
    crossed = rules.transitive(beside, rules.scaled(pair, gain_in(at)))
    step = rules.scaled(crossed, sigma ** (2 / L - 2))
    told = rules.rewritten(step, gain_in(at + 1), sigma ** (2 / L) * gain_in(at))
    return rules.divided(told, gain_in(at))


def _even_terms(known: Premises) -> rules.Fact:
    """a_j b_j = σ^{2-2/L} for any j <= L.

    For every s > 0 S/2 + (s - 1) a_j b_j >= L (s σ^{2(L-1)})^{1/L}, with equality at s = 1: there
    both sides have one slope.
    """
    more = (s - 1) * _term.subs(k, place)
    half = rules.scaled(known.energy, sp.Rational(1, 2))
    least = rules.substituted(half, rules.assumed(flattest.relation))
    total = rules.added(least, Identity("the term once more", more, more))
    mean = known.regrouped(extremes.am_gm_bent(_term, _all, place, s))
    product = rules.each(known.each_pair, _inner, product=True)
    root = rules.scaled(rules.raised(rules.scaled(product, s), 1 / L), L)
    slopes = extremes.touching(rules.transitive(total, mean, root), s, 1)
    return rules.rewritten(slopes, _term.subs(k, place), sigma ** (2 - 2 / L))


def _even_pairs(known: Premises) -> rules.Fact:
    """p_j = σ² for any j < L: S^L >= (2L)^L p_j σ^{2(L-2)}."""
    product = extremes.all_but_one(known.each_pair, _inner, place)
    steep = rules.transitive(known.steep, rules.scaled(product, (2 * L) ** L))
    flat = rules.substituted(steep, rules.assumed(flattest.relation))
    shared = rules.scaled(flat, sigma ** (4 - 2 * L) / (2 * L) ** L)
    upper = rules.rewritten(shared, sigma**2, _pair.subs(k, place))
    return rules.squeezed(rules.narrowed(known.each_pair, (place, 1, L - 1)), upper)
