"""The config that a page copies trains on from the network on the page."""

import re

import numpy as np
import pytest

import relusgd

TRAINING = {"epochs": 40, "batch_size": 10, "learning_rate": 0.05}
NETWORK = {"hidden": 12}
X = np.linspace(0.02, 0.98, 33)
SERIES = "\n".join(f"{1900 + i / 2},{300 + 200 * np.sin(i / 7):.3f}" for i in range(80))
CONFIGS = {
    "a name": {"data": {"target": "sin20x", "samples": 60}},
    "knots": {"data": {"target": {"x": [0, 0.3, 1], "y": [0, 1, 0]}, "samples": 40}},
    "an expression": {"data": {"target": "sin(6*x) + abs(x - 0.3)", "domain": [-1, 2]}},
    "standardised": {"data": {"target": "50 + 9*x", "domain": [10, 80], "standardize": True}},
    "points": {"data": {"kind": "points", "x": X.tolist(), "y": np.cos(5 * X).tolist()}},
    "csv": {"data": {"kind": "csv", "path": "series.csv", "x": "year", "y": "flow"}},
    "no output bias": {"network": {**NETWORK, "output_bias": False}},
    "pairs": {"network": {**NETWORK, "antisymmetric": True, "slopes": 2}},
    "deep": {"network": {"hidden": [6, 5]}},
    "three layers": {"network": {"hidden": [4, 3, 3], "output_bias": False}},
    "a start": {
        "network": {
            "hidden": 3,
            "start": {
                "weight_1": [1, -2, 1],
                "bias_1": [-0.2, 1, -0.7],
                "weight_2": [1, 2, 3],
                "bias_2": 0.1,
            },
        }
    },
    "balanced": {"network": {**NETWORK, "balanced": True, "init": "normal"}},
    "a method": {"training": {**TRAINING, "method": "adam", "learning_rate": 0.001}},
}


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "series.csv").write_text(f"year,flow\n{SERIES}\n", encoding="utf-8")

    def make(parts):
        config = {"network": NETWORK, "training": TRAINING, **parts}
        return relusgd.record(config, out=tmp_path / "run")

    return make


@pytest.fixture
def open_run(open_page, tmp_path):
    """A run's page with an experiment begun."""

    def show(run):
        run.view(tmp_path / "view.html")
        page = open_page((tmp_path / "view.html").read_text(encoding="utf-8"), fragment="#epoch=40")
        page.click("#edit")
        return page

    return show


def copied(page, settled):
    page.click("#yaml")
    settled(page)
    return page.input_value("#yaml-text")


def function_on_page(page, x):
    values = """(xs) => xs.map((x) => { const { network, run: { points } } = page.experiment;
        return points.toY(network.at(points.fromX(x))); })"""
    return np.array(page.evaluate(values, x.tolist()))


@pytest.mark.parametrize("name", CONFIGS)
def test_the_copied_config_begins_with_the_function_on_the_page(
    name, record, open_run, settled, tmp_path
):
    run = record(CONFIGS[name])
    page = open_run(run)
    low, high = run.data.domain
    page.fill("#unit", "2")
    page.press("#unit", "Tab")
    page.fill("#elbow", str(low + 0.3125 * (high - low)))
    page.click("#solve")
    (tmp_path / "copied.yaml").write_text(copied(page, settled), encoding="utf-8")
    config = relusgd.load_config(tmp_path / "copied.yaml", {"training.epochs": 0})
    again = relusgd.record(config, out=tmp_path / "again")
    x = np.linspace(low, high, 101)
    expected = function_on_page(page, x)
    scale = np.ptp(expected)
    np.testing.assert_allclose(again.predict(x), expected, rtol=0, atol=1e-5 * scale)
    np.testing.assert_allclose(again.data.x_train, run.data.x_train, rtol=0, atol=1e-6)
    np.testing.assert_allclose(again.data.y_train, run.data.y_train, rtol=0, atol=1e-6)


def test_data_and_training_are_those_of_the_run(record, open_run, settled):
    schedule = {"kind": "step", "every": 10, "factor": 0.5}
    training = {**TRAINING, "momentum": 0.5, "schedule": schedule}
    run = record({"data": {"target": "sin20x"}, "training": training, "seed": 7})
    config = relusgd.load_config(_as_file(copied(open_run(run), settled), run))
    assert config.data == run.config.data
    assert config.training == run.config.training
    assert config.seed == 7


def test_settings_that_the_reader_changed_go_along(record, open_run, settled):
    run = record({})
    page = open_run(run)
    page.fill("#rate", "0.0125")
    page.fill("#batch", "20")
    page.select_option("#layers", "output")
    config = relusgd.load_config(_as_file(copied(page, settled), run))
    changed = {"learning_rate": 0.0125, "batch_size": 20, "layers": "output"}
    assert config.training == run.config.training.model_copy(update=changed)


def test_a_unit_without_an_elbow_goes_along_as_the_constant_that_it_adds(
    record, open_run, settled, tmp_path
):
    page = open_run(record({}))
    page.evaluate("page.experiment.network.slope[3] = 0; page.experiment.network.bias[3] = 0.7; 0")
    text = copied(page, settled)
    config = relusgd.load_config(_as_file(text, tmp_path), {"training.epochs": 0})
    again = relusgd.record(config, out=tmp_path / "again")
    x = np.linspace(0, 1, 101)
    np.testing.assert_allclose(again.predict(x), function_on_page(page, x), atol=1e-9)


def test_points_too_many_for_the_page_are_read_from_their_file(
    record, open_run, settled, monkeypatch
):
    monkeypatch.setattr("relusgd.pictures.pages.page_data.MOST_POINTS", 50)
    run = record(CONFIGS["csv"])
    text = copied(open_run(run), settled)
    assert text.startswith("# Keep this file where the path below leads to the data.\n")
    assert re.search(r"^  path: .*series\.csv$", text, re.MULTILINE)


def _as_file(text, place):
    folder = getattr(place, "folder", place)
    path = folder.parent / "copied.yaml"
    path.write_text(text, encoding="utf-8")
    return path
