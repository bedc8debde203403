"""Where everything stands, and what a page opens with."""

import pytest


def epoch(page):
    return page.evaluate("page.clock.epoch")


def test_a_page_opens_at_the_start_and_plays_once(make_history, make_page, open_page, wait_until):
    page = open_page(make_page(make_history(snapshots=60)), plays=True)
    assert page.evaluate("page.clock.playing")
    assert epoch(page) < 295
    page.evaluate("page.clock.speed = 40")
    wait_until(page, "!page.clock.playing")
    assert epoch(page) == 295


def test_whoever_asked_for_less_motion_sees_the_last_moment_at_rest(make_page, open_page):
    page = open_page(make_page(), plays=True, reduced_motion="reduce")
    assert not page.evaluate("page.clock.playing")
    assert epoch(page) == 35


@pytest.mark.parametrize(
    ("fragment", "shown", "words"),
    [
        ("#epoch=15", 15, ""),
        ("#epoch=16", 15, "This page has no epoch 16; the nearest is 15."),
        ("#epoch=1200", 35, "This page has no epoch 1,200; the nearest is 35."),
        ("#step=40", 20, ""),
        ("#step=41", 20, "This page has no step 41; the nearest is 40."),
    ],
)
def test_a_link_opens_at_rest_and_says_which_moment_it_found(
    fragment, shown, words, make_page, open_page, settled
):
    page = open_page(make_page(), fragment=fragment)
    assert not page.evaluate("page.clock.playing")
    assert epoch(page) == shown
    assert page.text_content("#opened") == words
    assert page.is_visible("#opened") == bool(words)
    page.evaluate("page.clock.go(0)")
    assert page.is_hidden("#opened")


def test_legends_name_what_is_in_their_own_panel(make_page, open_page):
    page = open_page(make_page())
    assert "error" not in page.text_content("#legend")
    entries = page.locator("#error-legend .long").all_text_contents()
    assert entries == ["training error", "test error"]


@pytest.mark.parametrize("width", [360, 1000, 1600])
def test_the_paths_of_elbows_stand_under_the_curve_on_its_axis_of_x(width, make_page, open_page):
    page = open_page(make_page(), size=(width, 900))
    for x in (0, 0.3, 1):
        curve, paths = page.evaluate(f"[page.panels[0].frame.x({x}), page.pathPanel.frame.x({x})]")
        assert paths == pytest.approx(curve, abs=0.01)
    tops = [page.locator(canvas).bounding_box()["y"] for canvas in ("#panels canvas", "#paths")]
    assert tops[0] < tops[1]


@pytest.mark.parametrize("hidden", [(40,), (6, 5)])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_moves_while_the_numbers_change(hidden, width, make_history, make_page, open_page):
    history = make_history(snapshots=12, hidden=hidden)
    history.metrics["train_mse"][:] = [10.0**power for power in range(-6, 6)]
    page = open_page(make_page(history), size=(width, 900))
    boxes = [
        page.evaluate(
            f"page.clock.go({moment}) || [...document.querySelectorAll('canvas, #facts dt')]"
            ".map((e) => [e.getBoundingClientRect().x, e.getBoundingClientRect().y])"
        )
        for moment in (0, 5, 11)
    ]
    assert boxes[0] == boxes[1] == boxes[2]


def test_at_1600_by_1000_everything_is_in_sight(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history(hidden=(40,))), size=(1600, 1000))
    page.click("#edit")
    settled(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1000
    errors, player = (page.locator(what).bounding_box() for what in ("#errors", "#player"))
    assert errors["y"] + errors["height"] <= player["y"]


def test_on_a_phone_the_player_is_one_row_and_what_if_one_press_away(
    make_history, make_page, open_page, settled
):
    page = open_page(make_page(make_history(hidden=(40,))), size=(360, 740))
    assert page.locator("#player").bounding_box()["height"] < 60
    page.click("#to-experiment")
    settled(page)
    assert page.evaluate("document.activeElement.id") == "edit"
    box = page.locator("#edit").bounding_box()
    assert 0 <= box["y"] < 740 - 60


@pytest.mark.parametrize("width", [360, 1280, 1600])
def test_no_column_of_the_table_is_cut(width, make_history, make_page, open_page):
    page = open_page(make_page(make_history(hidden=(40,))), size=(width, 900))
    table = page.evaluate("[$('table').clientWidth, $('table').scrollWidth]")
    assert table[1] <= table[0]
    cells = page.locator("#table .row > :visible")
    assert cells.evaluate_all("all => all.every((cell) => cell.scrollWidth <= cell.clientWidth)")


def test_the_units_that_bend_most_come_first(make_history, make_page, open_page):
    history = make_history(hidden=(12,))
    page = open_page(make_page(history))
    first = int(page.locator("#table .body .row").first.get_attribute("data-unit"))
    assert first == int(abs(history.network(7).slope_change).argmax())
