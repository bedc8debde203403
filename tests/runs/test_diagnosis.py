"""The diagnosis of a run: its own numbers, the edge of its method, units of the data."""

from itertools import pairwise

import numpy as np
import pytest
from small import small

import relusgd
from relusgd.diagnostics.quantities import QUANTITIES, SnapshotSeries
from relusgd.diagnostics.quantities.measuring import measure
from relusgd.errors import InputError
from relusgd.runs.record import record

EDGE_OF_STABILITY = {
    "network__hidden": 20,
    "training__batch_size": "full",
    "training__sampling": "replacement",
    "training__learning_rate": 0.1,
    "training__epochs": 20_000,
    "snapshots__every": 500,
}


def recorded(tmp_path, **overrides):
    return record(small(**overrides), tmp_path / "run")


def test_a_diagnosis_has_the_numbers_of_the_snapshot_and_of_the_start(tmp_path):
    run = recorded(tmp_path)
    diagnosis = run.diagnose(epoch=10)
    assert (diagnosis.epoch, diagnosis.step) == (10, 40)
    alone = measure(SnapshotSeries.of(run.network(epoch=10), run.data), ["sharpness", "path_norm"])
    for name, (value,) in alone.items():
        assert diagnosis.values[name] == value
    for name in ("dead_units", "always_on_units", "breakpoints"):
        assert diagnosis.values[name] == run.metrics[name][10]
        assert diagnosis.at_start[name] == run.metrics[name][0]
    assert diagnosis.at_start["relative_move"] == 0
    assert run.diagnose().epoch == 40
    assert [layer.name for layer in diagnosis.layers] == ["hidden 1", "output"]
    with pytest.raises(InputError, match="no snapshot was recorded at epoch 99"):
        run.diagnose(epoch=99)


def test_quantities_over_time_are_those_of_every_snapshot(tmp_path):
    run = recorded(tmp_path)
    table = run.measure("sharpness", "balance_drift")
    assert list(table) == ["epoch", "step", "sharpness", "balance_drift"]
    for index in (0, 7, 40):
        diagnosis = run.diagnose(epoch=index)
        assert table["sharpness"][index] == diagnosis.values["sharpness"]
        assert table["balance_drift"][index] == diagnosis.values["balance_drift"]
    few = run.measure("edge", most=5)
    assert len(few["edge"]) <= 5
    assert few["epoch"][[0, -1]].tolist() == [0, 40]
    with pytest.raises(InputError, match="egde is not a quantity; did you mean edge"):
        run.measure("egde")


@pytest.mark.parametrize(
    ("keys", "edge"),
    [
        ({}, 2 / 0.1),
        ({"training__momentum": 0.5}, 2 * 1.5 / 0.1),
        ({"training__momentum": 0.5, "training__nesterov": True}, 2 * 1.5 / (2 * 0.1)),
        ({"training__weight_decay": 0.25}, 2 / 0.1 - 0.25),
        ({"training__method": "adam"}, 2 * 1.9 / (0.1 * 0.1)),
        ({"training__method": "rmsprop"}, 2 / 0.1),
        ({"training__method": "sign"}, np.nan),
        ({"training__method": "ridge"}, np.nan),
    ],
)
def test_the_edge_is_that_of_the_method_in_force(tmp_path, keys, edge):
    run = recorded(tmp_path, training__learning_rate=0.1, training__epochs=3, **keys)
    assert run.measure("edge")["edge"] == pytest.approx([edge] * len(run.history), nan_ok=True)


def test_the_edge_follows_the_schedule(tmp_path):
    schedule = {"kind": "step", "every": 10, "factor": 0.5}
    run = recorded(tmp_path, training__schedule=schedule, training__learning_rate=0.1)
    assert run.measure("edge")["edge"] == pytest.approx(2 / run.metrics["learning_rate"])


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_gradient_descent_ends_at_the_edge_of_stability(tmp_path, momentum):
    """Cohen et al. 2021: the sharpness rises to the edge and stays there."""
    pytest.importorskip("numba")
    rate = 0.1 * (1 + 2 * momentum)
    run = record(
        relusgd.load_config(
            {"engine": "compiled"},
            {
                **{key.replace("__", "."): value for key, value in EDGE_OF_STABILITY.items()},
                "training.momentum": momentum,
                "training.learning_rate": rate,
            },
        ),
        tmp_path / "run",
    )
    ratio = run.measure("sharpness_over_edge")["sharpness_over_edge"]
    assert np.median(ratio[len(ratio) // 2 :]) == pytest.approx(1, abs=0.03)


def test_an_adaptive_method_is_measured_by_what_it_divides_by(tmp_path):
    run = recorded(tmp_path, training__method="adam", training__epochs=6, network__hidden=[3, 2])
    step = int(run.history.step[-1])
    v = run.state(step).memory["second_moment"]
    P = (1 - 0.9**step) * (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    size = len(P)
    H = np.array([hessian_column(run, row, size) for row in range(size)])
    eigenvalues = np.linalg.eigvals(H / P[:, None])
    measured = run.measure("preconditioned_sharpness", "sharpness", "sharpness_over_edge", "edge")
    assert measured["preconditioned_sharpness"][-1] == pytest.approx(eigenvalues.real.max())
    assert np.isnan(measured["preconditioned_sharpness"][0])
    share = measured["preconditioned_sharpness"] / measured["edge"]
    assert np.array_equal(measured["sharpness_over_edge"], share, equal_nan=True)
    # Asked in any order, the replayed state is that of its step.
    backwards = [run.diagnose(epoch=epoch) for epoch in (6, 2)]
    for diagnosis, row in zip(backwards, (6, 2), strict=True):
        value = diagnosis.values["preconditioned_sharpness"]
        assert value == measured["preconditioned_sharpness"][row]


def hessian_column(run, row, size):
    from relusgd.gradients.backprop import hessian_vector
    from relusgd.model.network import Network, split_parameters

    network = run.network()
    direction = np.zeros(size)
    direction[row] = 1.0
    V, c = split_parameters(direction, network.hidden)
    x, y = run.data.x_train[:, None], run.data.y_train[:, None]
    return Network(*hessian_vector(network.weights, network.biases, x, y, V, c)).parameters()


def test_quantities_with_units_are_those_of_the_data(tmp_path):
    run = recorded(
        tmp_path,
        data__domain=[1900, 2000],
        data__target="40 + 30*sin(x/9)",
        data__standardize=True,
    )
    original = run.scaling.network_to_original(run.network())
    diagnosis = run.diagnose()
    variation = relusgd.total_variation(original, run.data.domain)
    assert diagnosis.values["total_variation"] == pytest.approx(variation)
    bends = np.abs(relusgd.breakpoints(original).slope_change).sum()
    assert diagnosis.values["slope_variation"] == pytest.approx(bends)
    assert diagnosis.pieces[0].low == 1900
    assert diagnosis.pieces[-1].high == 2000
    middle = diagnosis.pieces[len(diagnosis.pieces) // 2]
    x = 0.5 * (middle.low + middle.high)
    assert middle.slope * x + middle.intercept == pytest.approx(run.predict([x])[0])


@pytest.mark.parametrize(
    "keys",
    [
        {"training__method": "ridge"},
        {"network__hidden": [3, 3, 3]},
        {"training__learning_rate": 1e6},
        {"network__hidden": 1, "data__samples": 1, "training__batch_size": 1},
        {"training__epochs": 0},
        {"training__layers": "output"},
        {"training__layers": "hidden", "network__output_bias": False},
    ],
)
def test_every_kind_of_run_has_a_diagnosis(tmp_path, keys):
    config = small(**keys)
    try:
        run = record(config, tmp_path / "run")
    except relusgd.DivergedError:
        run = relusgd.load_run(tmp_path / "run")
    diagnosis = run.diagnose()
    assert set(diagnosis.values) == set(QUANTITIES)
    assert diagnosis._repr_html_().count("<table>") == 2


def test_metrics_of_ones_own_stand_beside_the_others(tmp_path):
    metrics = {"at_half": lambda network: network([0.5])[0]}
    run = relusgd.record(small(), tmp_path / "run", metrics=metrics)
    diagnosis = run.diagnose()
    assert diagnosis.values["at_half"] == run.metrics["at_half"][-1]
    assert "at_half" in diagnosis._repr_html_()


def test_a_subject_of_which_a_network_has_nothing_has_no_heading(tmp_path):
    for hidden, subjects in ((3, []), ([3, 3], ["signals"])):
        config = small(network__hidden=hidden)
        table = record(config, tmp_path / str(hidden)).diagnose().quantities_table()
        headings = [table.rows[row][0] for row in table.bold]
        assert [heading for heading in headings if heading == "signals"] == subjects
        assert all(after - before > 1 for before, after in pairwise([*table.bold, len(table.rows)]))
