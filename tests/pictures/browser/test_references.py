"""References as layers of a page, and who pulls the unit that is pointed at."""

import re

import numpy as np
import pytest

from relusgd.diagnostics.elbow_step import elbow_step
from relusgd.pictures.pages.page import page_html
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.view import View

X = np.linspace(0, 1, 11)


@pytest.fixture
def page_with_references(make_history, dataset):
    moving = ReferenceCurve(
        "linearized", "linearised network", "linearised", X, lambda row: row + 0 * X, moves=True
    )
    fixed = ReferenceCurve("line", "least-squares line", "line", X, lambda _: 0.5 * X)
    return page_html(View(make_history(), dataset, [fixed, moving]), "a run")


def test_a_reference_is_switched_off_and_on_and_moves_with_the_clock(
    page_with_references, open_page, settled
):
    page = open_page(page_with_references)
    heights = "page.shownIn(page.panels[0]).references.map(({ y }) => [...y])"
    fixed, moving = page.evaluate(heights)
    np.testing.assert_allclose(fixed, 0.5 * X, rtol=1e-6)
    np.testing.assert_array_equal(moving, np.full(11, 7))
    page.evaluate("page.jump(page.clock.epochs[2])")
    np.testing.assert_array_equal(page.evaluate(heights)[1], np.full(11, 2))
    picture = page.locator("#panels canvas").screenshot
    page.mouse.move(5, 5)
    settled(page)
    before = picture()
    page.get_by_label("least-squares line").click()
    page.mouse.move(5, 5)
    settled(page)
    assert len(page.evaluate(heights)) == 1
    assert picture() != before
    page.get_by_label("least-squares line").click()
    settled(page)
    assert len(page.evaluate(heights)) == 2


def test_a_page_without_references_has_no_list_of_them(make_page, open_page):
    page = open_page(make_page())
    assert not page.locator("#references").is_visible()


def test_the_tip_of_a_unit_says_who_pulls_it(make_history, make_page, open_page, dataset, settled):
    history = make_history(hidden=(6,))
    page = open_page(make_page(history))
    network = history.network(len(history) - 1)
    step = elbow_step(network, network, dataset.x_train, dataset.y_train, 1.0)
    for number in range(6):
        page.evaluate(f"page.point(page.runs[0], {number})")
        settled(page)
        unit = step.unit(number)
        texts = page.locator("#tip dt, #tip dd").all_text_contents()
        said = dict(zip(texts[::2], texts[1::2], strict=True))
        total = np.abs(unit.pulls).sum()
        for side, sign in (("pulled right", 1), ("pulled left", -1)):
            share = unit.pulls[sign * unit.pulls > 0]
            if not len(share):
                assert side not in said
                continue
            percent, x = re.fullmatch(r"(\d+) %, most from x = (\S+)", said[side]).groups()
            assert int(percent) == pytest.approx(100 * np.abs(share).sum() / total, abs=0.6)
            strongest = dataset.x_train[np.argmax(sign * unit.pulls)]
            assert float(x.replace("−", "-")) == pytest.approx(strongest, abs=0.01)


def test_of_the_output_layer_alone_no_elbow_is_pulled(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history()))
    page.evaluate("page.runs[0].start.training.layers = 'output'; page.point(page.runs[0], 0)")
    settled(page)
    assert "pulled" not in page.inner_text("#tip")


def test_a_page_shows_the_sharpness_beside_the_edge(make_history, dataset, open_page):
    history = make_history()
    chosen = [0, 3, 7]
    course = SharpnessCourse(
        "sharpness", history.step[chosen], np.array([1.0, 4.0, 19.0]), np.full(3, 20.0)
    )
    page = open_page(page_html(View(history, dataset, sharpness=course), "a run"))
    assert page.locator("#sharpness").is_visible()
    assert "edge of stability" in page.text_content("#error-legend")
    shown = page.evaluate(
        "page.sharpnessPanel.curves.map(({ run, name }) => [...run.errors[name].value])"
    )
    assert shown == [[1.0, 4.0, 19.0], [20.0, 20.0, 20.0]]
    rows = page.evaluate("page.clock.epochs.map((epoch) => page.runs[0].sharpness.rowAt(epoch))")
    assert rows == [0, 0, 0, 1, 1, 1, 1, 2]
