"""The command line.  Exit codes: 0 all hold, 1 refuted, 2 wrong use, 3 inconclusive or error.

A command is imported when it is run: ``--help`` reads the first line of its docstring from the
source.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
import traceback
from importlib import import_module
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from verify.commands.console import lenient
from verify.commands.installed import remedy, undeclared
from verify.commands.typed import as_typed
from verify.errors import CertiminError, UsageError

__all__ = ["cli", "main"]

_GROUP = "certimin.commands"

_COMMANDS = {
    "audit": "verify.commands.audit:audit",
    "bench": "verify.commands.bench:bench",
    "bundle": "verify.commands.bundle:bundle",
    "cite": "verify.commands.cite:cite",
    "doctor": "verify.commands.doctor:doctor",
    "judge": "verify.commands.judge:judge",
    "list": "verify.commands.show:list_theorems",
    "new": "verify.commands.new:new",
    "proofs": "verify.commands.proofs:proofs",
    "propose": "verify.commands.propose:propose",
    "quantities": "verify.commands.names:quantities",
    "replay": "verify.commands.replay:replay",
    "report": "verify.commands.report:report",
    "search": "verify.commands.search:search",
    "settings": "verify.commands.names:settings",
    "show": "verify.commands.show:show",
    "verify": "verify.commands.run:verify",
}


class _Group(click.Group):
    """The built-in commands and those that installed packages add under ``certimin.commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*_COMMANDS, *(entry.name for entry in entry_points(group=_GROUP))})

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses is said in the names of its options."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read has enough: click's exit code 1 would say "refuted"
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115, what is left is flushed at the end
            sys.exit(3)
        except UsageError as error:
            asked = ctx.invoked_subcommand
            command = self.get_command(ctx, asked) if asked else None
            if command is not None:
                error.args = (as_typed(str(error), command),)
            raise

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        place = _place(name)
        if place is None and name in undeclared(_GROUP):
            raise UsageError(f"command {name!r}: {remedy()}")
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        try:
            found = getattr(import_module(module), attribute)
        except (Exception, SystemExit) as error:  # a plugin may do anything when it is imported
            if name in _COMMANDS and not isinstance(error, ImportError):
                raise
            return _broken(name, error)
        if not isinstance(found, click.Command):
            return _broken(name, TypeError(f"expected a click command, got {found!r:.60}"))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _summary(name)) for name in self.list_commands(ctx)]
        rows += [(name, f"Missing: {remedy()}.") for name in undeclared(_GROUP)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _place(name: str) -> str | None:
    """Where a command is, "module:attribute"; a built-in one comes first."""
    added = {entry.name: entry.value for entry in entry_points(group=_GROUP)}
    return (added | _COMMANDS).get(name)


def _summary(name: str) -> str:
    """The first line of a command's docstring, read without importing its module.

    The package that holds the module is imported, and may raise or leave.
    """
    module, _, attribute = (_place(name) or "").partition(":")
    try:
        spec = find_spec(module)
        tree = ast.parse(Path(spec.origin).read_bytes())  # type: ignore[union-attr, arg-type]
    except (Exception, SystemExit):
        return "Cannot be loaded."
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    text = next((ast.get_docstring(f) for f in functions if f.name == attribute), None)
    return (text or "").partition("\n")[0]


def _broken(name: str, error: BaseException) -> click.Command:
    """A command that says why it cannot be loaded; the others work."""
    kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
    why = kind + str(error).partition("\n")[0]

    def complain() -> None:
        raise UsageError(f"command {name!r} cannot be loaded: {why}")

    anything: dict[str, Any] = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, anything, complain, help=f"Cannot be loaded: {why}.")


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("certimin"), prog_name="certimin")
def cli() -> None:
    """Executable, attacked and certified theorems about the minima of neural networks."""


def _terminated(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; errors become one line on stderr and their exit code.

    A plug-in that was skipped on the way is named at the end, and then success is none.
    """
    signal.signal(signal.SIGTERM, _terminated)  # so that workers are ended with us
    sys.set_int_max_str_digits(0)  # an exact number is printed however long it is
    lenient()
    code = _run()
    registry = sys.modules.get("verify.registry")
    lines = registry.skipped() if registry and registry.is_loaded() else ()
    for line in lines:
        click.echo(f"certimin: skipped {line}", err=True)
    sys.exit(3 if lines and not code else code)


def _run() -> Any:
    """Run the command that was asked for and return the exit code."""
    try:
        cli.main(sys.argv[1:] or ["--help"], prog_name="certimin", standalone_mode=False)
    except SystemExit as end:
        return end.code
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("certimin: interrupted", err=True)
        return 3
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f" (see {context.command_path} --help)" if context else ""
        click.echo(f"certimin: {error.format_message()}{hint}", err=True)
        return 2
    except CertiminError as error:
        click.echo(f"certimin: {error}", err=True)
        return error.exit_code
    except OSError as error:  # a full disk, a folder that went away
        click.echo(f"certimin: {error}", err=True)
        return 3
    except Exception:  # a fault of ours: Python's own exit code 1 would say "refuted"
        traceback.print_exc()
        return 3
    return 0
