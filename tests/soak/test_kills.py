"""A run that is killed again and again, at any moment, ends with what a quiet one finds."""

import os
import signal
from pathlib import Path
from random import Random
from time import monotonic, sleep
from uuid import uuid4

from tests.soak.commands import ENVIRONMENT, part, report, run, start

KILLS = 25
IDS = ("F1", "F4")


def test_kills_change_nothing(tmp_path):
    """With one process and with two, none of which outlives its parent."""
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    began = monotonic()
    assert run("verify", *IDS, "--no-cache", "--jobs", 1, "--out", quiet)[0] == 0
    longest, wanted = monotonic() - began, report(quiet)
    random, kills, resume = Random(part(KILLS)), 0, False
    while kills < part(KILLS):
        mark = uuid4().hex
        options = ("--no-cache", "--jobs", 1 + kills % 2, *(["--resume"] if resume else []))
        with start(
            "verify", *IDS, *options, "--out", killed, env={**ENVIRONMENT, "CERTIMIN_MARK": mark}
        ) as process:
            sleep(random.uniform(0.05, 1) * longest)
            ended = process.poll() is not None
            process.send_signal(signal.SIGKILL)
        if ended:  # go on from nothing
            assert (process.returncode, report(killed)) == (0, wanted)
            resume = False
        else:
            kills, resume = kills + 1, True
            assert not left(mark)
    code, _, err = run("verify", *IDS, "--no-cache", "--resume", "--jobs", 1, "--out", killed)
    assert (code, report(killed)) == (0, wanted)
    assert "not check" not in err


def left(mark, seconds=20):
    """The processes that a killed run has left behind after a while (where /proc tells)."""
    until = monotonic() + seconds
    while (found := [*_marked(mark)]) and monotonic() < until:
        sleep(0.2)
    return found


def _marked(mark):
    for place in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"CERTIMIN_MARK={mark}".encode() in (place / "environ").read_bytes()
            running = (place / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            continue
        if marked and running and int(place.name) != os.getpid():
            yield place.name
