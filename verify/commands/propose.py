"""``certimin propose``: inequalities about a quantity that nobody had to think of."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from verify.commands.console import console
from verify.commands.search import Range
from verify.evidence import EXIT_CODES

if TYPE_CHECKING:
    from verify.proposals import Proposals

__all__ = ["propose"]

_PROPOSE = """Propose inequalities about a quantity: fit, attack, learn, fit again.

\b
certimin propose --about sharpness --over whitened-minimizers --without M1
certimin propose --about hessian_trace --with target_nuclear
certimin propose --about "layer_norm_max**2 - layer_norm_min**2"

What is printed has survived the adversary and is not proved.
"""


def _names(context: click.Context, parameter: click.Parameter, value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


@click.command(help=_PROPOSE)
@click.option("--about", required=True, help="a quantity, or a formula in quantities")
@click.option(
    "--over", default="minimizers", show_default=True, help="the setting (certimin settings)"
)
@click.option(
    "--with",
    "using",
    default="",
    metavar="Q1,Q2",
    callback=_names,
    help="quantities to bound by, beside the common ones",
)
@click.option(
    "--without",
    default="",
    metavar="U1,U2",
    callback=_names,
    help="theorems to hold out, with all that imply them",
)
@click.option("--depth", type=Range(), default="2:5", show_default=True, help="layers")
@click.option("--width", type=Range(), default="1:4", show_default=True, help="of every layer")
@click.option(
    "--factors", type=click.IntRange(1, 3), default=3, show_default=True, help="in a product"
)
@click.option("--budget", type=float, default=300.0, show_default=True, help="seconds")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="write the outcome here")
@click.option(
    "--out", type=click.Path(path_type=Path), help="write a conjecture module of each here"
)
def propose(about: str, json_path: Path | None, out: Path | None, **options: Any) -> None:
    """Propose inequalities about a quantity that survive the adversary."""
    from verify.files import expect_writable
    from verify.proposals import propose as run

    if json_path:
        expect_writable("--json", json_path)
    if out:
        expect_writable("--out", out / "proposal.py")
    outcome = run(about, out=out, progress=_Progress(), **options)
    _show(outcome)
    if json_path:
        from verify.files import write_text

        write_text(json_path, json.dumps(outcome.to_json(), indent=1, default=str) + "\n")
    sys.exit(EXIT_CODES["error"] if outcome.ended == "interrupted" else 0)


class _Progress:
    """Prints what became of each candidate."""

    def __init__(self) -> None:
        self._console, self._start = console(stderr=True), monotonic()

    def __call__(self, line: str) -> None:
        self._console.print(f"{monotonic() - self._start:6.1f} s  {line}", soft_wrap=True)


def _show(outcome: Proposals) -> None:
    screen = console()
    for what, of in (("scaling", _scalings(outcome)), ("held out", outcome.held)):
        for name, why in of.items():
            screen.print(f"{what:<11} {name}: {why}")
    for equation in outcome.equations:
        screen.print(f"equal on every row: {equation}")
    screen.print(str(outcome))
    shown = list(outcome.weaker.items())[:_WEAKER]
    for text, by in shown:
        screen.print(f"follows     {text}  (from {by or 'several'})")
    if len(outcome.weaker) > len(shown):
        screen.print(f"            and {len(outcome.weaker) - len(shown)} more, see --json")


_WEAKER = 8


def _scalings(outcome: Proposals) -> dict[str, str]:
    """How the left side scales, and what was left out for it does not."""
    degrees = {f"of the {s}": f"degree {d}" for s, d in outcome.degrees[outcome.about].items()}
    without = [name for name, why in outcome.left_out.items() if why.startswith("no degree")]
    return degrees | ({"left out": ", ".join(without)} if without else {})
