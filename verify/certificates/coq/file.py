r"""A counterexample as a file for Coq: what the claim says at the instance, and why it is not so.

The file needs Coq and nothing else.  Its theorem is about any ordered field (the real numbers are
one) and any of its numbers that are what the claim speaks of: *if* ``sharpness`` is the largest
eigenvalue of the Hessian at the instance, and so on, *then* the instance is of the setting, and the
relation fails.  The definitions come first, then the statement, then what only the kernel reads.

No file has an axiom or leaves a proof out: what cannot be shown by rational numbers has a reason.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

from verify.certificates.coq.numbers import Unexported
from verify.certificates.coq.terms import Measured, Terms
from verify.errors import CertiminError, UsageError
from verify.formal.kernel import needs_coq

__all__ = [
    "NAME", "Checked", "Exported", "Unexported", "check", "compiles", "with_definitions", "written",
]  # fmt: skip

NAME = "counterexample.v"

THEOREM = "conjecture_fails_here"

_PRECISIONS = (24, 48, 96, 192)
_DEFINITIONS = "(* --- the definitions of a setting stand here --- *)"
_STATEMENT = "(* --- the statement stands here --- *)"
_LEMMAS = "(* --- the lemmas of a setting stand here --- *)"
_PROOF = "(* --- the proof stands here --- *)"
_SECONDS = 300.0
_CLOSED = "Closed under the global context"

Checked = Literal["proved", "refused", "not installed", "no answer"]


class Exported(Protocol):
    """What the mathematics tells of an instance: see :attr:`verify.claims.Setting.kernel`."""

    definitions: str
    """Coq: an instance, and for each quantity NAME what ``is_NAME it x`` means."""
    lemmas: str
    """Coq: what the tactics of :meth:`measure` and :meth:`member` rest on."""
    instance: str
    """The instance ``it`` as a term."""
    sizes: Mapping[str, tuple[int, str]]
    """The quantities that may stand in exponents: values, and how Coq computes them."""

    def measure(self, name: str, bits: int) -> Measured:
        """Return an enclosure of a quantity and the tactic that shows it; Unexported if none."""

    def member(self, bits: int) -> tuple[str, str]:
        """Return the proposition that the instance is of the setting, and its tactic."""


def written(claim: Mapping[str, Any], exported: Exported) -> str:
    """Return the file for a claim as a certificate has it, at an instance that violates it.

    Raises
    ------
    Unexported
        If rational numbers do not show it, with the reason.
    """
    if claim["assumptions"]:
        raise Unexported("an assumption that is no relation between quantities")
    for bits in _PRECISIONS:
        try:
            statement, proof = _theorem(claim, exported, bits)
        except Unexported as error:
            reason = error
            continue
        return _assembled(claim, exported, statement, proof)
    raise reason


def _theorem(claim: Mapping[str, Any], exported: Exported, bits: int) -> tuple[str, str]:
    """The statement and its proof, with enclosures of so many binary digits."""
    terms = Terms(lambda name: exported.measure(name, bits), exported.sizes, bits)
    conditions = [terms.proposition(each) for each in claim["conditions"]]
    shown = [terms.decided(each, holds=True) for each in claim["conditions"]]
    relation = terms.proposition(claim["relation"])
    refuted = terms.decided(claim["relation"], holds=False)
    belongs, member = exported.member(bits)
    said = " ->\n       ".join([*conditions, relation])
    statement = _lines(
        "Definition what_is_claimed_fails : Prop :=",
        f"  forall (F : ordered_field) ({' '.join(terms.names)} : F),",
        *(f"    ({meaning} {name})%F ->" for name, meaning in terms.names.items()),
        f"    {belongs} /\\",
        f"    ~ ({said})%F.",
    )
    given = " ".join(f"is_{name}_given" for name in terms.names)
    proof = _lines(
        f"Theorem {THEOREM} : what_is_claimed_fails.",
        "Proof.",
        f"unfold what_is_claimed_fails. intros F {' '.join(terms.names)} {given}.",
        *terms.facts,
        f"split; [{member}|].",
        "intros claimed.",
        *(
            f"assert (condition_{n} : ({each})%F) by ({tactic}). "
            f"specialize (claimed condition_{n})."
            for n, (each, tactic) in enumerate(zip(conditions, shown, strict=True), 1)
        ),
        f"revert claimed. {refuted}.",
        "Qed.",
        "",
        f"Print Assumptions {THEOREM}.",
    )
    return statement, proof


def _assembled(claim: Mapping[str, Any], exported: Exported, statement: str, proof: str) -> str:
    parts = {
        _DEFINITIONS: exported.definitions.strip(),
        _STATEMENT: _lines(
            "(* --- The instance, and what is proved of it: not the claim",
            "",
            f"     {_comment(claim['text'])}",
            "",
            f"   over {_comment(claim['setting'])}. --- *)",
            "",
            f"Definition it : instance := {exported.instance}.",
            "",
            statement,
        ),
        _LEMMAS: exported.lemmas.strip(),
        _PROOF: proof,
    }
    return _lines(_HEAD, "", _filled(parts))


def _filled(parts: Mapping[str, str]) -> str:
    """The generic file with what stands at its markers."""
    generic = resources.files("verify.certificates.coq").joinpath(NAME).read_text("utf-8")
    for marker, part in parts.items():
        before, found, after = generic.partition(marker)
        assert found, marker
        generic = before + part + after
    return generic.strip() + "\n"


_HEAD = f"""\
(* A counterexample: a claim about deep linear networks that is false at one instance.

   Run "coqc {NAME}" (Coq 8.16 or later; no other library).  If it ends without an error and says
   "{_CLOSED}", then the kernel has proved what_is_claimed_fails, from no axiom.

   To know what that says, read the definitions from here to the statement: what follows it is
   read by the kernel alone.  The statement is about every ordered field F and all numbers of F
   that are what the names say.  Over the real numbers each of them exists, for the proof shows
   that no root is taken of a negative number and nothing is divided by zero; there it says that
   the claim is false.

   What the kernel does not know is that these definitions are what the words of the claim mean.
   They are written out here for that reason, and the project that wrote this file holds them to
   the numbers of its own code, and to its other formal definitions, on random instances. *)"""


def _lines(*parts: str) -> str:
    return "\n".join(parts)


def _comment(text: str) -> str:
    """A text within a comment: it ends none, and opens no other and no string."""
    kept = re.sub(r"[^\w +*/=<>().,:-]", " ", text).replace("**", "^")
    return kept.replace("(*", "( *").replace("*)", "* )")


def with_definitions(definitions: str, text: str) -> str:
    """Return a file of the definitions, those of a setting too, and then the text."""
    return _filled({_DEFINITIONS: definitions.strip(), _STATEMENT: "", _LEMMAS: "", _PROOF: text})


def compiles(text: str, seconds: float = _SECONDS) -> str:
    """Let Coq read a file; return what it prints.

    Raises
    ------
    UsageError
        If Coq is not installed.
    CertiminError
        If it does not accept the file, with its words, or does not end in time.
    """
    needs_coq()
    with TemporaryDirectory() as place:
        Path(place, NAME).write_text(text, encoding="utf-8")
        try:
            done = subprocess.run(
                ["coqc", "-q", NAME], cwd=place, capture_output=True, text=True, timeout=seconds
            )
        except subprocess.TimeoutExpired as error:
            raise CertiminError(f"{NAME}: no answer within {seconds:g} s") from error
    if done.returncode:
        said = " ".join(done.stderr.split())
        raise CertiminError(said[:400] or "Coq failed without a word")
    return done.stdout


def check(text: str, seconds: float = _SECONDS) -> tuple[Checked, str]:
    """Let Coq read a counterexample; return its verdict, and why it is no better, if so."""
    try:
        printed = compiles(text, seconds)
    except UsageError as error:
        return "not installed", str(error)
    except CertiminError as error:
        late = "no answer within" in str(error)
        return ("no answer" if late else "refused"), str(error)
    if printed.split("\n")[-2:] != [_CLOSED, ""]:
        return "refused", f"it rests on more: {' '.join(printed.split())[:400]}"
    return "proved", ""
