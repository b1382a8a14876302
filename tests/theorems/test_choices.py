"""Settings ask the same questions in the same order, and make the same instances of the answers.

A stored choice is an answer to a place in that order: the corpus, certificates and every seed
depend on it.  ``choices.json`` holds three digests of each setting; a setting that is new or meant
to change is written anew by ``python -m tests.theorems.test_choices``.
"""

import hashlib
import json
from pathlib import Path
from random import Random

import pytest

from verify.claims import SETTINGS, Bounds
from verify.registry import theorems
from verify.sources import RandomSource

theorems()  # loads the modules that define settings

FILE = Path(__file__).with_name("choices.json")


def digest(name, seed):
    """Hash the choices of a seeded source and the instance they make."""
    source = RandomSource(Random(f"{name}/{seed}"))
    try:
        made = SETTINGS[name].build(source, Bounds((3, 4), (1, 3))).to_json()
    except ArithmeticError as error:
        made = type(error).__name__
    choices = [[str(choice.value), choice.low, choice.high] for choice in source.choices]
    return hashlib.sha256(json.dumps([choices, made], sort_keys=True).encode()).hexdigest()[:12]


def digests(name):
    return [digest(name, seed) for seed in range(3)]


def ours():
    return [name for name, s in SETTINGS.items() if s.build.__module__.startswith("theorems.")]


@pytest.mark.parametrize("name", sorted(json.loads(FILE.read_text())))
def test_a_setting_makes_the_instances_it_made(name):
    assert digests(name) == json.loads(FILE.read_text())[name]


def test_every_setting_is_held():
    assert sorted(ours()) == sorted(json.loads(FILE.read_text()))


if __name__ == "__main__":
    FILE.write_text(json.dumps({name: digests(name) for name in sorted(ours())}, indent=1) + "\n")
