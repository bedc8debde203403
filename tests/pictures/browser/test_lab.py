"""The lab as its readers use it: by hand, step by step, back and forth, shared, and by keyboard."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from relusgd.config import load_config
from relusgd.pictures.pages.lab_page import lab_html
from relusgd.training import prepare
from relusgd.training.engines import advance

ROW = "Array.from(lab.courses[0].row)"
STANDS = "!lab.isRunning && !lab.courses.some((course) => course.isAway)"


@pytest.fixture
def open_lab(open_page):
    def show(fragment="", size=(1280, 800), exercise=None, texts=None, **context):
        page = lab_html(exercise=exercise, **(texts or {}))
        return open_page(page, fragment=fragment, size=size, plays=True, **context)

    return show


def go(page, step, wait_until):
    page.evaluate(f"lab.goTo({step})")
    wait_until(page, f"{STANDS} && lab.courses[0].step === {step}")
    return page.evaluate(ROW)


def press(page, x, y, to=None):
    """Press at a place of the function's panel, in units of the data, and drag."""
    places = "([x, y]) => { const { frame, canvas } = lab.panels[0]; const box = canvas.getBoundingClientRect(); return [box.left + frame.x(x), box.top + frame.y(y)]; }"
    page.mouse.move(*page.evaluate(places, [x, y]))
    page.mouse.down()
    if to is not None:
        page.mouse.move(*page.evaluate(places, list(to)), steps=5)
    page.mouse.up()


def test_units_are_placed_by_hand_and_the_function_leads_to_the_pointer(open_lab, settled):
    page = open_lab()
    page.click("#empty")
    page.click("text=Place a unit")
    press(page, 0.2, 0, to=(0.6, 0.8))
    press(page, 0.5, 0.5, to=(0.9, -0.5))
    settled(page)
    assert page.evaluate("lab.courses[0].width") == 2
    assert page.evaluate("lab.courses[0].network.at(0.1)") == 0
    assert page.evaluate("lab.courses[0].network.at(0.9)") == pytest.approx(-0.5, abs=0.02)
    assert page.evaluate("lab.courses[0].network.elbow(0)") == pytest.approx(0.2, abs=0.005)
    assert page.input_value("#hidden") == "2"
    page.click("#units summary")
    settled(page)
    cells = page.locator("#table data.elbow").all_text_contents()
    assert sorted(round(float(text), 2) for text in cells) == [0.2, 0.5]
    page.keyboard.press("Control+z")
    assert page.evaluate("lab.courses[0].width") == 1
    page.click("#redo")
    assert page.evaluate("lab.courses[0].width") == 2


def test_training_goes_on_pauses_and_goes_back_to_the_last_bit(open_lab, wait_until):
    page = open_lab()
    start = page.evaluate("lab.courses[0].errors.train")
    page.click("#train")
    wait_until(page, "lab.courses[0].step > 3000")
    page.click("#train")
    wait_until(page, STANDS)
    assert page.evaluate("lab.courses[0].errors.train") < start
    there = go(page, 1234, wait_until)
    go(page, 17, wait_until)
    go(page, 2999, wait_until)
    assert go(page, 1234, wait_until) == there
    assert page.evaluate("lab.courses[0].trace.entries.length") > 30


def test_everything_survives_a_reload_in_the_address(open_lab, wait_until):
    page = open_lab()
    page.select_option("#method", "adam")
    press(page, 0.1, 0.5)
    page.click("text=Add points")
    press(page, 0.33, 0.4)
    page.evaluate("lab.change('training', { learning_rate: 0.0123456789, label_noise: 0.1 })")
    row = go(page, 321, wait_until)
    fragment = page.evaluate("fragmentOf(lab.current())")
    again = open_lab(fragment)
    wait_until(again, f"{STANDS} && lab.courses[0].step === 321")
    assert again.evaluate(ROW) == row
    same = "JSON.stringify(plainExercise(lab.current()))"
    assert again.evaluate(same) == page.evaluate(same)
    assert again.input_value("#rate") == "0.0123456789"


def plan_copied(page, wait_until, tmp_path):
    """What Python trains by the config that the lab copies."""
    if page.is_hidden("#sharing"):
        page.click("#share")
    page.evaluate("document.getElementById('shared-text').value = ''")
    page.click("#copy-yaml")
    wait_until(page, "document.getElementById('shared-text').value !== ''")
    config = tmp_path / "copied.yaml"
    config.write_text(page.input_value("#shared-text"), encoding="utf-8")
    return prepare(load_config(config, {"engine": "numpy"}))


def test_the_copied_config_trains_the_same_course_in_python(open_lab, wait_until, tmp_path):
    page = open_lab()
    page.evaluate("lab.change('network', { hidden: [7] })")
    page.evaluate("lab.change('data', { target: 'sin(6*x) + abs(x - 0.3)', samples: 30 })")
    page.evaluate("lab.change('training', { momentum: 0.5, label_noise: 0.2, batch_size: 8 })")
    go(page, 200, wait_until)
    page.evaluate("lab.change('training', { method: 'adam', momentum: 0, learning_rate: 1e-3 })")
    row = go(page, 500, wait_until)
    plan = plan_copied(page, wait_until, tmp_path)
    state = plan.descent.start(plan.initial.parameters())
    _, records = advance(plan.descent, state, 500, np.array([500]))
    np.testing.assert_allclose(row, records[0], rtol=0, atol=1e-9)


def test_another_setting_at_a_later_step_leaves_the_course_there(open_lab, wait_until, settled):
    page = open_lab()
    row = go(page, 400, wait_until)
    page.fill("#rate", "0.03")
    page.keyboard.press("Tab")
    assert page.evaluate("[lab.exercise.origin, lab.courses[0].step]") == [400, 0]
    assert page.evaluate("Array.from(lab.exercise.network.start)") == row
    settled(page)
    assert page.text_content("#facts dd") == "400"
    page.click("#undo")
    wait_until(page, f"{STANDS} && lab.courses[0].step === 400")
    assert page.evaluate(ROW) == row


def test_a_single_step_shows_its_batch_and_where_the_elbows_go(open_lab, wait_until):
    page = open_lab()
    before = page.evaluate(ROW)
    page.click("#single")
    wait_until(page, f"{STANDS} && lab.courses[0].step === 1")
    batch, arrows = page.evaluate(
        "[lab.step.batch, lab.step.arrowsTo(lab.courses[0].network).arrows]"
    )
    assert len(batch) == 40
    after = page.evaluate(ROW)
    unit = arrows[0]["unit"]
    elbow = [-row[40 + unit] / row[unit] for row in (before, after)]
    assert arrows[0]["change"] == pytest.approx(elbow[1] - elbow[0])


def test_two_runs_begin_alike_and_stop_at_the_same_step(open_lab, wait_until):
    page = open_lab()
    page.click("#compare")
    page.select_option("#method", "adam")
    page.fill("#rate", "0.003")
    page.click("#train")
    wait_until(page, "lab.courses.every((course) => course.step > 300)")
    page.click("#train")
    wait_until(page, STANDS)
    wait_until(page, "lab.courses[0].step === lab.courses[1].step")
    starts = page.evaluate("lab.courses.map(({ start }) => Array.from(start))")
    assert starts[0] == starts[1]
    assert page.evaluate("lab.courses[0].errors.train !== lab.courses[1].errors.train")
    assert page.locator("figcaption:visible").count() == 2


def test_a_rate_that_is_not_stable_is_warned_of_and_a_safe_one_offered(
    open_lab, wait_until, settled
):
    page = open_lab()
    wait_until(page, "Number.isFinite(lab.stableRate)")
    page.fill("#rate", "5")
    page.click("#train")
    wait_until(page, "document.getElementById('rate-warning').textContent !== ''")
    assert not page.evaluate("lab.isRunning")
    settled(page)
    assert page.text_content("#train") == "Train all the same"
    page.click("#safe-rate")
    assert float(page.input_value("#rate")) < page.evaluate("lab.stableRate")
    settled(page)
    assert page.text_content("#rate-warning") == ""


def test_a_course_that_diverges_is_told_so(open_lab, wait_until):
    page = open_lab()
    page.evaluate("lab.change('training', { learning_rate: 50 }); lab.runAll()")
    wait_until(page, "lab.courses[0].diverged")
    wait_until(page, "document.getElementById('rate-warning').textContent.startsWith('Diverged')")


def test_points_are_pasted_added_and_taken_away(open_lab):
    page = open_lab()
    page.click("text=Remove all points")
    page.click("text=Add points")
    press(page, 0.25, 0.5)
    press(page, 0.75, -0.5)
    x, y = page.evaluate("[lab.exercise.data.x, lab.exercise.data.y]")
    assert x == pytest.approx([0.25, 0.75], abs=0.005)
    press(page, x[0], y[0])
    assert len(page.evaluate("lab.exercise.data.x")) == 1
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.fill("#pasted", "0 1\n1; 2\nthree, 4")
    page.click("#take-points")
    assert page.text_content("#data-fault") == "line 3 is no pair x, y: three, 4"
    page.fill("#pasted", "0 1\n1; 2\n3, 4")
    page.click("#take-points")
    assert page.evaluate("lab.exercise.data.y") == [1, 2, 4]
    assert page.text_content("#data-fault") == ""


def test_the_loss_surface_is_the_training_error(open_lab, wait_until):
    page = open_lab()
    page.click("#surface summary")
    wait_until(page, "lab.landscape.values !== null")
    found = page.evaluate(
        "(() => { const { one, other, values } = lab.landscape, row = lab.courses[0].row.slice(); "
        "row[one.index] = one.low; row[other.index] = other.high; return [values[47 * 48], "
        "networkOn(row, [40]).mse(lab.points.train)]; })()"
    )
    assert found[0] == pytest.approx(found[1])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_saved_as_a_png_of_all_panels(scheme, open_lab, wait_until, tmp_path):
    page = open_lab(color_scheme=scheme)
    go(page, 300, wait_until)
    page.click("#share")
    with page.expect_download() as saving:
        page.click("#save-png")
    assert saving.value.suggested_filename == "lab.png"
    saving.value.save_as(tmp_path / "lab.png")
    saved = Image.open(tmp_path / "lab.png")
    assert saved.format == "PNG"
    picture = saved.convert("RGB")
    shape = "[...document.querySelectorAll('#figure canvas')].map((canvas) => { const box = "
    shape += "canvas.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; })"
    left, top, right, bottom = zip(*page.evaluate(shape), strict=True)
    height = (max(bottom) - min(top) + 54) * 1600 / (max(right) - min(left) + 20)
    assert picture.width == 1600
    assert picture.height == pytest.approx(height, abs=40)
    paper = picture.getpixel((2, picture.height - 2))
    assert (sum(paper) > 600) == (scheme == "light")
    rows = np.asarray(picture).reshape(picture.height, -1)
    inked = (rows != rows[-1]).mean(axis=1) > 0
    assert inked.mean() > 0.6


@pytest.mark.parametrize("size", [(1280, 800), (1366, 768), (1920, 1080)])
def test_all_panels_stand_above_the_player(size, open_lab, settled):
    page = open_lab(size=size)
    settled(page)
    bottoms = "['#errors', '#player'].map((name) => { const box = document.querySelector(name)"
    bottoms += ".getBoundingClientRect(); return name === '#player' ? box.top : box.bottom; })"
    errors, player = page.evaluate(bottoms)
    assert errors <= player
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]


def test_schedules_and_ridge_are_chosen_and_copied_as_a_config(
    open_lab, wait_until, settled, tmp_path
):
    page = open_lab()
    page.click("#more-training summary")
    assert page.is_hidden("#every")
    assert page.is_hidden("#epochs")
    page.select_option("#schedule", "cosine")
    page.fill("#epochs", "60")
    page.fill("#minimum", "0.001")
    page.fill("#warmup", "10")
    page.keyboard.press("Tab")
    page.click("#train")
    wait_until(page, f"{STANDS} && lab.courses[0].step === 300")
    settled(page)
    assert page.text_content("#train") == "Train"
    page.click("#train")
    settled(page)
    assert page.text_content("#tool-hint").startswith("The cosine ends here, after 60 epochs")
    row = page.evaluate(ROW)
    plan = plan_copied(page, wait_until, tmp_path)
    state = plan.descent.start(plan.initial.parameters())
    _, records = advance(plan.descent, state, 300, np.array([300]))
    np.testing.assert_allclose(row, records[0], rtol=0, atol=1e-9)
    assert plan.steps == 300

    go(page, 0, wait_until)
    page.select_option("#method", "ridge")
    assert page.is_hidden("#rate")
    page.fill("#penalty", "0.01")
    page.keyboard.press("Tab")
    page.click("#train")
    wait_until(page, f"{STANDS} && lab.courses[0].step === 1")
    plan = plan_copied(page, wait_until, tmp_path)
    assert plan.is_ridge
    assert plan.config.training.penalty == 0.01


def test_a_minimum_above_the_rate_is_refused_in_words(open_lab):
    page = open_lab()
    page.click("#more-training summary")
    page.select_option("#schedule", "cosine")
    page.fill("#minimum", "0.5")
    page.keyboard.press("Tab")
    fault = "the minimum 0.5 of the schedule is above the rate 0.02"
    assert page.text_content("#training-fault") == fault
    assert page.evaluate("lab.settingsShown.schedule.minimum") == 0


# Challenges


def test_the_largest_stable_rate_is_judged_by_the_sharpness(open_lab, wait_until):
    page = open_lab()
    page.click("#challenges")
    page.select_option("#choose-challenge", label="The largest stable rate")
    assert not page.is_visible("#stable")
    result = "document.getElementById('challenge-result').textContent"
    for factor, phrase in ((1.1, "too large"), (0.5, "could be larger"), (0.955, "Solved: 95 %")):
        page.evaluate("lab.stable.work(2000)")
        rate = page.evaluate(f"{factor} * lab.stableRate")
        page.evaluate(f"lab.change('training', {{ learning_rate: {rate} }})")
        page.click("#challenge-tools button")
        wait_until(page, f"{result}.includes({json.dumps(phrase)})")


def test_a_challenge_of_a_lecturers_own_opens_is_solved_and_links(open_lab, wait_until):
    text = (
        "# A roof\nkind: fit\ndata.target: 1 - abs(2*x - 1)\ndata.noise: 0\nnetwork.hidden: 0\n"
        "units: 2\ngoal: 0.001\n\nTwo units **suffice**."
    )
    page = open_lab(texts={"challenges": text})
    assert page.text_content("#challenge-title") == "A roof"
    assert page.locator("#challenge-text strong").text_content() == "suffice"
    page.click("text=Check")
    assert page.text_content("#challenge-result").startswith("Not yet: the test error is 0.3")
    page.evaluate(
        "lab.hold(); lab.edit(() => new Network([2], [Float64Array.of(1, 1), Float64Array.of(2, -4)],"
        " [Float64Array.of(0, -0.5), Float64Array.of(0)])); lab.letGo()"
    )
    page.click("text=Check")
    assert page.text_content("#challenge-result").startswith("Solved")
    again = open_lab(page.evaluate("fragmentOf(lab.current())"))
    assert again.text_content("#challenge-title") == "A roof"


def test_the_challenges_of_the_lab_and_of_its_document_can_be_read(open_lab):
    document = (Path(__file__).parents[3] / "docs" / "lab.md").read_text(encoding="utf-8")
    example = re.search(r"```text\n(.*?)```", document, re.DOTALL)[1]
    page = open_lab()
    kinds = "challengesOf({}).map(({{ kind }}) => kind)"
    assert page.evaluate(kinds.format("OWN_CHALLENGES")) == ["place", "fit", "rate", "predict"]
    assert page.evaluate(kinds.format(json.dumps(example))) == ["fit", "predict"]


NO_CHALLENGES = {
    "no title": 'a challenge begins with "# title"',
    "# A\nkind: win": 'kind cannot be "win"',
    "# A\nunits: 3": "kind is missing",
    "# A\nkind: fit\ngoal: 1\ndata.samples: 1e9": "A: data.samples cannot be 1000000000",
    "# A\nkind: rate\nnetwork.width: 3": "network.width is no key of the lab",
    "# A\nkind: fit\ngoal: 1\ndata.target: nothing(x)": '"nothing" is not known',
}


def test_a_challenge_that_cannot_be_read_is_told_why(open_lab):
    page = open_lab()
    for text, phrase in NO_CHALLENGES.items():
        message = page.evaluate(
            "(text) => { try { challengesOf(text); return ''; } catch ({ message }) "
            "{ return message; } }",
            text,
        )
        assert phrase in message


HOSTILE = """<img src=x onerror="window.hacked = 1"> <script>window.hacked = 1</script>

[go](javascript:window.hacked=1) [fine](https://example.org/) **<b onclick=1>**

- <svg onload="window.hacked = 1">
"""


def test_hostile_texts_are_letters_and_nothing_else(open_lab, settled):
    challenge = f"# <img src=x onerror='window.hacked = 1'>\nkind: place\n\n{HOSTILE}"
    page = open_lab(texts={"intro": HOSTILE, "challenges": challenge})
    settled(page)
    assert page.text_content("#challenge-title").startswith("<img")
    assert "<script>" in page.text_content("#intro")
    assert page.locator("#intro a").evaluate_all("all => all.map((a) => a.href)") == [
        "https://example.org/"
    ]
    assert page.evaluate(
        "window.hacked === undefined && document.images.length === 0 && document.scripts.length "
        "=== 3 && document.querySelectorAll('svg, [onclick]').length === 0"
    )


NO_EXERCISES = [
    "{",
    "[]",
    '{"network": {"hidden": [1e9]}}',
    '{"network": {"start": "AAAA"}}',
    '{"data": {"target": "constructor"}}',
    '{"training": {"method": "__proto__"}}',
    '{"step": -1}',
    '{"data": {"samples": "<b>"}}',
]


def test_an_address_that_is_no_exercise_is_told_and_does_nothing(open_lab):
    page = open_lab()
    for given in NO_EXERCISES:
        page.evaluate("lab.say('')")
        page.evaluate(
            "(text) => { window.location.hash = "
            "`#lab=${base64Of(new TextEncoder().encode(text))}`; lab.followAddress(); }",
            given,
        )
        said = page.text_content("#tool-hint")
        assert said.startswith("The address cannot be read: "), (given, said)
        assert page.evaluate("lab.courses[0].width") == 40


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme, axe, open_lab, settled):
    page = open_lab(color_scheme=scheme)
    page.click("#share")
    page.click("#challenges")
    page.click("#write-challenge")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.evaluate("lab.change('network', { hidden: [5] }); lab.choose(3)")
    settled(page)
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run().then(({ violations }) => violations.map((v) => [v.impact, v.id, "
        "v.nodes.map((n) => n.html)]))"
    )
    assert found == []


def test_everything_can_be_done_by_keyboard_alone(open_lab, wait_until, settled):
    page = open_lab()
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    reached = set()
    for _ in range(75):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    wanted = page.evaluate(
        "[...document.querySelectorAll('button, input, select, textarea, canvas[tabindex]')]"
        ".filter((e) => e.offsetParent && !e.disabled).map((e) => e.id || e.tagName)"
    )
    assert {name for name in wanted if name != "BUTTON"} <= reached
    page.click("#empty")
    page.click("text=Place a unit")
    page.focus("#panels canvas")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    elbow = page.evaluate("lab.courses[0].network.elbow(0)")
    assert elbow == pytest.approx(0.51)
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("lab.courses[0].network.elbow(0)") == pytest.approx(0.52)
    assert page.evaluate("lab.courses[0].network.outputWeight[0]") > 0
    page.keyboard.press("Delete")
    assert page.evaluate("lab.courses[0].width") == 0


@pytest.mark.parametrize("width", [360, 800, 1920])
def test_nothing_is_cut_off_or_scrolls_sideways(width, open_lab, settled):
    page = open_lab(size=(width, 760))
    page.click("#challenges")
    page.click("#compare")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator("button:visible, select:visible, input:visible").evaluate_all(
        "all => all.filter(e => !e.closest('#table')).map(e => { const b = "
        "e.getBoundingClientRect(); return [e.id, b.left, b.right]; })"
    ):
        assert box[1] >= 0, box
        assert box[2] <= width, box


def test_whoever_asked_for_less_motion_gets_four_pictures_a_second(open_lab, wait_until):
    page = open_lab(reduced_motion="reduce")
    page.click("#train")
    moment = "[performance.now(), lab.drawn, lab.courses[0].step]"
    begun, drawn_before, _ = page.evaluate(moment)
    wait_until(page, f"performance.now() > {begun} + 1000 && lab.courses[0].step > 0")
    now, drawn, _ = page.evaluate(moment)
    assert drawn - drawn_before <= 4 * (now - begun) / 1000 + 2
