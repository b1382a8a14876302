"""Certificates: a refuted claim in a folder that anyone can check without this project.

``certificate.json`` says what was claimed and where it fails, ``check.py`` decides it again with
Python's own fractions, ``counterexample.tex`` and ``counterexample.svg`` show it.  The program is
the setting's (:attr:`verify.claims.Setting.checker`) with the data written into it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Protocol

from verify.certificates import checker
from verify.certificates.drawing import svg, tex
from verify.claims import Claim, Decision
from verify.errors import Undefined, UsageError
from verify.expression import tree
from verify.files import write_text

__all__ = [
    "SCHEMA",
    "Certificate",
    "Found",
    "check_program",
    "core",
    "joined",
    "load",
    "run_program",
    "write",
]

SCHEMA = 1
"""Raised whenever certificate.json changes so that older programs cannot read it."""

_MARKER = "\nCERTIFICATE = None\n"
_KEYS = (
    "schema", "claim", "instance", "hints", "sizes", "lhs", "rhs", "separator", "kind", "found_by",
    "seed", "command", "environment", "sha256", "confirmed", "output",
)  # fmt: skip
_CLAIM_KEYS = ("text", "latex", "setting", "relation", "conditions", "assumptions")
_CLAIM_TYPES = {
    "text": str, "latex": str, "setting": str, "relation": list, "conditions": list,
    "assumptions": list,
}  # fmt: skip
_NAMES = {dict: "an object", list: "a list", str: "a text"}
_SECONDS = 120.0

Checked = Literal["confirmed", "denied", "undecided", "unknown"]

_CHECKED: dict[int, Any] = {code: name for name, code in checker.EXIT_CODES.items()}
"""What a checker's exit code says."""


class Found(Protocol):
    """What is needed of a counterexample."""

    @property
    def instance(self) -> Any:
        """Return the exact instance."""

    @property
    def decision(self) -> Decision:
        """Return the decision that it violates the claim."""
        ...

    @property
    def found_by(self) -> str:
        """Return the name of the engine that found it."""
        ...


@dataclass(frozen=True)
class Certificate:
    """A certificate in its folder; ``data`` is what certificate.json says."""

    folder: Path
    data: dict[str, Any]

    @property
    def confirmed(self) -> bool | None:
        """Return whether check.py confirmed it when it was written; None without such a program."""
        confirmed: bool | None = self.data["confirmed"]
        return confirmed

    @property
    def contradicted(self) -> bool:
        """Return whether check.py denies the violation, knowing all that it is about."""
        return self.data.get("checked") == "denied"


def write(
    found: Found,
    claim: Claim,
    folder: Path,
    *,
    text: str,
    command: str,
    seed: int,
    environment: dict[str, Any],
) -> Certificate:
    """Write the certificate of a counterexample into a new folder below ``folder`` and check it.

    The new folder is named by the claim and a hash of claim and instance, and is there whole or not
    at all; one of the same name is replaced.  A program that does not confirm the violation does
    not keep the certificate from being written: see :attr:`Certificate.confirmed`.

    Parameters
    ----------
    found
        The counterexample.
    claim
        The claim it refutes.
    text
        The claim as its author wrote it.
    command, seed, environment
        What found it, so that it can be found again.

    Raises
    ------
    UsageError
        The claim cannot be written as a tree.
    OSError
        The folder cannot be written.
    """
    data = _describe(found, claim, text)
    data |= {"command": command, "seed": seed, "environment": environment}
    name = f"{_slug(text)}-{data['sha256'][:8]}"
    partial = Path(folder, f".{name}.{secrets.token_hex(4)}.part")
    partial.mkdir(parents=True)
    try:
        source = claim.setting.checker() if claim.setting.checker else None
        if source is not None:
            program = write_text(partial / "check.py", check_program(source, data))
            data["checked"], data["output"] = run_program(program)
            data["confirmed"] = data["checked"] == "confirmed"
        write_text(partial / "certificate.json", _pretty(data))
        write_text(partial / "counterexample.tex", tex(data))
        write_text(partial / "counterexample.svg", svg(data))
        return Certificate(_move(partial, Path(folder, name)), data)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _describe(found: Found, claim: Claim, text: str) -> dict[str, Any]:
    """What certificate.json says of the violation itself."""
    instance = found.instance.to_json()
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "claim": {
            "text": text,
            "latex": claim.latex,
            "setting": claim.setting.name,
            "relation": tree(claim.expanded),
            "conditions": [tree(condition) for condition in claim.conditions],
            "assumptions": [assumption.latex for assumption in claim.predicates],
        },
        "instance": instance,
        "hints": found.instance.hints() if hasattr(found.instance, "hints") else {},
        "sizes": {name: _sizes(value) for name, value in instance.items()},
    }
    sides = _enclosures(claim, found.instance)
    written = [[str(end) for end in side] for side in sides] if sides else [None, None]
    data |= {"lhs": written[0], "rhs": written[1], "separator": _separator(sides)}
    data |= {"kind": found.decision.kind, "found_by": found.found_by}
    return data | {"sha256": _digest(data), "checked": None, "confirmed": None, "output": ""}


def core(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a certificate that its program decides."""
    return {key: data[key] for key in ("claim", "instance", "hints")}


def check_program(source: str, data: Mapping[str, Any]) -> str:
    """Return a checker's source with the claim, the instance and the hints written into it.

    Raises
    ------
    UsageError
        The source has no line ``CERTIFICATE = None`` to replace.
    """
    if source.count(_MARKER) != 1:
        raise UsageError("the setting's checker needs one line CERTIFICATE = None")
    text = json.dumps(core(data), indent=1)  # ASCII; quotes in it are escaped
    literal = f'r"""\n{_one_line_lists(text)}\n"""'
    assert json.loads(ast.literal_eval(literal)) == core(data)
    return source.replace(_MARKER, f"\nCERTIFICATE = {literal}\n")


_OPENS = "# --- the chapters of a setting stand here"
_CLOSES = "# --- end of the chapters of a setting"
_HEADING = "\n# --- "


def joined(chapters: str) -> str:
    """Return the stand-alone checker for a setting.

    Parameters
    ----------
    chapters
        Source that defines Point, QUANTITIES and SETTINGS as the generic chapters in
        :mod:`verify.certificates.checker` say, from its first heading ``# --- `` on; what stands
        above, imports from those chapters, is left out.
    """
    generic = resources.files("verify.certificates").joinpath("checker.py").read_text("utf-8")
    before, _, rest = generic.partition(_OPENS)
    own = chapters[chapters.index(_HEADING) :].strip()
    return f"{before}{own}\n\n\n{rest.partition(_CLOSES)[2].partition(chr(10))[2].lstrip()}"


def run_program(program: Path, seconds: float = _SECONDS) -> tuple[Checked, str]:
    """Run a checker in a fresh, isolated interpreter; return its verdict and what it printed."""
    command = [sys.executable, "-I", str(program)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return "undecided", f"no answer within {seconds:g} s\n"
    printed = done.stdout.decode("utf-8", errors="replace")
    said = _CHECKED.get(done.returncode, "unknown")
    # Python itself ends with 1 where a program breaks down: only one that said so denies
    verdict: Checked = said if printed.endswith(f"verdict:    {said}\n") else "unknown"
    return verdict, printed + done.stderr.decode("utf-8", errors="replace")


def load(path: Path) -> Certificate:
    """Read a certificate from its folder or its certificate.json.

    Raises
    ------
    UsageError
        It is not there, not a certificate, of another version, or was changed.
    """
    file = path / "certificate.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"no certificate at {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from error
    problem = next(_problems(data), None)
    if problem:
        raise UsageError(f"{file}: {problem}")
    return Certificate(file.parent, data)


def _problems(data: Any) -> Iterator[str]:
    """What is wrong with a certificate, worst first."""
    if not isinstance(data, dict):
        yield "expected an object"
    elif data.get("schema") != SCHEMA:
        yield (
            f"expected schema {SCHEMA}, found {data.get('schema')!r}; "
            "read it with the version of certimin that wrote it"
        )
    else:
        yield from (f"{key!r} is missing" for key in _KEYS if key not in data)
        claim = data["claim"] if isinstance(data["claim"], dict) else {}
        yield from (f"'claim' lacks {key!r}" for key in _CLAIM_KEYS if key not in claim)
        yield from _of_wrong_type(data, {"instance": dict, "hints": dict}, "")
        yield from _of_wrong_type(claim, _CLAIM_TYPES, "'claim': ")
        if data["sha256"] != _digest(data):
            yield "certificate.json was changed after it was written (SHA-256 differs)"


def _of_wrong_type(data: dict[str, Any], types: dict[str, Any], where: str) -> Iterator[str]:
    """Entries that are something else than they must be, or empty where a tree must stand."""
    for key, kind in types.items():
        value = data[key]
        if not isinstance(value, kind) or (key == "relation" and not value):
            yield f"{where}{key!r}: expected {_NAMES[kind]}, got {value!r:.40}"


def _digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of claim and instance in canonical JSON."""
    content = {"claim": data["claim"], "instance": data["instance"]}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


Enclosure = tuple[Fraction, Fraction]


def _enclosures(claim: Claim, instance: Any) -> tuple[Enclosure, Enclosure] | None:
    """Rational intervals around both sides: disjoint if some arithmetic can separate them."""
    best = None
    for lifted in instance.routes():
        try:
            with lifted.arithmetic:
                lhs, rhs = (_ends(side) for side in claim.sides(lifted))
        except (ArithmeticError, Undefined):
            continue
        if lhs is None or rhs is None:
            continue
        best = lhs, rhs
        exact = lhs[0] == lhs[1] and rhs[0] == rhs[1]
        if exact or lhs[1] < rhs[0] or rhs[1] < lhs[0]:
            break
    return best


def _ends(value: Any) -> Enclosure | None:
    """The ends of a ball, a rational twice; None for what is neither."""
    if isinstance(value, int | Fraction):
        return Fraction(value), Fraction(value)
    if hasattr(value, "lower") and hasattr(value, "upper"):
        return Fraction(value.lower), Fraction(value.upper)
    if hasattr(value, "p") and hasattr(value, "q"):
        exact = Fraction(int(value.p), int(value.q))
        return exact, exact
    return None


def _separator(sides: tuple[Enclosure, Enclosure] | None) -> str | None:
    """The simplest rational strictly between both sides; None if they touch."""
    for below, above in (sides, sides[::-1]) if sides else ():
        if below[1] < above[0]:
            return str(_simplest_between(below[1], above[0]))
    return None


def _simplest_between(a: Fraction, b: Fraction) -> Fraction:
    """The rational of least denominator strictly between a < b, by continued fractions."""
    n = a // 1
    if n + 1 < b:
        return Fraction(n + 1)
    if a == n:
        return n + Fraction(1, 1 // (b - n) + 1)
    return n + 1 / _simplest_between(1 / (b - n), 1 / (a - n))


def _sizes(value: Any) -> Any:
    """Rows and columns of a matrix, a list of them for several, [] for a scalar."""
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], list) and value[0] and isinstance(value[0][0], list):
        return [_sizes(item) for item in value]
    return [len(value), *([len(value[0])] if value and isinstance(value[0], list) else [])]


def _pretty(data: Mapping[str, Any]) -> str:
    return _one_line_lists(json.dumps(data, indent=1, ensure_ascii=False)) + "\n"


def _one_line_lists(text: str) -> str:
    """Indented JSON with each innermost list, such as the row of a matrix, on one line."""
    strings = r'(?:"(?:[^"\\]|\\.)*"|[^"\[\]{}])*'
    return re.sub(
        rf'("(?:[^"\\]|\\.)*")|\[({strings})\]',
        lambda m: m[1] or "[" + re.sub(r"\s*\n\s*", " ", m[2]).strip() + "]",
        text,
    )


def _slug(text: str) -> str:
    """The claim's text as the name of a folder."""
    for sign, word in ((">=", "ge"), ("<=", "le"), ("==", "eq"), (">", "gt"), ("<", "lt")):
        text = text.replace(sign, f" {word} ")
    return re.sub(r"[^a-z0-9_]+", "-", text.lower())[:48].strip("-") or "claim"


def _move(partial: Path, final: Path) -> Path:
    """Put the finished folder in its place; one that is there already gives way."""
    old = partial.with_suffix(".old")
    if final.exists():
        final.rename(old)
    partial.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    return final
