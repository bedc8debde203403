"""A page for everybody: by keyboard alone, for screen readers, with contrast, small and large,
light and dark; and safe.
"""

from dataclasses import replace

import pytest

from relusgd.pictures.kit.look import THEMES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["one", "several", "deep", "experiment"])
def test_axe_finds_nothing_serious(kind, scheme, axe, make_history, make_page, open_page, settled):
    histories = {
        "several": [make_history(), make_history(seed=1), make_history(seed=2, hidden=(8,))],
        "deep": [make_history(hidden=(5, 4))],
    }.get(kind, [make_history()])
    page = open_page(make_page(*histories), color_scheme=scheme)
    if kind == "experiment":
        page.click("#edit")
        page.click("#yaml")
        settled(page)
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run().then(({ violations }) => violations.map((v) => [v.impact, v.id, "
        "v.nodes.map((n) => n.html)]))"
    )
    assert [violation for violation in found if violation[0] in ("serious", "critical")] == []


def test_everything_can_be_reached_and_used_by_keyboard_alone(make_page, open_page, settled):
    page = open_page(make_page())
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.className || "
                "document.activeElement.tagName"
            )
        )
    assert {"theme", "CANVAS", "edit", "play", "slider", "speed", "scale", "copy"} <= set(reached)
    page.focus("#edit")
    page.keyboard.press("Enter")
    settled(page)
    page.focus("#panels canvas")
    unit = page.evaluate("page.pinned.unit")
    elbow, weight = page.evaluate(
        f"[page.experiment.network.elbow({unit}), page.experiment.network.outputWeight[{unit}]]"
    )
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("ArrowUp")
    moved, lifted = page.evaluate(
        f"[page.experiment.network.elbow({unit}), page.experiment.network.outputWeight[{unit}]]"
    )
    assert moved == pytest.approx(elbow + 0.01)
    assert lifted > weight


def test_the_curve_is_read_by_keyboard_in_words(make_page, open_page, settled):
    page = open_page(make_page())
    page.focus("#panels canvas")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    canvas = page.locator("#panels canvas")
    assert float(canvas.get_attribute("aria-valuenow")) == pytest.approx(0.01)
    words = canvas.get_attribute("aria-valuetext")
    assert words.startswith("x 0.010, f ")
    assert ", active units " in words


def test_the_moment_is_told_once_it_stands(make_page, open_page, wait_until):
    page = open_page(make_page())
    page.focus("#slider")
    page.keyboard.press("Home")
    wait_until(
        page,
        "document.getElementById('status').textContent.startsWith('epoch 0, step 0: train MSE ')",
    )


def test_whoever_asked_for_less_motion_gets_less(make_history, make_page, open_page):
    page = open_page(make_page(make_history(snapshots=60)), reduced_motion="reduce")
    shown = page.evaluate("""(() => { const clock = page.clock, seen = []; clock.go(0); clock.speed = 4; clock.toggle();
        for (let t = 0; t < 1000; t += 16) { clock.tick(clock.before + 16); if (seen.at(-1) !== clock.index) seen.push(clock.index); }
        clock.stop(); return seen.length; })()""")
    assert shown <= 6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_the_systems_or_the_one_that_was_asked_for(theme, make_page, open_page):
    other = "dark" if theme == "light" else "light"
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert open_page(make_page(), color_scheme=theme).evaluate(paper) == THEMES[theme].paper
    page = open_page(make_page(theme=theme), color_scheme=other)
    assert page.evaluate(paper) == THEMES[theme].paper
    page.click("#theme")
    assert page.evaluate(paper) == THEMES[other].paper
    assert page.evaluate("page.colours.paper") == THEMES[other].paper


@pytest.mark.parametrize("width", [360, 800, 1600])
@pytest.mark.parametrize("runs", [1, 3])
def test_nothing_is_cut_off_or_scrolls_sideways(
    width, runs, make_history, make_page, open_page, settled
):
    page = open_page(
        make_page(*(make_history(seed=seed) for seed in range(runs))), size=(width, 800)
    )
    page.click("#edit")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(
        "button:visible, select:visible, input:visible, canvas:visible"
    ).evaluate_all(
        "all => all.filter(e => !e.closest('#table')).map(e => { const b = "
        "e.getBoundingClientRect(); return [e.id, b.left, b.right]; })"
    ):
        assert box[1] >= 0, box
        assert box[2] <= width, box


def test_a_canvas_is_sharp_on_every_screen_and_follows_the_window(make_page, open_page, settled):
    page = open_page(make_page(), device_scale_factor=2)
    size = "(() => { const c = page.panels[0].canvas; return [c.width / c.clientWidth, c.clientWidth]; })()"
    ratio, wide = page.evaluate(size)
    assert ratio == pytest.approx(2, abs=0.01)
    page.set_viewport_size({"width": 500, "height": 800})
    settled(page)
    settled(page)
    ratio, narrow = page.evaluate(size)
    assert narrow < wide
    assert ratio == pytest.approx(2, abs=0.01)


HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    '"><svg onload="window.hacked = 1">',
    "<!--<script>",
    "]]>{{script}}${window.hacked = 1}&lt;b&gt;",
    "a\u2028b\u2029\\u003c",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_letters_and_nothing_else(
    name, make_history, make_page, open_page, settled, dataset
):
    points = replace(dataset, x_name=name, y_name=name)
    page = open_page(make_page(make_history(), points=points, title=name))
    assert page.text_content("h1") == name
    assert page.title() == name
    page.evaluate("page.setCursor(page.runs[0], 0.3)")
    settled(page)
    assert page.locator("#tip dt").first.text_content() == name
    assert page.evaluate(
        "window.hacked === undefined && document.scripts.length === 2 && document.images.length "
        "=== 0"
    )


def test_the_policy_stops_what_the_page_does_not_need(make_page, chromium, tmp_path, wait_until):
    (tmp_path / "page.html").write_text(make_page(), encoding="utf-8")
    page = chromium.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate("""() => {
        window.refused = new Set();
        document.addEventListener('securitypolicyviolation', (event) => window.refused.add(event.effectiveDirective));
        const script = document.createElement('script'); script.textContent = 'window.hacked = 1'; document.body.append(script);
        const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image);
        const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:9/'; document.body.append(frame);
        document.body.insertAdjacentHTML('beforeend', '<p style="color: red" onclick="window.hacked = 1">x</p>');
    }""")
    wait_until(page, "window.refused.size >= 4")
    assert page.evaluate("window.hacked") is None
    assert (
        page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)")
        == "TypeError"
    )
    assert len([text for text in refused if "Content Security Policy" in text]) >= 4
    page.close()
