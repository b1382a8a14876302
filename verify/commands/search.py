"""``certimin search``: attack a conjecture, an expression or a module.

A module runs in a process of its own: it may raise, hang or end the interpreter.
"""

from __future__ import annotations

import json
import shlex
import sys
import traceback
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from verify.commands.console import console, print_instance
from verify.errors import CertiminError, UsageError
from verify.evidence import EXIT_CODES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from verify.claims import Claim
    from verify.search.outcomes import Error, Outcome, Survived
    from verify.search.record import Attack
    from verify.theorem import Theorem

__all__ = ["Range", "search"]

_UNCHECKED = (
    "note        its check.py does not confirm it: the setting or a quantity is not known to "
    "theorems/checker.py, or a tie of irrational numbers"
)

_PULSE = 2.0
"""Seconds between lines of progress."""


class Range(click.ParamType[tuple[int, int]]):
    """LOW:HIGH, or one number for both."""

    name = "low:high"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return the pair of ends."""
        if isinstance(value, tuple):
            return value
        try:
            low, _, high = value.partition(":")
            return int(low), int(high or low)
        except ValueError:
            self.fail(f"expected LOW:HIGH such as 2:6, got {value!r}", param, ctx)


class _Progress:
    """Prints the best so far: at most one line every two seconds, and each find at once."""

    def __init__(self) -> None:
        self._console = console(stderr=True)
        self._start = self._last = monotonic()
        self._found: Any = None

    def __call__(self, claim: Claim, attack: Attack) -> None:
        from verify.search.outcomes import shown

        now, found = monotonic(), attack.found
        if found is None and now - self._last > _PULSE:
            self._last = now
            self._say(now, f"{attack.valid:,} instances, best margin {shown(attack.worst_slack)}")
        elif found is not None and self._found is None:
            self._say(now, f"counterexample ({found.found_by}); making it simple")
        self._found = found

    def _say(self, now: float, text: str) -> None:
        self._console.print(f"{now - self._start:6.1f} s  {text}", markup=False, highlight=False)


_SEARCH = """Try to refute CONJECTURE, an expression or a .py file; certify what refutes it.

\b
certimin search "sharpness >= 3*depth*target_norm**(2-2/depth)" --over whitened-minimizers
certimin search "sharpness <= 2*minimal_sharpness if imbalance == 0" --depth 2:3
certimin search "sharpness >= c*hessian_trace" --tighten c
"""


@click.command(help=_SEARCH)
@click.argument("conjecture")
@click.option(
    "--over",
    default="minimizers",
    show_default=True,
    help="setting of an expression (certimin settings)",
)
@click.option("--depth", type=Range(), default="2:6", show_default=True, help="layers")
@click.option("--width", type=Range(), default="1:5", show_default=True, help="of every layer")
@click.option("--budget", type=float, help="seconds  [default: 60, none beside --instances]")
@click.option(
    "--instances",
    type=click.IntRange(min=1),
    help="how many to try: the outcome then hangs on neither the clock nor the machine's load",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--backend", type=click.Choice(["numpy", "cupy"]), default="numpy", show_default=True)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="processes here; with --instances the outcome is the same for any number",
)
@click.option("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
@click.option(
    "--tighten",
    metavar="NAME",
    help="bracket the largest constant NAME that survives a plain search; takes a few budgets",
)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="write the outcome here")
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
@click.option("--fresh", is_flag=True, help="try nothing from the corpus of earlier searches")
@click.option("--child", type=click.Path(path_type=Path), hidden=True)
def search(conjecture: str, child: Path | None, **options: Any) -> None:
    """Try to refute a conjecture; certify what refutes it."""
    _check(options)
    if not conjecture.endswith(".py"):
        sys.exit(_report(_attack(conjecture, options), options))
    if not Path(conjecture).is_file():
        raise UsageError(f"conjecture: no file {conjecture}; `certimin new NAME` writes one")
    if child is None:
        _refuse_sizes_of_a_module()
        sys.exit(_in_a_child(conjecture, options))
    from verify.search.isolation import watched

    with watched(child, _seconds(options)):
        code = _report(_attack_file(Path(conjecture), child, options), options)
    sys.exit(code)


def _refuse_sizes_of_a_module() -> None:
    context = click.get_current_context()
    for name in ("over", "depth", "width"):
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise UsageError(f"--{name}: a module states its own; change it there")


def _attack(conjecture: Any, options: dict[str, Any]) -> Outcome:
    from verify.search import api

    command = shlex.join(["certimin", *sys.argv[1:]])
    names = (
        "over",
        "depth",
        "width",
        "budget",
        "instances",
        "seed",
        "backend",
        "jobs",
        "scheduler",
        "out",
    )
    chosen: dict[str, Any] = {name: options[name] for name in names}
    chosen |= {"command": command, "progress": _Progress(), "announce": _show}
    if options["tighten"] is None:
        return api.search(conjecture, fresh=options["fresh"], **chosen)
    if not isinstance(conjecture, str):
        raise UsageError("--tighten: expected an expression with a free constant, got a module")
    return api.tighten(conjecture, options["tighten"], **chosen)


def _attack_file(path: Path, child: Path, options: dict[str, Any]) -> Outcome | Error:
    """Attack the conjecture of a module; what the module raises becomes the outcome."""
    from verify.conjecture import from_file
    from verify.search.isolation import loaded
    from verify.search.outcomes import Error

    try:
        conjecture = from_file(path)
        loaded(child)
        broken = _broken_steps(conjecture)
        return Error(str(path), broken) if broken else _attack(conjecture, options)
    except (CertiminError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: the module is not ours
        loaded(child)  # what follows is ours
        return Error(str(path), f"{type(error).__name__}: {error}", traceback.format_exc())


def _broken_steps(conjecture: Theorem) -> str:
    """Check the proofs of a conjecture; return which step does not hold, if one does not.

    One that is void is said to be, and the conjecture is attacked all the same.
    """
    from verify.report.characters import plain
    from verify.runs.profiles import PROFILES
    from verify.runs.stages import derive

    for claim in filter(lambda claim: claim.has_derivation, conjecture.claims):
        derivation = derive(claim, PROFILES["quick"])
        for step in derivation["steps"]:
            click.echo(f"derivation  {plain(step['name'])}: {step['verdict']}")
            if step["verdict"] != "holds":
                return f"derivation step {step['name']!r} is {step['verdict']}: {step['residual']}"
        if derivation["void"]:
            click.echo(f"derivation  void: it does not depend on the claim: {derivation['void']}")
        elif derivation["complete"]:
            click.echo(f"derivation  ends in the claim, {derivation['scope']}".rstrip(", "))
    return ""


def _in_a_child(path: str, options: dict[str, Any]) -> int:
    from verify.search.isolation import isolated
    from verify.search.outcomes import Error

    ended = isolated(sys.argv[1:], _seconds(options))
    if ended.failure:
        return _report(Error(path, ended.failure, ended.traceback), options)
    return ended.code


def _seconds(options: dict[str, Any]) -> float:
    from verify.search.api import check_budget

    return check_budget(options["budget"], options["instances"])


def _check(options: dict[str, Any]) -> None:
    """Fail before any work on what it would fail on at its end, and leave nothing behind."""
    from verify.files import expect_writable
    from verify.registry import theorems
    from verify.runs.session import check_backend

    _seconds(options)
    if options["jobs"] > 1 and options["scheduler"] is not None:
        raise UsageError(
            "--jobs is for processes here; with --scheduler its workers count, drop one"
        )
    expect_writable("--out", options["out"] / "search.json")
    expect_writable("--out", options["out"] / "counterexamples" / "probe")
    if options["json_path"]:
        expect_writable("--json", options["json_path"])
    if options["backend"] != "numpy":  # the host needs no theorem to try it with
        check_backend(list(theorems().values()), options["backend"])


def _report(outcome: Outcome | Error, options: dict[str, Any]) -> int:
    """Print the outcome, write it as JSON, return the exit code."""
    from verify.files import write_rows, write_text
    from verify.report.figures import save
    from verify.search.outcomes import Error, Survived
    from verify.search.tightness import file_stem

    if isinstance(outcome, Error):
        click.echo(outcome.headline, err=True)
        click.echo(outcome.traceback, err=True)
    elif getattr(outcome, "counterexample", None) is None:
        _show(outcome)
    else:  # shown before it was written
        _show_certificate(outcome)
    failed = "" if isinstance(outcome, Error) else outcome.unwritten
    try:
        if isinstance(outcome, Survived) and outcome.tight:
            stem = Path(options["out"], "figures", file_stem(outcome.claim))
            click.echo(f"plot        {save(outcome.figure(), stem)[0]}")
            write_rows(stem.with_name(f"{stem.name}.csv"), outcome.rows())
        text = json.dumps(outcome.to_json(), indent=1, default=str) + "\n"
        for path in (Path(options["out"], "search.json"), options["json_path"]):
            if path is not None:
                write_text(path, text)
    except OSError as error:
        failed = failed or str(error)
    if failed:
        click.echo(f"certimin: not all of it could be written: {failed}", err=True)
    refuted = outcome.exit_code == EXIT_CODES["refuted"]
    return EXIT_CODES["error"] if failed and not refuted else outcome.exit_code


def _show(outcome: Outcome) -> None:
    from verify.report.characters import formula
    from verify.search.outcomes import Survived

    screen, claim = console(), outcome.claim
    for name, text in (
        ("conjecture", outcome.title),
        ("read as", formula(outcome.latex)),
        ("in LaTeX", outcome.latex),
        ("over", f"{claim.setting.name}, {claim.bounds}"),
    ):
        screen.print(f"{name:<11} {text}", markup=False, highlight=False)
    if not isinstance(outcome, Survived):
        screen.print(f"tried       {outcome.receipt}", markup=False, highlight=False)
    screen.print(outcome.headline, markup=False, highlight=False)
    found = getattr(outcome, "counterexample", None)
    if found is not None:
        print_instance(found.instance, screen)
    elif isinstance(outcome, Survived) and outcome.tight:
        screen.print(_tightness(outcome))


def _show_certificate(outcome: Any) -> None:
    """Say where the certificate of what was shown is."""
    screen = console()
    if outcome.certificate is not None:
        _print_path(screen, f"certificate {outcome.certificate}")
        check = Path(outcome.certificate, "check.py")
        known = getattr(outcome, "confirmed", True)  # a bracket says nothing of it
        _print_path(screen, f"check it    python -I {check}" if known else _UNCHECKED)
        if getattr(outcome, "unexported", ""):
            _print_path(screen, f"no Coq file {outcome.unexported}")
    if getattr(outcome, "family", ""):
        _print_path(screen, f"family      {outcome.family}")


def _print_path(screen: Console, text: str) -> None:
    """Print a line with a path as it is: unbroken, its brackets no markup."""
    screen.print(text, markup=False, highlight=False, soft_wrap=True)


def _tightness(outcome: Survived) -> Table:
    from rich.table import Table

    from verify.search.outcomes import shown

    table = Table(box=None, pad_edge=False, title="nearest to failing", title_justify="left")
    for heading in ("depth", "width", "lhs / rhs", "margin", "found in"):
        table.add_column(heading, justify="right" if heading != "found in" else "left")
    for row in outcome.tight:
        table.add_row(
            str(row.depth), str(row.width), f"{row.ratio:.9g}", shown(row.slack), row.setting
        )
    return table
