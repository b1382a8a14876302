"""The sources of kernel proofs: a folder ``proofs`` beside the modules of theorems.

It holds a ``_CoqProject`` that names it (``-Q . Proofs``), ``statements/M.v`` with a definition for
each claim that is proved of the page M.py, and ``M.v`` with the proofs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from verify.errors import UsageError

__all__ = ["Sources", "beside", "without_comments", "words"]

FOLDER, PROJECT, GLOSSARY, TWIN = "proofs", "_CoqProject", "glossary.toml", "_false"

_OURS = "theorems"
"""The package whose definitions the proofs of others may build on."""

_REQUIRE = re.compile(r"From\s+([\w.]+)\s+Require\s+(?:Import\s+|Export\s+)?([\w\s.]*?)\.(?=\s|$)")
_DEFINED = r"\bDefinition\s+{name}\s*:\s*Prop\s*:=(.*?)\.(?=\s|$)"
_DEFINITION = re.compile(r"\b(?:Definition|Fixpoint)\s+(\w+)(.*?)\.(?=\s|$)", re.DOTALL)
_READS = re.compile(r"(Load|Cd|Declare\s+ML|Add\s+(Rec\s+)?(LoadPath|ML)|Require)\b")
_STATED = re.compile(
    r"(From|Import|Local Open Scope|(Uns|S)et (Implicit|Strict|Printing)|Section|Variables?|End|"
    r"Implicit Types?|Definition)\b"
)
_CLAIM = re.compile(r"\s*:\s*Prop\s*:=\s*forall\b")
_THEOREM = re.compile(r"\b(?:Theorem|Lemma)\s+(\w+)\s*:")


@dataclass(frozen=True)
class Sources:
    """A folder of proofs, and those it may build on.

    A file is named as Coq names it: "Proofs.statements.M".
    """

    folder: Path
    base: Sources | None = None

    @cached_property
    def root(self) -> str:
        """The name of the folder in Coq."""
        text = (self.folder / PROJECT).read_text(encoding="utf-8")
        found = re.search(r"-Q\s+\.\s+(\w+)", text)
        if found is None:
            raise UsageError(f'{self.folder / PROJECT}: expected a line "-Q . Name", got none')
        return found[1]

    @cached_property
    def files(self) -> dict[str, str]:
        """The text of every file, by its name, with those it may build on."""
        own = {
            ".".join((self.root, *path.relative_to(self.folder).with_suffix("").parts)): path
            for path in sorted(self.folder.rglob("*.v"))
        }
        texts = {name: path.read_text(encoding="utf-8") for name, path in own.items()}
        return {**(self.base.files if self.base else {}), **texts}

    @cached_property
    def plain(self) -> dict[str, str]:
        """The texts without their comments."""
        return {name: without_comments(text) for name, text in self.files.items()}

    @property
    def roots(self) -> dict[str, Path]:
        """The folders by their names in Coq."""
        return {**(self.base.roots if self.base else {}), self.root: self.folder}

    def check(self) -> None:
        """Refuse what would be read otherwise than Coq reads it.

        Raises
        ------
        UsageError
            For a name of ours or of Coq's, a string, a command that reads other files, and, in a
            statement, anything but definitions, or a term that is defined twice.
        """
        if self.root in ("Coq", "mathcomp") or (self.base and self.root in self.base.roots):
            raise UsageError(f"{self.folder}: the name {self.root} is taken, choose another")
        for name, text in self.files.items():
            plain = self.plain[name]
            if '"' in text:
                raise UsageError(f"{name}: expected no strings, got one")
            sentences = [each.strip() for each in re.split(r"\.(?=\s|$)", plain) if each.strip()]
            for each in sentences:
                if _READS.match(each):
                    raise UsageError(
                        f"{name}: expected no command that reads files, got {each[:60]}"
                    )
                if ".statements." in name and not _STATED.match(each):
                    raise UsageError(f"{name}: expected definitions alone, got {each[:60]}")
            defined = [term for term, _ in _DEFINITION.findall(plain)]
            twice = sorted({term for term in defined if defined.count(term) > 1})
            if ".statements." in name and twice:
                raise UsageError(f"{name}: {', '.join(twice)} is defined twice")

    def glossaries(self) -> dict[str, str]:
        """Return the SHA-256 of each glossary."""
        paths = {root: folder / GLOSSARY for root, folder in self.roots.items()}
        return {
            f"{root}/{GLOSSARY}": hashlib.sha256(path.read_bytes()).hexdigest()
            for root, path in paths.items()
            if path.is_file()
        }

    def requires(self, name: str) -> list[str]:
        """Return the files of these folders that one of them names."""
        found: list[str] = []
        for prefix, names in _REQUIRE.findall(self.plain[name]):
            found += (f"{prefix}.{each}" for each in names.split())
        return [each for each in found if each in self.files]

    def closure(self, name: str) -> list[str]:
        """Return a file and all that it rests on, what is needed first."""
        ordered: list[str] = []

        def add(each: str, above: tuple[str, ...]) -> None:
            if each in above:
                raise UsageError(f"{each} requires itself, through {', '.join(above)}")
            if each not in ordered:
                for other in self.requires(each):
                    add(other, (*above, each))
                ordered.append(each)

        add(name, ())
        return ordered

    def hashes(self, names: list[str]) -> dict[str, str]:
        """Return the SHA-256 of each file."""
        return {name: hashlib.sha256(self.files[name].encode()).hexdigest() for name in names}

    def statement(self, module: str, name: str) -> str | None:
        """Return how the statement of a claim is written, None if there is none."""
        text = self.plain.get(f"{self.root}.statements.{module}", "")
        found = re.search(_DEFINED.format(name=re.escape(name)), text, re.DOTALL)
        return None if found is None else found[1].strip()

    def meaning(self, module: str, statement: str) -> set[str]:
        """Return the words of a statement of a page and of all terms that it mentions.

        Terms are what the file of statements defines, and what it requires; claims are none.
        """
        terms: dict[str, str] = {}
        for name in self.closure(f"{self.root}.statements.{module}"):
            for term, body in _DEFINITION.findall(self.plain[name]):
                if not (".statements." in name and _CLAIM.match(body)):
                    terms[term] = body
        found, waiting = set[str](), words(statement)
        while waiting:
            found |= waiting
            waiting = set().union(*(words(terms.get(word, "")) for word in waiting)) - found
        return found

    def name_of(self, module: str, claim: str) -> str:
        """Return the name of a claim's statement: its own, or with "_" for a word of Coq."""
        return claim if self.statement(module, claim) is not None else f"{claim}_"

    def theorems(self, module: str) -> list[str]:
        """Return the names of what is proved in a file."""
        return _THEOREM.findall(self.plain.get(f"{self.root}.{module}", ""))

    def twins(self, module: str) -> list[str]:
        """Return the names of the statements that a file refutes."""
        refuted = (name.removesuffix(TWIN) for name in self.theorems(module) if TWIN in name)
        return [name for name in refuted if self.statement(module, name) is not None]


@cache
def beside(module: str) -> Sources | None:
    """Return the proofs that belong to a module, of its package or beside it; None without any.

    As a module is, a folder is read once in a process.
    """
    folder = next(_above(module), None)
    if folder is None:
        return None
    ours = next(_above(_OURS), None) if module.partition(".")[0] != _OURS else None
    return _opened(folder, ours)


@cache
def _opened(folder: Path, ours: Path | None) -> Sources:
    """The folder, one object for all modules that it belongs to."""
    return Sources(folder, None if ours is None else Sources(ours))


def _above(module: str) -> Iterator[Path]:
    """Yield the folders of proofs beside a module, or in a package it belongs to."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return
    if spec is None or spec.origin is None:
        return
    place = Path(spec.origin).parent
    for _ in range(module.count(".") + 1):
        if (place / FOLDER / PROJECT).is_file():
            yield place / FOLDER
        place = place.parent


def words(text: str) -> set[str]:
    """Return the names in a text of Coq."""
    return set(re.findall(r"[A-Za-z_][\w']*", text))


def without_comments(text: str) -> str:
    """Return Coq's text without its comments, which may be nested.

    >>> without_comments("Lemma a (* of (* b *) c *) : True.")
    'Lemma a  : True.'
    """
    depth, kept = 0, []
    for part in re.split(r"(\(\*|\*\))", text):
        if part in ("(*", "*)"):
            depth = max(0, depth + (1 if part == "(*" else -1))
        elif not depth:
            kept.append(part)
    return "".join(kept)
