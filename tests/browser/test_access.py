"""What axe-core finds, and formulas wider than a phone reached without a mouse."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

GRAVE = ("serious", "critical")
LOOKED_AT = ("U1", "U5", "O1", "F1", "F3p", "C5")
WIDE = """() => {
  const wide = [...document.querySelectorAll(".display")]
    .filter((e) => e.scrollWidth > e.clientWidth);
  return { wide: wide.length, reached: wide.filter((e) => e.tabIndex === 0).length };
}"""


@pytest.fixture(scope="module")
def looked_at(site):
    """The front page and three theorems."""
    known = [site / "theorems" / f"{name}.html" for name in LOOKED_AT]
    return [site / "index.html", *[path for path in known if path.is_file()][:3]]


def grave(page, file, **options):
    """What axe-core calls serious or critical on a page: rule, and the first element."""
    from axe_playwright_python.sync_playwright import Axe

    page.goto(file.as_uri())
    told = Axe().run(page, options={"resultTypes": ["violations"], "preload": False, **options})
    return [
        (found["id"], len(found["nodes"]), found["nodes"][0]["html"][:120])
        for found in told.response["violations"]
        if found["impact"] in GRAVE
    ]


def test_axe_finds_nothing_grave(page, looked_at):
    """On a phone, where formulas and tables are wider than the page."""
    page.set_viewport_size({"width": 390, "height": 900})
    assert len(looked_at) == 4
    assert {file.stem: grave(page, file) for file in looked_at} == {f.stem: [] for f in looked_at}


def test_axe_finds_enough_contrast_in_the_dark(page, looked_at):
    """Colours are all that differs from the light scheme."""
    page.emulate_media(color_scheme="dark")
    only = {"runOnly": ["color-contrast"]}
    found = {file.stem: grave(page, file, **only) for file in looked_at}
    assert found == {f.stem: [] for f in looked_at}


def test_axe_sees_a_fault_when_there_is_one(page, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main>')
    assert [name for name, *_ in grave(page, bad)] == ["image-alt"]


def test_wide_formulas_are_moved_by_keyboard(page, looked_at):
    """Where they are wider than a phone, and only there."""
    page.set_viewport_size({"width": 240, "height": 900})
    page.goto(looked_at[1].as_uri())
    at = page.evaluate(WIDE)
    assert at["wide"] == at["reached"] > 0
    box = page.locator(".display[tabindex]").first
    box.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(e) => e.scrollLeft > 0", arg=box.element_handle())
    page.set_viewport_size({"width": 2400, "height": 900})
    page.wait_for_function("() => !document.querySelector('.statement .display[tabindex]')")
