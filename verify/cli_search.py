"""Commands of the adversary: search, replay, new, audit, settings."""

from __future__ import annotations

import json
import os
import shlex
import sys
import traceback
from errno import EISDIR
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from verify.audit import audit as run_audit
from verify.claims import SETTINGS, Claim
from verify.conjecture import from_file
from verify.errors import CertiminError, UsageError
from verify.isolation import isolated, loaded, watched
from verify.profiles import PROFILES
from verify.registry import select, theorems
from verify.replay import replay as run_replay
from verify.report.files import write_text
from verify.report.mathematics import plain as readable
from verify.scaffold import scaffold
from verify.search.api import search as run_search
from verify.search.api import tighten
from verify.search.outcomes import Outcome, Refuted, Survived, plain, shown
from verify.search.record import Attack
from verify.search.tighten import Bracketed
from verify.stages import derive
from verify.theorem import Theorem

__all__ = ["search", "settings"]

_UNCHECKED = (
    "note        its check.py does not confirm it: the setting or a quantity is not known to "
    "theorems/checker.py, or a tie of irrational numbers"
)

_PULSE = 2.0
"""Seconds between lines of progress."""


class _Range(click.ParamType[tuple[int, int]]):
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


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as its terminal, and 100 columns where there is none."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else 100)


class _Progress:
    """Prints the best so far: at most one line every two seconds, and each find at once."""

    def __init__(self) -> None:
        self._console = console(stderr=True)
        self._start = self._last = monotonic()
        self._found: Any = None

    def __call__(self, claim: Claim, attack: Attack) -> None:
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
@click.option("--depth", type=_Range(), default="2:6", show_default=True, help="layers")
@click.option("--width", type=_Range(), default="1:5", show_default=True, help="of every layer")
@click.option("--budget", type=float, default=60.0, show_default=True, help="seconds")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--backend", type=click.Choice(["numpy", "cupy"]), default="numpy", show_default=True)
@click.option("--tighten", metavar="NAME", help="bracket the largest constant NAME that survives")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="write the outcome here")
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
@click.option("--child", type=click.Path(path_type=Path), hidden=True)
def search(conjecture: str, child: Path | None, **options: Any) -> None:
    """Attack a conjecture."""
    _check_writable(options)
    if not conjecture.endswith(".py"):
        sys.exit(_report(_attack(conjecture, options), options))
    if not Path(conjecture).is_file():
        raise UsageError(f"conjecture: no file {conjecture}; `certimin new NAME` writes one")
    if child is None:
        _refuse_sizes_of_a_module()
        sys.exit(_in_a_child(conjecture, options))
    with watched(child, options["budget"]):
        code = _report(_attack_file(Path(conjecture), child, options), options)
    sys.exit(code)


def _refuse_sizes_of_a_module() -> None:
    context = click.get_current_context()
    for name in ("over", "depth", "width"):
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise UsageError(f"--{name}: a module states its own; change it there")


def _attack(conjecture: Any, options: dict[str, Any]) -> Outcome:
    command = shlex.join(["certimin", *sys.argv[1:]])
    names = ("over", "depth", "width", "budget", "seed", "backend", "out")
    chosen: dict[str, Any] = {name: options[name] for name in names}
    chosen |= {"command": command, "progress": _Progress()}
    if options["tighten"] is None:
        return run_search(conjecture, **chosen)
    if not isinstance(conjecture, str):
        raise UsageError("--tighten: expected an expression with a free constant, got a module")
    return tighten(conjecture, options["tighten"], **chosen)


def _attack_file(path: Path, child: Path, options: dict[str, Any]) -> Outcome | dict[str, Any]:
    """Attack the conjecture of a module; what the module raises becomes the outcome."""
    try:
        conjecture = from_file(path)
        loaded(child)
        broken = _broken_steps(conjecture)
        return _failed(path, broken, "") if broken else _attack(conjecture, options)
    except (CertiminError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: the module is not ours
        return _failed(path, f"{type(error).__name__}: {error}", traceback.format_exc())


def _broken_steps(conjecture: Theorem) -> str:
    """Run the derivations of a conjecture; return which step does not hold, if one does not."""
    for claim in filter(lambda claim: claim.proof, conjecture.claims):
        for step in derive(claim, PROFILES["quick"])["steps"]:
            click.echo(f"derivation  {step['name']}: {step['verdict']}")
            if step["verdict"] != "holds":
                return f"derivation step {step['name']!r} is {step['verdict']}: {step['residual']}"
    return ""


def _in_a_child(path: str, options: dict[str, Any]) -> int:
    ended = isolated(sys.argv[1:], options["budget"])
    if ended.failure:
        return _report(_failed(Path(path), ended.failure, ended.traceback), options)
    return ended.code


def _failed(path: Path, reason: str, trace: str) -> dict[str, Any]:
    return {
        "verdict": "error",
        "conjecture": str(path),
        "instances": 0,
        "best_margin": None,
        "certificate": None,
        "seconds": 0.0,
        "reason": f"{path.name}: {reason}",
        "traceback": trace,
    }


def _check_writable(options: dict[str, Any]) -> None:
    """Fail before any work if the outcome could not be written."""
    out, file = Path(options["out"]), options["json_path"]
    wanted = [("--out", out / "search.json"), ("--out", out / "counterexamples" / "probe")]
    for name, path in [*wanted, *([("--json", file)] if file else [])]:
        try:
            if path.is_dir():
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
            write_text(path.with_name(".certimin-probe"), "").unlink()
        except OSError as error:
            raise UsageError(f"{name}: cannot write {path}: {error.strerror}") from error


def _report(outcome: Outcome | dict[str, Any], options: dict[str, Any]) -> int:
    """Print the outcome, write it as JSON, return the exit code."""
    if isinstance(outcome, dict):
        record, code = outcome, 3
        click.echo(f"error: {outcome['reason']}", err=True)
        click.echo(outcome["traceback"], err=True)
    else:
        record, code = outcome.to_json(), outcome.exit_code
        _show(outcome)
        if isinstance(outcome, Survived) and outcome.tight:
            figure = write_text(Path(options["out"], "figures", "tightness.svg"), outcome.plot())
            click.echo(f"plot        {figure}")
    text = json.dumps(record, indent=1, default=str) + "\n"
    for path in (Path(options["out"], "search.json"), options["json_path"]):
        if path is not None:
            write_text(path, text)
    return code


def _show(outcome: Outcome) -> None:
    screen = console()
    screen.print(f"conjecture  {outcome.claim.title}", markup=False, highlight=False)
    screen.print(f"read as     {readable(outcome.claim.latex)}", markup=False, highlight=False)
    screen.print(f"in LaTeX    {outcome.claim.latex}", markup=False, highlight=False)
    screen.print(
        f"over        {outcome.claim.setting.name}, {outcome.claim.bounds}", highlight=False
    )
    if not isinstance(outcome, Survived):
        screen.print(f"tried       {outcome.receipt}", highlight=False)
    screen.print(outcome.headline, markup=False, highlight=False)
    if isinstance(outcome, Refuted | Bracketed) and outcome.counterexample is not None:
        _print_instance(outcome.counterexample.instance, screen)
        if outcome.certificate is not None:
            screen.print(f"certificate {outcome.certificate}", highlight=False, soft_wrap=True)
            check = Path(outcome.certificate, "check.py")
            known = not isinstance(outcome, Refuted) or outcome.confirmed
            text = f"check it    python -I {check}" if known else _UNCHECKED
            screen.print(text, highlight=False, soft_wrap=True)
    elif isinstance(outcome, Survived) and outcome.tight:
        screen.print(_tightness(outcome))


def _print_instance(instance: Any, screen: Console) -> None:
    for name, value in instance.to_json().items():
        screen.print(f"  {name} = {plain(value)}", markup=False, highlight=False)


def _tightness(outcome: Survived) -> Table:
    table = Table(box=None, pad_edge=False, title="nearest to failing", title_justify="left")
    for heading in ("depth", "width", "lhs / rhs", "margin", "found in"):
        table.add_column(heading, justify="right" if heading != "found in" else "left")
    for row in outcome.tight:
        table.add_row(
            str(row.depth), str(row.width), f"{row.ratio:.9g}", shown(row.slack), row.setting
        )
    return table


@click.command()
def settings() -> None:
    """List the settings that a conjecture may be searched over."""
    theorems()  # loads the modules that define them
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "instances", "searched too"):
        table.add_column(heading, overflow="fold")
    for setting in sorted(set(SETTINGS.values()), key=lambda s: s.name):
        table.add_row(setting.name, setting.description, ", ".join(setting.special))
    console().print(table)


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.py, a conjecture to start from."""
    path = scaffold(name)
    click.echo(f"{path}; now: certimin search {path}")


@click.command()
@click.argument("theorem_id", metavar="ID")
@click.option("--budget", type=float, default=10.0, show_default=True, help="seconds for each")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), help="write the findings here"
)
def audit(theorem_id: str, budget: float, seed: int, json_path: Path | None) -> None:
    """Drop each assumption of a theorem in turn and try to break what is left."""
    theorem = select([theorem_id])[0]
    if not 0 < budget < float("inf"):
        raise UsageError(f"budget: expected a positive number of seconds, got {budget:g}")
    screen = console()
    findings = []
    for finding in run_audit(theorem, seconds=budget, seed=seed):
        findings.append(finding.to_json())
        screen.print(f"{finding.claim.id} without: {finding.dropped}", markup=False)
        screen.print(f"  {finding.verdict} ({finding.result.valid:,} instances)", markup=False)
        if finding.witness is not None:
            decision = finding.witness.decision
            screen.print(f"  lhs = {decision.lhs}, rhs = {decision.rhs}", markup=False)
            _print_instance(finding.witness.instance, screen)
    if not findings:
        screen.print(f"{theorem.id} has no assumption that could be dropped or weakened")
    if json_path is not None:
        write_text(json_path, json.dumps(findings, indent=1) + "\n")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def replay(path: Path) -> None:
    """Decide a certificate again by another route; 0 confirmed, 1 not confirmed, 3 undecided."""
    result = run_replay(path)
    for line in result.lines:
        click.echo(line)
    sys.exit({"confirmed": 0, "not confirmed": 1, "undecided": 3}[result.verdict])


COMMANDS = (audit, new, replay, search, settings)
"""What the command line adds from here."""
