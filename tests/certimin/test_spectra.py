"""The largest eigenvalue between its bounds, for operators whose spectrum is known."""

import math
from fractions import Fraction

import numpy as np
import pytest

from certimin.spectra import LargestEigenvalue, largest_eigenvalue, steps_for
from numeric.spectrum.largest import Goals, largest_by_lanczos
from numeric.spectrum.random_start import Run, mixed_start
from verify.errors import UsageError

RNG = np.random.default_rng(11)
SPECTRA = {
    "evenly spaced": np.linspace(-5, 1, 200),
    "one outlier": np.append(0.1 * RNG.standard_normal(2000), 57.2),
    "largest modulus negative": np.append(np.linspace(-300, -100, 300), 2.0),
    "all negative": -np.linspace(1, 3, 300),
    "crowded at the top": 1 - np.linspace(0, 1, 90) ** 2,
    "identity": np.ones(1000),
    "low rank": np.append(np.zeros(1000), [1.0, 2.0, 3.0]),
    "tiny": 1e-250 * np.linspace(-1, 1, 300),
    "huge": 1e250 * np.linspace(-1, 1, 300),
}


def diagonal(d):
    return lambda v: d * v


def wrong(**changes):
    with pytest.raises(UsageError) as caught:
        largest_eigenvalue(**{"hvp": lambda v: 2 * v, "size": 100, **changes})
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("d", SPECTRA.values(), ids=SPECTRA)
def test_encloses_the_largest_eigenvalue_narrowly(d):
    found = largest_eigenvalue(diagonal(d), d.size)
    norm = np.abs(d).max()
    assert found.converged
    assert Fraction(d.max()) in found
    assert found.upper - found.lower <= 1.001e-3 * Fraction(norm)
    assert abs(float(found) - d.max()) <= 1e-9 * norm


@pytest.mark.parametrize("d", list(SPECTRA.values())[:7], ids=list(SPECTRA)[:7])
def test_single_precision_is_recognised(d):
    single = d.astype(np.float32)
    found = largest_eigenvalue(lambda v: v.astype(np.float32) * single, d.size)
    assert Fraction(float(single.max())) in found
    assert found.converged
    assert "single precision" in repr(found)
    assert found.value - found.lower > 1e-8 * np.abs(d).max()


def test_dense_symmetric_operators_agree_with_all_eigenvalues():
    for n in (1, 2, 5, 40, 64, 65, 130):
        A = RNG.standard_normal((n, n))
        A += A.T
        top = Fraction(float(np.linalg.eigvalsh(A)[-1]))
        exactly, products = largest_eigenvalue(A), largest_eigenvalue(A.__matmul__, n)
        slack = Fraction(1e-11)
        for found in (exactly, products):
            assert found.lower - slack <= top <= found.upper + slack
            assert found.vector @ A @ found.vector == pytest.approx(found.value)
        assert exactly.failure == 0.0
        assert exactly.products == 0
        assert (products.failure == 0.0) == (n <= 64)


def test_the_matrix_bound_holds_for_eigenvalues_known_exactly():
    H = np.array([[2.0, -1.0], [-1.0, 2.0]])  # 1 and 3
    found = largest_eigenvalue(H)
    assert 3 in found
    assert found.upper - found.lower < 1e-13
    assert float(largest_eigenvalue(-H)) == pytest.approx(-1)


def test_zero_is_zero():
    for found in (largest_eigenvalue(lambda v: 0 * v, 1000), largest_eigenvalue(np.zeros((3, 3)))):
        assert float(found) == 0.0
        assert found.lower == found.upper == 0


def test_behaves_as_a_number():
    found = largest_eigenvalue(diagonal(np.append(np.zeros(99), 57.25)), 100)
    assert found > 57
    assert found < 58
    assert found >= 0
    assert not found <= 57
    assert found < largest_eigenvalue(60 * np.eye(2))
    assert f"{found:.2f}" == "57.25"
    assert "<code>57.25 in [" in found._repr_html_()
    assert "probability >= 1 - 1e-09" in f"{found}"
    assert found.enclosure.lower_worth == found.enclosure.upper_worth == "sampled"
    with pytest.raises(ArithmeticError, match="not decided"):
        _ = found < 57.25


def test_too_few_steps_are_said_and_the_bound_still_holds():
    d = np.linspace(0, 1, 5000)
    found = largest_eigenvalue(diagonal(d), d.size, steps=5)
    assert not found.converged
    assert found.products == 7  # one for symmetry, one for the quotient
    assert "not converged in 7 products" in repr(found)
    assert found.lower < 1 < found.upper


def test_memory_limits_are_said():
    d = np.append(np.linspace(0, 1, 5000), 20.0)
    single = largest_eigenvalue(diagonal(d), d.size, memory=5e6)
    assert single.notes == ("basis kept in float32 to fit 5e+06 bytes",)
    assert 20 in single
    assert single.converged
    few = largest_eigenvalue(diagonal(d), d.size, memory=1.0)
    assert "at most 4 steps of 400" in repr(few)
    assert not few.converged
    assert 20 in few


def test_a_guess_saves_products_and_the_bound_holds():
    d = np.linspace(-5, 1, 500)
    cold = largest_eigenvalue(diagonal(d), d.size, width=0.5)
    warm = largest_eigenvalue(diagonal(d), d.size, width=0.5, guess=cold.vector, seed=1)
    assert warm.products < cold.products
    assert 1 in warm
    misled = largest_eigenvalue(diagonal(d), d.size, guess=np.eye(500)[0], seed=1)
    assert 1 in misled
    assert float(misled) == pytest.approx(1)


def test_eigenvalues_the_guess_excludes_are_found():
    d = np.append(np.zeros(999), 1.0)
    found = largest_eigenvalue(diagonal(d), 1000, guess=np.eye(1000)[0])
    assert float(found) == pytest.approx(1.0)


def test_misses_are_as_rare_as_said():
    d, failure, trials = np.append(np.linspace(0, 0.5, 99), 1.0), 0.2, 200
    goals = Goals(1e-9, 1e-9, failure, 3)
    missed = 0
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        start, share = mixed_start(rng, d.size, None)
        missed += largest_by_lanczos(diagonal(d), start, d * start, share, goals, rng).upper < 1
    assert missed <= trials * failure + 3 * math.sqrt(trials * failure)


def test_the_kernel_bounds_the_component_of_the_start():
    """K(λ) <= 1/c², with coefficients from the matrix itself; nearly equal for a full space."""
    d = np.array([0.0, 1.0, 3.0, 4.0, 7.0])
    b = np.array([0.5, 0.3, 0.6, 0.2, 0.0])
    b[-1] = math.sqrt(1 - b @ b)
    for steps in (1, 2, 3, 4):
        run = lanczos(d, b, steps)
        chance = run.log_chance(7.0, 1e-300)
        kernel = math.exp(2 * (0.5 * math.log(2 * 4 / math.pi) - chance)) if chance else 0
        assert kernel <= (1 + 1e-9) / b[-1] ** 2
    assert kernel == pytest.approx(1 / b[-1] ** 2)


def lanczos(d, b, steps):
    run, old, new, beta = Run(d.size), 0 * b, b, 0.0
    for _ in range(steps):
        image = d * new - beta * old
        alpha = float(new @ image)
        image -= alpha * new
        beta = float(np.linalg.norm(image))
        run.alphas.append(alpha)
        run.betas.append(beta)
        old, new = new, image / beta
    return run


@pytest.mark.parametrize("gap", [0.5, 0.01])
def test_steps_for_any_operator(gap):
    n, failure = 2000, 1e-9
    k = steps_for(n, gap, failure)
    published = 1.648 * math.sqrt(n) * math.exp(-math.sqrt(gap) * (2 * (k + 1) - 1))
    assert published <= 1.1 * failure or gap > 0.1  # the same up to constants, for small gaps
    found = largest_eigenvalue(diagonal(np.linspace(-1, 1, n)), n, steps=k, width=1e-12)
    assert 1 - float(found) <= 2 * gap
    with pytest.raises(ValueError, match="no number of steps"):
        steps_for(2, gap)


def test_refusals_are_one_line():
    assert "shape (100,), got (99,)" in wrong(hvp=lambda v: v[:-1])
    assert "1 of 100 entries NaN" in wrong(hvp=lambda v: np.append(v[:-1], np.nan))
    assert "real products" in wrong(hvp=lambda v: 1j * v)
    A = RNG.standard_normal((100, 100))
    text = wrong(hvp=A.__matmul__)
    assert "<v, Hu> = " in text
    assert "<u, Hv> = " in text
    assert "H[" in wrong(hvp=A[:20, :20], size=None)
    assert "square array" in wrong(hvp=A[:20], size=None)
    assert "size: expected 100" in wrong(hvp=A + A.T, size=99)
    assert "size: expected a positive" in wrong(size=None)
    assert "size: expected an integer" in wrong(size=2.5)
    assert "certimin.products.hvp_of" in wrong(hvp="model")
    assert "NaN" in wrong(hvp=np.full((3, 3), np.nan), size=None)
    assert "tolerance" in wrong(tolerance=0)
    assert "steps" in wrong(steps=1)
    assert "seed" in wrong(seed=-1)
    assert "guess: expected 100" in wrong(guess=[1.0])


def test_operators_that_write_to_their_argument_or_reuse_their_result():
    d, out = np.linspace(0, 1, 200), np.empty(200)

    def apply(v):
        v *= d
        out[:] = v
        return out

    assert 1 in largest_eigenvalue(apply, 200)


def test_noise_is_refused_or_widens_the_bounds():
    noise = np.random.default_rng(5)
    random = wrong(hvp=lambda v: v * noise.uniform(0.5, 1.5, 100))
    assert "deterministic" in random
    d = np.linspace(0, 1, 300)
    found = largest_eigenvalue(lambda v: d * v + 1e-11 * noise.standard_normal(300), 300)
    assert 1 in found
    assert found.value - found.lower > 1e-12


def test_linear_operators_of_scipy_and_arrays_of_torch_and_jax():
    sparse = pytest.importorskip("scipy.sparse")
    from scipy.sparse.linalg import aslinearoperator

    d = np.append(np.zeros(199), 3.0)
    assert 3 in largest_eigenvalue(aslinearoperator(sparse.diags_array(d)))
    assert 3 in largest_eigenvalue(sparse.diags_array(d))


def test_products_of_torch():
    torch = pytest.importorskip("torch")
    d = torch.linspace(0, 1, 200, dtype=torch.float64, requires_grad=True)
    assert 1 in largest_eigenvalue(lambda v: d * torch.from_numpy(v), 200)


def test_products_of_jax():
    jnp = pytest.importorskip("jax.numpy")
    found: LargestEigenvalue = largest_eigenvalue(lambda v: jnp.linspace(0, 1, 200) * v, 200)
    assert 1 in found
    assert found.converged
