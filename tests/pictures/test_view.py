"""What is shown of a snapshot is what the network computes, in original units."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.model.history import History
from relusgd.model.points import Dataset
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.scenes.snapshot_view import MOST_UNITS, strongest
from relusgd.pictures.scenes.view import View

NO_METRICS = {name: np.zeros(1) for name in ("train_mse", "test_mse", "dead_units", "breakpoints")}


def view_of(slope, bias, output_weight, domain=(0.0, 1.0)):
    """One snapshot of a network with one hidden layer and output bias 0."""
    vector = np.concatenate([slope, bias, output_weight, [0.0]])[None, :]
    history = History.from_parameters(
        np.array([0]), np.array([0]), vector, [len(slope)], NO_METRICS
    )
    points = np.array([0.0, 1.0])
    return View(history, Dataset(points, points, points[:0], points[:0], domain))


@pytest.mark.parametrize("hidden", [(6,), (5, 4)])
def test_the_curve_is_the_function_in_original_units(make_history, standardised, hidden):
    view = View(make_history(hidden=hidden), standardised)
    original = standardised.scaling.network_to_original(view.history.network(-1))
    curve = view.curve(-1)
    between = np.linspace(1900, 1940, 997)
    assert np.interp(between, curve.x, curve.y) == pytest.approx(original(between), rel=1e-9)


def test_the_kinks_of_one_hidden_layer_are_its_slope_changes():
    view = view_of(np.array([2.0, -1.0]), np.array([-0.5, 0.75]), np.array([3.0, -4.0]))
    curve = view.curve(0)
    assert curve.x.tolist() == [0.0, 0.25, 0.75, 1.0]
    assert curve.kink == pytest.approx([6.0, 4.0])


def test_a_unit_is_drawn_with_its_output_weight_on_its_active_side_alone():
    units = view_of(np.array([2.0, -1.0]), np.array([-0.5, 0.75]), np.array([3.0, -4.0])).units(0)
    assert units.lines.tolist() == [[[0.25, 0.0], [1.0, 4.5]], [[0.0, -3.0], [0.75, 0.0]]]
    assert units.elbow.tolist() == [0.25, 0.75]
    assert units.sign.tolist() == [1.0, -1.0]


def test_units_active_everywhere_reach_from_end_to_end_and_dead_ones_are_left_out():
    slope, bias = np.array([1.0, 0.0, 0.0, 1.0]), np.array([1.0, 0.5, -0.5, -2.0])
    units = view_of(slope, bias, np.ones(4)).units(0)
    assert units.lines.tolist() == [[[0.0, 1.0], [1.0, 2.0]], [[0.0, 0.5], [1.0, 0.5]]]
    assert np.isnan(units.elbow).all()


def heights_of(lines, baseline, x):
    """The heights of units' lines over the baseline at x: 0 where a unit is not active."""
    heights = np.zeros((len(lines), len(x)))
    for line, height in zip(lines, heights, strict=True):
        (left, left_y), (right, right_y) = line
        inside = (x >= left) & (x <= right)
        height[inside] = np.interp(x[inside], [left, right], [left_y, right_y]) - baseline
    return heights


@pytest.mark.parametrize("index", [0, 3, -1])
@pytest.mark.parametrize("given", ["dataset", "standardised"])
def test_the_lines_of_the_units_and_the_output_bias_add_up_to_the_curve(
    make_history, request, given, index
):
    view = View(make_history(hidden=(12,)), request.getfixturevalue(given))
    units, curve = view.units(index), view.curve(index)
    x = np.linspace(view.low, view.high, 301)
    terms = heights_of(units.lines, view.baseline, x).sum(axis=0)
    learned = np.interp(x, curve.x, curve.y)
    assert view.has_terms
    assert terms + view.output_level(index) == pytest.approx(learned, rel=1e-9, abs=1e-9)


def test_units_of_a_deep_network_are_drawn_as_the_outputs_of_its_first_layer(make_history, dataset):
    view = View(make_history(hidden=(5, 4)), dataset)
    x = np.linspace(0, 1, 101)
    units, outputs = view.units(-1), view.history.network(-1).activations(x)[0].T
    drawn = heights_of(units.lines, 0.0, x)
    assert not view.has_terms
    assert drawn == pytest.approx(outputs[outputs.max(axis=1) > 0], abs=1e-9)


def test_a_dead_unit_and_one_without_output_weight_lift_nothing():
    view = view_of(np.array([1.0, 1.0]), np.array([-2.0, 0.0]), np.array([5.0, 0.0]))
    assert view.units(0).lines.tolist() == [[[0.0, 0.0], [1.0, 0.0]]]


def test_units_stand_on_the_zero_of_the_networks_y(make_history, standardised, dataset):
    history = make_history()
    drawn, plain = View(history, standardised).units(3), View(history, dataset).units(3)
    assert drawn.lines[:, :, 0] == pytest.approx(1900 + 40 * plain.lines[:, :, 0])
    assert drawn.lines[:, :, 1] == pytest.approx(1000 + 250 * plain.lines[:, :, 1])
    assert drawn.elbow == pytest.approx(1900 + 40 * plain.elbow, nan_ok=True)


@given(
    st.lists(
        st.tuples(st.sampled_from([-2.0, -0.5, 0.0, 1.0]), st.floats(-1, 1)), min_size=1, max_size=8
    )
)
def test_active_units_are_counted_as_by_evaluating_each(units):
    slope, bias = np.array(units).T
    edges, counts = view_of(slope, bias, np.ones(len(units))).active(0)
    middles = (edges[1:] + edges[:-1]) / 2
    assert counts.tolist() == ((middles[:, None] * slope + bias) > 0).sum(axis=1).tolist()
    assert (edges[0], edges[-1]) == (0.0, 1.0)


def test_active_units_of_all_hidden_layers_are_counted(make_history, dataset):
    view = View(make_history(hidden=(5, 4)), dataset)
    edges, counts = view.active(2)
    middles = (edges[1:] + edges[:-1]) / 2
    first, second = view.history.network(2).activations(middles)
    assert counts.tolist() == ((first > 0).sum(axis=1) + (second > 0).sum(axis=1)).tolist()


def test_of_a_wide_layer_the_units_that_bend_most_are_drawn(make_history, dataset):
    view = View(make_history(snapshots=2, hidden=(MOST_UNITS + 50,)), dataset)
    network, units = view.history.network(-1), view.units(-1)
    assert len(units.lines) <= MOST_UNITS
    assert units.strength.min() >= np.sort(np.abs(network.slope_change))[-MOST_UNITS]
    assert view.active(-1)[1].max() > len(units.lines) / 3


def test_strongest_keeps_the_order_of_the_units():
    assert strongest(np.array([3.0, 1.0, 4.0, 1.5]), 2).tolist() == [0, 2]


def test_elbows_inside_are_those_in_the_domain():
    assert (
        view_of(
            np.array([1.0, 1.0, 1.0, 0.0]), np.array([-0.5, -1.0, -1.5, 1.0]), np.ones(4)
        ).elbows_inside(0)
        == 2
    )


def test_the_limits_hold_data_truth_and_the_last_function(make_history, dataset):
    view = View(make_history(), dataset)
    low, high = view.y_limits
    shown = [dataset.y_train, dataset.target(np.linspace(0, 1, 99)), view.curve(-1).y]
    assert all(low < values.min() and values.max() < high for values in shown)


def test_a_last_function_beside_the_data_is_in_the_picture(make_history, dataset):
    history = make_history()
    history.biases[-1][:] = 5.0
    low, high = View(history, dataset).y_limits
    last = View(history, dataset).curve(-1).y
    assert low < last.min()
    assert last.max() < high


def test_a_start_that_shot_off_does_not_flatten_the_data(make_history, dataset):
    history = make_history(snapshots=30)
    for weights in history.weights:
        weights[:3] *= 1e40
    low, high = View(history, dataset).y_limits
    assert high - low < 3 * np.ptp(dataset.y_train)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200])
def test_limits_scale_with_the_data(scale):
    core, wished = np.array([1.0, 3.0]), np.array([[0.5, 3.5]] * 5)
    assert robust_limits(scale * core, scale * wished, 0.4, 0.1) == pytest.approx(
        tuple(scale * np.array([0.2, 3.8]))
    )


def test_constant_data_get_limits_around_them():
    low, high = robust_limits(np.array([5.0, 5.0]), np.empty((0, 2)), 0.4, 0.1)
    assert low < 5.0 < high


def test_a_target_that_is_not_finite_somewhere_leaves_finite_limits(make_history, dataset):
    view = View(make_history(), replace(dataset, target=lambda x: np.where(x < 0.5, np.inf, x)))
    assert np.isfinite(view.y_limits).all()
