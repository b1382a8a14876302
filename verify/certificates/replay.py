"""Decide a certificate again, by two routes that share as little as possible with the first.

One is the checker this installation has, run in a fresh interpreter on the certificate's data; the
program in the folder itself is never run.  The other is our own arithmetic on the instance rebuilt
from JSON, by its second route where it has one (the full Hessian instead of the dual Gram matrix).
A violation is confirmed only if both see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from verify.certificates.folder import Certificate, check_program, load, run_program
from verify.claims import MISFITS, QUANTITIES, SETTINGS, Claim, Setting, assumed, decide
from verify.errors import UsageError
from verify.expression import from_tree, tree
from verify.registry import theorems

__all__ = ["Replay", "Verdict", "replay"]

Verdict = Literal["confirmed", "not confirmed", "undecided"]

_MISFITS = (ArithmeticError, *MISFITS)
"""What data of the wrong shape or range raises where they are worked with."""


@dataclass(frozen=True)
class Replay:
    """What deciding a certificate again came to, and the lines that tell it."""

    verdict: Verdict
    lines: tuple[str, ...]


def replay(path: Path) -> Replay:
    """Decide the certificate at ``path`` (its folder, or its certificate.json) again.

    Raises
    ------
    UsageError
        There is no certificate, or it cannot be read here.
    """
    certificate = load(path)
    theorems()  # loads the modules that define settings and quantities
    claim = certificate.data["claim"]
    setting = SETTINGS.get(claim["setting"])
    if setting is None:
        raise UsageError(f"unknown setting {claim['setting']!r}; it may need a newer version")
    steps = (_text_says_so, _by_program, _by_arithmetic)
    results = [step(certificate, setting) for step in steps]
    verdicts = [result.verdict for result in results]
    worst: Verdict = "confirmed"
    for verdict in ("undecided", "not confirmed"):
        worst = verdict if verdict in verdicts else worst
    lines = [line for result in results for line in result.lines]
    return Replay(worst, (f"claim: {claim['text']}", *lines, f"verdict: {worst}"))


def _text_says_so(certificate: Certificate, setting: Setting) -> Replay:
    """Whether the decided relation is the claim as it is written, if that can be parsed here."""
    claim = certificate.data["claim"]
    parse = _parser()
    if parse is None:
        return Replay("confirmed", ())
    try:
        parsed = parse(claim["text"])
    except UsageError:
        return Replay("confirmed", ("text: no expression, not compared with the relation",))
    found = [tree(parsed.relation), [tree(c) for c in parsed.conditions]]
    if found == [_renamed(claim["relation"]), list(map(_renamed, claim["conditions"]))]:
        return Replay("confirmed", ("text: says what is decided",))
    return Replay("not confirmed", ("text: the claim as written is not the relation decided",))


def _parser() -> Callable[[str], Any] | None:
    if find_spec("verify.parser") is None:
        return None
    parse: Callable[[str], Any] = import_module("verify.parser").parse
    return parse


def _by_program(certificate: Certificate, setting: Setting) -> Replay:
    """Run the installed checker on the certificate's data."""
    if setting.checker is None:
        return Replay("undecided", (f"program: setting {setting.name} has no checker",))
    source = check_program(setting.checker(), certificate.data)
    lines = []
    kept = certificate.folder / "check.py"
    if not kept.is_file() or kept.read_text(encoding="utf-8", errors="replace") != source:
        lines.append(
            "warning: check.py in the folder is not the program this version writes; "
            "the installed one decided"
        )
    with TemporaryDirectory() as place:
        program = Path(place, "check.py")
        program.write_text(source, encoding="utf-8")
        checked, output = run_program(program)
    said = [line for line in output.splitlines() if line.startswith("so ")]
    why = f": {said[-1].removeprefix('so').strip()}" if said else ""
    return Replay(_OF_A_PROGRAM[checked], (*lines, f"program: {checked}{why}"))


_OF_A_PROGRAM: dict[str, Verdict] = {
    "confirmed": "confirmed",
    "denied": "not confirmed",
    "unknown": "undecided",
    "undecided": "undecided",
}


def _by_arithmetic(certificate: Certificate, setting: Setting) -> Replay:
    """Decide on the rebuilt instance by its second route, in the other arithmetic first."""
    if setting.load is None:
        return Replay("undecided", (f"arithmetic: setting {setting.name} cannot be rebuilt",))
    data = certificate.data
    try:
        instance = setting.load(data["instance"])
        if hasattr(instance, "second_route"):
            instance = instance.second_route()
    except _MISFITS as error:
        raise UsageError(f"the instance cannot be rebuilt: {error}") from error
    claim = _claim(data, setting)
    try:
        decision = decide(claim, instance, exact_first=data["kind"] == "certified")
    except _MISFITS as error:
        raise UsageError(f"the claim cannot be decided on the instance: {error}") from error
    verdict: Verdict = "confirmed" if decision.refutes else "not confirmed"
    if decision.open:
        verdict = "undecided"
    reason = f" ({decision.reason})" if decision.reason else ""
    sides = f": {decision.lhs} against {decision.rhs}" if decision.lhs else ""
    return Replay(verdict, (f"arithmetic: {decision.outcome}, {decision.kind}{reason}{sides}",))


def _claim(data: dict[str, Any], setting: Setting) -> Claim:
    """The claim rebuilt from its trees."""
    written = data["claim"]
    relation, *conditions = (
        from_tree(each, _symbol) for each in (written["relation"], *written["conditions"])
    )
    return Claim("replay", written["text"], setting, relation, assumed(*conditions))


def _renamed(written: Any) -> Any:
    """A tree in which former names of quantities are those of today."""
    if isinstance(written, str):
        return QUANTITIES[written].name if written in QUANTITIES else written
    if not isinstance(written, list) or not written:
        return written
    return [written[0], *map(_renamed, written[1:])]


def _symbol(name: str) -> Any:
    if name not in QUANTITIES:
        raise UsageError(f"unknown quantity {name!r}; see `certimin quantities`")
    return QUANTITIES[name].symbol
