"""Pages in a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import PATIENCE

from relusgd.pictures.pages.page import page_html
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REQUIRED = "RELUSGD_BROWSER_TESTS"
"""Where this variable is set, as it is where a change is judged, a missing browser is a failure."""


def missing(what):
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, but there is no {what}", pytrace=False)
    pytest.skip(
        f"pages are tested in a browser, and there is no {what}: apt-get install chromium; pip "
        "install --group browser"
    )


LAST_MOMENT = "typeof page === 'undefined' || page.clock.go(page.clock.epochs.length - 1)"


@pytest.fixture(scope="session")
def chromium():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright")
    executable = shutil.which("chromium")
    if not executable:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core."""
    source = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        missing(f"axe-core ({source})")
    return source.read_text(encoding="utf-8")


@pytest.fixture
def make_page(dataset, make_history):
    """The HTML of a page: of one history, or of several side by side."""

    def make(*histories, points=dataset, title="a run", **options):
        views = [View(history, points) for history in histories or [make_history()]]
        scene = (
            views[0]
            if len(views) == 1
            else RunGroup(views, [f"run {number}" for number in range(len(views))])
        )
        return page_html(scene, title, **options)

    return make


@pytest.fixture
def open_page(chromium, tmp_path):
    """Open HTML from a file, on its last moment unless it plays or has a fragment; after the test
    no page may have said, failed or asked for anything.
    """
    with collected() as (contexts, faults):

        def show(html, *, fragment="", size=(1000, 800), plays=False, **context):
            path = tmp_path / f"page-{len(contexts)}.html"
            path.write_text(html, encoding="utf-8")
            contexts.append(
                chromium.new_context(viewport={"width": size[0], "height": size[1]}, **context)
            )
            contexts[-1].set_default_timeout(1000 * PATIENCE)
            page = contexts[-1].new_page()
            page.on("console", lambda message: faults.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: faults.append(f"error: {error}"))
            page.on(
                "request",
                lambda request: (
                    faults.append(f"request: {request.url}") if not own(request.url, path) else None
                ),
            )
            page.goto(f"{path.as_uri()}{fragment}")
            if not plays and not fragment:
                page.evaluate(LAST_MOMENT)
            settle(page)
            return page

        yield show
    assert faults == []


@contextmanager
def collected():
    contexts, faults = [], []
    try:
        yield contexts, faults
    finally:
        for context in contexts:
            context.close()


def own(url, path):
    # a blob is a piece of the page itself: the program of its worker
    return url.startswith((path.as_uri(), "data:", "blob:null/"))


def settle(page):
    """Wait until what changed has been drawn and said."""
    page.evaluate(
        "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => "
        "requestAnimationFrame(done)), 30))"
    )


def wait(page, condition, seconds=PATIENCE):
    """Until a condition holds; Playwright's own waiting evaluates text in the page, which its
    policy forbids.
    """
    end = time.monotonic() + seconds
    while not holds(page, condition):
        assert time.monotonic() < end, f"still not so: {condition}"
        page.wait_for_timeout(20)


def holds(page, condition):
    """Whether a condition holds now; not while one page gives way to another."""
    try:
        return page.evaluate(condition)
    except Exception as error:  # Playwright's own, which is installed for these tests alone
        if "Execution context was destroyed" in str(error):
            return False
        raise


@pytest.fixture
def settled():
    return settle


@pytest.fixture
def wait_until():
    return wait
