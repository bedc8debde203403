"""The lab's engine against Python's: the same points, networks, batches, noise and courses."""

import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.pictures.pages.lab_page import lab_html
from relusgd.runs.lab import lab_exercise
from relusgd.training import prepare
from relusgd.training.engines import advance
from relusgd.training.ridge import ridge
from relusgd.training.streams import BatchOrder, random_words

STEPS = [1, 10, 500, 2000]

COURSE = """([exercise, steps]) => {
    const { data, network, training } = checkedExercise(exercise);
    const points = pointsOf(data);
    const course = new Training(startOf({ network, data }, points), network.hidden, points.train,
        training, { units: { x: points.xUnit, y: points.yUnit }, outputBias: network.output_bias });
    return steps.map((step) => {
        course.advance(step - course.step);
        return Array.from(course.theta);
    });
}"""


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A page of the lab, whose engine is called; no test changes anything on it."""
    path = tmp_path_factory.mktemp("lab") / "lab.html"
    path.write_text(lab_html(), encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    yield page
    page.close()


def plan_of(**overrides):
    keys = {key.replace("__", "."): value for key, value in overrides.items()}
    return prepare(load_config({"seed": 0, "engine": "numpy"}, {"training.steps": 2000, **keys}))


def courses(lab, plan):
    """The parameters after STEPS: of Python's NumPy engine and of the lab, shape (steps, P)."""
    state = plan.descent.start(plan.initial.parameters())
    _, records = advance(plan.descent, state, STEPS[-1], np.array(STEPS))
    exercise = lab_exercise(plan.config, plan.dataset, plan.initial)
    return records, np.array(lab.evaluate(COURSE, [exercise, STEPS]))


METHODS = {
    "plain SGD": {},
    "momentum": {"training__momentum": 0.9, "training__learning_rate": 0.002},
    "Nesterov": {
        "training__momentum": 0.9,
        "training__nesterov": True,
        "training__learning_rate": 0.002,
    },
    "Adam": {"training__method": "adam", "training__learning_rate": 0.001},
    "AdamW": {
        "training__method": "adamw",
        "training__learning_rate": 0.001,
        "training__weight_decay": 0.01,
    },
    "RMSprop": {
        "training__method": "rmsprop",
        "training__learning_rate": 0.0005,
        "training__momentum": 0.5,
    },
    "sign descent": {"training__method": "sign", "training__learning_rate": 0.0005},
    "weight decay of weights": {
        "training__weight_decay": 0.01,
        "training__decay_biases": False,
    },
    "label noise": {"training__label_noise": 0.3},
    "noise on x and y, odd batches": {
        "training__input_noise": 0.02,
        "training__label_noise": 0.1,
        "training__batch_size": 7,
    },
    "shuffled epochs, a short last batch": {
        "training__sampling": "shuffle",
        "training__batch_size": 30,
    },
    "all points": {"training__batch_size": "full"},
    "output layer": {"training__layers": "output", "training__learning_rate": 0.2},
    "hidden layer, no output bias": {
        "training__layers": "hidden",
        "network__output_bias": False,
    },
    "two layers": {"network__hidden": [8, 6], "training__momentum": 0.5},
    "two wide layers": {"network__hidden": [40, 40], "training__learning_rate": 0.005},
    "two layers with noise on x": {
        "network__hidden": [9, 7],
        "training__input_noise": 0.02,
        "training__sampling": "shuffle",
    },
    "two layers that begin with dead and always-on units": {
        "network__hidden": [12, 6],
        "network__init": "he_normal",
        "network__elbows": "keep",
        "training__learning_rate": 0.005,
    },
    "three layers with noise": {"network__hidden": [6, 5, 4], "training__label_noise": 0.1},
    "a rate that falls in steps after a warmup": {
        "training__schedule": {"kind": "step", "every": 90, "factor": 0.5},
        "training__warmup": 40,
    },
    "a rate that falls along a cosine, odd epochs": {
        "training__schedule": {"kind": "cosine", "minimum": 0.001},
        "training__batch_size": 37,
        "training__warmup": 5,
        "training__method": "adam",
        "training__learning_rate": 0.004,
    },
    "standardized": {"data__standardize": True, "training__learning_rate": 0.005},
    "another seed": {"seed": 2**33 + 5},
}


@pytest.mark.parametrize("name", METHODS)
def test_a_course_is_that_of_the_numpy_engine(name, lab):
    expected, found = courses(lab, plan_of(**METHODS[name]))
    assert np.isfinite(expected).all()
    assert np.abs(expected[-1] - expected[0]).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("hidden", [[40], [8, 6]])
def test_the_one_step_of_ridge_is_its_solution(hidden, lab):
    plan = plan_of(network__hidden=hidden, training__method="ridge", training__penalty=1e-3)
    dataset = plan.dataset
    solved = ridge(plan.initial, dataset.x_train, dataset.y_train, 1e-3)
    exercise = lab_exercise(plan.config, dataset, plan.initial)
    found = np.array(lab.evaluate(COURSE, [exercise, [1]]))[0]
    np.testing.assert_allclose(found, solved.parameters(), rtol=0, atol=1e-8)


def test_a_course_ends_where_its_config_ends(lab):
    ends = """(training) => { const settings = checkedTraining(USUAL_TRAINING, training);
        return String(lastStepOf(settings, 5)); }"""
    assert lab.evaluate(ends, {}) == "Infinity"
    assert lab.evaluate(ends, {"method": "ridge"}) == "1"
    cosine = {"schedule": {"kind": "cosine", "minimum": 0}, "epochs": 70}
    assert lab.evaluate(ends, cosine) == "350"


def test_random_words_are_those_of_philox(lab):
    seed, block, first, count = 2**33 + 5, 3, 6, 11
    halves = lab.evaluate(
        "([seed, block, first, count]) => { const high = new Uint32Array(count), low = new "
        "Uint32Array(count); new Philox(seed, 1).fill(block, first, high, low); "
        "return [Array.from(high), Array.from(low)]; }",
        [seed, block, first, count],
    )
    words = [high * 2**32 + low for high, low in zip(*halves, strict=True)]
    assert words == random_words(seed, 1, block, first, count).tolist()


@pytest.mark.parametrize("sampling", ["replacement", "shuffle"])
def test_batches_are_those_of_python_also_beyond_a_block(sampling, lab):
    order = BatchOrder(3, 199, 40, sampling)
    for first in (0, 2**18 // 40 - 2, 2**18 // 199 * 5 - 2):
        found = lab.evaluate(
            "([first, sampling]) => { const order = new BatchOrder(3, 199, 40, sampling); return "
            "[0, 1, 2, 3].map((i) => Array.from(order.batch(first + i))); }",
            [first, sampling],
        )
        expected = [
            batch.tolist()
            for piece in order.batches(first, first + 4)
            for batch in piece.split(piece.indices)
        ]
        assert found == expected


@pytest.mark.parametrize(
    "network",
    [
        {"init": "torch"},
        {"init": "he_normal", "elbows": "even", "hidden": [7, 3]},
        {"init": "glorot_uniform", "hidden_scale": 2, "seed": 4},
        {"init": "normal", "output_scale": 0.5, "elbows": "keep"},
        {"init": "uniform", "output_bias": False},
    ],
)
def test_a_seed_draws_the_network_that_it_draws_in_python(network, lab):
    expected = prepare(load_config({"seed": 0, "network": network})).initial.parameters()
    found = lab.evaluate(
        "(network) => { const exercise = checkedExercise({ network }); "
        "return Array.from(startOf(exercise, pointsOf(exercise.data))); }",
        network,
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"target": "sin20x", "samples": 31, "seed": 7},
        {"target": "where(x < 0.2, -1, x % 0.3) // 0.1 - x**2 * -round(3*x)", "noise": 0},
        {"target": "0 < x <= 0.5", "positions": "even", "domain": [-1, 2]},
        {"target": {"x": [0, 0.4, 1], "y": [0, 2, -1]}, "train_domain": [0, 0.5]},
        {"target": "square", "seed": 2**40},
        {"target": "2**-x + max(sin(x), -1e-1) - sign(x) * exp(-.5)", "standardize": True},
    ],
)
def test_data_are_sampled_as_in_python(data, lab):
    dataset = prepare(load_config({"seed": 0, "data": data})).dataset
    found = lab.evaluate(
        "(data) => { const { train, test } = pointsOf(checkedExercise({ data }).data); "
        "return [train.x, train.y, test.x, test.y].map((part) => Array.from(part)); }",
        data,
    )
    for mine, expected in zip(found, dataset.columns, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("sin(6*x", "a bracket is never closed"),
        ("2 x", 'a sign is missing before "x"'),
        ("x^2", "powers are written with **"),
        ("alert(1)", '"alert" is not known'),
        ("constructor", '"constructor" is not known'),
        ("min(x)", "min takes 2 arguments"),
        ("(" * 40 + "x" + ")" * 40, "nested more than 30 deep"),
        ("+".join(["x"] * 200), "at most 200"),
        ("", "write a function of x"),
        ("x *", "something is missing at the end"),
    ],
)
def test_an_expression_that_cannot_be_read_is_told_why(text, phrase, lab):
    message = lab.evaluate(
        "(text) => { try { parsedExpression(text); return ''; } catch (error) { return "
        "error.message; } }",
        text,
    )
    assert phrase in message
