"""Where no more can be written, what was found is said and what is kept is used again."""

import resource
from random import Random

import pytest

from tests.soak.commands import part, report, run
from verify.registry import theorems
from verify.runs.tasks import tasks

LIMITS = 10


def limits(largest):
    """Sizes beyond which no file grows, small and large."""
    random = Random(largest)
    return [int(largest ** random.random()) for _ in range(part(LIMITS))]


def limited(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", limits(50_000))
def test_a_search_says_what_it_found(tmp_path, size):
    code, out, err = run(
        "search", "sharpness <= hessian_trace/2", "--depth", "2:2", "--width", "1:2",
        "--budget", 30, "--out", tmp_path, preexec_fn=limited(size),
    )  # fmt: skip
    assert code == 1, err
    assert "weights = [[[" in out
    assert "Traceback" not in err
    assert ("could be written: [Errno 27]" in err) == (
        not list(tmp_path.glob("search.json")) or not list(tmp_path.glob("c*/*/check.py"))
    )


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet")
    assert run("verify", "F1", "--jobs", 1, "--out", folder)[0] == 0
    return report(folder)


@pytest.mark.parametrize("size", limits(60_000))
def test_a_verification_says_what_is_kept(tmp_path, quiet, size):
    how = ("verify", "F1", "--jobs", 1, "--out", tmp_path)
    code, _, err = run(*how, preexec_fn=limited(size))
    if code:
        said = [line for line in err.splitlines() if line.startswith("certimin: ")]
        kept = len(list((tmp_path / ".tasks").glob("*.json")))
        assert code == 3
        count = len(tasks([theorems()["F1"]], 0, "quick", "numpy"))
        told = f"{kept} of {count} tasks are kept there: make room and go on with --resume"
        assert told in said[-1]
        assert "Traceback" not in err
        assert run(*how, "--resume")[0] == 0
    assert report(tmp_path) == quiet
