"""Diagnostics against their definitions, and the metrics of snapshots against the diagnostics."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relusgd.diagnostics import measures
from relusgd.diagnostics.measures import (
    always_on_units,
    breakpoints_inside,
    dead_in_first_layer,
    dead_units,
    train_mse,
)
from relusgd.diagnostics.sharpness import sharpness
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.gradients.backprop import backprop, hessian_vector
from relusgd.model.network import Network, layer_shapes, parameter_count, split_parameters
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling

NOTHING = np.empty(0)


def dataset_of(x, y, x_test=NOTHING, y_test=NOTHING, domain=(0.0, 1.0), scaling=None):
    parts = (np.array(part, dtype=np.float64) for part in (x, y, x_test, y_test))
    return Dataset(*parts, domain, scaling or Scaling())


def random_vector(seed, hidden):
    generator = np.random.default_rng(seed)
    weights = [generator.normal(0, np.sqrt(2 / shape[0]), shape) for shape in layer_shapes(hidden)]
    return Network(
        tuple(weights), tuple(generator.normal(0, 0.5, weight.shape[1]) for weight in weights)
    ).parameters()


def random_network(seed, hidden):
    return Network.from_parameters(random_vector(seed, hidden), hidden)


def random_dataset(seed, train=50, test=80):
    generator = np.random.default_rng(seed)
    x, x_test = np.sort(generator.uniform(-1, 1, train)), np.sort(generator.uniform(-1, 1, test))
    return dataset_of(
        x, generator.normal(size=train), x_test, generator.normal(size=test), (-1.0, 1.0)
    )


def by_definition(network, dataset):
    """What the metrics of a snapshot are to be, from dense matrices."""
    return (
        train_mse(network, dataset),
        measures.test_mse(network, dataset),
        sum(map(len, dead_units(network, dataset))),
        sum(map(len, always_on_units(network, dataset))),
        breakpoints_inside(network, dataset),
    )


# Errors and units


def test_errors_are_means_of_squares_over_each_set():
    # f(x) = 2 relu(x): 0, 2, 4 at −1, 1, 2
    network = Network((np.ones((1, 1)), np.full((1, 1), 2.0)), (np.zeros(1), np.zeros(1)))
    dataset = dataset_of([-1, 1, 2], [1, 2, 2], [1, 2], [1, 1])
    assert train_mse(network, dataset) == 5 / 3
    assert measures.test_mse(network, dataset) == 5


def test_without_test_points_the_test_error_is_nan():
    assert math.isnan(measures.test_mse(random_network(0, [3]), dataset_of([0], [0])))


def test_dead_and_always_on_units_of_a_worked_example():
    # on the points 0, 1, 2: x and 1 − x are on for some, x − 2 is 0 at its end, −x never on; x + 1,
    # 1 and 3 − x always
    slope, bias = np.array([[1.0, -1, 1, -1, 1, 0, 0, -1]]), np.array([0.0, 1, -2, 0, 1, 1, 0, 3])
    network = Network((slope, np.ones((8, 1))), (bias, np.zeros(1)))
    dataset = dataset_of([0, 1, 2], [0, 0, 0])
    assert [list(units) for units in dead_units(network, dataset)] == [[2, 3, 6]]
    assert [list(units) for units in always_on_units(network, dataset)] == [[4, 5, 7]]


@pytest.mark.parametrize("hidden", [[6], [6, 5], [3, 4, 5]])
def test_units_are_counted_layer_by_layer_on_the_training_points(hidden, monkeypatch):
    monkeypatch.setattr(measures, "CHUNK_NUMBERS", 40)
    for seed in range(20):
        network, dataset = random_network(seed, hidden), random_dataset(seed, train=7)
        active = [layer > 0 for layer in network.activations(dataset.x_train)]
        assert [list(units) for units in dead_units(network, dataset)] == [
            list(np.flatnonzero(~on.any(axis=0))) for on in active
        ]
        assert np.array_equal(
            dead_in_first_layer(network, dataset), dead_units(network, dataset)[0]
        )
        assert [list(units) for units in always_on_units(network, dataset)] == [
            list(np.flatnonzero(on.all(axis=0))) for on in active
        ]


def test_chunks_change_no_error(monkeypatch):
    network, dataset = random_network(1, [5, 4]), random_dataset(1)
    whole = train_mse(network, dataset)
    monkeypatch.setattr(measures, "CHUNK_NUMBERS", 35)
    assert train_mse(network, dataset) == pytest.approx(whole, rel=1e-14)


def test_breakpoints_are_counted_strictly_inside_the_domain_in_original_units():
    # elbows at −1, 0, 1 in network units are 10, 12, 14 in original ones
    network = Network((np.ones((1, 3)), np.ones((3, 1))), (np.array([1.0, 0, -1]), np.zeros(1)))
    scaling = Scaling(x_mean=12.0, x_deviation=2.0)
    for domain, count in (
        ((10.0, 14.0), 1),
        ((9.0, 14.0), 2),
        ((10.0, 15.0), 2),
        ((9.0, 15.0), 3),
        ((-2.0, 2.0), 0),
    ):
        dataset = dataset_of([-1, 1], [0, 0], domain=domain, scaling=scaling)
        assert breakpoints_inside(network, dataset) == count
        assert SnapshotMetrics(dataset, [3])(network.parameters())[-1] == count


# Sharpness


def dense_hessian(network, dataset):
    """By central differences of the gradient, which are exact up to rounding for small steps off
    the kinks.
    """
    vector, h = network.parameters(), 1e-5
    x, y = dataset.x_train[:, None], dataset.y_train[:, None]

    def gradient(at):
        found = backprop(*split_parameters(at, network.hidden), x, y)
        return Network(found.weights, found.biases).parameters()

    return np.array(
        [
            (gradient(vector + h * e) - gradient(vector - h * e)) / (2 * h)
            for e in np.eye(len(vector))
        ]
    )


@pytest.mark.parametrize("dense_up_to", [0, 1000])
@pytest.mark.parametrize("hidden", [[4], [3, 2], [12]])
@pytest.mark.parametrize(
    ("layers", "output_bias"),
    [("all", True), ("all", False), ("output", True), ("output", False), ("hidden", True)],
)
def test_sharpness_is_the_largest_eigenvalue_of_the_hessian(
    dense_up_to, hidden, layers, output_bias, monkeypatch
):
    monkeypatch.setattr("relusgd.diagnostics.sharpness.DENSE_PARAMETERS", dense_up_to)
    network, dataset = random_network(2, hidden), random_dataset(3)
    hessian = dense_hessian(network, dataset)
    size = len(hessian)
    output = np.arange(size) >= size - hidden[-1] - 1
    learns = {"all": np.full(size, True), "output": output, "hidden": ~output}[layers]
    learns[-1] &= output_bias
    expected = np.linalg.eigvalsh(hessian[learns][:, learns])[-1]
    assert sharpness(network, dataset, layers, output_bias=output_bias) == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.parametrize("hidden", [[40], [20, 20]])
def test_lanczos_gives_the_eigenvalue_of_the_whole_matrix(hidden, monkeypatch):
    network, dataset = random_network(5, hidden), random_dataset(5, train=200)
    by_lanczos = sharpness(network, dataset)
    monkeypatch.setattr("relusgd.diagnostics.sharpness.DENSE_PARAMETERS", 10**4)
    assert by_lanczos == pytest.approx(sharpness(network, dataset), rel=1e-12)


def test_the_sharpness_of_the_output_layer_is_that_of_least_squares():
    network, dataset = random_network(1, [60]), random_dataset(1)
    features = np.column_stack([network.activations(dataset.x_train)[0], np.ones(50)])
    assert sharpness(network, dataset, "output") == pytest.approx(
        2 / 50 * np.linalg.norm(features, 2) ** 2, rel=1e-12
    )


def test_points_in_chunks_give_the_same_sharpness(monkeypatch):
    network, dataset = random_network(1, [6, 5]), random_dataset(1)
    whole = sharpness(network, dataset)
    monkeypatch.setattr(measures, "CHUNK_NUMBERS", 100)
    assert sharpness(network, dataset) == pytest.approx(whole, rel=1e-12)


def test_descent_on_the_output_layer_is_stable_up_to_two_over_sharpness():
    network, dataset = random_network(4, [8]), random_dataset(4)
    start = np.random.default_rng(0).normal(size=9)
    for factor, stable in ((0.99, True), (1.01, False)):
        rate, v = factor * 2 / sharpness(network, dataset, "output"), start
        for _ in range(3000):
            V, c = split_parameters(np.concatenate([np.zeros(16), v]), [8])
            weights, biases = hessian_vector(
                network.weights,
                network.biases,
                dataset.x_train[:, None],
                dataset.y_train[:, None],
                V,
                c,
            )
            v = v - rate * np.concatenate([weights[1][:, 0], biases[1]])
        assert (np.linalg.norm(v) < np.linalg.norm(start)) == stable


@pytest.mark.parametrize("hidden", [[3], [30]])
def test_the_sharpness_of_a_network_that_is_not_finite_is_nan(hidden):
    vector = random_vector(0, hidden)
    vector[-2] = np.inf
    assert math.isnan(sharpness(Network.from_parameters(vector, hidden), random_dataset(0)))


def test_other_layers_are_refused():
    with pytest.raises(ValueError, match="all, output or hidden, not 'first'"):
        sharpness(random_network(0, [3]), random_dataset(0), "first")


# The metrics of snapshots


@st.composite
def problems(draw):
    """(dataset, vector, width) with all that is special: elbows on points, twins, far elbows, flat
    units, repeated x, years.
    """
    near_zero = st.one_of(st.integers(-4, 4).map(lambda i: i / 4), st.floats(-1, 1))
    number = draw(st.sampled_from([near_zero, st.integers(1800, 2025).map(float)]))
    x = sorted(draw(st.lists(number, min_size=1, max_size=8)))
    more = draw(st.lists(number, max_size=5))
    x_test = sorted(more + x if draw(st.booleans()) else more)
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    domain = (min(x) - 0.5, max(x) + draw(st.sampled_from([0.25, 0.5])))
    dataset = dataset_of(
        x, generator.normal(size=len(x)), x_test, generator.normal(size=len(x_test)), domain
    )
    width = draw(st.integers(1, 7))
    far = st.sampled_from([1e300, -1e300, 1e10, -1e10, 5e307])
    elbow = [draw(st.one_of(number, st.sampled_from([*x, *domain]), far)) for _ in range(width)]
    slope = [draw(st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.7, -2.3, 1e-3])) for _ in range(width)]
    bias = [
        -w * e if w else draw(st.sampled_from([-1.0, 0.0, -0.0, 2.0]))
        for w, e in zip(slope, elbow, strict=True)
    ]
    output = [draw(st.sampled_from([0.0, 1.0, -1.0, 0.3, 1e-30])) for _ in range(width + 1)]
    return dataset, np.array([*slope, *bias, *output]), width


def check_mse(found, expected, vector, width, x):
    """Whether the roots differ by at most 1e-14 of the sum of the absolute terms of f; units that
    are off on all x add no term.
    """
    if not math.isfinite(expected):
        assert not math.isfinite(found)
        return
    w, b, v = vector[:-1].reshape(3, width)
    sizes = np.abs(w) * np.abs(x).max() + np.abs(b)
    active = (np.outer(x, w) + b > -1e-14 * sizes).any(axis=0)  # or on but for rounding
    terms = np.abs(v) * sizes
    size = 5 + np.sum(terms[active]) + np.abs(vector[-1])
    assert math.sqrt(found) == pytest.approx(math.sqrt(expected), rel=0, abs=1e-14 * size)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_the_metrics_of_a_snapshot_are_the_diagnostics(problem):
    dataset, vector, width = problem
    found = SnapshotMetrics(dataset, [width])(vector)
    expected = by_definition(Network.from_parameters(vector, [width]), dataset)
    assert found[2:] == expected[2:]
    everything = np.concatenate([dataset.x_train, dataset.x_test])
    check_mse(found[0], expected[0], vector, width, everything)
    if len(dataset.x_test):
        check_mse(found[1], expected[1], vector, width, everything)
    else:
        assert math.isnan(found[1])


@settings(deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 8), min_size=1, max_size=3))
@example(1, [40])
@example(1, [20, 20])
def test_the_metrics_of_random_networks_are_the_diagnostics(seed, hidden):
    dataset, vector = random_dataset(seed), random_vector(seed, hidden)
    found = SnapshotMetrics(dataset, hidden)(vector)
    expected = by_definition(Network.from_parameters(vector, hidden), dataset)
    assert found[2:] == expected[2:]
    np.testing.assert_allclose(found[:2], expected[:2], rtol=1e-12)


@pytest.mark.parametrize("hidden", [[4], [4, 3]])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_parameters_that_are_not_finite_give_errors_that_are_not(hidden, bad):
    metrics = SnapshotMetrics(random_dataset(0), hidden)
    for place in range(parameter_count(hidden)):
        vector = random_vector(0, hidden)
        vector[place] = bad
        train, test, *_ = metrics(vector)
        assert not math.isfinite(train)
        assert not math.isfinite(test)


@pytest.mark.parametrize("scale", [1e100, 1e200, 1e308])
@pytest.mark.parametrize("hidden", [[4], [4, 3]])
def test_huge_parameters_give_huge_errors_without_a_warning(hidden, scale):
    dataset, vector = random_dataset(0), scale / 4 * random_vector(0, hidden)
    found = SnapshotMetrics(dataset, hidden)(vector)
    assert not found[0] < 1e100
    assert found[2:] == by_definition(Network.from_parameters(vector, hidden), dataset)[2:]


def test_a_snapshot_is_measured_from_itself_alone():
    metrics, other = (
        SnapshotMetrics(random_dataset(0), [9]),
        SnapshotMetrics(random_dataset(0), [9]),
    )
    vectors = [random_vector(seed, [9]) for seed in range(20)]
    alone = [metrics(vector) for vector in vectors]
    stacked = np.array(vectors)
    assert [other(vector) for vector in stacked[::-1]] == alone[::-1]
    np.testing.assert_array_equal(stacked, vectors)


@pytest.mark.parametrize("hidden", [[1], [9], [40], [300], [4, 3]])
def test_many_snapshots_at_once_get_the_bits_of_each_alone(hidden, monkeypatch):
    monkeypatch.setattr(
        "relusgd.diagnostics.snapshot_metrics.ROWS_NUMBERS", 2**14
    )  # several pieces, the last one shorter
    metrics = SnapshotMetrics(random_dataset(0), hidden)
    vectors = np.array([random_vector(seed, hidden) for seed in range(53)])
    vectors[7, -1], vectors[11, 0], vectors[12, 0] = np.nan, 0.0, 1e300
    at_once, alone = metrics.rows(vectors), [metrics(vector) for vector in vectors]
    assert np.array(at_once).tobytes() == np.array(alone).tobytes()


def test_metrics_are_plain_numbers():
    kinds = [
        type(value) for value in SnapshotMetrics(random_dataset(0), [3])(random_vector(0, [3]))
    ]
    assert kinds == [float, float, int, int, int]


def exactly(vector, width, x):
    """f(x) in rational numbers, rounded once at the end."""
    w, b, v = ([Fraction(number) for number in part] for part in vector[:-1].reshape(3, width))
    return [float(sum(v[j] * max(w[j] * Fraction(at) + b[j], 0) for j in range(width))) for at in x]


def test_using_years_as_x_loses_no_digits():
    # with the exact values as y the error is rounding alone; without centring it is some four times
    # that of dense matrices
    errors, dense = [], []
    for seed in range(5):
        generator = np.random.default_rng(seed)
        x, elbow = np.sort(generator.uniform(1871, 1971, 50)), generator.uniform(1871, 1971, 20)
        slope = generator.normal(size=20)
        vector = np.concatenate([slope, -slope * elbow, generator.normal(size=20), [0.0]])
        dataset = dataset_of(x, exactly(vector, 20, x), domain=(1871.0, 1971.0))
        errors.append(SnapshotMetrics(dataset, [20])(vector)[0])
        dense.append(train_mse(Network.from_parameters(vector, [20]), dataset))
    assert np.mean(errors) < 2 * np.mean(dense) < 1e-23
