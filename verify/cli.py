"""The command line.  Exit codes: 0 all hold, 1 refuted, 2 wrong use, 3 inconclusive or error."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
import traceback
from importlib import resources
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from verify import cli_bench, cli_search
from verify import report as reports
from verify.assembly import exit_code, in_families, outline
from verify.claims import QUANTITIES
from verify.cli_search import console
from verify.environment import describe
from verify.errors import CertiminError, UsageError
from verify.profiles import PROFILES
from verify.registry import select, theorems
from verify.session import Options, check_backend
from verify.session import verify as run_verification
from verify.theorem import Theorem

__all__ = ["cli", "main"]


class _Group(click.Group):
    """The built-in commands and those that installed packages add under ``certimin.commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        added = {entry.name for entry in entry_points(group="certimin.commands")}
        return sorted({*super().list_commands(ctx), *added})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        own = super().get_command(ctx, name)
        if own is not None:
            return own
        found = [e for e in entry_points(group="certimin.commands") if e.name == name]
        try:
            return found[0].load() if found else None
        except ImportError as error:
            return _broken(name, error)


def _broken(name: str, error: ImportError) -> click.Command:
    """A command that says why it cannot be loaded; the others work."""

    def complain() -> None:
        raise UsageError(f"command {name!r} cannot be loaded: {error}")

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, anything, complain, help=f"Cannot be loaded: {error}.")


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("certimin"), prog_name="certimin")
def cli() -> None:
    """Executable, attacked and certified theorems about the minima of neural networks."""


for _command in (*cli_search.COMMANDS, *cli_bench.COMMANDS):
    cli.add_command(_command)


@cli.command("list")
def list_theorems() -> None:
    """List every theorem and conjecture."""
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "title", "status", "source", "uses"):
        table.add_column(heading, overflow="fold")
    known = theorems()
    rows = [{"id": t.id, "module": t.module, "status": t.status} for t in known.values()]
    for row in in_families(rows):
        t = known[row["id"]]
        table.add_row(t.id, t.title, t.status, t.source.key, " ".join(t.uses))
    console().print(table)


@cli.command()
@click.argument("theorem_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
def show(theorem_id: str, out: Path) -> None:
    """Print a theorem in full, with its evidence if the last run has some."""
    theorem = select([theorem_id])[0]
    record = outline(theorem)
    try:
        stored = {t["id"]: t for t in reports.load(out)["theorems"]}
    except (OSError, ValueError):
        stored = {}
    if theorem.id in stored:
        record = stored[theorem.id]
    else:
        click.echo(
            f"no evidence yet in {out}; run `certimin verify {theorem.id} --out {out}`", err=True
        )
    reports.show_theorem(record, console())
    click.echo(f"reference: {reference(theorem)}")


def reference(theorem: Theorem) -> str:
    """Return author, title and year from the references.bib of the theorem's package."""
    package = theorem.module.partition(".")[0]
    try:
        text = resources.files(package).joinpath("references.bib").read_text(encoding="utf-8")
    except (OSError, TypeError):  # a package without one, or a single module
        return theorem.source.key
    entry = re.search(rf"@\w+{{{re.escape(theorem.source.key)},(.*?)\n}}", text, re.DOTALL)
    if entry is None:
        return theorem.source.key
    fields = dict(re.findall(r"(\w+)\s*=\s*{(.*?)},?\n", entry[1] + "\n"))
    plain = [re.sub(r"[{}\\']", "", fields.get(name, "")) for name in ("author", "title", "year")]
    return ". ".join(filter(None, plain))


@cli.command()
@click.argument("word", required=False, default="")
def quantities(word: str) -> None:
    """List the quantities that relations may use; only those that mention WORD, if given."""
    theorems()  # loads the modules that define them
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "LaTeX", "definition"):
        table.add_column(heading, overflow="fold")
    for q in sorted(set(QUANTITIES.values()), key=lambda q: q.name):
        if word.lower() not in f"{q.name} {q.definition}".lower():
            continue
        table.add_row(q.name, q.latex, q.definition)
    console().print(table)


@cli.command()
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--profile", type=click.Choice(sorted(PROFILES)), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="processes here  [default: as processors]")
@click.option("--scheduler", metavar="ADDRESS", help="run on the workers of this Dask scheduler")
@click.option("--backend", type=click.Choice(["numpy", "cupy"]), default="numpy", show_default=True)
@click.option("--resume/--fresh", default=False, help="keep the finished tasks of a run cut short")
@click.option(
    "--cache/--no-cache", default=True, show_default=True, help="reuse identities proved before"
)
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
def verify(
    ids: tuple[str, ...],
    profile: str,
    seed: int,
    jobs: int | None,
    scheduler: str | None,
    backend: str,
    resume: bool,
    cache: bool,
    out: Path,
) -> None:
    """Derive, certify, train and attack theorems (all, or ID... and what they use)."""
    command = shlex.join(["certimin", *sys.argv[1:]])
    if jobs is not None and scheduler is not None:
        raise UsageError(
            "--jobs is for processes here; with --scheduler its workers count, drop one"
        )
    jobs = jobs or os.cpu_count() or 1
    options = Options(profile, seed, jobs, backend, resume, out, command, scheduler, cache)
    result = run_verification(select(ids), options, console(stderr=True))
    reports.show(result, console())
    click.echo(f"reports in {out}")
    sys.exit(exit_code(result["verdict"]))


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), default="reports", show_default=True)
@click.option("--into", type=click.Path(path_type=Path), help="update the table in this document")
def report(out: Path, into: Path | None) -> None:
    """Write the reports again from the last run's verify.json."""
    try:
        result = reports.load(out)
        reports.prepare(out)
    except (OSError, ValueError) as error:
        raise UsageError(f"--out: no report to rebuild in {out}: {error}") from error
    for path in reports.write(result, out):
        click.echo(path)
    if into is not None:
        try:
            reports.insert_table(result, into)
        except (OSError, ValueError) as error:
            raise UsageError(f"--into: {into}: {error}") from error
        click.echo(into)


_OPTIONAL = (
    ("compiled kernels", "numba", "extra fast; training runs in NumPy"),
    ("clusters", "distributed", "extra distributed; processes of one machine"),
)
"""What faster or larger runs use: its name in the answer, the package, what is done without it."""


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def doctor(as_json: bool) -> None:
    """Say what this installation computes with, and whether a GPU can be used."""
    found: dict[str, Any] = describe(backend="numpy", jobs=1, command="certimin doctor")
    found["theorems"] = len(theorems())
    found["cupy"] = _gpu()
    for part, package, extra in _OPTIONAL:
        known = found["packages"].get(package)
        found[part] = f"{package} {known}" if known else f"{package} is not installed ({extra})"
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for key, value in found.items():
        text = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        click.echo(f"{key}: {text}")


def _gpu() -> str:
    """Say which GPU can be used, or why none."""
    try:
        return f"usable: {check_backend(list(theorems().values()), 'cupy')}"
    except UsageError as error:
        return str(error)


def _terminated(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; errors become one line on stderr and their exit code."""
    signal.signal(signal.SIGTERM, _terminated)  # so that workers are ended with us
    try:
        cli.main(sys.argv[1:] or ["--help"], prog_name="certimin", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("certimin: interrupted", err=True)
        sys.exit(3)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f" (see {context.command_path} --help)" if context else ""
        click.echo(f"certimin: {error.format_message()}{hint}", err=True)
        sys.exit(2)
    except CertiminError as error:
        click.echo(f"certimin: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder that went away
        click.echo(f"certimin: {error}", err=True)
        sys.exit(3)
    except Exception:  # a fault of ours: Python's own exit code 1 would say "refuted"
        traceback.print_exc()
        sys.exit(3)
