"""The page of a lesson in a browser: its answers fold, its commands are copied, its links open."""

import pytest
from made_lessons import SMALL, InThisProcess, build, read

FILM = SMALL.replace(
    "look: relusgd plot runs/small --out pictures/fit.png",
    "look: [relusgd plot runs/small --out pictures/fit.png, "
    "relusgd animate runs/small --frames 3 --out pictures/fit.gif]",
)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The folder of a small lesson with a still, a film and an output."""
    folder = tmp_path_factory.mktemp("lessons")
    build(read(FILM, folder), folder / "small", InThisProcess(draws_dark=True))
    return folder / "small"


@pytest.fixture
def open_lesson(lesson, open_page):
    def show(**options):
        html = (lesson / "index.html").read_text(encoding="utf-8")
        return open_page(html, plays=True, **options)

    return show


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def visible(page, selector):
    return [one.is_visible() for one in page.query_selector_all(selector)]


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_page_is_as_wide_as_the_window_with_all_answers_open(open_lesson, width):
    page = open_lesson(size=(width, 900))
    assert overflow(page) == 0
    page.click("#all-answers")
    assert overflow(page) == 0


def test_answers_are_folded_until_they_are_opened_one_or_all(open_lesson):
    page = open_lesson()
    assert visible(page, "details p") == [False, False]
    page.click("summary >> nth=1")
    assert visible(page, "details p") == [False, True]
    assert page.inner_text("#all-answers") == "Open all answers"
    page.click("#all-answers")
    assert visible(page, "details p") == [True, True]
    page.click("text=Fold all answers")
    assert visible(page, "details p") == [False, False]


def test_a_command_is_copied_as_it_stands(open_lesson, settled):
    page = open_lesson(permissions=["clipboard-read", "clipboard-write"])
    page.click(".copy >> nth=0")
    settled(page)
    assert page.inner_text(".copy >> nth=0") == "Copied"
    assert page.evaluate("navigator.clipboard.readText()") == page.inner_text(
        ".command code >> nth=0"
    )


def test_a_question_has_an_address(open_lesson):
    page = open_lesson(fragment="#question-2")
    assert page.evaluate("document.querySelector(':target h2').textContent") == "2 A derivative"


def shown_pictures(page):
    """The kinds of the pictures that are shown: of the still, then of the film."""
    images = page.query_selector_all("figure img")
    return [image.get_attribute("class") for image in images if image.is_visible()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_those_of_the_readers_theme(open_lesson, scheme):
    page = open_lesson(color_scheme=scheme)
    assert shown_pictures(page) == [scheme, f"{scheme} moving"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whoever_asked_for_less_motion_sees_the_last_frame(open_lesson, scheme):
    page = open_lesson(color_scheme=scheme, reduced_motion="reduce")
    assert shown_pictures(page) == [scheme, f"{scheme} end"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_on_paper_are_the_last_frame_the_light_theme_and_open_answers_alone(
    open_lesson, scheme, motion
):
    page = open_lesson(color_scheme=scheme, reduced_motion=motion)
    page.click("summary >> nth=1")
    page.emulate_media(media="print")
    assert shown_pictures(page) == ["light", "light end"]
    assert visible(page, "nav, .copy, .lab") == [False] * 5
    assert visible(page, "details") == [False, True]
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert max(map(int, ink.removeprefix("rgb(").removesuffix(")").split(","))) < 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_lesson(open_lesson, axe, scheme):
    page = open_lesson(color_scheme=scheme)
    page.click("#all-answers")
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run().then(({ violations }) => violations.map((v) => [v.impact, v.id, "
        "v.nodes.map((n) => n.html)]))"
    )
    assert [violation for violation in found if violation[0] in ("serious", "critical")] == []


def test_the_lab_link_opens_the_lab_with_the_network_of_the_run(lesson, chromium, open_lesson):
    address = open_lesson().get_attribute(".lab a", "href")
    lab = chromium.new_page()
    lab.goto(f"{lesson.as_uri()}/{address}")
    units = lab.evaluate("document.getElementById('hidden').value")
    lab.close()
    assert units == "3"
