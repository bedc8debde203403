"""What a reader does with a page: scrub, play, point, link; by mouse, finger and keyboard."""

import numpy as np
import pytest

from relusgd.pictures.kit.look import THEMES
from relusgd.pictures.pages.iframe import in_iframe
from relusgd.pictures.pages.page_data import Start


def facts(page):
    return dict(
        zip(
            page.locator("#facts dt").all_text_contents(),
            page.locator("#facts dd").all_text_contents(),
            strict=True,
        )
    )


def shown_epoch(page):
    return int(facts(page)["epoch"].replace(",", ""))


def point(page, x, y=None):
    """A place of the panel as its pixels; y None is the zero line."""
    return page.evaluate(
        "(() => "
        f"{{ const p = page.panels[0]; return [p.frame.x({x}), p.frame.y({'p.zero' if y is None else y})]; }})()"
    )


def colour_at(page, canvas, x, y):
    """The colour of a canvas's pixel."""
    return page.evaluate(
        f"[...document.querySelector('{canvas}').getContext('2d').getImageData({x}, {y}, 1, "
        "1).data]"
    )


def test_a_page_opens_on_the_last_snapshot_and_draws_it(make_history, make_page, open_page):
    history = make_history()
    page = open_page(make_page(history, title="forty units"))
    assert page.title() == "forty units"
    assert page.text_content("h1") == "forty units"
    assert facts(page)["epoch"] == "35"
    assert facts(page)["step"] == "70"
    assert float(facts(page)["train MSE"]) == pytest.approx(
        history.metrics["train_mse"][-1], rel=5e-3
    )
    x = 0.4
    at = point(page, x, page.evaluate(f"valueOn(page.runs[0].pieces(7), {x})"))
    drawn = colour_at(page, "#panels canvas", *(round(value) for value in at))
    assert bytes(drawn[:3]).hex() == THEMES["light"].learned[1:]


def test_the_slider_and_its_keys_go_through_the_moments(
    make_history, make_page, open_page, settled
):
    page = open_page(make_page(make_history()))
    page.focus("#slider")
    for key, epoch in (
        ("Home", 0),
        ("ArrowRight", 5),
        ("ArrowRight", 10),
        ("ArrowLeft", 5),
        ("End", 35),
        ("PageUp", 0),
    ):
        page.keyboard.press(key)
        assert shown_epoch(page) == epoch, key
    page.evaluate("page.clock.go(0)")
    box = page.locator("#slider").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert shown_epoch(page) == 35
    assert page.get_attribute("#slider", "aria-valuetext") == "epoch 35, step 70"


def test_space_plays_from_the_start_to_the_end(make_history, make_page, open_page, wait_until):
    page = open_page(make_page(make_history()))
    page.select_option("#speed", "4")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "window.seen = []; page.clock.set = function (i) { seen.push(i); "
        "Clock.prototype.set.call(this, i); }; 0"
    )
    page.keyboard.press(" ")
    assert page.text_content("#play") == "Pause"
    wait_until(page, "!page.clock.playing")
    seen = page.evaluate("seen")
    assert (seen[0], seen[-1]) == (0, 7)
    assert seen == sorted(seen)
    assert shown_epoch(page) == 35
    assert page.text_content("#play") == "Play"


def test_playing_can_be_paused_and_goes_at_the_chosen_speed(
    make_history, make_page, open_page, wait_until
):
    page = open_page(make_page(make_history(snapshots=60)))
    page.evaluate("page.clock.go(0)")
    page.click("#play")
    wait_until(page, "page.clock.index > 3")
    page.click("#play")
    stood = page.evaluate("page.clock.index")
    page.wait_for_timeout(150)
    assert page.evaluate("page.clock.index") == stood
    fractions = page.evaluate("""[0.25, 4].map((speed) => {
        const clock = page.clock; clock.go(0); clock.speed = speed; clock.toggle();
        clock.tick(clock.before + 1000); const place = clock.place; clock.stop(); return place / page.time.length; })""")
    assert fractions == pytest.approx([0.025, 0.4], rel=1e-6)


def test_the_address_keeps_and_sets_the_moment(
    make_history, make_page, open_page, settled, wait_until
):
    html = make_page(make_history())
    assert shown_epoch(open_page(html, fragment="#epoch=15")) == 15
    assert shown_epoch(open_page(html, fragment="#epoch=16")) == 15
    assert shown_epoch(open_page(html, fragment="#step=40")) == 20
    page = open_page(html, fragment="#nonsense=<script>")
    assert page.evaluate("page.clock.playing")
    page.click("#play")
    page.evaluate("window.location.hash = '#step=10'")
    wait_until(page, "page.clock.epoch === 5")
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    wait_until(page, "window.location.hash === '#epoch=10'")


def test_a_button_copies_the_link_to_the_moment(make_page, open_page, wait_until):
    page = open_page(
        make_page(), fragment="#epoch=15", permissions=["clipboard-read", "clipboard-write"]
    )
    page.click("#copy")
    wait_until(page, "document.getElementById('copy').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url.split("#")[0] + "#epoch=15"


def test_time_is_logarithmic_or_linear(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history(snapshots=60)))
    places = "[0, 147.5, 295].map((epoch) => page.time.place(epoch) / page.time.length)"
    assert page.evaluate(places) == pytest.approx([0, np.log1p(150) / np.log1p(300), 1])
    page.select_option("#scale", "linear")
    assert page.evaluate(places) == pytest.approx([0, 0.5, 1])
    page.evaluate("page.clock.goToEpoch(150)")
    settled(page)
    assert float(page.input_value("#slider")) == pytest.approx(10000 * 150 / 295, abs=1)


@pytest.mark.parametrize("canvas", ["#errors", "#paths"])
def test_a_click_on_a_panel_along_time_jumps_there(canvas, make_history, make_page, open_page):
    page = open_page(make_page(make_history()))
    panel = {"#errors": "errorPanel", "#paths": "pathPanel"}[canvas]
    along = page.evaluate(f"page.{panel}.pixelOf(page.time.place(10))")
    across = {"#errors": {"x": along, "y": 30}, "#paths": {"x": 200, "y": along}}
    page.click(canvas, position=across[canvas])
    assert shown_epoch(page) == 10


def test_hovering_the_errors_tells_them(make_history, make_page, open_page, settled):
    history = make_history()
    page = open_page(make_page(history))
    page.hover(
        "#errors",
        position={"x": page.evaluate("page.errorPanel.frame.x(page.time.place(10))"), "y": 30},
    )
    settled(page)
    assert page.text_content("#tip strong") == "epoch 10"
    values = page.locator("#tip data").evaluate_all("all => all.map(e => Number(e.value))")
    assert values == pytest.approx(
        [20, history.metrics["train_mse"][2], history.metrics["test_mse"][2]], rel=1e-6
    )


def test_a_unit_is_pinned_from_its_row_and_its_path_is_drawn_while_others_fade(
    make_history, make_page, open_page, settled
):
    page = open_page(make_page(make_history(hidden=(6,))))
    strong = page.evaluate("page.pathPanel.units.at(-1)")
    picture = page.locator("#paths").screenshot
    before = picture()
    page.locator(f"#table .body .row[data-unit='{strong}']").click()
    page.mouse.move(5, 5)
    settled(page)
    assert page.evaluate("page.pinned.unit") == strong
    assert page.text_content("#tip strong") == f"unit {strong}"
    assert picture() != before
    assert page.get_attribute(f"#table .row[data-unit='{strong}']", "aria-selected") == "true"
    page.keyboard.press("Escape")
    settled(page)
    assert page.evaluate("page.pinned") is None
    assert picture() == before


def test_the_path_of_a_unit_is_its_recorded_elbows(make_history, make_page, open_page):
    history = make_history()
    page = open_page(make_page(history))
    for unit in range(6):
        path = page.evaluate(
            f"page.runs[0].epoch.map((_, row) => page.runs[0].elbowAt(row, {unit}))"
        )
        np.testing.assert_allclose(path, history.elbow[:, unit], rtol=3 * np.finfo(np.float32).eps)


def test_rows_are_sorted_by_any_column_and_reached_by_keyboard(
    make_history, make_page, open_page, settled
):
    history = make_history(hidden=(60,))
    page = open_page(make_page(history))
    page.get_by_role("button", name="slope", exact=True).click()
    first = int(page.locator("#table .body .row").first.get_attribute("data-unit"))
    assert first == int(np.argmin(history.slope[-1]))
    page.get_by_role("button", name="slope", exact=True).click()
    page.locator("#table .body .row[tabindex='0']").focus()
    page.keyboard.press("End")
    settled(page)
    assert page.evaluate("Number(document.activeElement.dataset.unit)") == int(
        np.argmin(history.slope[-1])
    )
    page.keyboard.press("Enter")
    assert page.evaluate("page.pinned.unit") == int(np.argmin(history.slope[-1]))
    assert page.locator("#table .body .row").count() < 40


def test_a_thousand_units_are_as_many_rows_as_are_in_sight(
    make_history, make_page, open_page, settled
):
    history = make_history(hidden=(1000,))
    page = open_page(make_page(history))
    assert page.get_attribute("#table", "aria-rowcount") == "1001"
    page.get_by_role("button", name="unit", exact=True).click()
    page.evaluate("document.getElementById('table').scrollTop = 26 * 500")
    settled(page)
    units = page.locator("#table .body .row").evaluate_all(
        "all => all.map(row => Number(row.dataset.unit))"
    )
    assert len(units) < 40
    assert min(units) > 490


def test_several_runs_stand_on_one_clock(make_history, make_page, open_page, settled):
    short, long = make_history(snapshots=3), make_history(seed=1, hidden=(9,), every=7)
    page = open_page(make_page(short, long))
    assert page.locator("#panels canvas").count() == 2
    assert page.evaluate("page.clock.epochs") == [0, 5, 7, 10, 14, 21, 28, 35, 42, 49]
    for epoch, rows in ((5, [1, 0]), (7, [1, 1]), (10, [2, 1]), (28, [2, 4])):
        page.evaluate(f"page.clock.goToEpoch({epoch})")
        assert page.evaluate("page.panels.map((panel) => page.shownIn(panel).row)") == rows, epoch
    captions = page.locator("figcaption .numbers").all_text_contents()
    assert float(captions[0].split()[2]) == pytest.approx(short.metrics["test_mse"][-1], rel=5e-3)
    page.select_option("#run", "1")
    settled(page)
    assert page.get_attribute("#table", "aria-rowcount") == "10"
    page.click("#edit")
    settled(page)
    assert page.evaluate("page.experiment.run.number") == 1


def test_deep_networks_have_breakpoints_by_layer_and_elbows_that_can_be_moved(
    make_history, make_page, open_page, settled
):
    page = open_page(make_page(make_history(hidden=(6, 5))))
    assert "bend by layer 1" in page.text_content("#legend")
    assert "output weight" not in page.text_content("#table")
    assert facts(page)["breakpoints"] == "4"
    page.click("#edit")
    before = page.evaluate("page.experiment.network.at(0.5)")
    page.evaluate("page.experiment.placeElbow(page.pinned.unit, 0.9)")
    settled(page)
    assert page.is_hidden("#weight")
    assert page.evaluate("page.experiment.network.at(0.5)") != before
    page.click("#solve")
    settled(page)
    changed = float(page.get_attribute("#changed-train", "value"))
    assert changed < page.evaluate("page.runs[0].errors.train.value[7]")


def test_an_experiment_is_reset_and_left(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history()))
    page.click("#edit")
    recorded = page.evaluate("page.runs[0].errors.train.value[7]")
    page.fill("#elbow", "0.77")
    settled(page)
    assert float(page.get_attribute("#changed-train", "value")) != pytest.approx(recorded, rel=1e-4)
    page.click("#reset")
    settled(page)
    assert float(page.get_attribute("#changed-train", "value")) == pytest.approx(recorded, rel=1e-4)
    page.click("#edit")
    settled(page)
    assert page.is_hidden("#tools")
    assert page.evaluate("page.runs[0].network(7).bias[0] === page.runs[0].biases[0][7 * 6]")


def test_sgd_goes_on_from_here_until_it_is_paused(
    make_history, make_page, open_page, settled, wait_until
):
    page = open_page(make_page(make_history(), starts=[Start(training={"batch_size": 8})]))
    page.click("#edit")
    assert page.input_value("#batch") == "8"
    assert page.input_value("#rate") == "0.1"
    page.fill("#rate", "0.02")
    page.click("#descend")
    wait_until(page, "page.experiment.steps > 500")
    page.click("#descend")
    stood = page.evaluate("page.experiment.steps")
    settled(page)
    assert page.evaluate("page.experiment.steps") == stood
    assert float(page.get_attribute("#changed-train", "value")) < page.evaluate(
        "page.runs[0].errors.train.value[7]"
    )


def test_the_runs_own_method_trains_on_and_what_is_left_out_is_said(
    make_history, make_page, open_page, settled
):
    schedule = {"kind": "step", "every": 5, "factor": 0.5}
    training = {"method": "adam", "schedule": schedule, "warmup": 2}
    page = open_page(make_page(make_history(), starts=[Start(training=training)]))
    page.click("#edit")
    settled(page)
    assert page.inner_text("#descend") == "Adam from here"
    left_out = "at a constant rate, without the run's schedule and warmup"
    assert page.inner_text("#left-out") == left_out
    page.click("#descend")
    settings = page.evaluate("page.experiment.course.settings")
    assert [settings["method"], settings["schedule"]] == ["adam", "constant"]
    plain = open_page(make_page(make_history()))
    plain.click("#edit")
    assert plain.is_hidden("#left-out")


def test_a_rate_that_is_too_large_is_told_and_nonsense_refused(
    make_history, make_page, open_page, settled, wait_until
):
    page = open_page(make_page(make_history()))
    page.click("#edit")
    page.fill("#rate", "900")
    page.click("#descend")
    page.click("#descend")
    wait_until(page, "document.getElementById('note').textContent.startsWith('diverged')")
    page.fill("#rate", "-1")
    page.click("#descend")
    settled(page)
    assert page.text_content("#note") == "the learning rate must be above 0"
    page.click("#reset")
    page.fill("#penalty", "-3")
    page.click("#solve")
    settled(page)
    assert page.text_content("#note") == "the penalty must be 0 or more"


def test_fingers_tap_units_and_scrub(make_history, make_page, open_page, settled):
    history = make_history()
    page = open_page(make_page(history), has_touch=True, size=(360, 740))
    network = history.network(-1)
    unit = int(np.flatnonzero((network.elbow > 0.1) & (network.elbow < 0.9))[0])
    box = page.locator("#panels canvas").bounding_box()
    x, y = point(page, network.elbow[unit])
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    settled(page)
    assert page.text_content("#tip strong") == f"unit {page.evaluate('page.pinned.unit')}"
    assert not page.evaluate("page.experiment.on")
    box = page.locator("#slider").bounding_box()
    page.touchscreen.tap(box["x"] + 3, box["y"] + box["height"] / 2)
    assert shown_epoch(page) == 0


def drag_finger(page, start, end):
    """Put a finger on one place of the panel and take it off at another."""
    box, touch = page.locator("#panels canvas").bounding_box(), page.context.new_cdp_session(page)
    at = lambda place: [{"x": box["x"] + place[0], "y": box["y"] + place[1]}]  # noqa: E731
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at(start)})
    for share in (0.3, 0.7, 1.0):
        place = [begin + share * (stop - begin) for begin, stop in zip(start, end, strict=True)]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at(place)})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_moves_elbows_only_in_an_experiment(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history(hidden=(3,), seed=4)), has_touch=True, size=(360, 740))
    unit = page.evaluate("page.strongest(page.runs[0])")
    start, goal = (
        point(page, page.evaluate(f"page.runs[0].network(7).elbow({unit})")),
        point(page, 0.5),
    )
    drag_finger(page, start, goal)
    assert not page.evaluate("page.experiment.on")
    page.click("#edit")
    page.evaluate("window.scrollTo(0, 0)")
    settled(page)
    drag_finger(page, start, goal)
    settled(page)
    assert page.evaluate(f"page.experiment.network.elbow({unit})") == pytest.approx(0.5, abs=0.01)


def test_a_very_wide_layer_is_drawn_from_what_its_units_add_up_to(
    make_history, make_page, open_page, settled
):
    history = make_history(snapshots=3, hidden=(4100,))
    page = open_page(make_page(history))
    network = history.network(-1)
    x = np.linspace(0, 1, 2001)
    np.testing.assert_allclose(
        page.evaluate("[...page.runs[0].pieces(2).y]"), network(x), rtol=1e-5, atol=1e-5
    )
    assert page.is_hidden("#experiment")
    page.evaluate("page.setCursor(page.runs[0], 0.25)")
    settled(page)
    assert "active units" in page.text_content("#tip")
    page.keyboard.press("Home")
    assert facts(page)["elbows inside"].endswith("/4,100")


def test_the_number_of_very_many_units_has_room_beside_its_strip(
    make_history, make_page, open_page
):
    page = open_page(make_page(make_history(snapshots=2, hidden=(100_000,))))
    drawn = "roomForLabels(page.errorPanel.sheet.context, [{ text: '100,000' }], 12)"
    assert page.evaluate("page.panels[0].strip.left") >= page.evaluate(drawn)


def test_no_number_is_wider_than_its_cell(make_history, make_page, open_page):
    history = make_history()
    history.biases[0][:] = -1234567.0
    page = open_page(make_page(history))
    cells = page.locator("#table .body .row").first.locator("data")
    assert cells.nth(2).text_content() == "−1.23e6"
    assert cells.evaluate_all("all => all.every(cell => cell.scrollWidth <= cell.clientWidth)")


def test_a_diverged_run_is_drawn_as_far_as_it_is_finite(make_history, make_page, open_page):
    history = make_history()
    for part in (*history.weights, *history.biases):
        part[6:] = 1e300
    history.metrics["train_mse"][6:], history.metrics["test_mse"][6:] = np.inf, np.nan
    page = open_page(make_page(history))
    assert facts(page)["train MSE"] == "–"
    page.keyboard.press("Home")
    assert facts(page)["train MSE"] != "–"


def test_a_page_within_a_notebook_draws_and_asks_for_nothing(make_page, open_page):
    inner = in_iframe(make_page(), 'a "run"')
    page = open_page(f"<!doctype html><title>notebook</title><p>[1]: run</p>{inner}")
    frame = page.frames[1]
    frame.wait_for_selector("#facts dd")
    assert frame.is_hidden("#copy")
    frame.focus("#slider")
    page.keyboard.press("End")
    assert frame.text_content("#facts dd") == "35"
    page.keyboard.press("Home")
    assert frame.text_content("#facts dd") == "0"
    with pytest.raises(Exception, match=r"SecurityError|Blocked a frame|cross-origin"):
        frame.evaluate("window.parent.document.title")


def test_all_of_thousands_of_snapshots_stay_usable(make_history, make_page, open_page):
    history = make_history(snapshots=4000, hidden=(10,))
    page = open_page(make_page(history, frames=10**9))
    assert page.evaluate("page.clock.epochs.length") == 4000
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    assert shown_epoch(page) == 5 * 3998
