"""Every quantity has a value over a setting, or is refused there by name: no third thing."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from verify.claims import QUANTITIES, SETTINGS, USUAL, Bounds, Claim, Quantity, decide
from verify.errors import NoValue, UsageError
from verify.expression import related
from verify.fit import check_fit, device, misfit
from verify.registry import theorems
from verify.search import search, tighten
from verify.sources import RecordedSource

theorems()


def apart(instance):
    """Squared distance of the last layer from the first, which takes one shape for granted."""
    return instance.arithmetic.frobenius_sq(instance.weights[-1] - instance.weights[0])


@pytest.fixture(autouse=True)
def careless(monkeypatch):
    made = Quantity("layers_apart", "s", "", apart, positive=False)
    monkeypatch.setitem(QUANTITIES, "layers_apart", made)


def about(name, setting, bounds=USUAL):
    measured = QUANTITIES[name].symbol
    relation = related(measured, ">=", measured - 1)
    return Claim(name, name, SETTINGS[setting], relation, bounds=bounds)


@pytest.mark.parametrize(
    ("text", "over", "missing"),
    [
        ("alignment <= 1", "minimizers", "alignment"),
        ("step_multiplier <= 1 if step_size*sharpness <= 2", "any-weights", "step_multiplier"),
        ("layers_apart >= 0", "minimizers", "layers_apart"),
        ("regularised_loss >= loss", "minimizers", "regularised_loss"),
        ("sharpness >= 1 if alignment <= 1", "whitened-minimizers", "alignment"),
    ],
)
def test_a_quantity_that_is_not_there_is_refused_before_the_search(text, over, missing):
    with pytest.raises(UsageError, match=f"{missing} does not exist over {over}: ") as caught:
        search(text, over=over, budget=60)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_the_settings_that_fit_have_all_of_the_quantities():
    with pytest.raises(UsageError, match=r"settings with alignment and depth: .*layer-pairs"):
        search("alignment <= depth", budget=60)
    with pytest.raises(UsageError, match="no setting has alignment and beta"):
        search("alignment <= beta", budget=60)
    with pytest.raises(UsageError, match="settings with alignment: "):
        tighten("alignment <= c", "c", budget=60)


def test_shapes_that_fit_at_the_sizes_asked_for_are_no_misfit():
    """All layers are square where every width is 2; not so among widths 1 to 3."""
    assert misfit("layers_apart", SETTINGS["minimizers"])
    assert not misfit("layers_apart", SETTINGS["minimizers"], Bounds((2, 4), (2, 2)))
    assert not misfit("layers_apart", SETTINGS["square-weights"])


def test_an_undefined_value_is_no_misfit():
    """The regressor needs one output, the imbalance two layers: elsewhere they exist."""
    for name in ("w_norm", "imbalance", "width_min"):
        assert not misfit(name, SETTINGS["minimizers"])
    check_fit(about("imbalance", "minimizers", Bounds((1, 1), (1, 2))))


def test_what_slips_through_is_one_line_all_the_same():
    claim = about("layers_apart", "minimizers")
    recorded = RecordedSource([2, 1, 2, 1, *[1] * 4, 1, 1])
    oblong = claim.setting.build(recorded, claim.bounds)
    with pytest.raises(NoValue, match="layers_apart has no value on an instance of this setting"):
        decide(claim, oblong)


def test_a_backend_that_is_not_there_is_wrong_use():
    assert device(SETTINGS["minimizers"], "numpy") == "the host"
    if find_spec("cupy") is not None:
        pytest.skip("CuPy is installed")
    with pytest.raises(UsageError, match="CuPy"):
        search("depth >= 1", backend="cupy", budget=60)
    with pytest.raises(UsageError, match="CuPy"):
        tighten("depth >= c", "c", backend="cupy", budget=60)


NAMES = sorted({quantity.name for quantity in QUANTITIES.values()})


def test_the_command_line_tells_it_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "verify", "search", "alignment <= 1", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "settings with alignment: " in done.stderr
