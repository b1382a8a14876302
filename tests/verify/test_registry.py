"""A registry that stands is sound: ids unique, ancestors first, every part checked."""

import re
import sys
from dataclasses import replace
from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest

from tests.toys import NUMBERS, Numbers, claim, first, norm, theorem, total
from verify import registry
from verify.claims import Assumption
from verify.errors import UsageError
from verify.theorem import Control, Training, Witness, needed, twin, witness


def chain():
    a = theorem("A")
    b = theorem("B", uses=(a,))
    return [theorem("C", uses=(b, a)), b, a, theorem("D")]


def test_ancestors_come_first():
    assert list(registry.check(chain())) == ["A", "B", "C", "D"]


def test_the_order_of_discovery_does_not_matter_for_ancestors():
    ordered = list(registry.check(reversed(chain())))
    assert ordered.index("A") < ordered.index("B") < ordered.index("C")


def test_chosen_theorems_bring_their_ancestors(monkeypatch):
    monkeypatch.setattr(registry, "theorems", lambda: registry.check(chain()))
    (chosen,) = registry.select(["B"])
    assert [t.id for t in registry.with_ancestors([chosen])] == ["A", "B"]
    assert [t.id for t in registry.select([])] == ["A", "B", "C", "D"]
    assert [t.id for t in registry.select(["D", "A", "D"])] == ["D", "A"]


def test_the_nearest_name_is_suggested(monkeypatch):
    monkeypatch.setattr(registry, "theorems", lambda: registry.check([theorem("Flat")]))
    with pytest.raises(UsageError, match=r"'flt'; did you mean Flat\? `certimin list`"):
        registry.select(["flt"])
    with pytest.raises(UsageError, match="'xyz'; `certimin list`"):
        registry.select(["xyz"])


def test_one_theorem_may_be_met_twice():
    shared = theorem("A")
    assert list(registry.check([shared, shared])) == ["A"]


def refused(*found):
    with pytest.raises(UsageError) as caught:
        registry.check(found)
    return str(caught.value)


def test_two_theorems_with_one_id():
    message = refused(theorem("A", module="one"), theorem("A", module="two"))
    assert "'A' stands in both one and two" in message


def test_an_unknown_ancestor():
    assert refused(theorem("A", uses=("Z",))) == "A uses 'Z', which no module defines"


@pytest.mark.parametrize("uses", [{"A": "B", "B": "A"}, {"A": "B", "B": "C", "C": "A"}])
def test_a_circle(uses):
    assert "in a circle: A" in refused(*(theorem(k, uses=(v,)) for k, v in uses.items()))


def test_two_parts_with_one_id_would_hide_one():
    false = claim(first > 99)
    twice = theorem("A", claims=(claim(norm >= first), false))
    assert "two parts have the id 'A.claim'" in refused(twice)
    assert "two parts" in refused(theorem("A", controls=(Control(false),)))


def test_two_witnesses_with_one_id():
    toy = theorem("A")
    twice = replace(toy, witnesses=toy.witnesses * 2)
    assert "two parts have the id 'A.witness.met'" in refused(twice)


def test_a_false_twin_is_no_premise():
    false = twin("least", "", NUMBERS, first > 99)
    built = replace(claim(norm >= first), given=(false.claim,))
    assert "A.claim is given the false twin" in refused(
        theorem("A", claims=(built,), controls=(false,))
    )


@pytest.mark.parametrize("part", [claim(norm >= first), twin("t", "", NUMBERS, first > 99)])
def test_what_no_theorem_lists_would_never_be_checked(part):
    module = ModuleType("page")
    module.THEOREM, module.lost = theorem("A"), part
    with pytest.raises(UsageError, match="page: lost belongs to no theorem"):
        registry._collect(module)


def test_what_cannot_be_imported_says_where(monkeypatch, tmp_path):
    (tmp_path / "broken_page.py").write_text("\n\nnothing.at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=r"NameError: .*broken_page\.py, line 3\); mend it"):
        registry._load("broken_page", "theirs")


@pytest.fixture
def theirs(monkeypatch, tmp_path):
    """Write the modules of a package of others; return what is collected from it."""
    monkeypatch.syspath_prepend(tmp_path)

    def collect(sifted=False, **modules):
        for name, text in {"__init__": "", **modules}.items():
            path = tmp_path / "their_pages" / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return registry._collect(import_module("their_pages"), "theirs", sifted=sifted)

    yield collect
    for name in [name for name in sys.modules if name.partition(".")[0] == "their_pages"]:
        del sys.modules[name]


def test_a_subpackage_that_cannot_be_imported_does_not_vanish(theirs, tmp_path):
    (tmp_path / "their_pages" / "area").mkdir(parents=True)
    (tmp_path / "their_pages" / "area" / "__init__.py").write_text("import no_such_module\n")
    with pytest.raises(UsageError, match=r"cannot import their_pages\.area of the entry .*line 1"):
        theirs()


def test_to_leave_on_import_is_an_error_of_use(theirs):
    with pytest.raises(UsageError, match=r"their_pages\.page .*SystemExit: bye .*page\.py, line 2"):
        theirs(page="import sys\nsys.exit('bye')\n")


def test_every_module_of_others_is_imported_but_what_runs(theirs):
    theirs(plain="x = 1\n", __main__="raise SystemExit\n")
    assert "their_pages.plain" in sys.modules


def test_helpers_of_ours_are_not_imported(theirs):
    theirs(sifted=True, plain="x = 1\n")
    assert "their_pages.plain" not in sys.modules


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("THEOREM = 'x'", "THEOREM must be a Theorem; got 'x' (str); end"),
        ("THEOREMS = 5", "THEOREMS must be a list of Theorem; got 5 (int); end"),
        ("THEOREMS = ['x']", "THEOREMS must be a list of Theorem; got 'x' (str); end"),
    ],
)
def test_what_is_no_theorem(theirs, text, got):
    with pytest.raises(UsageError, match=re.escape(f"their_pages.page: {got}")):
        theirs(page=text)


@pytest.mark.parametrize(("name", "imported"), [("certimin", False), ("other", True)])
def test_only_ours_is_sifted(theirs, name, imported):
    entry = SimpleNamespace(name="e", value="their_pages", dist=SimpleNamespace(name=name))
    theirs(sifted=True, plain="x = 1\n")
    registry._provided(entry)
    assert ("their_pages.plain" in sys.modules) == imported


def test_a_theorem_without_claims():
    assert refused(theorem("A", claims=())) == "A makes no claim"


OTHER = claim(total >= first, name="other")


@pytest.mark.parametrize(
    "part",
    [
        {"witnesses": (Witness("w", OTHER, "", lambda: Numbers.exact(1)),)},
        {"trainings": (Training("t", "", lambda seed, runs: (), (OTHER,)),)},
    ],
    ids=list,
)
def test_parts_that_belong_to_no_claim(part):
    assert "A has no claim 'other', only A.claim" in refused(theorem("A", **part))


def test_a_premise_that_no_theorem_claims():
    lone = replace(claim(norm >= first), given=(OTHER,))
    assert "is given 'other', which no theorem claims" in refused(theorem("A", claims=(lone,)))


def test_a_part_stands_where_its_kind_belongs():
    own = claim(norm >= first)
    with pytest.raises(UsageError, match="T, necessity: a Necessity; got 'Witness'"):
        theorem(claims=(own,), necessity=(witness("w", own, "", lambda: Numbers.exact(1)),))
    with pytest.raises(UsageError, match="witness w: a claim; got 'Control'"):
        witness("w", Control(own), "", lambda: Numbers.exact(1))
    with pytest.raises(UsageError, match="claim does not assume large"):
        needed(Assumption("large", first > 5), own, "", lambda: Numbers.exact(1))
    with pytest.raises(UsageError, match="expected a setting, got 'numbers'"):
        claim(norm >= first, setting="numbers")


def test_a_part_of_another_theorem():
    shared = claim(norm >= first)
    theorem("A", claims=(shared,))
    with pytest.raises(UsageError, match=r"A\.claim is a part of A, B needs its own"):
        theorem("B", claims=(shared,))


def test_the_registry_of_this_project_stands():
    assert {"F3", "M1"} <= set(registry.theorems())
