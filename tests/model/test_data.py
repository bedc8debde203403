"""Datasets: sampled from a target, given, split from a CSV, written to rows and back."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from model.harness import faults_of, read_points

from relusgd.errors import InputError
from relusgd.model.given_points import points_dataset
from relusgd.model.network import Network
from relusgd.model.point_rows import dataset_from_rows, dataset_rows
from relusgd.model.points import Dataset, standardize
from relusgd.model.scaling import Scaling
from relusgd.model.target_points import sample_dataset
from relusgd.model.targets import parse_target

NOTEBOOK = {
    "domain": (0.0, 1.0),
    "samples": 200,
    "positions": "random",
    "noise": 0.1,
    "test_samples": 1000,
    "seed": 1,
}


def sampled(target="piecewise_linear", **changes):
    return sample_dataset(parse_target(target), **{**NOTEBOOK, **changes})


def same_points(one, other):
    for name in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(
            getattr(one, name).view(np.int64), getattr(other, name).view(np.int64)
        )


# Sampled


def test_the_points_are_those_of_the_notebook():
    generator = np.random.RandomState(1)
    x = np.sort(generator.rand(200))
    low, high = np.floor(10 * x), np.ceil(10 * x)
    y = (
        (10 * x - low) * np.sin(12345 * high)
        + (high - 10 * x) * np.sin(12345 * low)
        + 0.1 * generator.randn(200)
    )
    dataset = sampled()
    np.testing.assert_array_equal(dataset.x_train, x)
    np.testing.assert_allclose(dataset.y_train, y, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(
        dataset.x_test, np.sort(np.concatenate([np.linspace(0, 1, 1000), x]))
    )


def test_test_points_are_noise_free():
    dataset = sampled("sin20x")
    np.testing.assert_array_equal(dataset.y_test, np.sin(20 * dataset.x_test))


def test_a_domain_stretches_the_same_draws():
    dataset = sampled("x", domain=(-3.0, 5.0))
    np.testing.assert_array_equal(dataset.x_train, -3 + 8 * sampled().x_train)
    assert dataset.domain == (-3.0, 5.0)
    assert dataset.x_test.min() == -3
    assert dataset.x_test.max() == 5


def test_even_positions_span_the_domain_and_draw_nothing():
    dataset = sampled("0", positions="even", samples=5, domain=(0.0, 2.0))
    np.testing.assert_array_equal(dataset.x_train, [0, 0.5, 1, 1.5, 2])
    np.testing.assert_array_equal(dataset.y_train, 0.1 * np.random.RandomState(1).randn(5))


@pytest.mark.parametrize("positions", ["random", "even"])
def test_training_x_come_from_the_training_domain_and_test_points_from_all_of_it(positions):
    draws = sampled("x", positions=positions, noise=0.0).x_train
    dataset = sampled(
        "x", positions=positions, noise=0.0, domain=(-1.0, 2.0), train_domain=(0.5, 0.75)
    )
    np.testing.assert_allclose(dataset.x_train, 0.5 + 0.25 * draws, rtol=0, atol=1e-15)
    assert dataset.domain == (-1.0, 2.0)
    even = np.linspace(-1, 2, 1000)
    np.testing.assert_array_equal(dataset.x_test, np.sort(np.concatenate([even, dataset.x_train])))


def test_a_training_domain_that_is_the_domain_changes_no_bit():
    same_points(sampled(train_domain=(0.0, 1.0)), sampled())


def test_the_whole_range_of_seeds_gives_different_points():
    seeds = [0, 1, 2**32 - 1, 2**32, 2**32 + 1, 2**33, 2**64 - 1]
    assert len({sampled(seed=seed).x_train.tobytes() for seed in seeds}) == len(seeds)


def test_a_seed_beyond_32_bits_is_given_as_its_two_words():
    expected = np.sort(np.random.RandomState([7, 3]).rand(200))
    np.testing.assert_array_equal(sampled(seed=3 * 2**32 + 7).x_train, expected)


def test_a_target_that_is_not_finite_is_refused_with_the_first_x():
    with pytest.raises(InputError, match=r"the target log\(x\) is not finite at x = 0.0: -inf"):
        sampled("log(x)")


def test_a_target_that_is_not_finite_on_a_training_point_alone_is_refused():
    dataset = sampled()
    x = float(dataset.x_train[7])
    with pytest.raises(InputError, match=f"is not finite at x = {x!r}: nan"):
        sampled(f"where(x == {x!r}, 0/0, 1)")


def test_noise_that_leaves_the_finite_numbers_is_refused():
    with pytest.raises(InputError, match="with noise 1e\\+308 is not finite at x = "):
        sampled("x", noise=1e308)


@pytest.mark.parametrize(
    "domain", [(1.0, 1.0), (1.0, 0.0), (-1e308, 1e308), (0.0, math.inf), (math.nan, 1.0)]
)
def test_a_domain_without_a_finite_width_is_refused(domain):
    with pytest.raises(InputError, match="low below high and a finite width"):
        sampled("x", domain=domain)


# Given


def test_given_points_are_sorted_by_x_and_equal_x_keep_their_order():
    dataset = points_dataset([0.5, -1, 0.5, 0], [1, 2, 3, 4])
    np.testing.assert_array_equal(dataset.x_train, [-1, 0, 0.5, 0.5])
    np.testing.assert_array_equal(dataset.y_train, [2, 4, 1, 3])
    assert dataset.domain == (-1.0, 0.5)
    assert len(dataset.x_test) == len(dataset.y_test) == 0


@pytest.mark.parametrize("x", [0.0, -7.0, 1e300])
def test_the_domain_of_a_single_point_has_the_point_inside(x):
    low, high = points_dataset([x], [1]).domain
    assert low < x < high


@pytest.mark.parametrize(
    ("x", "y", "problem"),
    [
        ([1, 2], [1], "there are 2 x and 1 y"),
        ([], [], "at least one"),
        ([0, math.nan], [1, 2], "x is not finite"),
        ([0, 1], [1, math.inf], r"y is not finite at x = 1.0: inf"),
        ([-1e308, 1e308], [0, 0], "too wide"),
    ],
)
def test_wrong_points_are_refused(x, y, problem):
    with pytest.raises(InputError, match=problem):
        points_dataset(x, y)


# Scaling


@given(
    arrays(
        np.float64,
        st.integers(2, 20),
        elements=st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
    )
)
def test_standardized_values_have_mean_0_and_deviation_1_unless_they_are_constant(values):
    scaled = Scaling.of(values, values).y_to_network(values)
    if np.ptp(values) > 1e-6 * np.abs(values).max():
        assert abs(scaled.mean()) < 1e-6
        assert scaled.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e300, 3])
def test_a_constant_column_becomes_0_and_keeps_its_deviation(value):
    values = np.full(3, value)
    scaling = Scaling.of(values, values)
    assert (scaling.y_mean, scaling.y_deviation) == (value, 1.0)
    np.testing.assert_array_equal(scaling.x_to_network(values), 0)


def test_a_network_in_original_units_computes_the_same_function():
    draw = np.random.RandomState(0)
    network = Network(
        (draw.randn(1, 5), draw.randn(5, 3), draw.randn(3, 1)),
        (draw.randn(5), draw.randn(3), draw.randn(1)),
    )
    scaling = Scaling(1920.0, 29.0, 900.0, 170.0)
    x = np.linspace(1871, 1970, 50)
    expected = scaling.y_to_original(network(scaling.x_to_network(x)))
    np.testing.assert_allclose(scaling.network_to_original(network)(x), expected, rtol=1e-12)


# CSV


def test_the_held_out_rows_are_the_first_of_the_order(write):
    path = write("year,flow\n5,50\n4,40\n3,30\n2,20\n1,10\n")
    order = np.array([3, 0, 1, 2, 4])
    dataset = read_points(
        path, x="year", y="flow", test_fraction=0.4, split_order=lambda n: order[:n]
    )
    np.testing.assert_array_equal(dataset.x_test, [2, 5])
    np.testing.assert_array_equal(dataset.y_test, [20, 50])
    np.testing.assert_array_equal(dataset.x_train, [1, 3, 4])
    assert (dataset.x_name, dataset.y_name, dataset.domain) == ("year", "flow", (1.0, 5.0))


def test_many_equal_x_keep_their_order():
    np.testing.assert_array_equal(
        points_dataset(np.arange(200) % 2, np.arange(200)).y_train[:100], np.arange(0, 200, 2)
    )


def test_equal_x_keep_the_order_of_the_file_whatever_the_order_of_the_split(write):
    dataset = read_points(
        write("x,y\n1,1\n1,2\n1,3\n0,4\n"), split_order=lambda n: np.arange(n)[::-1]
    )
    np.testing.assert_array_equal(dataset.y_train, [4, 1, 2, 3])


def test_standardizing_uses_the_training_points_alone_and_keeps_the_original_ones(write):
    path = write("x,y\n10,1\n20,3\n30,99\n")
    dataset = standardize(
        read_points(path, test_fraction=0.34, split_order=lambda n: np.arange(n)[::-1])
    )
    assert dataset.scaling == Scaling(15.0, 5.0, 2.0, 1.0)
    np.testing.assert_array_equal(dataset.x_train, [-1, 1])
    np.testing.assert_array_equal(dataset.x_test, [3])
    np.testing.assert_array_equal(dataset.y_test, [97])
    assert dataset.domain == (10.0, 30.0)
    np.testing.assert_array_equal(dataset.in_original_units.x_test, [30])
    assert dataset.in_original_units.scaling == Scaling()


@pytest.mark.parametrize(
    ("fraction", "problem"),
    [
        (0.1, "of its 3 points holds out none; give at least 0.333, or 0"),
        (0.9, "of its 3 points leaves none to train on"),
    ],
)
def test_a_split_without_test_or_training_points_is_refused(write, fraction, problem):
    assert problem in faults_of(write("x,y\n1,2\n3,4\n5,6\n"), test_fraction=fraction)[0]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("year,flow\n1,1e308\n2,-1e308\n3,1e308\n", "'flow'"),
        ("year,flow\n1,1e-160\n2,2e-160\n", "'flow'"),
        ("year,flow\n-1e200,-1e200\n1e200,1e200\n", "'year' and 'flow'"),
    ],
)
def test_values_beyond_standardizing_are_refused_by_their_columns(write, content, names):
    dataset = read_points(write(content), x="year", y="flow")
    with pytest.raises(InputError) as caught:
        standardize(dataset)
    assert caught.value.message == (
        f"the values of {names} cannot be standardized in double precision; use other units"
    )


def test_the_digest_is_the_sha_256_of_the_content(write):
    path = write("x,y\n1,2\n")
    assert read_points(path).digest == hashlib.sha256(b"x,y\n1,2\n").hexdigest()


# Rows and back

numbers = st.floats(-1e200, 1e200)
columns = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12)


def restored(dataset):
    lines = [f"{split},{x!r},{y!r}" for split, x, y in dataset_rows(dataset)]
    rows = [(split, float(x), float(y)) for split, x, y in (line.split(",") for line in lines)]
    return replace(dataset_from_rows(rows, dataset.scaling), domain=dataset.domain)


@given(columns, columns | st.just([]))
def test_points_come_back_from_rows_to_the_last_bit(train, test):
    (x_train, y_train), (x_test, y_test) = (
        np.array(sorted(points)).reshape(-1, 2).T for points in (train, test)
    )
    dataset = Dataset(x_train, y_train, x_test, y_test, (0.0, 1.0))
    same_points(restored(dataset), dataset)


@given(
    st.lists(
        st.tuples(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100)), min_size=2, max_size=12
    ),
    st.integers(0, 2**32 - 1),
)
def test_standardized_points_come_back_from_rows_to_the_last_bit(points, seed):
    x, y = np.array(points).T
    original = points_dataset(x, y)
    draw = np.random.RandomState(seed)
    dataset = original.standardized(
        Scaling(draw.randn(), draw.rand() + 0.1, draw.randn(), draw.rand() + 0.1)
    )
    back = restored(dataset)
    same_points(back, dataset)
    same_points(back.in_original_units, original)


def test_the_notebooks_points_come_back_from_rows_to_the_last_bit():
    same_points(restored(sampled()), sampled())


def test_given_test_points_are_sorted_and_widen_the_domain():
    dataset = points_dataset([2, 1], [20, 10], [5, 1.5, 0], [50, 15, 0])
    np.testing.assert_array_equal(dataset.x_test, [0, 1.5, 5])
    np.testing.assert_array_equal(dataset.y_test, [0, 15, 50])
    np.testing.assert_array_equal(dataset.x_train, [1, 2])
    assert dataset.domain == (0.0, 5.0)
    same_points(restored(dataset), dataset)


@pytest.mark.parametrize(
    ("test_x", "test_y", "problem"),
    [
        ([1, 2], [1], "there are 2 x and 1 y"),
        ([1], [np.nan], "y is not finite at x = 1.0: nan"),
        ([np.inf], [1], "x is not finite at x = inf: inf"),
    ],
)
def test_test_points_that_are_none_are_refused(test_x, test_y, problem):
    with pytest.raises(InputError, match=problem):
        points_dataset([0, 1], [0, 1], test_x, test_y)


def test_rows_are_in_original_units(write):
    dataset = standardize(read_points(write("x,y\n2,0.1\n1,1e-320\n")))
    assert list(dataset_rows(dataset)) == [("train", 1.0, 1e-320), ("train", 2.0, 0.1)]


def test_a_dataset_that_kept_no_original_points_computes_them():
    dataset = Dataset(
        np.array([-1.0, 1.0]),
        np.array([0.0, 2.0]),
        np.empty(0),
        np.empty(0),
        (0.0, 1.0),
        Scaling(10.0, 2.0, 1.0, 3.0),
    )
    np.testing.assert_array_equal(dataset.in_original_units.x_train, [8, 12])
    np.testing.assert_array_equal(dataset.in_original_units.y_train, [1, 7])


def test_the_domain_of_rows_is_the_range_of_all_x():
    rows = [("train", 1.0, 0.0), ("test", 4.0, 0.0)]
    assert dataset_from_rows(rows, Scaling()).domain == (1.0, 4.0)


@pytest.mark.parametrize(
    "row", [("valid", 1.0, 2.0), ("train", 1.0, math.nan), ("test", math.inf, 1.0)]
)
def test_a_damaged_row_is_refused_with_its_line(row):
    with pytest.raises(InputError, match=r"data\.csv, line 3: "):
        dataset_from_rows([("train", 0.0, 0.0), row], Scaling())


def test_rows_without_a_training_point_are_refused():
    with pytest.raises(InputError, match="no training points"):
        dataset_from_rows([("test", 0.0, 0.0)], Scaling())
