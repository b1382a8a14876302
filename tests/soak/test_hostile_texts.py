"""200 hostile conjectures and command lines: each ends soon, with an exit code that is documented.

The command runs as a user would run it, in a process of its own.  What it must not do: print a
traceback, hang, run what it is given, or leave by another code than 0, 1, 2 or 3.
"""

import subprocess
import sys
from random import Random
from time import monotonic

import pytest

from tests.soak.commands import ENVIRONMENT
from tests.soak.conftest import SHARE

SECONDS = 120
"""No command takes longer; the searches among them have a budget of one second."""

SEARCH = ("--budget", "1", "--depth", "2:2", "--width", "1:1")


def nested(depth, opening="(", closing=")", core="depth"):
    return f"{opening * depth}{core}{closing * depth} >= 1"


def deep():
    for depth in (10, 100, 1_000, 10_000):
        yield nested(depth)
        yield nested(depth, "-", "")
        yield nested(depth, "sqrt(")
        yield nested(depth, "abs(")
        yield nested(depth, "", ")")
        yield nested(depth, "(", "")
        yield nested(depth, "[", "]")
        yield "depth" + "**2" * depth + " >= 1"
        yield "depth" + "+1" * depth + " >= 1"
        yield "depth >= 1 if " + " and ".join(["depth >= 2"] * depth)


def numbers():
    huge = "9" * 5_000
    for text in (
        huge,
        f"-{huge}",
        f"1/{huge}",
        f"0.{huge}",
        "1e400",
        "1e-400",
        "1e999999999",
        "1e",
        "0x10",
        "1_000",
        "1__0",
        "1.2.3",
        "00012",
        ".5",
        "5.",
        "inf",
        "nan",
        "-0",
        "1/0",
        "0/0",
        "1j",
        "10**10**10",
        "2**(2**40)",
        "(1/3)**100000",
        "0**0",
        "0**-1",
        "1e300**1e300",
        "٣",
        "½",
    ):
        yield f"sharpness >= {text}"
        yield f"depth**({text}) >= 1"


def names():
    for text in (
        "",
        " ",
        "sharpnes",
        "Sharpness",
        "sharpness.real",
        "sharpness.__class__",
        "__import__",
        "self",
        "lambda: 1",
        "x := 1",
        "None",
        "True",
        "import os",
        "exec",
        "eval('1')",
        "a" * 9_999,
        "__import__('os').system('touch PWNED')",
        "open('PWNED', 'w')",
        "().__class__.__mro__",
        "[x for x in (1,)]",
        "{1: 2}",
        "f'{1}'",
        "sharpness[0]",
        "*depth",
        "depth;depth",
        "depth\ndepth",
        "depth\tdepth",
        "depth # 1",
        "depth\\",
        "$(touch PWNED)",
        "`touch PWNED`",
        "; touch PWNED",
        "../../etc/passwd",
        "%s%n",
        "{0}",
        "<script>",
        "\\frac12",
        "if",
        "and",
        "depth if",
        "if depth",
    ):
        yield text
        yield f"{text} >= 1"


def unicode():
    for text in (
        "Σ",
        "λ_max",
        "sharpness ≥ 1",
        "ſharpness",
        "ѕharpness",
        "ｓharpness",
        "depth\u200b",
        "\u202edepth",
        "\ufeffdepth",
        "depth\u00a0>=\u00a01",
        "💥",
        "e\u0301",
        "\x01",
        "\x1b[31m",
        "\x7f",
        "ﬁ",
        "K",
        "\udcff",
        "\U0010ffff",
        "depth ＞= 1",
    ):
        yield f"{text} >= 1"


def relations():
    yield from (
        ">=",
        ">= 1",
        "depth >=",
        "depth >= >= 1",
        "1 <= depth <= 2",
        "depth = 1",
        "depth == 1 == 1",
        "depth != 1",
        "depth <> 1",
        "depth => 1",
        "1 >= 1",
        "depth >= depth",
        "depth > depth",
        "depth >= 1 if",
        "depth >= 1 if if depth",
        "depth >= 1 if 1",
        "depth >= 1 and depth >= 2",
        "depth >= 1 or depth >= 2",
        "not depth >= 1",
        "depth >= 1 if depth >= 1 if depth >= 1",
        "depth @ 2 >= 1",
        "depth // 2 >= 1",
        "depth % 2 >= 1",
        "depth & 1 >= 1",
        "~depth >= 1",
        "min() >= 1",
        "min(depth) >= 1",
        "max(depth,) >= 1",
        "log() >= 1",
        "sqrt(1, 2) >= 1",
        "sqrt(-1) >= depth",
        "log(0) >= depth",
        "log(-depth) >= 1",
        "depth(1) >= 1",
        "sharpness >= c",
        "alignment <= 1",
        "layer_spread >= 0",
    )


def conjectures():
    for kind in (deep, numbers, names, unicode, relations):
        for text in kind():
            yield ("search", *SEARCH, "--", text)


def lines():
    text = "depth >= 1"
    for option, values in {
        "--over": ("", "nowhere", "minimizers\n", "../x", "Σ", "a" * 9_999),
        "--depth": (
            "",
            "0",
            "-1",
            "1:",
            ":2",
            "2:1",
            "1:2:3",
            "1e3",
            "64:64:",
            "65",
            "x" * 999,
            "9" * 999,
        ),
        "--width": ("0:1", "1.5", "65:70", "∞"),
        "--budget": ("0", "-1", "nan", "inf", "1e300", "1e-300", "", "one"),
        "--seed": ("-1", "1.5", "x", "9" * 99),
        "--backend": ("", "torch", "NUMPY"),
        "--tighten": ("", "c", "depth", "__class__", "1", "Σ"),
        "--nothing": ("1",),
    }.items():
        for value in values:
            yield ("search", *SEARCH, option, value, "--", text)
    yield from (
        (),
        ("",),
        ("nothing",),
        ("search",),
        ("search", "", ""),
        ("--", "list"),
        ("list", "x"),
        ("show",),
        ("show", ""),
        ("show", "M1\n"),
        ("show", "../M1"),
        ("verify", "nowhere"),
        ("verify", "M1", "--jobs", "0"),
        ("verify", "--profile", "x"),
        ("verify", "--seed", "-1"),
        ("verify", "M1", "--out", "a" * 999),
        ("replay", "nowhere"),
        ("replay", ""),
        ("replay", "."),
        ("new", ""),
        ("new", "a b"),
        ("new", "../../x"),
        ("quantities", "Σ" * 999),
        ("quantities", "\x00"[:0]),
        ("settings", "[/b]"),
        ("audit", "nowhere"),
        ("report", "--out", "no"),
        ("search", "nowhere.py"),
        ("search", ".py"),
        ("data", ""),
        ("data", "nowhere.csv"),
        ("doctor", "x"),
    )


def chosen():
    """200 of them, the same in every run; every twentieth of these unless asked for the whole."""
    everything = list(dict.fromkeys([*conjectures(), *lines()]))
    assert len(everything) >= 200
    some = Random(0).sample(everything, 200)
    return some[:: int(1 / SHARE)]


def shown(line):
    text = ascii(" ".join(line))
    return text if len(text) < 60 else f"{text[:50]}... ({len(text)})"


@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.parametrize("line", chosen(), ids=shown)
def test_a_hostile_line_ends_soon_with_a_code_that_is_documented(line, tmp_path):
    start = monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "certimin", *line],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env=ENVIRONMENT,
    )
    said = done.stderr.decode(errors="replace")
    assert done.returncode in (0, 1, 2, 3), said
    assert "Traceback" not in said + done.stdout.decode(errors="replace")
    assert not list(tmp_path.rglob("PWNED"))
    if done.returncode == 2:
        assert said.startswith("certimin: ") or line == ()
        assert len(said) < 30_000
    assert monotonic() - start < SECONDS
