"""Messages in the words of the command line: an argument of Python by the option that gives it.

Functions name their arguments, for whoever calls them from Python: at the beginning of a message,
``depth: expected ...``, and with an equals sign anywhere, ``leave noise= out``.  Other words are
left alone: "depth" in the midst of a sentence may be that of a network.
"""

from __future__ import annotations

import re

import click

__all__ = ["as_typed"]

_ARGUMENT = re.compile(r"^(\w+)(?=: )|\b(\w+)=(?![\w=])")


def as_typed(text: str, command: click.Command) -> str:
    """Return a message in which arguments are called as one types them for a command.

    Parameters
    ----------
    text
        A message in the names of Python.
    command
        The command that was asked for.

    Examples
    --------
    >>> option = click.Option(["--step-size"])
    >>> file = click.Argument(["network"], metavar="WEIGHTS")
    >>> command = click.Command("examine", params=[option, file])
    >>> as_typed("step_size: expected a number, got 'a'; leave step_size= out", command)
    "--step-size: expected a number, got 'a'; leave --step-size out"
    >>> as_typed("network: expected a step_size, got none", command)
    'WEIGHTS: expected a step_size, got none'
    """
    typed = _names(command)

    def replaced(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return typed.get(name, match[0])

    return _ARGUMENT.sub(replaced, text)


def _names(command: click.Command) -> dict[str, str]:
    """What is typed for each argument of Python: the option of that name, or one that sets it."""
    found: dict[str, str] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            long = max(parameter.opts, key=len)
            found[long.lstrip("-").replace("-", "_")] = long
    for parameter in command.params:
        if parameter.name and isinstance(parameter, click.Argument):
            found.setdefault(parameter.name, parameter.human_readable_name)
        elif parameter.name:
            found.setdefault(parameter.name, max(parameter.opts, key=len))
    return found
