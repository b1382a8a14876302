"""Every claim and twin of ours can be sent to a process that has imported nothing of ours."""

import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from verify import travel
from verify.errors import UsageError
from verify.registry import theorems
from verify.search.batches import evaluate
from verify.theorem import Control

PARTS = [part for t in theorems().values() for part in (*t.claims, *t.controls)]

RECEIVER = """
import pickle, sys
while True:
    try:
        part = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    claim = getattr(part, "claim", part)
    names = [assumption.id for assumption in claim.assumptions]
    print(claim.id, claim.setting.name, claim.relation, claim.proof is None, names, sep="; ")
"""


def line(part):
    """What the receiver prints."""
    claim = part.claim if isinstance(part, Control) else part
    names = [assumption.id for assumption in claim.assumptions]
    return f"{claim.id}; {claim.setting.name}; {claim.relation}; {claim.proof is None}; {names}"


def received(parts):
    """Return what a fresh process prints of what it is sent."""
    sent = b"".join(map(pickle.dumps, parts))
    return subprocess.check_output([sys.executable, "-c", RECEIVER], input=sent).decode()


def test_all_claims_and_twins_travel():
    assert received(PARTS).splitlines() == list(map(line, PARTS))


def claims(*ids):
    return [part for part in PARTS if not isinstance(part, Control) and part.id in ids]


@pytest.mark.parametrize(
    "claim",
    claims("Z3.stationary", "F5.stays", "C6.multiplier", "Z4.isolated"),
    ids=lambda claim: claim.id,
)
def test_processes_work_on_them(claim):
    alone = evaluate(claim, 5, 20, chunk=10)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        together = evaluate(claim, 5, 20, chunk=10, executor=pool)
    np.testing.assert_array_equal(together.slacks, alone.slacks)


def test_a_setting_that_no_process_can_find():
    with pytest.raises(UsageError, match=r"'lost': neither theorems\.recipes nor .*; define it in"):
        travel._registered("theorems.recipes", "lost")
