"""Commands, a page each: what ``certimin NAME --help`` prints."""

from __future__ import annotations

from pathlib import Path

import click
from generated import write
from sphinx.application import Sphinx

from verify.commands.main import cli


def pages() -> dict[str, str]:
    """Return the page of each command by its name, subcommands on that of their group."""
    context = click.Context(cli, info_name="certimin")
    return {name: _page(name, context) for name in cli.list_commands(context)}


def _page(name: str, above: click.Context) -> str:
    command = cli.get_command(above, name)
    assert command is not None
    parts = [f"# certimin {name}\n", _help(command, name, above)]
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name, parent=above)
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            parts += [f"## certimin {name} {sub}\n", _help(found, sub, context)]
    return "\n".join(parts)


def _help(command: click.Command, name: str, above: click.Context) -> str:
    context = click.Context(
        command, info_name=name, parent=above, terminal_width=88, max_content_width=88
    )
    return f"```text\n{command.get_help(context)}\n```\n"


def _write(app: Sphinx) -> None:
    write(Path(app.srcdir, "reference", "commands"), pages())


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before sources are looked for."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
