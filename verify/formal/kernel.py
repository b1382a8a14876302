"""Asking the kernel: compile the proofs in a scratch folder, and read what Coq says of each claim.

The statement is printed by Coq, the type of each proof is checked against it, and its axioms are
those of ``Print Assumptions``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from time import monotonic

from verify.errors import CertiminError, UsageError
from verify.formal.record import NAME, Entry, Record, module_of, says
from verify.formal.sources import TWIN, Sources, beside
from verify.registry import theorems as registered
from verify.theorem import Theorem

__all__ = ["ask", "check_again", "compile_into", "coqc", "expect_kept", "folders", "needs_coq"]

_REMEDY = "Coq is not installed: run `make proofs-install` (Debian), or install coq and MathComp"
_SECONDS = 900


def needs_coq() -> None:
    """Raise UsageError, with the remedy, where there is no Coq."""
    if shutil.which("coqc") is None:
        raise UsageError(_REMEDY)


def ask(
    sources: Sources,
    theorems: Iterable[Theorem],
    told: Callable[[str, float], None] = lambda name, seconds: None,
) -> Record:
    """Compile all proofs and return what the kernel says of the claims that are to be proved.

    Parameters
    ----------
    theorems
        Those whose proofs the folder holds.
    told
        Called with each file and the seconds it took.

    Raises
    ------
    CertiminError
        If a file does not compile, or a claim has no statement, no proof or no false twin.
    """
    needs_coq()
    sources.check()
    listed = list(theorems)
    claims, twins = _asked(sources, listed)
    said = {claim.id: says(claim) for theorem in listed for claim in theorem.claims if claim.formal}
    with TemporaryDirectory() as place:
        scratch = Path(place)
        compile_into(scratch, sources, sources.files, told)
        answers = _answers(sources, scratch, {**claims, **twins})
    files = sorted({name for entry in answers.values() for name in entry.files})
    return Record(
        coq=_version(),
        mathcomp=_mathcomp(),
        files={**sources.hashes(files), **sources.glossaries()},
        claims={name: replace(answers[name], says=said[name]) for name in claims},
        twins={name: answers[name] for name in twins},
    )


Asked = tuple[str, str, str]
"""A module, the name of its statement, and the name of the proof."""


def check_again(theorems: Iterable[Theorem]) -> None:
    """Ask the kernel about all proofs of some theorems, and compare with what was recorded.

    Raises
    ------
    CertiminError
        If it does not say what the record says.
    """
    concerned = {beside(theorem.module) for theorem in theorems}
    for sources, owned in folders():
        if sources in concerned:
            expect_kept(ask(sources, owned), sources)


def expect_kept(made: Record, sources: Sources) -> None:
    """Raise CertiminError unless what the kernel says is what was recorded."""
    if not made.is_kept_in(sources.folder):
        path = sources.folder / NAME
        raise CertiminError(f"{path} is not what the kernel says now: run `certimin proofs`")


def folders() -> list[tuple[Sources, list[Theorem]]]:
    """Return every folder of proofs, with the theorems whose proofs it holds."""
    owned: dict[Sources, list[Theorem]] = {}
    for theorem in registered().values():
        sources = beside(theorem.module)
        if sources is not None:
            owned.setdefault(sources, []).append(theorem)
    return list(owned.items())


def _asked(sources: Sources, theorems: list[Theorem]) -> tuple[dict[str, Asked], dict[str, Asked]]:
    """The claims and the twins to ask about, by their ids."""
    claims: dict[str, Asked] = {}
    twins: dict[str, Asked] = {}
    pages: dict[str, str] = {}
    for theorem in theorems:
        module = module_of(theorem)
        if pages.setdefault(module, theorem.module) != theorem.module:
            raise CertiminError(f"{theorem.module} and {pages[module]}: two pages of one name")
        proved, formal = sources.theorems(module), [c for c in theorem.claims if c.formal]
        for claim in formal:
            name = sources.name_of(module, claim.name)
            if sources.statement(module, name) is None:
                raise CertiminError(f"{claim.id}: statements/{module}.v does not define it")
            if name not in proved:
                raise CertiminError(f"{claim.id}: {module}.v does not prove it")
            if (module, name, name) in claims.values():
                raise CertiminError(f"{claim.id}: another claim has the statement {module}.{name}")
            claims[claim.id] = (module, name, name)
        refuted = {
            f"{module}.{name}": (module, name, name + TWIN) for name in sources.twins(module)
        }
        if formal and not refuted:
            raise CertiminError(f"{theorem.id}: {module}.v refutes no false twin")
        twins |= refuted
    return claims, twins


def compile_into(
    scratch: Path,
    sources: Sources,
    names: Iterable[str],
    told: Callable[[str, float], None] = lambda name, seconds: None,
) -> None:
    """Compile files and what they require in a scratch folder, two at a time."""
    for name, text in sources.files.items():  # the texts that are hashed, whatever is saved now
        path = scratch / _path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    wanted = dict.fromkeys(each for name in names for each in sources.closure(name))
    order = TopologicalSorter({name: sources.requires(name) for name in wanted})
    order.prepare()
    running: set[Future[tuple[str, float]]] = set()
    with ThreadPoolExecutor(2) as pool:
        try:
            while order.is_active():
                running |= {
                    pool.submit(_compiled, sources, scratch, name) for name in order.get_ready()
                }
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for name, seconds in (each.result() for each in done):
                    told(name, seconds)
                    order.done(name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _compiled(sources: Sources, scratch: Path, name: str) -> tuple[str, float]:
    start = monotonic()
    coqc(sources, scratch, _path(name))
    return name, monotonic() - start


def _path(name: str) -> Path:
    return Path(*name.split(".")).with_suffix(".v")


def coqc(sources: Sources, scratch: Path, file: Path, seconds: float = _SECONDS) -> str:
    """Compile one file of the scratch folder, in so many seconds, and return what Coq prints.

    Raises
    ------
    CertiminError
        If Coq finds an error, with its words: they begin with the line.
    """
    command = ["coqc", "-q", "-w", "-all"]
    for root in sources.roots:
        command += ["-Q", root, root]
    try:
        done = subprocess.run(
            [*command, str(file)], cwd=scratch, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired as error:
        raise CertiminError(f"{file}: not done after {seconds:g} s") from error
    if done.returncode:
        raise CertiminError(f"{file}: {_first_error(done.stderr)}")
    return done.stdout


def _first_error(text: str) -> str:
    lines = " ".join(text.split())
    return lines[:400] or "Coq failed without a word"


def _answers(
    sources: Sources, scratch: Path, asked: dict[str, Asked], *, apart: bool = False
) -> dict[str, Entry]:
    """Ask for the statement, the type and the axioms of each.

    The axioms of all together are asked for first: that there are none takes one look.
    """
    if not asked:
        return {}
    mark, name = token_hex(16), "asked_of_the_kernel"  # no file can print a mark it cannot know
    questions = "\n".join(_questions(sources, mark, asked, apart))
    (scratch / f"{name}.v").write_text(questions + "\n", encoding="utf-8")
    parts = re.split(rf"^{mark} (.*)\n", coqc(sources, scratch, Path(f"{name}.v")), flags=re.M)[1:]
    labels = [f"{each} statement" for each in asked]
    labels += [f"{each} axioms" for each in (asked if apart else ("all",))]
    if parts[::2] != [*labels, "libraries"]:
        raise CertiminError("the answers of the kernel are not those that were asked for")
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    if not apart and _axioms(said["all axioms"]):
        return _answers(sources, scratch, asked, apart=True)
    answers = {
        each: Entry(
            statement=_statement(said[f"{each} statement"]),
            axioms=_axioms(said[f"{each} axioms"]) if apart else [],
            files=sources.closure(f"{sources.root}.{module}"),
        )
        for each, (module, _, _) in asked.items()
    }
    known = {name for entry in answers.values() for name in entry.files}
    loaded = {line.strip() for line in said["libraries"].splitlines()}
    hidden = sorted(each for each in loaded - known if each.partition(".")[0] in sources.roots)
    if hidden:
        raise CertiminError(f"read by Coq, but not by a line From ... Require: {', '.join(hidden)}")
    return answers


def _questions(sources: Sources, mark: str, asked: dict[str, Asked], apart: bool) -> Iterator[str]:
    """What to ask: nothing is imported before types and axioms are, so that no name is hidden."""
    modules = dict.fromkeys(module for module, _, _ in asked.values())
    root = sources.root
    terms = dict.fromkeys(
        each
        for module in modules
        for each in sources.closure(f"{root}.statements.{module}")
        if ".statements." not in each
    )
    yield "Require mathcomp.ssreflect.all_ssreflect mathcomp.algebra.all_algebra."
    for module in modules:
        yield f"Require {root}.statements.{module}. Require {root}.{module}."
    places = {}
    for number, (name, (module, statement, proof)) in enumerate(asked.items()):
        stated = f"@{root}.statements.{module}.{statement}"
        kind = stated if proof == statement else f"Coq.Init.Logic.not ({stated})"
        yield f"Definition asked_{number} : {kind} := @{root}.{module}.{proof}."
        places[name] = (number, stated[1:])
    terms_asked = [f"asked_{number}" for number in range(len(asked))]
    yield f"Definition asked_all := {_conjunction(terms_asked)}."
    yield "Import mathcomp.ssreflect.all_ssreflect mathcomp.algebra.all_algebra."
    yield from (f"Import {each}." for each in terms)
    yield "Import GRing.Theory. Local Open Scope ring_scope."
    yield "Set Printing Width 100. Unset Printing Implicit Defensive."
    for name, (_, stated) in places.items():
        yield f'Goal True. idtac "{mark} {name} statement". Abort. Print {stated}.'
    wanted = (
        {name: str(number) for name, (number, _) in places.items()} if apart else {"all": "all"}
    )
    for name, term in wanted.items():
        yield f'Goal True. idtac "{mark} {name} axioms". Abort. Print Assumptions asked_{term}.'
    yield f'Goal True. idtac "{mark} libraries". Abort. Print Libraries.'


def _conjunction(terms: list[str]) -> str:
    """All of them as one term."""
    *others, last = terms
    return "".join(f"conj {term} (" for term in others) + last + ")" * len(others)


def _statement(text: str) -> str:
    """The body of what ``Print`` printed of a definition."""
    head, sign, rest = text.partition("=")
    if not sign or "Notation" in head:
        raise CertiminError(f"no definition: {' '.join(text.split())[:200]}")
    body = rest.rpartition(":")[0]
    return "\n".join(line.strip() for line in body.strip().splitlines())


def _axioms(text: str) -> list[str]:
    """What ``Print Assumptions`` lists: none, or all that it says."""
    if text.strip() == "Closed under the global context":
        return []
    names = re.findall(r"^([\w.']+)\s*:", text.partition("Axioms:")[2], flags=re.MULTILINE)
    return sorted(set(names)) or [" ".join(text.split())[:200]]


def _version() -> str:
    said = subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[0]


def _mathcomp() -> str:
    """The version of MathComp as its package manager knows it."""
    for command in (
        ["dpkg-query", "-W", "-f", "${Version}", "libcoq-mathcomp-ssreflect"],
        ["opam", "show", "-f", "version", "coq-mathcomp-ssreflect"],
    ):
        if shutil.which(command[0]):
            said = subprocess.run(command, capture_output=True, text=True)
            if said.returncode == 0 and said.stdout:
                return said.stdout.strip().partition("-")[0].partition("+")[0]
    return "of unknown version"
