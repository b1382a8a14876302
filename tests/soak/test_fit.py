"""All quantities over all settings: each exists somewhere, and what fits in floats fits exactly."""

from random import Random

import numpy as np
import pytest

from tests.soak.conftest import SHARE
from verify.claims import MISFITS, QUANTITIES, SETTINGS, Bounds
from verify.fit import misfit
from verify.registry import theorems
from verify.sources import RandomSource

theorems()
NAMES = sorted(quantity.name for quantity in set(QUANTITIES.values()))
KNOWN = sorted({setting.name for setting in SETTINGS.values()})


@pytest.mark.parametrize("name", KNOWN[:: int(1 / SHARE)])
def test_what_fits_in_floats_fits_on_exact_instances(name):
    setting, random, built = SETTINGS[name], Random(1), None
    fitting = [quantity for quantity in NAMES if not misfit(quantity, setting)]
    for _ in range(20):
        try:
            built = setting.build(RandomSource(random), Bounds((2, 3), (1, 2)))
            break
        except (ArithmeticError, ValueError):
            continue
    for quantity in fitting if built is not None else ():
        try:
            with built.arithmetic, np.errstate(all="ignore"):
                QUANTITIES[quantity].measure(built)
        except ArithmeticError:
            continue
        except MISFITS as error:
            raise AssertionError(f"{quantity} over {name}: {error!r}") from error


@pytest.mark.parametrize("name", NAMES[:: int(1 / SHARE)])
def test_a_quantity_exists_over_some_setting(name):
    assert any(not misfit(name, SETTINGS[setting]) for setting in KNOWN)
