"""Quantities against their definitions, written out one network at a time, and against theorems."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from relusgd.diagnostics.quantities import QUANTITIES, SnapshotSeries, curvature
from relusgd.diagnostics.quantities.measuring import measure, spread_rows
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.model.breakpoints import breakpoints
from relusgd.model.history import History
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset


def networks(hidden, count, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, parameter_count(hidden)))
    return [Network.from_parameters(vector, hidden) for vector in vectors]


def dataset(n=15, seed=1, **changes):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n))
    empty = np.empty(0)
    return Dataset(
        x, np.sin(3 * x) + 0.1 * rng.normal(size=n), empty, empty, (-1.0, 1.0), **changes
    )


def series(some, data):
    vectors = np.array([network.parameters() for network in some])
    steps = np.arange(len(some))
    history = History.from_parameters(steps, steps, vectors, some[0].hidden, metrics={})
    return SnapshotSeries(history, data, some[0])


def bend_sizes(network):
    return np.abs(breakpoints(network).slope_change)


def path_norm(network):
    total = 0.0
    for path in itertools.product(*(range(width) for width in network.hidden)):
        places = [0, *path, 0]
        steps = zip(network.weights, places, places[1:], strict=False)
        total += math.prod(abs(weight[i, j]) for weight, i, j in steps)
    return total


def differences(network):
    """outgoing² − incoming² − bias² of every unit."""
    found = []
    for k, width in enumerate(network.hidden):
        for j in range(width):
            incoming = sum(network.weights[k][:, j] ** 2) + network.biases[k][j] ** 2
            found.append(sum(network.weights[k + 1][j] ** 2) - incoming)
    return np.array(found)


def clusters(network):
    """Units by the angles of (w, b), joined while neighbours are at most 5° apart."""
    size = np.abs(network.output_weight) * np.hypot(network.slope, network.bias)
    angles = np.degrees(np.arctan2(network.bias, network.slope))[size >= 1e-3 * size.max()]
    groups = [{i} for i in range(len(angles))]
    for i, j in itertools.combinations(range(len(angles)), 2):
        apart = abs(angles[i] - angles[j]) % 360
        if min(apart, 360 - apart) <= 5:
            first = next(group for group in groups if i in group)
            second = next(group for group in groups if j in group)
            if first is not second:
                first |= second
                groups.remove(second)
    return len(groups)


def weighted_curvature(network, x):
    total = 0.0
    found = breakpoints(network)
    for at, change in zip(found.x, found.slope_change, strict=True):
        left, right = x[x < at], x[x > at]
        if len(left) and len(right):
            sides = []
            for some in (left, right):
                share = len(some) / len(x)
                distance = abs(np.mean(at - some))
                sides.append(share**2 * distance * math.sqrt(1 + np.mean(some) ** 2))
            total += abs(change) * min(sides)
    return total


def elbow_to_sample(network, x):
    found = breakpoints(network)
    inside = (x.min() <= found.x) & (found.x <= x.max())
    distance = np.abs(found.x[inside, None] - x).min(axis=1)
    return np.average(distance, weights=np.abs(found.slope_change[inside]))


DEFINITIONS = {
    "dead_units": lambda f, data, _: sum(
        int(np.sum(~(a > 0).any(axis=0))) for a in f.activations(data.x_train)
    ),
    "always_on_units": lambda f, data, _: sum(
        int(np.sum((a > 0).all(axis=0))) for a in f.activations(data.x_train)
    ),
    "out_of_domain_units": lambda f, *_: int(np.sum(np.abs(f.elbow) > 1)),
    "breakpoints": lambda f, *_: int(np.sum(np.abs(breakpoints(f).x) < 1)),
    "breakpoints_on_line": lambda f, *_: len(breakpoints(f)),
    "range_at_points": lambda f, data, _: max(f(data.x_train)) - min(f(data.x_train)),
    "slope_variation": lambda f, *_: bend_sizes(f).sum(),
    "half_square_norm": lambda f, *_: sum(0.5 * np.sum(weight**2) for weight in f.weights),
    "parameter_norm": lambda f, *_: np.linalg.norm(f.parameters()),
    "path_norm": lambda f, *_: path_norm(f),
    "imbalance": lambda f, *_: np.abs(differences(f)).max(),
    "balance_drift": lambda f, _, start: np.abs(differences(f) - differences(start)).max(),
    "relative_move": lambda f, _, start: (
        np.linalg.norm(f.parameters() - start.parameters()) / np.linalg.norm(start.parameters())
    ),
    "feature_trace": lambda f, data, _: (
        2 / len(data.x_train) * np.sum(jacobian(f, data.x_train) ** 2)
    ),
}
SHALLOW_DEFINITIONS = {
    "direction_clusters": lambda f, *_: clusters(f),
    "weighted_curvature": lambda f, data, _: weighted_curvature(f, data.x_train),
    "elbow_to_sample": lambda f, data, _: elbow_to_sample(f, data.x_train),
    "representation_cost": lambda f, *_: max(
        bend_sizes(f).sum(),
        abs(sum(np.polyfit([x, 2 * x], f([x, 2 * x]), 1)[0] for x in (-1e4, 1e4))),
    ),
}


@pytest.mark.parametrize("hidden", [(6,), (4, 3), (3, 2, 3)])
def test_quantities_of_many_snapshots_are_those_of_each(hidden):
    some, data = networks(hidden, 7), dataset()
    definitions = dict(DEFINITIONS)
    if len(hidden) == 1:
        definitions |= SHALLOW_DEFINITIONS
    measured = measure(series(some, data), definitions)
    for name, definition in definitions.items():
        expected = [definition(network, data, some[0]) for network in some]
        assert measured[name] == pytest.approx(expected, rel=1e-9), name


def test_jumps_at_one_place_are_added_with_their_signs():
    """Two units bend at 0.25 by +3 and −2, and one of slope 0 bends nowhere."""
    w, b = np.array([[1.0, 2.0, 0.0]]), np.array([-0.25, -0.5, 1.0])
    network = Network((w, np.array([[3.0], [-1.0], [5.0]])), (b, np.zeros(1)))
    snapshots = SnapshotSeries.of(network, dataset())
    measured = measure(snapshots, ["slope_variation", "representation_cost", "out_of_domain_units"])
    assert measured["slope_variation"] == [1.0]
    assert measured["representation_cost"] == [1.0]
    assert measured["out_of_domain_units"] == [1]


def test_a_circle_of_directions_has_no_beginning():
    """(w, b) at 358° and 2° are one cluster, and 90° is another."""
    angles = np.radians([358.0, 2.0, 90.0])
    network = Network((np.cos(angles)[None], np.ones((3, 1))), (np.sin(angles), np.zeros(1)))
    assert measure(SnapshotSeries.of(network, dataset()), ["direction_clusters"])[
        "direction_clusters"
    ] == [2]


def test_the_bound_of_mulayoff_holds_and_is_reached():
    """Gauss–Newton sharpness ≥ 2 + 4 ∫ |f″| g; a unit v relu(w x + b) with the best norms reaches
    it nearly."""
    least = math.inf
    for seed in range(40):
        data = dataset(n=8, seed=seed)
        some = networks((1,), 60, seed) + networks((1,), 2, seed + 1)
        measured = measure(series(some, data), ["feature_sharpness", "sharpness_bound"])
        ratio = measured["feature_sharpness"] / measured["sharpness_bound"]
        least = min(least, ratio.min())
    assert 1 - 1e-12 <= least < 1.02


def test_no_norm_is_below_the_cost_of_the_function():
    names = ["half_square_norm", "representation_cost", "path_norm", "slope_variation"]
    measured = measure(series(networks((9,), 200), dataset()), names)
    assert np.all(measured["half_square_norm"] >= measured["representation_cost"] * (1 - 1e-12))
    assert np.all(measured["path_norm"] >= measured["slope_variation"] * (1 - 1e-12))
    # Units of equal norms inside and outside, with elbows apart, reach it.
    w = np.array([[1.0, -2.0, 0.5]])
    balanced = Network(
        (w, np.array([[1.0], [2.0], [0.5]])), (np.array([0.1, 0.5, -0.4]), np.ones(1))
    )
    once = measure(SnapshotSeries.of(balanced, dataset()), names)
    assert once["half_square_norm"] == pytest.approx(once["representation_cost"])


def test_g_is_zero_beyond_the_outer_points_and_positive_between():
    x = np.array([-1.0, 0.0, 2.0])
    assert curvature.curvature_weight(x, np.array([-2.0, -1.0, 2.0, 5.0])).tolist() == [0, 0, 0, 0]
    at_half = curvature.curvature_weight(x, np.array([0.5]))
    # From the left: (2/3)² (0.5 + 0.5) √(1 + 0.25); from the right: (1/3)² 1.5 √5.
    assert at_half == pytest.approx([min(4 / 9 * math.sqrt(1.25), 1.5 / 9 * math.sqrt(5))])


def test_frequency_errors_are_zero_for_the_function_itself_and_one_for_nothing():
    x = np.arange(64) / 64
    y = np.sin(2 * np.pi * x) + 0.5 * np.sin(6 * np.pi * x)
    empty = np.empty(0)
    data = Dataset(x, y, empty, empty, (0.0, 63 / 64))
    # One unit for every bend of the straight pieces that join the points.
    slopes = np.diff(y) * 64
    v = np.diff(slopes, prepend=0.0)
    same = Network((np.ones((1, 63)), v[:, None]), (-x[:63], np.array([y[0]])))
    nothing = Network((np.ones((1, 63)), 0 * v[:, None]), (-x[:63], np.zeros(1)))
    names = [f"frequency_error_{k}" for k in (1, 2, 3)]
    measured = measure(series([same, nothing], data), names)
    assert measured["frequency_error_1"] == pytest.approx([0, 1], abs=1e-9)
    assert measured["frequency_error_3"] == pytest.approx([0, 1], abs=1e-9)
    assert np.isnan(measured["frequency_error_2"]).all(), "y has no such frequency"


def test_the_distance_from_a_spline_is_zero_on_the_spline():
    data = dataset(n=6)
    x, y = data.x_train, data.y_train
    slopes = np.diff(y) / np.diff(x)
    v = np.diff(slopes, prepend=0.0)
    joined = Network((np.ones((1, 5)), v[:, None]), (-x[:5], np.array([y[0]])))
    names = ["linear_spline_distance", "cubic_spline_distance", "line_distance"]
    measured = measure(SnapshotSeries.of(joined, data), names)
    assert measured["linear_spline_distance"] == pytest.approx([0], abs=1e-12)
    assert measured["cubic_spline_distance"] > 1e-3
    assert measured["line_distance"] > 1e-1


def test_what_is_not_finite_has_no_quantities_and_raises_nothing():
    some = networks((3,), 2)
    some[1].weights[0][0, 0] = np.inf
    measured = measure(series(some, dataset()), QUANTITIES)
    for name in ("sharpness", "breakpoints_on_line", "cubic_spline_distance", "feature_sharpness"):
        assert np.isfinite(measured[name][0]), name
        assert np.isnan(measured[name][1]), name


def test_blocks_of_snapshots_change_nothing(monkeypatch):
    snapshots = series(networks((5,), 9), dataset())
    whole = measure(snapshots, QUANTITIES)
    monkeypatch.setattr("relusgd.diagnostics.quantities.measuring.ROWS_NUMBERS", 40)
    for name, values in measure(snapshots, QUANTITIES).items():
        assert np.array_equal(values, whole[name], equal_nan=True), name


def test_a_name_that_no_quantity_has_is_told_what_was_meant():
    with pytest.raises(InputError, match="sharpnes is not a quantity; did you mean sharpness"):
        measure(SnapshotSeries.of(networks((3,), 1)[0], dataset()), ["sharpnes"])


def test_chosen_rows_begin_and_end_with_the_run_and_are_denser_in_the_beginning():
    some = networks((2,), 1) * 500
    rows = spread_rows(series(some, dataset()), 20)
    assert rows[0] == 0
    assert rows[-1] == 499
    assert len(rows) <= 20
    assert rows[1] <= 2
    assert np.diff(rows)[-1] > 50


def test_every_quantity_is_explained():
    page = (Path(__file__).parents[2] / "docs" / "diagnose.md").read_text(encoding="utf-8")
    for name, quantity in QUANTITIES.items():
        if not name.startswith("frequency_error"):
            assert quantity.measure.__doc__, name
            assert f"`{name}`" in page, name


def test_the_distance_from_the_linearised_network_is_a_share_of_the_way():
    start, trained = networks((4,), 2)
    data = dataset()
    given = trained.parameters()
    measured = replace(series([start, trained], data), linearized=lambda _: given)
    found = QUANTITIES["linearized_distance"](measured)
    grid = np.linspace(-1, 1, 1001)
    moved = jacobian(start, grid) @ (given - start.parameters())
    apart = trained(grid) - start(grid) - moved
    way = trained(grid) - start(grid)
    expected = np.linalg.norm(apart) / np.linalg.norm(way)
    np.testing.assert_allclose(found, [np.nan, expected], rtol=1e-9)
    assert np.isnan(QUANTITIES["linearized_distance"](series([start, trained], data))).all()
