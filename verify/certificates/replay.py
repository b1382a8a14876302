"""Decide a certificate again, by two routes that share as little as possible with the first.

One is the checker this installation has, run in a fresh interpreter on the certificate's data; the
program in the folder itself is never run.  The other is our own arithmetic on the instance rebuilt
from JSON, by its second route where it has one (the full Hessian instead of the dual Gram matrix).
A violation is confirmed only if both see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from verify.certificates import checker
from verify.certificates.coq import file as coq
from verify.certificates.family import checked, told
from verify.certificates.folder import (
    Certificate,
    changed_files,
    check_program,
    drawn_up,
    for_kernel,
    load,
    run_program,
    write,
)
from verify.certificates.statement import rebuilt, untrue
from verify.claims import MISFITS, SETTINGS, Claim, Decision, Setting, decide
from verify.derivation.steps import time_limit
from verify.errors import UsageError
from verify.registry import theorems

__all__ = ["Replay", "Verdict", "replay"]

Verdict = Literal["confirmed", "not confirmed", "undecided"]

_MISFITS = (ArithmeticError, RecursionError, *MISFITS)
"""What data of the wrong shape or range raises where they are worked with."""

_SECONDS = 120.0
"""Time there is for our own arithmetic."""


@dataclass(frozen=True)
class Replay:
    """What deciding a certificate again came to, and the lines that tell it."""

    verdict: Verdict
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Case:
    """A certificate with what is rebuilt from it: its setting, its claim, and an instance."""

    certificate: Certificate
    setting: Setting
    claim: Claim
    instance: Any

    @cached_property
    def formal(self) -> str:
        """Return what this version writes for Coq, or raise why there is nothing."""
        return for_kernel(self.setting, self.certificate.data)


def replay(path: Path, *, rewrite: bool = False, kernel: bool = False) -> Replay:
    """Decide the certificate at ``path`` (its folder, or its certificate.json) again.

    Parameters
    ----------
    rewrite
        Write it anew, in its place, if both routes see the violation: an older certificate, or one
        that was changed in what is printed beside it.
    kernel
        Let Coq read ``counterexample.v`` too, as this version writes it.

    Raises
    ------
    UsageError
        There is no certificate, or it cannot be read here.
    """
    certificate = load(path)
    theorems()  # loads the modules that define settings and quantities
    written = certificate.data["claim"]
    setting = SETTINGS.get(written["setting"])
    if setting is None:
        raise UsageError(f"unknown setting {written['setting']!r}; it may need a newer version")
    case = _rebuilt(certificate, setting)
    printed = _as_printed(case)
    decided: tuple[Replay, ...] = (_by_program(case), _by_arithmetic(case))
    if case.certificate.data.get("family"):
        decided = (*decided, _by_counting(case))
    if kernel:
        decided = (*decided, _by_kernel(case))
    if rewrite and _worst(decided) == "confirmed":
        printed = _rewritten(case)
    results = (printed, *decided)
    lines = [line for result in results for line in result.lines]
    worst = _worst(results)
    said = checker.sentence(written)
    return Replay(worst, (f"claim: {said}", *lines, f"verdict: {worst}"))


def _worst(results: Sequence[Replay]) -> Verdict:
    found = {result.verdict for result in results}
    order: tuple[Verdict, ...] = ("not confirmed", "undecided")
    return next((verdict for verdict in order if verdict in found), "confirmed")


def _rebuilt(certificate: Certificate, setting: Setting) -> _Case:
    data = certificate.data
    try:
        with time_limit(_SECONDS):
            claim = rebuilt(data["claim"], setting)
            instance = setting.load(data["instance"]) if setting.load else None
    except TimeoutError as error:
        raise UsageError(f"the certificate is not rebuilt within {_SECONDS:g} s") from error
    except _MISFITS as error:
        raise UsageError(f"the certificate cannot be rebuilt: {_line(error)}") from error
    return _Case(certificate, setting, claim, instance)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _as_printed(case: _Case) -> Replay:
    """Whether all that the certificate prints is so, and its files are those it was written with.

    The text of an older one is its author's, and its LaTeX that of an older version: where they are
    not what is derived today, nothing can be said of them until it is written anew.
    """
    if case.instance is None:
        return Replay("undecided", (f"printed: setting {case.setting.name} cannot be rebuilt",))
    try:
        with time_limit(_SECONDS):
            wrong = [*untrue(case.certificate.data, case.claim, case.instance)]
    except TimeoutError:
        return Replay("undecided", (f"printed: not compared within {_SECONDS:g} s",))
    except _MISFITS as error:
        raise UsageError(f"what it prints cannot be compared: {_line(error)}") from error
    words = [key for key in wrong if key in ("text", "latex") and case.certificate.old]
    changed = [key for key in wrong if key not in words] + changed_files(case.certificate)
    if changed:
        said = f"printed: not what is decided: {', '.join(changed)}"
        return Replay("not confirmed", (said,))
    if words:
        said = "printed: an older certificate, in its author's words; --rewrite writes it anew"
        return Replay("undecided", (said,))
    return Replay("confirmed", (*_foreign(case), "printed: says what is decided"))


def _foreign(case: _Case) -> Iterator[str]:
    """Yield a warning for each file for readers that is another than this version writes."""
    texts = {}
    with suppress(coq.Unexported, *_MISFITS):
        texts = drawn_up(case.certificate.data)
        texts[coq.NAME] = case.formal
    for name, text in texts.items():
        if (case.certificate.folder / name).is_file() and not _kept(case, name, text):
            yield f"warning: {name} in the folder is not what this version writes; it was not read"


def _kept(case: _Case, name: str, text: str) -> bool:
    """Whether the folder has a file that says this."""
    path = case.certificate.folder / name
    return path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text


def _rewritten(case: _Case) -> Replay:
    """Write the certificate anew in its place."""
    data, folder = case.certificate.data, case.certificate.folder.resolve()
    decision = decide(case.claim, case.instance, exact_first=False)
    write(
        _Again(case.instance, decision, data["found_by"]), case.claim, folder.parent,
        command=data["command"], seed=data["seed"], environment=data["environment"],
        name=folder.name,
    )  # fmt: skip
    return Replay("confirmed", ("printed: written anew",))


@dataclass(frozen=True)
class _Again:
    """A counterexample of which only the certificate is known."""

    instance: Any
    decision: Decision
    found_by: str


def _by_program(case: _Case) -> Replay:
    """Run the installed checker on the certificate's data."""
    if case.setting.checker is None:
        return Replay("undecided", (f"program: setting {case.setting.name} has no checker",))
    said = checker.sentence(case.certificate.data["claim"])
    data = case.certificate.data
    today = {**data, "claim": {**data["claim"], "text": said}}  # an older text is the author's
    source = check_program(case.setting.checker(), today)
    lines = []
    if not _kept(case, "check.py", source):
        lines.append(
            "warning: check.py in the folder is not the program this version writes; "
            "the installed one decided"
        )
    with TemporaryDirectory() as place:
        program = Path(place, "check.py")
        program.write_text(source, encoding="utf-8")
        checked, output = run_program(program)
    if not lines and data.get("output") and data["output"] != output:
        lines.append("warning: the recorded output is not what the program prints")
    told = [line for line in output.splitlines() if line.startswith("so ")]
    why = f": {told[-1].removeprefix('so').strip()}" if told else ""
    return Replay(_OF_A_PROGRAM[checked], (*lines, f"program: {checked}{why}"))


_OF_A_PROGRAM: dict[str, Verdict] = {
    "confirmed": "confirmed",
    "denied": "not confirmed",
    "unknown": "undecided",
    "undecided": "undecided",
}


def _by_counting(case: _Case) -> Replay:
    """Count the roots of the family behind the instance again."""
    written = case.certificate.data["family"]
    if case.instance is None:
        return Replay("undecided", (f"family: setting {case.setting.name} cannot be rebuilt",))
    try:
        with time_limit(_SECONDS):
            wrong = checked(case.claim, case.instance, written)
    except TimeoutError:
        return Replay("undecided", (f"family: not counted within {_SECONDS:g} s",))
    except _MISFITS as error:
        return Replay("not confirmed", (f"family: it cannot be read: {_line(error)}",))
    if wrong:
        return Replay("not confirmed", (f"family: {wrong}",))
    return Replay("confirmed", (f"family: {told(written)}",))


def _by_kernel(case: _Case) -> Replay:
    """Let Coq read what this version writes for it; undecided where there is no Coq, or no file."""
    try:
        source = case.formal
    except coq.Unexported as reason:
        return Replay("undecided", (f"kernel: no {coq.NAME}: {reason}",))
    verdict, said = coq.check(source)
    what = "" if _kept(case, coq.NAME, source) else " (of the file that this version writes)"
    line = f"kernel: {verdict}{what}" + (f": {said}" if said else ", from no axiom")
    return Replay(_OF_THE_KERNEL[verdict], (line,))


_OF_THE_KERNEL: dict[str, Verdict] = {
    "proved": "confirmed",
    "refused": "not confirmed",
    "not installed": "undecided",
    "no answer": "undecided",
}


def _by_arithmetic(case: _Case) -> Replay:
    """Decide on the rebuilt instance by its second route, in the other arithmetic first."""
    if case.instance is None:
        return Replay("undecided", (f"arithmetic: setting {case.setting.name} cannot be rebuilt",))
    try:
        with time_limit(_SECONDS):
            decision = _decided(case)
    except TimeoutError:
        return Replay("undecided", (f"arithmetic: no answer within {_SECONDS:g} s",))
    except _MISFITS as error:
        raise UsageError(f"the claim cannot be decided on the instance: {_line(error)}") from error
    verdict: Verdict = "confirmed" if decision.refutes else "not confirmed"
    if decision.open:
        verdict = "undecided"
    reason = f" ({decision.reason})" if decision.reason else ""
    sides = f": {decision.lhs} against {decision.rhs}" if decision.lhs else ""
    return Replay(verdict, (f"arithmetic: {decision.outcome}, {decision.kind}{reason}{sides}",))


def _decided(case: _Case) -> Decision:
    other = (
        case.instance.second_route() if hasattr(case.instance, "second_route") else case.instance
    )
    return decide(case.claim, other, exact_first=case.certificate.data["kind"] == "certified")
