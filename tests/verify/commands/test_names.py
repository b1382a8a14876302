"""Names are found: the common ones first, one by itself in full, and no long name broken."""

import pytest

from verify.claims import QUANTITIES, SETTINGS
from verify.registry import theorems

theorems()


@pytest.mark.parametrize(
    ("command", "known"), [("quantities", QUANTITIES), ("settings", SETTINGS)], ids=("q", "s")
)
def test_every_name_is_listed_whole_with_all(certimin, command, known):
    code, out, _ = certimin(command, "--all")
    assert code == 0
    registered = {entry.name for entry in known.values()}
    assert registered <= set(out.split())


def test_common_names_come_first_and_checks_are_left_out(certimin):
    _, out, _ = certimin("quantities")
    words = out.split()
    assert out.startswith("common (")
    assert words.index("sharpness") < words.index("path_gram_top")
    assert "spectrum_gap" not in words  # of it nothing is claimed but that it vanishes
    assert "more serve checks and controls: --all shows them" in out
    assert "spectrum_gap" in certimin("quantities", "--all")[1].split()


def test_a_former_name_is_no_second_entry(certimin):
    assert "stationarity" not in certimin("quantities", "--all")[1].split()
    assert "former names: stationarity" in certimin("quantities", "stationarity")[1]


def test_a_quantity_by_name(certimin):
    code, out, _ = certimin("quantities", "minimal_sharpness")
    assert code == 0
    assert "defined in:   theorems.quantities" in out
    assert "settings:     aligned-minimizers" in out
    assert "weights = [[" in out
    assert "minimizers" in out.split("settings:")[1]
    assert "noisy-networks" not in out


def test_a_setting_by_name(certimin):
    code, out, _ = certimin("settings", "flattest-minimizers")
    assert code == 0
    assert "defined in:    theorems.settings" in out
    assert "all-flattest-minimizers" in out
    assert "sharpness" in out
    assert "sigma = [[1" in out


def test_a_word_filters_and_an_unknown_one_is_one_line(certimin):
    out = certimin("quantities", "condition number")[1]
    assert "condition" in out
    assert "hessian_trace" not in out
    code, out, err = certimin("settings", "minimisers")
    assert (code, out) == (2, "")
    assert "did you mean minimizers" in err
