"""The documents keep their word: examples give what they say, commands exist, pages are built."""

import doctest
import re
import runpy
import shlex
import textwrap
from pathlib import Path

import click
import pytest

import certimin
from verify.claims import decide
from verify.commands.main import cli
from verify.search import search

ROOT = Path(__file__).parents[1]
GENERATED = {ROOT / "docs" / name for name in ("_build", "theorems", "reference/commands",
                                               "reference/schemas")}  # fmt: skip
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if path.name != "CHANGELOG.md" and not GENERATED & set(path.parents)
)
"""What people wrote."""


def named(paths):
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in paths]


def lines(path, prompt):
    """What stands behind a prompt in blocks of a page, without comments."""
    found = re.findall(rf"^{re.escape(prompt)} (.*)$", path.read_text(encoding="utf-8"), re.M)
    return [shlex.split(line, comments=True) for line in found]


WITH_EXAMPLES = [path for path in PAGES if ">>> " in path.read_text(encoding="utf-8")]
WITH_COMMANDS = [path for path in PAGES if lines(path, "$ certimin")]
WITH_TARGETS = [path for path in PAGES if lines(path, "$ make")]


def test_pages_have_examples_and_commands():
    names = {path.name for path in WITH_EXAMPLES} & {path.name for path in WITH_COMMANDS}
    assert {"README.md", "data.md"} <= names
    assert len(WITH_EXAMPLES) > 5
    assert WITH_TARGETS


@pytest.mark.parametrize("path", named(WITH_EXAMPLES))
def test_examples(path):
    result = doctest.testfile(str(path), module_relative=False)
    assert result.attempted
    assert not result.failed


def understood(words, command=cli, above=None):
    """The command that words name; click's error where an option is none of its own."""
    name, *rest = words
    settings = {"resilient_parsing": True} | command.context_settings  # click keeps what it names
    context = click.Context(command, info_name=name, parent=above, **settings)
    found = command.get_command(context, name)
    assert found is not None, f"there is no command {name}"
    if isinstance(found, click.Group):
        return understood(rest, found, context)
    own = click.Context(found, info_name=name, parent=context, **found.context_settings)
    found.make_parser(own).parse_args(rest)
    return found


@pytest.mark.parametrize("path", named(WITH_COMMANDS))
def test_commands_exist_with_their_options(path):
    for words in lines(path, "$ certimin"):
        understood(words)


@pytest.mark.parametrize("line", ["serch x", "search x --budgets 3", "show M1 --jobs 2"])
def test_what_does_not_exist_is_noticed(line):
    with pytest.raises((click.UsageError, AssertionError)):
        understood(line.split())


@pytest.mark.parametrize("path", named(WITH_TARGETS))
def test_targets_exist(path):
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for words in lines(path, "$ make"):
        assert {word for word in words if "=" not in word} <= known


def test_every_public_name_is_on_its_page():
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\.\. auto\w+:: certimin\.(\w+)$", text, re.M))
    assert listed == set(certimin.__all__)


def test_the_module_of_the_page_on_packages_is_a_theorem(tmp_path):
    text = (ROOT / "docs" / "howto" / "plugin.md").read_text(encoding="utf-8")
    module = tmp_path / "module.py"
    module.write_text(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], encoding="utf-8")
    theorem = runpy.run_path(str(module))["THEOREM"]
    (witness,) = theorem.witnesses
    (control,) = theorem.controls
    assert decide(witness.claim, witness.instance()).outcome == "holds"
    assert decide(control.claim, witness.instance()).refutes


@pytest.mark.slow
def test_the_certificate_that_is_shown_is_the_one_that_is_written(tmp_path):
    page = (ROOT / "docs" / "howto" / "certificate.md").read_text(encoding="utf-8")
    (claim,) = [words[2] for words in _searches(page) if words[1] == "search"]
    refuted = search(claim, depth=(2, 4), instances=5000, out=tmp_path)
    assert f"family      {refuted.family}\n" in page
    file = Path(refuted.certificate, "counterexample.v").read_text(encoding="utf-8")
    statement = re.search(r"what_is_claimed_fails : Prop :=\n(.*?\.)\n\n", file, re.S)[1]
    assert textwrap.dedent(statement) in page


def _searches(page):
    """The commands that a page names in a sentence."""
    return [shlex.split(each) for each in re.findall(r"`(certimin [^`\n]*\"[^`\n]*)`", page)]
