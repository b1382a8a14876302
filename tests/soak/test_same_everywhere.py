"""One process, two, four or a Dask cluster: the same report."""

import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.soak.commands import ENVIRONMENT, part, report, run

IDS = ("F1", "F4", "U1")[: part(3)]


def verified(out, *how):
    code, _, err = run("verify", *IDS, "--no-cache", *how, "--out", out)
    assert code == 0, err
    return report(out)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return verified(tmp_path_factory.mktemp("alone"), "--jobs", 1)


@pytest.mark.parametrize("jobs", [2, 4])
def test_processes_change_nothing(tmp_path, alone, jobs):
    assert verified(tmp_path, "--jobs", jobs) == alone


def test_a_cluster_changes_nothing(tmp_path, alone):
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    with cluster(tmp_path / "dask") as address:
        assert verified(tmp_path / "out", "--scheduler", address) == alone


@contextmanager
def cluster(folder):
    """Yield the address of a scheduler with two workers."""
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    plain = ("--host", "127.0.0.1", "--no-dashboard")
    worker = ("worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard")
    commands = [("scheduler", "--port", port, *plain)]
    commands += [(*worker, "--local-directory", folder / str(number)) for number in range(2)]
    with (folder / "log").open("w") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *map(str, command)],
                cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log,
            )
            for command in commands
        ]  # fmt: skip
    try:
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()
