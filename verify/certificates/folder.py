"""Certificates: a refuted claim in a folder that anyone can check without this project.

``certificate.json`` says what was claimed and where it fails, ``check.py`` decides it again with
Python's own fractions, ``counterexample.v`` lets Coq prove that it fails there (where rational
numbers show it; else there is a reason), ``counterexample.tex`` and ``counterexample.svg`` show it.
The program is the setting's (:attr:`verify.claims.Setting.checker`) with the data written into it.

A digest covers all that certificate.json says, and the other files through their digests in it, so
that no letter changes unseen.  It is no signature, for anyone can compute another: therefore what
is printed is derived from what is decided (:mod:`verify.certificates.statement`), and compared with
it when the certificate is decided again.
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
from contextlib import suppress
from dataclasses import dataclass
from errno import EEXIST, ENOTDIR, ENOTEMPTY
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Protocol

from verify.certificates import checker
from verify.certificates.coq import file as coq
from verify.certificates.document import tex
from verify.certificates.drawing import svg
from verify.certificates.family import widest
from verify.certificates.statement import stated
from verify.claims import Claim, Decision, Setting
from verify.derivation.steps import time_limit
from verify.errors import UsageError
from verify.files import read_text, slug, write_text

__all__ = [
    "SCHEMA",
    "Certificate",
    "Found",
    "changed_files",
    "check_program",
    "core",
    "for_kernel",
    "joined",
    "load",
    "run_program",
    "write",
]

SCHEMA = 2
"""Raised whenever certificate.json changes so that older programs cannot read it.

Its digest covers claim and instance alone before 2, where the text was the author's; that is still
read, and ``certimin replay --rewrite`` writes it anew.
"""

_MARKER = "\nCERTIFICATE = None\n"
_KEYS = (
    "schema", "claim", "instance", "hints", "sizes", "lhs", "rhs", "separator", "kind", "found_by",
    "seed", "command", "environment", "sha256", "confirmed", "output",
)  # fmt: skip
_LATER = ("checked", "confirmed", "output", "files", "sha256", "unexported", "family")
"""What is known only when a certificate's program has run, and what it does not read."""
_NUMBER = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?", re.ASCII)
_CLAIM_KEYS = ("text", "latex", "setting", "relation", "conditions", "assumptions")
_CLAIM_TYPES = {
    "text": str, "latex": str, "setting": str, "relation": list, "conditions": list,
    "assumptions": list,
}  # fmt: skip
_NAMES = {dict: "an object", list: "a list", str: "a text"}
_SECONDS, _EXPORT_SECONDS = 120.0, 20.0

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
    def old(self) -> bool:
        """Return whether its digest covers claim and instance alone."""
        return bool(self.data["schema"] < SCHEMA)

    @property
    def contradicted(self) -> bool:
        """Return whether check.py denies the violation, knowing all that it is about."""
        return self.data.get("checked") == "denied"


def write(
    found: Found,
    claim: Claim,
    folder: Path,
    *,
    command: str,
    seed: int,
    environment: dict[str, Any],
    name: str = "",
) -> Certificate:
    """Write the certificate of a counterexample into a new folder below ``folder`` and check it.

    The new folder is there whole or not at all; one of the same name is replaced.  A program that
    does not confirm the violation does not keep the certificate from being written: see
    :attr:`Certificate.confirmed`.

    Parameters
    ----------
    found
        The counterexample.
    claim
        The claim it refutes.
    command, seed, environment
        What found it, so that it can be found again.
    name
        Of the new folder; else the claim in words, and a hash of claim and instance.

    Raises
    ------
    UsageError
        The claim cannot be written as a tree.
    OSError
        The folder cannot be written.
    """
    data = {
        "schema": SCHEMA,
        **stated(claim, found.instance),
        "kind": found.decision.kind,
        "found_by": found.found_by,
        "command": command,
        "seed": seed,
        "environment": json.loads(json.dumps(environment)),
    }
    name = name or f"{slug(data['claim']['text'])}-{_content_hash(data)[:8]}"
    partial = Path(folder, f".{name}.{secrets.token_hex(4)}.part")
    partial.mkdir(parents=True)
    try:
        _fill(partial, data, claim.setting, _family(claim, found.instance))
        return Certificate(_move(partial, Path(folder, name)), data)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _family(claim: Claim, instance: Any) -> dict[str, Any]:
    """What a certificate says of the family behind its instance; nothing where none is found."""
    try:
        with time_limit(_EXPORT_SECONDS):
            found = widest(claim, instance)
    except TimeoutError:
        return {}
    return {} if found is None else {"family": found.to_json()}


def _fill(folder: Path, data: dict[str, Any], setting: Setting, more: dict[str, Any]) -> None:
    """Write the files of a certificate; ``data`` learns what is known only then, and ``more``."""
    texts = drawn_up(data)
    data |= {"checked": None, "confirmed": None, "output": "", "files": {}, **more}
    if setting.checker is not None:
        texts["check.py"] = check_program(setting.checker(), data)
        program = write_text(folder / "check.py", texts["check.py"])
        data["checked"], data["output"] = run_program(program)
        data["confirmed"] = data["checked"] == "confirmed"
    if setting.kernel is not None:
        try:
            texts[coq.NAME] = for_kernel(setting, data)
        except coq.Unexported as reason:
            data["unexported"] = str(reason)
    for name, text in texts.items():
        write_text(folder / name, text)
        data["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    data["sha256"] = checker.digest(data)
    write_text(folder / "certificate.json", checker.pretty(data))


def drawn_up(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what a folder shows of a certificate to its readers, by the names of the files."""
    return {"counterexample.tex": tex(data), "counterexample.svg": svg(data)}


def for_kernel(setting: Setting, data: Mapping[str, Any]) -> str:
    """Return the file with which Coq checks a certificate.

    Raises
    ------
    verify.certificates.coq.file.Unexported
        If there is none, with the reason.
    """
    if setting.kernel is None:
        raise coq.Unexported(f"the setting {setting.name} says nothing to the kernel")
    try:
        with time_limit(_EXPORT_SECONDS):
            return coq.written(data["claim"], setting.kernel(data))
    except TimeoutError:
        raise coq.Unexported(f"no certificate for the kernel in {_EXPORT_SECONDS:g} s") from None
    except (checker.Refused, checker.Undecided, checker.Undefined) as error:
        raise coq.Unexported(" ".join(str(error).split())) from error


def core(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a certificate that its program carries along."""
    return {key: value for key, value in data.items() if key not in _LATER}


def check_program(source: str, data: Mapping[str, Any]) -> str:
    """Return a checker's source with the :func:`core` written into it, and its digest below.

    Raises
    ------
    UsageError
        The source has no line ``CERTIFICATE = None`` to replace.
    """
    if source.count(_MARKER) != 1:
        raise UsageError("the setting's checker needs one line CERTIFICATE = None")
    text = json.dumps(core(data), indent=1)  # ASCII; quotes in it are escaped
    literal = f'r"""\n{checker.one_line_lists(text)}\n"""'
    assert json.loads(ast.literal_eval(literal)) == core(data)
    complete: str = checker.sealed(source.replace(_MARKER, f"\nCERTIFICATE = {literal}\n"))
    return complete


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
        text = read_text(file)
        data = json.loads(text)
    except OSError as error:
        raise UsageError(f"no certificate at {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{file}: {_TOO_DEEP}") from error
    problem = next(_problems(data, text), None)
    if problem:
        raise UsageError(f"{file}: {problem}")
    return Certificate(file.parent, data)


_TOO_DEEP = f"expected at most {checker.DEEPEST} lists and objects inside each other"


def changed_files(certificate: Certificate) -> list[str]:
    """Return the names of the files of a folder that are not what its certificate.json says."""
    files = {name: certificate.folder / name for name in certificate.data.get("files", {})}
    there = {name: path for name, path in files.items() if path.exists()}
    return [name for name, path in there.items() if _hash(path) != certificate.data["files"][name]]


def _hash(path: Path) -> str:
    """SHA-256 of a text, whatever ends its lines; nothing for what is no text."""
    try:
        return hashlib.sha256(read_text(path).encode()).hexdigest()
    except (OSError, UnicodeDecodeError):
        return ""


def _problems(data: Any, text: str) -> Iterator[str]:
    """What is wrong with a certificate, worst first."""
    if not isinstance(data, dict):
        yield "expected an object"
    elif data.get("schema") not in (1, SCHEMA):
        yield (
            f"expected schema {SCHEMA}, found {data.get('schema')!r}; "
            "read it with the version of certimin that wrote it"
        )
    elif checker.nesting(data) > checker.DEEPEST:
        yield _TOO_DEEP
    else:
        keys = (*_KEYS, "checked", "files") if data["schema"] == SCHEMA else _KEYS
        yield from (f"{key!r} is missing" for key in keys if key not in data)
        claim = data["claim"] if isinstance(data["claim"], dict) else {}
        yield from (f"'claim' lacks {key!r}" for key in _CLAIM_KEYS if key not in claim)
        yield from _of_wrong_type(data, {"instance": dict, "hints": dict}, "")
        yield from _of_wrong_type(claim, _CLAIM_TYPES, "'claim': ")
        if data["schema"] == SCHEMA:
            yield from _of_wrong_type(data, {"files": dict}, "")
        spelt = data["schema"] < SCHEMA or text == checker.pretty(data)  # no key is there twice
        if data["sha256"] != _digest(data) or not spelt:
            yield "certificate.json was changed after it was written (SHA-256 differs)"
        decided = [data["instance"], data["hints"], claim["relation"], claim["conditions"]]
        for entry in _texts([decided, data["lhs"], data["rhs"], data["separator"]]):
            number = entry.strip().lstrip("+-.")[:1].isdigit()  # 1e9 takes for ever to read
            if number and not _NUMBER.fullmatch(entry):
                yield f"expected numbers such as 3 or -3/4, got {entry!r:.40}"


def _texts(value: Any) -> Iterator[str]:
    """Every text in nested lists and objects; what is neither is written out."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif value is not None:
        yield value if isinstance(value, str) else repr(value)


def _of_wrong_type(data: dict[str, Any], types: dict[str, Any], where: str) -> Iterator[str]:
    """Entries that are something else than they must be, or empty where a tree must stand."""
    for key, kind in types.items():
        value = data[key]
        if not isinstance(value, kind) or (key == "relation" and not value):
            yield f"{where}{key!r}: expected {_NAMES[kind]}, got {value!r:.40}"


def _digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a certificate of either schema."""
    whole: str = checker.digest(data)
    return whole if data["schema"] == SCHEMA else _content_hash(data)


def _content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of claim and instance."""
    content: str = checker.digest({key: data[key] for key in ("claim", "instance")})
    return content


def _move(partial: Path, final: Path) -> Path:
    """Put the finished folder in its place; one that is there already gives way.

    Another run may put one there at any moment.
    """
    while True:
        try:
            return partial.rename(final)
        except OSError as error:
            if error.errno not in (EEXIST, ENOTEMPTY, ENOTDIR):
                raise
        old = partial.with_name(f"{partial.name}.old")
        with suppress(FileNotFoundError):
            final.rename(old)
        shutil.rmtree(old, ignore_errors=True)
        with suppress(OSError):  # it was no folder
            old.unlink()
