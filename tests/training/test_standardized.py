"""`data.standardize` for every kind of data: what the network sees and learns, where it begins.

The last tests are data on which a network in the units of the data dies or diverges.
"""

import json

import numpy as np
import pytest

import relusgd
from relusgd.config import load_config
from relusgd.errors import ConfigError
from relusgd.training import prepare

WIDE_SINE = {"target": "sin(2*pi*x/200)", "domain": [0, 1000]}
FAR_PARABOLA = {
    "target": "x*x/64-5*x/4+25",
    "domain": [30, 50],
    "samples": 21,
    "positions": "even",
}
FOURTH_POWER = {"target": "x**4", "domain": [-100, 100], "samples": 1000}
FIVE_POINTS = {"kind": "points", "x": [32, 53, 61, 47, 59], "y": [31, 68, 62, 71, 87]}


def plan_of(data, **sections):
    return prepare(load_config({"data": data, **sections}))


@pytest.mark.parametrize("data", [WIDE_SINE, FAR_PARABOLA, FOURTH_POWER, FIVE_POINTS])
def test_training_points_have_mean_0_and_deviation_1(data):
    dataset = plan_of({**data, "standardize": True}).dataset
    for values in (dataset.x_train, dataset.y_train):
        assert np.mean(values) == pytest.approx(0, abs=1e-12)
        assert np.std(values) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("data", [WIDE_SINE, FAR_PARABOLA, FOURTH_POWER, FIVE_POINTS])
def test_the_points_are_the_same_ones_to_the_last_bit(data):
    """Positions, noise and test points are made in the units of the data."""
    given = plan_of(data).dataset
    standardized = plan_of({**data, "standardize": True}).dataset
    for mine, theirs in zip(standardized.in_original_units.columns, given.columns, strict=True):
        assert mine.tobytes() == theirs.tobytes()
    assert standardized.domain == given.domain
    assert standardized.noise == given.noise


def test_test_points_go_by_the_mean_and_deviation_of_the_training_points():
    dataset = plan_of({**WIDE_SINE, "standardize": True}).dataset
    x_train, y_train, x_test, y_test = dataset.in_original_units.columns
    expected = (x_test - np.mean(x_train)) / np.std(x_train)
    np.testing.assert_allclose(dataset.x_test, expected, rtol=0, atol=1e-12)
    expected = (y_test - np.mean(y_train)) / np.std(y_train)
    np.testing.assert_allclose(dataset.y_test, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "network",
    [
        {},
        {"elbows": "even"},
        {"elbow_range": [40, 55]},
        {"hidden": 3, "elbows": [31, 40, 49.5]},
    ],
)
def test_elbows_begin_where_they_begin_without_it(network):
    given = plan_of(FAR_PARABOLA, network=network)
    standardized = plan_of({**FAR_PARABOLA, "standardize": True}, network=network)
    to_original = standardized.dataset.scaling.x_to_original
    np.testing.assert_allclose(
        to_original(standardized.initial.elbow), given.initial.elbow, rtol=1e-12
    )


def test_elbows_begin_in_the_whole_domain_whatever_the_training_domain():
    part = plan_of({"train_domain": [0.2, 0.3]}).initial
    assert part.parameters().tobytes() == plan_of({}).initial.parameters().tobytes()


def test_a_training_domain_has_its_own_mean_and_deviation():
    dataset = plan_of({**WIDE_SINE, "train_domain": [400, 600], "standardize": True}).dataset
    assert np.std(dataset.x_train) == pytest.approx(1)
    assert 450 < dataset.scaling.x_mean < 550
    original = dataset.in_original_units
    assert (original.x_test[0], original.x_test[-1]) == pytest.approx((0, 1000))
    assert original.x_train[0] >= 400
    assert original.x_train[-1] <= 600


def test_equal_positions_or_values_stay_finite_and_only_lose_their_mean():
    flat = plan_of({"kind": "points", "x": [1, 2, 3], "y": [7, 7, 7], "standardize": True}).dataset
    assert flat.y_train.tolist() == [0, 0, 0]
    assert (flat.scaling.y_mean, flat.scaling.y_deviation) == (7, 1)
    upright = plan_of({"kind": "points", "x": [5, 5], "y": [1, 3], "standardize": True})
    assert upright.dataset.x_train.tolist() == [0, 0]
    assert np.isfinite(upright.initial.elbow).all()
    constant = plan_of({"target": "3", "noise": 0, "standardize": True}).dataset
    assert set(constant.y_test.tolist()) == {0.0}


def test_what_doubles_cannot_standardize_is_refused_by_its_key():
    data = {"kind": "points", "x": [1, 2], "y": [0, 1e-155], "standardize": True}
    with pytest.raises(ConfigError) as caught:
        plan_of(data)
    assert caught.value.faults == (
        "config: data.standardize: the values of 'y' cannot be standardized in double precision; "
        "use other units",
    )


def test_points_train_as_the_same_points_in_a_csv(tmp_path):
    """CSV files have always been standardised; to the last bit, points are."""
    rows = zip(FIVE_POINTS["x"], FIVE_POINTS["y"], strict=True)
    (tmp_path / "five.csv").write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in rows))
    csv = {"kind": "csv", "path": str(tmp_path / "five.csv"), "test_fraction": 0}
    rest = {"training": {"epochs": 50}, "seed": 3}
    runs = [
        relusgd.record(load_config({"data": data, **rest}), tmp_path / name)
        for name, data in (("points", {**FIVE_POINTS, "standardize": True}), ("csv", csv))
    ]
    ours, theirs = (run.network().parameters() for run in runs)
    assert ours.tobytes() == theirs.tobytes()
    assert runs[0].scaling == runs[1].scaling


def test_a_folder_has_data_in_original_units_and_metrics_in_those_of_the_network(tmp_path):
    data = {**FOURTH_POWER, "samples": 50, "test_samples": 20, "standardize": True}
    config = load_config({"data": data, "training": {"epochs": 20}})
    run = relusgd.load_run(relusgd.record(config, tmp_path / "run").folder)
    facts = json.loads((run.folder / "run.json").read_text())
    plan = prepare(config)
    assert facts["scaling"]["y_deviation"] == plan.dataset.scaling.y_deviation
    for mine, theirs in zip(run.data.columns, plan.dataset.columns, strict=True):
        assert mine.tobytes() == theirs.tobytes()
    first = (run.folder / "data.csv").read_text().splitlines()[1]
    assert first == f"train,{plan.dataset.in_original_units.x_train[0]}," + str(
        plan.dataset.in_original_units.y_train[0]
    )
    network = run.scaling.network_to_original(run.network())
    x, y = run.data.in_original_units.columns[2:]
    error = np.mean((network(x) - y) ** 2)
    assert run.result.test_mse == pytest.approx(error, rel=1e-9)
    assert run.metrics["test_mse"][-1] == pytest.approx(error / run.scaling.y_deviation**2)


def test_the_default_is_the_config_without_the_key(tmp_path):
    """A folder from before the key is the same run."""
    config = load_config({"data": FAR_PARABOLA, "training": {"epochs": 0}})
    folder = relusgd.record(config, tmp_path / "run").folder
    text = (folder / "config.yaml").read_text()
    assert text.count("  standardize: false\n") == 1
    (folder / "config.yaml").write_text(text.replace("  standardize: false\n", ""))
    assert relusgd.record(config, folder).status == "complete"


def test_test_points_of_given_points_and_the_training_domain_come_back_from_a_folder(tmp_path):
    tested = {**FIVE_POINTS, "test_x": [40, 20], "test_y": [60, 30], "standardize": True}
    for number, data in enumerate((tested, {**WIDE_SINE, "train_domain": [400, 600]})):
        config = load_config({"data": data, "training": {"epochs": 0}})
        run = relusgd.load_run(relusgd.record(config, tmp_path / str(number)).folder)
        planned = prepare(config).dataset
        for mine, theirs in zip(run.data.columns, planned.columns, strict=True):
            assert mine.tobytes() == theirs.tobytes()
        assert run.data.domain == planned.domain
        assert run.data.train_domain == planned.train_domain
        assert np.isfinite(run.metrics["test_mse"]).all()


@pytest.mark.parametrize(
    ("data", "epochs", "unexplained"),
    [
        (FIVE_POINTS, 10_000, 1e-4),
        (FAR_PARABOLA, 2_000, 0.05),
        (FOURTH_POWER, 200, 0.01),
        (WIDE_SINE, 10_000, 0.5),
    ],
)
def test_data_in_large_units_are_learned(tmp_path, data, epochs, unexplained):
    """The share of the variance of y that the defaults leave unexplained."""
    config = {
        "data": {**data, "standardize": True},
        "training": {"epochs": epochs},
        "snapshots": {"every": epochs},
    }
    run = relusgd.record(load_config(config), tmp_path / "run")
    assert run.metrics["train_mse"][-1] < unexplained
    assert run.metrics["dead_units"][-1] <= 4
