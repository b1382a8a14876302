"""The symbols of formulas, explained: quantities by their own descriptions, the rest by notation.

What a formula of theory is about are quantities, and each says itself what it is; those
descriptions are written in a few letters more, which are the same throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from verify.claims import QUANTITIES
from verify.report.characters import formula

__all__ = ["NOTATION", "explained", "skeleton"]

_WORDS = re.compile(
    r"'s\b|\b[a-z]{3,}_[a-z]{3,}\w*|\b(?:[A-Z][a-z]{2,}|[a-z]{3,}|a|[AIO][nst]|No|To|[a-z]?(?:y|by|do|if|in|is|it|no|of|on|"
    r"or|so|to|as|at|an)|AM-GM|[A-Z]\d+p?)(?![\w(/^])|(?:max|min|spec|diag|log|rank|Var|tr)(?![a-z])"
)
"""What is no symbol: words, and the names of functions."""

NOTATION = (
    (r"(?<![∇²])L(?!\()", "L", "the number of layers"),
    (r"W(?!\^)|W\^\*", "W_k", "layer k of the network, the first next to the data; W is all"),
    (r"W\^\(", "W^(i)", "hidden layer i"),
    (r"U", "U", "the last layer, a row"),
    (r"M_D|M_\{?i", "M_D", "second moments of the last hidden layer, its noise included"),
    (r"A_0", "A_0", "the same as Σ, the mean of x xᵀ over the samples"),
    (r"A(?!_0)", "A_k", "W_L ... W_{k+1}: what follows layer k"),
    (r"B", "B_k", "W_{k-1} ... W_1: what precedes layer k"),
    (r"P", "P", "W_L ... W_1, the map that the network is"),
    (r"Σ(?!_)", "Σ", "the mean of x xᵀ over the samples"),
    (r"T", "T", "the map of least loss, of those the one of least norm"),
    (r"C(?!\d)", "C", "the mean of y xᵀ over the samples, T Σ"),
    (r"c", "c", "the mean of y x over the samples, for one output"),
    (r"K", "K", "the root of Σ"),
    (r"[wŵ](?=\*|\^\*|\^\(\*|ŵ|ᵀK| w)|ŵ", "w*", "T for one output, as a column; ŵ is w*/|w*|"),
    (r"w(?!\*|\^\*|\^\(\*)", "w", "the map that the network is, for one output"),
    (r"E(?=[ _\[|]|\Z)", "E", "the mean over the samples, and over the noise where there is some"),
    (r"R(?!_)", "R", "mean |y - f(x)|^2 over the samples"),
    (r"(?<=[∇²])L|L(?=\()", "L(W)", "the loss with decay and noise, less E y^2"),
    (r"D(?!_)", "D", "the number of hidden layers, L - 1"),
    (r"Γ", "Γ", "the product of all decays"),
    (r"D_", "D_k", "W_{k+1}ᵀW_{k+1} - W_kW_kᵀ, the imbalance"),
    (r"H", "H", "the Hessian of R"),
    (r"λ", "λ_max", "the largest eigenvalue"),
    (r"s_i", "s_i", "singular values, the largest first"),
    (r"e_k", "e_k", "|A_k|_2² times the largest eigenvalue of B_k Σ B_kᵀ"),
    (r"\|[^|]*\|_F|_F", "|.|_F", "the root of the sum of squared entries"),
    (r"\|_\*", "|.|_*", "the sum of the singular values"),
    (r"γ", "γ_k", "the decay of layer k, γ_u that of the last one"),
    (r"σ", "σ^2", "the variance of the noise on a hidden neuron"),
    (r"d_(?=[ijk{])|d_i", "d_k", "the number of neurons in layer k"),
    (r"κ", "κ", "the factor by which noise rescales Σ: the product of 1 + σ^2/d_k"),
)  # fmt: skip
"""A pattern that shows that a letter is used, the letter, and what it stands for."""


def explained(
    relations: Iterable[str], texts: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what stands for what in formulas.

    Parameters
    ----------
    relations
        In the names of quantities: each is explained by its own description.
    texts
        The same formulas in characters, as a reader sees them.

    Returns
    -------
    quantities, letters : mappings of symbols to words
        Quantities in the order in which they occur, and letters of the notation.
    """
    names = dict.fromkeys(n for text in relations for n in re.findall(r"[A-Za-z_]\w*", text))
    known = [QUANTITIES[name] for name in names if name in QUANTITIES]
    own = {formula(q.latex): q.definition.rstrip(".") for q in known}
    letters = _letters(" ".join(map(skeleton, [*texts, *own, *own.values()])))
    return own, {s: words for s, words in letters.items() if s not in own}


def _letters(used: str) -> dict[str, str]:
    """The letters in a text without words, and those that explain them."""
    found: dict[str, str] = {}
    while True:
        everything = " ".join([used, *map(skeleton, found.values())])
        more = {s: words for pattern, s, words in NOTATION if re.search(pattern, everything)}
        if more == found:
            return found
        found = more


def skeleton(text: str) -> str:
    """Return a text without its words, so that what is left are symbols.

    >>> skeleton("Spectral norm |TK|_2 of the target").split()
    ['|TK|_2']
    """
    return _WORDS.sub(" ", text)
