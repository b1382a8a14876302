r"""The Hessian at a minimizer has the spectrum of a small Gram matrix.

Statement
    Let $W$ be a minimizer of $R = E|y - Px|²$ with $TΣ ≠ 0$, and

        J = [A_1 ⊗ K B_1ᵀ, ..., A_L ⊗ K B_Lᵀ], \quad K = Σ^{1/2}.

    The Hessian is $H = 2JᵀJ$: between layers $k$ and $l$ it is $2A_kᵀA_l ⊗ B_kΣB_lᵀ$.   [factors]

    So its non-zero eigenvalues, with multiplicity, are those of $2G$,

        G = JJᵀ = Σ_k (A_kA_kᵀ) ⊗ (K B_kᵀB_k K),

    and those of $2G'$, $G' = Σ_k (A_kA_kᵀ) ⊗ (B_kᵀB_kΣ)$, both of size $d_xd_y$ whatever the number
    $N$ of weights.                                                                     [spectrum]

    With one output, $S(W) = 2λ_max(MΣ)$, $M = Σ_k |α_k|² B_kᵀB_k$, $α_kᵀ = A_k$.     [univariate]

Notation
    $B_k = W_{k-1} ... W_1$ (``net.prefixes``), $A_k = W_L ... W_{k+1}$ (``net.suffixes``),
    $N$ (``net.parameters``), $S = λ_max(H)$.  Row-major vec: $vec(ADB) = (A ⊗ Bᵀ) vec(D)$.

Assumptions
    minimizer   $PΣ = TΣ$.  Removes the second-order residual term of the Hessian; without it the
                spectra differ (the necessity witness: weights 1 and 0 with target 1).
    one_output  $d_y = 1$, for F3.univariate alone.

Proof
    At a minimizer the form of the Hessian is $2|Σ_k A_kΔ_kB_kK|_F²$ (F2.at_minimizers), and
    $vec(A_kΔ_kB_kK) = (A_k ⊗ KB_kᵀ) vec(Δ_k)$, so $H = 2JᵀJ$; F3.factors compares the two entry by
    entry.  $JJᵀ = G$ by the rule for mixed products, $(A ⊗ B)(C ⊗ D) = AC ⊗ BD$.  By Sylvester's
    identity $XY$ and $YX$ have the same non-zero spectrum: first $JᵀJ$ and $JJᵀ = G$, then
    $G = DQD$ and $G' = QD²$, where $Q = Σ_k (A_kA_kᵀ) ⊗ (B_kᵀB_k)$ and $D = I ⊗ K$.  With one
    output $A_kA_kᵀ$ is the number $|α_k|²$, so that $G' = MΣ$.

Sharpness
    An identity; away from minimizers it fails, and so do its shortened forms (controls).

Implementation notes
    $H$ comes by hyper-dual numbers from the loss itself, which know nothing of $A_k$ and $B_k$, in
    derivations with every entry a symbol at the sizes named.  $S$ of a minimizer is measured on
    $2G'$; F3.whole takes the Hessian.  Power sums

        tr H^k = tr (2G')^k, \quad k = 1, ..., max(N, d_xd_y),

    decide equality of spectra with ring operations only, in every arithmetic: by Newton's
    identities $\operatorname{charpoly}(H) = λ^{N - d_xd_y} \operatorname{charpoly}(2G')$ (read from
    the other side if $N$ is smaller).

References
----------
    mulayoff2020unique (the form of the Hessian at minima); derived here in general.
    zhao2024theoretical bounds the condition number of the Gauss-Newton matrix of linear networks,
    depth2026data has the Hessian of some in closed form, kamber2025sharpness the largest
    eigenvalue at every minimizer for Σ = I (of these three the abstracts were read)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_lanczos
from theorems.assumptions import minimizer, one_output
from theorems.instances import Instance
from theorems.quantities import (
    block_sharpness,
    compared,
    jet_hessian,
    jet_sharpness,
    sharpness,
    symbols,
)
from theorems.settings import minimizers, univariate_minimizers, weights
from theorems.training import measured_sharpness, small_regressions
from verify.expression import symbol
from verify.theorem import (
    Bounds,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- two routes to the Hessian and its spectrum: closed forms, and the loss by hyper-dual numbers -


@compared(
    "factors_gap", r"\delta(H, 2J^TJ)",
    r"\nabla^2R = 2J^TJ, \quad J = [A_1\otimes KB_1^T, \dots, A_L\otimes KB_L^T]",
)  # fmt: skip
def factors_gap(instance: Instance) -> tuple[Any, Any]:
    """The blocks 2A_kᵀA_l ⊗ B_kΣB_lᵀ of 2JᵀJ against the Hessian."""
    ar, net = instance.arithmetic, instance.net
    pairs = list(zip(net.suffixes, net.prefixes, strict=True))
    blocks = [[ar.kron(A.mT @ D, B @ instance.sigma @ C.mT) for D, C in pairs] for A, B in pairs]
    half = ar.stack(blocks)
    return half + half, jet_hessian(instance)


def _scaled_gram(instance: Instance) -> Any:
    """2G', the rational matrix with the spectrum of 2G."""
    ar, net = instance.arithmetic, instance.net
    gram = dual_gram(net) @ ar.kron(ar.identity(net.widths[-1]), instance.sigma)
    return gram + gram


def _moments(instance: Instance, gram: Any) -> tuple[Any, Any]:
    """Tr H^k/(tr H)^k and tr gram^k/(tr H)^k, k up to the larger size: the same iff the spectra."""
    ar, H = instance.arithmetic, jet_hessian(instance)
    unit, scale = ar.identity(1), ar.trace(H)
    powers, size = [H, gram], scale
    moments: list[list[Any]] = [[], []]
    for _ in range(max(H.shape[-1], gram.shape[-1])):
        for found, power in zip(moments, powers, strict=True):
            found.append(ar.scale(ar.trace(power) / size, unit))
        powers, size = [powers[0] @ H, powers[1] @ gram], size * scale
    return moments[0], moments[1]


@compared(
    "spectrum_gap",
    r"\delta(H, 2G')",
    r"\operatorname{spec}(\nabla^2 R)\setminus\{0\} = "
    r"\operatorname{spec}\Bigl(2\sum_k (A_kA_k^T)\otimes(KB_k^TB_kK)\Bigr)\setminus\{0\}",
)
def spectrum_gap(instance: Instance) -> tuple[Any, Any]:
    """Power sums of the Hessian's eigenvalues against those of 2G', over powers of tr H."""
    return _moments(instance, _scaled_gram(instance))


@compared("spectrum_gap_without_data", r"\delta(H, 2G'|_{\Sigma=I})")
def spectrum_gap_without_data(instance: Instance) -> tuple[Any, Any]:
    """The same with Σ left out of G'."""
    gram = dual_gram(instance.net)
    return _moments(instance, gram + gram)


@compared("spectrum_gap_half", r"\delta(H, G')")
def spectrum_gap_half(instance: Instance) -> tuple[Any, Any]:
    """The same with G' in place of 2G'."""
    ar = instance.arithmetic
    return _moments(instance, ar.scale(ar.scalar(1) / 2, _scaled_gram(instance)))


@quantity(
    "path_gram_top",
    r"\lambda_{\max}(\textstyle\sum_k|\alpha_k|^2 B_k^T B_k\Sigma)",
    supremum=(symbol("path_energy"), ("path_energy",)),
)
def path_gram_top(instance: Instance) -> Any:
    """λ_max(M Σ), M = Σ_k |α_k|² B_kᵀB_k with α_kᵀ = A_k (one output)."""
    ar, net = instance.arithmetic, instance.net
    terms = [
        ar.scale(ar.frobenius_sq(A), B.mT @ B)
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return ar.eig_max(sum(terms[1:], start=terms[0]), instance.sigma)


S, S_jet, M_top, S_block = symbols(sharpness, jet_sharpness, path_gram_top, block_sharpness)
between = factors_gap.symbol
gap, gap_half, gap_dataless = symbols(spectrum_gap, spectrum_gap_half, spectrum_gap_without_data)
univariate_sharpness = Formula("univariate_sharpness", r"2\lambda_{\max}(M\Sigma)", 2 * M_top)
_SMALL = Bounds((2, 3), (1, 2))

# --- claims and proofs --------------------------------------------------------------------------

_SIZES = ((2, 2, 2), (2, 1, 2), (1, 2, 2, 1), (2, 1, 2, 1))
_MEASURED = ((2, 1, 1, 1), (2, 1, 1, 2), (2, 1, 2, 1), (2, 2, 1, 1, 2), (3, 1, 1, 1, 1))

factors = stated(
    "factors", "the Hessian is $2JᵀJ$, block by block",
    minimizers, sp.Eq(between, 0), minimizer, bounds=_SMALL,
    sizes=((2, 2, 2, 2), (2, 2, 1, 2), (3, 1, 2, 2, 1), (3, 2, 1, 2, 1)), formal=True,
)  # fmt: skip


@claim(
    minimizers,
    sp.Eq(gap, 0),
    minimizer,
    given=(factors,),
    bounds=_SMALL,
    sizes=_MEASURED,
    formal=True,
)
def spectrum() -> Iterator[Step]:
    """The non-zero spectrum of the Hessian is that of twice the dual Gram matrix.

    The other product of J and Jᵀ; then, where it is small, by power sums.
    """
    for shape in _SIZES:
        net, K = _free_network(shape)
        J, G = _jacobian(net, K), sp.Matrix(dual_gram(net))
        lifted = sp.kronecker_product(sp.eye(shape[-1]), sp.Matrix(K))
        at = {"widths": "-".join(map(str, shape))}
        yield Identity("dual", J * J.T, lifted * G * lifted, why="$JJᵀ = G$, mixed products", at=at)


def _free_matrix(name: str, rows: int, columns: int) -> Any:
    """A matrix of symbols."""
    entries = [[f"{name}_{{{i}{j}}}" for j in range(columns)] for i in range(rows)]
    return Symbolic().matrix([[sp.Symbol(x, real=True) for x in row] for row in entries])


def _free_network(shape: tuple[int, ...]) -> tuple[LinearNetwork, Any]:
    """A network of symbols and a symmetric root K of Σ, with symbols too."""
    ar = Symbolic()
    pairs = enumerate(itertools.pairwise(shape), start=1)
    layers = tuple(_free_matrix(f"w{k}", rows, columns) for k, (columns, rows) in pairs)
    root = _free_matrix("k", shape[0], shape[0])
    upper = [[root[min(i, j), max(i, j)] for j in range(shape[0])] for i in range(shape[0])]
    return LinearNetwork(ar, layers), ar.matrix(upper)


def _jacobian(net: LinearNetwork, K: Any) -> Any:
    """J = [A_1 ⊗ K B_1ᵀ, ..., A_L ⊗ K B_Lᵀ]."""
    pairs = zip(net.suffixes, net.prefixes, strict=True)
    return sp.Matrix.hstack(*(sp.Matrix(sp.kronecker_product(A, K * B.T)) for A, B in pairs))


univariate = stated(
    "univariate", "one output: the sharpness is $2λ_max(MΣ)$",
    univariate_minimizers, sp.Eq(S, univariate_sharpness), minimizer, one_output,
    given=(spectrum,), bounds=_SMALL, sizes=((2, 2, 2), (2, 2, 1), (3, 2, 1, 2), (3, 2, 2, 1, 1)),
    formal=True,
)  # fmt: skip
whole = stated(
    "whole", "the same for the whole Hessian, differentiated from the loss",
    univariate_minimizers, sp.Eq(S_jet, univariate_sharpness), minimizer, one_output,
    bounds=_SMALL, check=True, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("away_from_minimizers", "the identity away from minimizers",
         weights, sp.Eq(gap, 0), bounds=_SMALL),
    twin("missing_factor_two", "$G'$ for $2G'$ (the convention $½E|y - Px|²$ mixed in)",
         minimizers, sp.Eq(gap_half, 0), bounds=_SMALL),
    twin("missing_data", "$Σ$ left out of the dual Gram matrix",
         minimizers, sp.Eq(gap_dataless, 0), bounds=_SMALL),
    twin("blocks_suffice", "the sharpness is that of the largest diagonal block",
         minimizers, sp.Eq(S_jet, S_block), bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Dual Gram sharpness of the exact minimizer against Lanczos at the trained weights."""
    for trained in small_regressions(seed, runs, inputs=2, outputs=2, depths=(2, 3)):
        estimate, _ = sharpness_lanczos(trained.net, trained.sigma, trained.cross)
        yield trained.solution(measured_sharpness(trained, estimate))


THEOREM = Theorem(
    id="F3",
    title="The Hessian at a minimizer has the spectrum of a Gram matrix of the size of the target",
    normalisation="$R = E|y - Px|²$, no factor 1/2; Hessian in all weights",
    source=Source("mulayoff2020unique", "form of the Hessian at minima; derived here in general"),
    claims=(factors, spectrum, univariate, whole),
    controls=_twins,
    witnesses=(
        witness("two_outputs", spectrum, "two inputs, two outputs, singular hidden layer",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [1, 1]]], [[2, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, spectrum,
               "weights 1 and 0, target 1: $H = [[0, -2], [-2, 2]]$ is not PSD",
               lambda: Instance.exact([[[1]], [[0]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained", "gradient descent, two outputs, corrected to an exact minimizer",
                 _train, (spectrum,)),
    ),
    module=__name__,
)  # fmt: skip
