"""A theorem that is held out is found again, and what is asked wrongly is refused."""

import json
from dataclasses import replace

import pytest

from verify.errors import UsageError
from verify.proposals import propose, ranking
from verify.proposals.modules import written


def _texts(outcome):
    return [p.text for p in outcome.proposals] + [t for p in outcome.proposals for t in p.same]


SMALL = {"depth": (2, 3), "width": (1, 2), "factors": 1, "budget": 250.0}


@pytest.mark.slow
def test_the_energy_of_layers_is_found_again(tmp_path):
    outcome = propose("weights_sq", using=("schatten",), without=("U9",), out=tmp_path, **SMALL)
    assert "weights_sq >= depth*schatten" in _texts(outcome)
    assert outcome.ended == "done"
    assert {"U9", "N3"} <= outcome.held.keys()
    best = outcome.proposals[0]
    assert best.receipt.instances > 1000
    assert best.module.is_file()
    assert "CONJECTURE = conjecture(" in best.module.read_text(encoding="utf-8")
    assert json.loads(json.dumps(outcome.to_json()))["proposals"][0]["rank"] == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"about": "sharpnes"}, "unknown"),
        ({"over": "minimiser"}, "unknown setting"),
        ({"using": ("nonsense",)}, "unknown quantity 'nonsense'"),
        ({"without": ("M99",)}, "unknown theorem id"),
        ({"budget": 0.0}, "budget: expected a positive number"),
        ({"budget": float("nan")}, "budget: expected a positive number"),
        ({"depth": (3, 2)}, "depth: expected LOW:HIGH"),
        ({"width": (1, 64)}, "width: expected LOW:HIGH with 1 <= LOW <= HIGH <= 12"),
        ({"about": "map_trace", "over": "univariate-minimizers", "width": (2, 2)}, "met none"),
        ({"factors": 4}, "factors: expected 1 to 3"),
        ({"seed": -1}, "seed: expected"),
        ({"about": "sharpness + "}, "about: unexpected end at column 13"),
        ({"about": "sharpness >= 1"}, "about: unexpected '>=' at column 11"),
        ({"about": "0*sharpness"}, "about: expected what differs .* is 0 on all"),
        ({"about": "imbalance", "over": "balanced-minimizers"}, "about: .* which is 0 on all"),
        ({"without": ("ZZ9",)}, "without: unknown theorem id 'ZZ9'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(changed, message):
    given = {"about": "sharpness"} | SMALL | changed
    with pytest.raises(UsageError, match=message) as refused:
        propose(given.pop("about"), **given)
    assert "\n" not in str(refused.value)


QUICK = {"depth": (2, 2), "width": (1, 1), "factors": 1}


def test_modules_are_called_by_what_they_say(tmp_path):
    told = {"using": ("schatten",), "without": ("U9",), "over": "balanced-minimizers"}
    outcome = propose("weights_sq", budget=60.0, **told, **QUICK)
    others = (outcome, replace(outcome, width=(1, 3)), replace(outcome, over="minimizers"))
    for each in (*others, outcome):
        written(each, tmp_path)
    assert len(list(tmp_path.glob("*.py"))) == 3 * len(outcome.proposals) > 0


def test_what_is_only_sometimes_defined_is_bounded_where_it_is():
    outcome = propose("a*sharpness", budget=20.0, depth=(2, 2), width=(1, 2), factors=1)
    assert outcome.rows > 0
    assert outcome.ended in ("done", "the clock")


def test_what_survived_once_is_kept_when_the_longer_attack_is_interrupted(monkeypatch):
    def interrupted(claim, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(ranking, "attack", interrupted)
    told = {"using": ("schatten",), "without": ("U9",), "over": "balanced-minimizers"}
    outcome = propose("weights_sq", budget=60.0, **told, **QUICK)
    assert outcome.ended == "interrupted"
    assert outcome.proposals
    assert not outcome.given_up


@pytest.mark.slow
def test_the_command_prints_and_writes(certimin, tmp_path):
    path = tmp_path / "outcome.json"
    code, out, _ = certimin(
        "propose", "--about", "weights_sq", "--over", "balanced-minimizers", "--with", "schatten",
        "--without", "U9", "--depth", "2:3", "--width", "1:2", "--factors", 1, "--json", path,
    )  # fmt: skip
    assert code == 0
    assert "weights_sq >= depth*schatten" in out
    assert "held out    U9: named" in out
    assert json.loads(path.read_text(encoding="utf-8"))["ended"] == "done"
