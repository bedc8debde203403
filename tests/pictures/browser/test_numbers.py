"""What a page computes is what NumPy computes."""

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest

from relusgd.diagnostics.sharpness import sharpness
from relusgd.gradients.backprop import backprop
from relusgd.model.breakpoints import breakpoints, vertices
from relusgd.model.network import Network
from relusgd.training.ridge import ridge, solve

FLOAT32 = float(np.finfo(np.float32).eps)


def as_sent(network):
    """The network as it travels: its numbers rounded to float32."""
    rounded = [
        np.asarray(part, dtype=np.float32).astype(np.float64)
        for part in (*network.weights, *network.biases)
    ]
    return Network(tuple(rounded[: len(network.weights)]), tuple(rounded[len(network.weights) :]))


def points_as_sent(dataset):
    return (
        np.asarray(column, dtype=np.float32).astype(np.float64)
        for column in (dataset.x_train, dataset.y_train)
    )


def network_in(page, expression):
    """A network of the page in ours."""
    code = "(n) => [n.hidden, n.weights.map(w => [...w]), n.biases.map(b => [...b])]"
    hidden, weights, biases = page.evaluate(f"({code})({expression})")
    shapes = zip([1, *hidden], [*hidden, 1], strict=True)
    return Network(
        tuple(np.reshape(w, shape) for w, shape in zip(weights, shapes, strict=True)),
        tuple(np.array(b) for b in biases),
    )


def assert_same(one, other, tolerance=1e-12):
    np.testing.assert_allclose(one.parameters(), other.parameters(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (4, 3, 3)])
def test_every_number_of_every_snapshot_arrives(hidden, make_history, make_page, open_page):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    for row in range(len(history)):
        assert_same(
            network_in(page, f"page.runs[0].network({row})"), as_sent(history.network(row)), 0
        )
    assert page.evaluate("page.runs[0].epoch") == history.epoch.tolist()
    np.testing.assert_array_equal(
        page.evaluate("[...page.runs[0].errors.train.value]"),
        np.asarray(history.metrics["train_mse"], dtype=np.float32),
    )


def test_hovering_a_unit_shows_its_numbers_to_float32(make_history, make_page, open_page, settled):
    history = make_history()
    page = open_page(make_page(history), fragment="#epoch=15")
    network = history.network(3)
    unit = int(np.flatnonzero((network.elbow > 0.05) & (network.elbow < 0.95))[0])
    at = page.evaluate(
        "(() => "
        f"{{ const p = page.panels[0]; return [p.frame.x({network.elbow[unit]}), p.frame.y(p.zero)]; }})()"
    )
    page.hover("#panels canvas", position={"x": at[0], "y": at[1]})
    settled(page)
    assert page.text_content("#tip strong") == f"unit {unit}"
    names = page.locator("#tip dt").all_text_contents()
    shown = dict(
        zip(
            names,
            page.locator("#tip dd > *").evaluate_all("all => all.map(e => e.value)"),
            strict=True,
        )
    )
    expected = {
        "slope": network.slope,
        "bias": network.bias,
        "elbow": network.elbow,
        "output weight": network.output_weight,
        "slope change": network.slope_change,
    }
    for name, column in expected.items():
        assert float(shown[name]) == pytest.approx(column[unit], rel=FLOAT32), name
    active = np.count_nonzero(network.slope[unit] * history_points(page) + network.bias[unit] > 0)
    assert f"{active} of 60" in page.locator("#tip dd").all_text_contents()


def history_points(page):
    return np.array(page.evaluate("[...page.runs[0].points.train.x]"))


def test_hovering_the_curve_shows_function_target_and_active_units(
    make_history, make_page, open_page, settled, dataset
):
    history = make_history(hidden=(3,))
    page = open_page(make_page(history))
    network = as_sent(history.network(-1))
    x = page.evaluate(
        "(() => { const f = page.panels[0].frame; return f.fromX(Math.round(f.x(0.62))); })()"
    )
    page.evaluate(f"page.setCursor(page.runs[0], {x})")
    settled(page)
    values = page.locator("#tip data").evaluate_all("all => all.map(e => Number(e.value))")
    assert values[:2] == pytest.approx([x, float(network(x))], rel=1e-12)
    assert values[2] == pytest.approx(float(dataset.target(x)), abs=1e-5)
    assert values[3] == np.count_nonzero(network.slope * x + network.bias > 0)


@pytest.mark.parametrize("hidden", [(40,), (300,), (6, 5), (5, 4, 4)])
def test_the_curve_is_drawn_through_the_exact_corners(hidden, make_history, make_page, open_page):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    for row in (0, 3, 7):
        network = as_sent(history.network(row))
        pieces = page.evaluate(
            f"Object.fromEntries(Object.entries(page.runs[0].pieces({row})).map(([name, list]) "
            "=> [name, [...list]]))"
        )
        x, y = vertices(network, 0.0, 1.0)
        np.testing.assert_allclose(np.interp(x, pieces["x"], pieces["y"]), y, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(
            network(np.array(pieces["x"])), pieces["y"], rtol=1e-9, atol=1e-9
        )
        middles = (np.array(pieces["x"])[1:] + np.array(pieces["x"])[:-1]) / 2
        assert (
            pieces["active"]
            == sum((layer > 0).sum(axis=1) for layer in network.activations(middles)).tolist()
        )
        known = breakpoints(network)
        found = np.searchsorted(pieces["x"], known.between(0, 1) + 1e-9) - 1
        inside = (known.x > 0) & (known.x < 1)
        assert np.array(pieces["layer"])[found].tolist() == known.layer[inside].tolist()


def test_original_units_are_those_of_the_data(make_history, make_page, open_page, standardised):
    history = make_history()
    page = open_page(make_page(history, points=standardised))
    network, scaling = as_sent(history.network(-1)), standardised.scaling
    original = scaling.network_to_original(network)
    for unit in range(6):
        shown = page.evaluate(f"page.runs[0].unit(page.runs[0].network(7), {unit})")
        assert shown["elbow"] == pytest.approx(
            scaling.x_to_original(network.elbow[unit]), rel=1e-12
        )
        assert [shown["slope"], shown["weight"]] == pytest.approx(
            [original.slope[unit], original.output_weight[unit]], rel=1e-12
        )
        assert shown["bias"] == pytest.approx(original.bias[unit], rel=1e-9)
    assert page.evaluate("valueOn(page.runs[0].pieces(7), 1913)") == pytest.approx(
        float(original(1913.0)), rel=1e-9
    )


def drag(page, start, end):
    box = page.locator("#panels canvas").bounding_box()
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + (start[0] + end[0]) / 2, box["y"] + (start[1] + end[1]) / 2)
    page.mouse.move(box["x"] + end[0], box["y"] + end[1])
    page.mouse.up()


def pixels(page, x, y):
    return page.evaluate(
        f"(() => {{ const f = page.panels[0].frame; return [f.x({x}), f.y({y})]; }})()"
    )


def test_a_dragged_elbow_gives_the_function_and_the_errors_that_numpy_computes(
    make_history, make_page, open_page, settled, dataset
):
    history = make_history(hidden=(3,), seed=4)
    page = open_page(make_page(history))
    network = as_sent(history.network(-1))
    unit = int(np.flatnonzero((network.elbow > 0.02) & (network.elbow < 0.98))[0])
    zero = page.evaluate("page.panels[0].zero")
    goal = pixels(page, 0.5, zero)
    drag(page, pixels(page, network.elbow[unit], zero), goal)
    settled(page)
    placed = page.evaluate(f"page.panels[0].frame.fromX({goal[0]})")
    bias = network.bias.copy()
    bias[unit] = -page.evaluate(f"page.experiment.network.elbow({unit})") * network.slope[unit]
    changed = Network(network.weights, (bias, network.biases[1]))
    assert changed.elbow[unit] == pytest.approx(placed, abs=0.005)
    assert_same(network_in(page, "page.experiment.network"), changed)
    x = np.linspace(0, 1, 50)
    np.testing.assert_allclose(
        page.evaluate(f"{x.tolist()}.map(x => page.experiment.network.at(x))"),
        changed(x),
        rtol=1e-12,
        atol=1e-12,
    )
    for name, points, y in (
        ("train", dataset.x_train, dataset.y_train),
        ("test", dataset.x_test, dataset.y_test),
    ):
        shown = float(page.get_attribute(f"#changed-{name}", "value"))
        assert shown == pytest.approx(float(np.mean((changed(points) - y) ** 2)), rel=1e-5)


def test_a_dragged_output_weight_lifts_the_function_by_as_much(
    make_history, make_page, open_page, settled
):
    history = make_history(hidden=(3,), seed=4)
    page = open_page(make_page(history))
    page.evaluate("page.toggleExperiment()")
    settled(page)
    unit = page.evaluate("page.pinned.unit")
    handle = page.evaluate(f"page.experiment.handle({unit}, told.limits.y)")
    before = page.evaluate(f"page.experiment.network.at({handle['x']})")
    start = pixels(page, handle["x"], handle["y"])
    sign = -1 if start[1] > 200 else 1
    drag(page, start, [start[0], start[1] + sign * 40])
    lifted = page.evaluate(f"page.experiment.network.at({handle['x']})") - before
    per_pixel = page.evaluate("page.panels[0].frame.fromY(0) - page.panels[0].frame.fromY(1)")
    assert lifted == pytest.approx(-sign * 40 * per_pixel, rel=0.05)


@pytest.mark.parametrize("penalty", [1e-6, 0.1, 0])
@pytest.mark.parametrize("hidden", [(6,), (80,), (5, 4)])
def test_the_closed_form_is_ridge(penalty, hidden, make_history, make_page, open_page, dataset):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    expected = ridge(as_sent(history.network(-1)), *points_as_sent(dataset), penalty)
    found = network_in(
        page, f"ridgeNetwork(page.runs[0].network(7), page.runs[0].points.train, {penalty})"
    )
    x = np.linspace(0, 1, 200)
    np.testing.assert_allclose(found(x), expected(x), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        found.output_weight,
        expected.output_weight,
        rtol=2e-5,
        atol=2e-5 * np.abs(expected.output_weight).max(),
    )


def test_the_closed_form_of_an_ill_conditioned_problem_keeps_its_digits(make_page, open_page):
    rng = np.random.default_rng(0)
    U, V = (
        np.linalg.qr(rng.standard_normal((30, 12)))[0],
        np.linalg.qr(rng.standard_normal((12, 12)))[0],
    )
    features = U @ np.diag(10.0 ** -np.arange(0, 9, 0.75)) @ V
    y = rng.standard_normal(30)
    page = open_page(make_page())
    for matrix, right in ((features, y), (features.T.copy(), y[:12])):
        for penalty in (1e-14, 1e-6, 1.0):
            code = "([rows, y, penalty]) => [...ridgeSolution(columnsOf(rows, rows[0].length), y, penalty)]"
            found = page.evaluate(code, [matrix.tolist(), right.tolist(), penalty])
            expected = solve(matrix, right, penalty)
            condition = 1 / np.sqrt(penalty + 1e-17)
            assert (
                np.linalg.norm(found - expected)
                <= 1e-13 * condition * np.linalg.norm(expected) * 10
            ), penalty


def test_without_output_bias_the_closed_form_has_none(make_history, make_page, open_page, dataset):
    history = make_history()
    page = open_page(make_page(history))
    expected = ridge(
        as_sent(history.network(-1)), *points_as_sent(dataset), 1e-3, output_bias=False
    )
    assert_same(
        network_in(
            page, "ridgeNetwork(page.runs[0].network(7), page.runs[0].points.train, 1e-3, false)"
        ),
        expected,
        1e-8,
    )


SHARPNESS = """([row, layers, outputBias]) => {
    const run = page.runs[0];
    const hessian = new Hessian(run.network(row), run.points.train, layers, outputBias);
    const search = sharpnessSearch(hessian);
    let found = search.next();
    while (!found.done) found = search.next();
    return found.value;
}"""


@pytest.mark.parametrize("output_bias", [True, False])
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize("hidden", [(1,), (6,), (80,), (5, 4), (4, 3, 3)])
def test_the_sharpness_is_that_of_python(
    hidden, layers, output_bias, make_history, make_page, open_page, dataset
):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    x, y = points_as_sent(dataset)
    points = replace(dataset, x_train=x, y_train=y)
    for row in (0, 3, 7):
        found = page.evaluate(SHARPNESS, [row, layers, output_bias])
        network = as_sent(history.network(row))
        expected = sharpness(network, points, layers, output_bias=output_bias)
        assert found == pytest.approx(expected, rel=1e-7)


def test_the_sharpness_of_a_network_whose_numbers_overflow_is_none(
    make_history, make_page, open_page
):
    page = open_page(make_page(make_history()))
    page.evaluate("page.runs[0].network(7).weights.forEach((w) => w.fill(1e300))")
    assert page.evaluate(f"Number.isNaN(({SHARPNESS})([7, 'all', true]))")


GRADIENT = """(batch) => {
    const run = page.runs[0];
    const { x, y } = run.points.train;
    const points = { x: batch.map((i) => x[i]), y: batch.map((i) => y[i]) };
    const start = rowOfParameters(run.network(2));
    const settings = { ...USUAL_TRAINING, batch_size: "full" };
    const training = new Training(start, run.hidden, points, settings);
    training.findGradient(0);
    return Array.from(training.gradient);
}"""


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (30, 20), (4, 5, 3), (3, 4, 4, 2)])
def test_the_gradient_of_a_batch_is_that_of_backpropagation(
    hidden, make_history, make_page, open_page, dataset
):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    x, y = points_as_sent(dataset)
    network = as_sent(history.network(2))
    for size in (1, 2, 8, 60):
        batch = np.sort(np.random.default_rng(size).integers(0, 60, size))
        columns = x[batch][:, None], y[batch][:, None]
        _, g_weights, g_biases = backprop(network.weights, network.biases, *columns)
        expected = Network(tuple(g_weights), tuple(g_biases)).parameters()
        found = page.evaluate(GRADIENT, batch.tolist())
        scale = np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14 * max(scale, 1))


TEXTS = ["", "abc", "ä\u2028𝄞" * 300, "".join(chr(33 + i * i % 91) for i in range(70_000))]
PACKERS = {
    "stored": (0, zlib.Z_DEFAULT_STRATEGY),
    "fixed codes": (6, zlib.Z_FIXED),
    "codes of its own": (9, zlib.Z_DEFAULT_STRATEGY),
    "no repetitions": (6, zlib.Z_HUFFMAN_ONLY),
}


@pytest.mark.parametrize("name", PACKERS)
def test_packed_texts_are_unpacked_to_the_last_letter(name, make_page, open_page):
    page = open_page(make_page())
    level, strategy = PACKERS[name]
    for text in TEXTS:
        content = text.encode()
        packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
        packed = base64.b64encode(packer.compress(content) + packer.flush()).decode()
        given = {"text": packed, "size": len(content)}
        assert page.evaluate("(packed) => unpackedText(packed)", given) == text
