"""The site as Chromium shows it, opened from disk; skipped where there is no browser.

``make test-browser`` sets CERTIMIN_NEEDS_BROWSER: there a missing browser is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.visits import Visit, visits_to
from verify.report import load, write

RECORD = Path(__file__).parents[2] / "reports" / "verify.json"
SMALL = ("F1", "F3p", "C5")  # seconds, and they use no others
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def absent(reason):
    """Skip, or fail where a browser was promised."""
    (pytest.fail if os.environ.get("CERTIMIN_NEEDS_BROWSER") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site of the last run here, built anew from its record; of a small run where none is."""
    folder = tmp_path_factory.mktemp("site")
    if RECORD.is_file():
        write(load(RECORD), folder)
        return folder
    command = [sys.executable, "-m", "certimin", "verify", *SMALL, "--out", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (folder / "index.html").is_file(), run.stderr[-2000:]
    return folder


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, driven by playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed: pip install 'certimin[browser]'")
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        absent("Chromium is not installed: make browser-install")
    # Chromium as root, which CI often is, has no sandbox; these pages are our own.
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=path, args=alone)
        yield launched
        launched.close()


@pytest.fixture
def page(browser):
    """An empty page of a window 1280 px wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def visits(browser, site) -> list[Visit]:
    """What was seen on the front page and on the page of every theorem, each opened once."""
    files = [site / "index.html", *sorted((site / "theorems").glob("*.html"))]
    assert len(files) > 2
    context = browser.new_context()
    found = visits_to(context, files)
    context.close()
    return found


@pytest.fixture(scope="session")
def front(site):
    """The address of the front page."""
    return (site / "index.html").as_uri()
