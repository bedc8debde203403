"""The gradient check finds what is wrong, array by array, and is not misled by kinks, rounding or
the form of parameters.
"""

import numpy as np
import pytest

import relusgd
from relusgd.checks.network_check import Problem, check_network, gradient_functions
from relusgd.checks.step_sizes import step_size_errors
from relusgd.errors import InputError
from relusgd.gradients.backprop import residual
from relusgd.model.network import Network, affine, forward, parameter_count, split_parameters
from relusgd.model.points import Dataset

check = relusgd.check_gradients


def cubes(p):
    return float((p["a"] ** 3).sum() + np.sin(p["b"]))


def cubes_gradient(p):
    return {"a": 3 * p["a"] ** 2, "b": np.cos(p["b"])}


POINT = {"a": np.array([[1.0, -2.0, 3.0], [0.5, 0.1, -0.7]]), "b": 0.4}


# A function of one's own


def test_a_right_gradient_passes():
    result = check(cubes, cubes_gradient, POINT)
    assert result
    assert [(array.name, array.shape, array.entries) for array in result.arrays] == [
        ("a", (2, 3), 6),
        ("b", (), 1),
    ]
    assert all(array.typical <= array.largest < 1e-8 for array in result.arrays)


@pytest.mark.parametrize("place", list(np.ndindex(2, 3)))
def test_one_wrong_entry_is_found_and_named(place):
    def wrong(p):
        gradient = cubes_gradient(p)
        gradient["a"][place] *= 1.0001
        return gradient

    result = check(cubes, wrong, POINT)
    assert not result
    (fault,) = result.faults
    assert fault.startswith(f"a[{place[0]}, {place[1]}] is given as")
    assert fault in str(result)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_fails(value):
    assert not check(cubes, lambda p: {**cubes_gradient(p), "b": value}, POINT)


def test_parameters_may_be_one_array_or_a_sequence_and_are_never_changed():
    point = [np.ones(3), np.full((2, 2), 2.0)]

    def spoiling(parts):
        value = float((parts[0] ** 2).sum() + (parts[1] ** 3).sum())
        parts[0][:] = parts[1][:] = 77
        return value

    assert check(spoiling, lambda parts: [2 * parts[0], 3 * parts[1] ** 2], point)
    assert check(lambda w: 0.5 * float(w @ w), lambda w: w, point[0])
    assert check(lambda w: float(w) ** 2, lambda w: 2 * w, 3.0)
    np.testing.assert_array_equal(point[0], 1)


def test_the_order_of_names_does_not_matter():
    assert check(cubes, lambda p: dict(reversed(cubes_gradient(p).items())), POINT)


@pytest.mark.parametrize(
    "gradient",
    [
        lambda p: {"a": 3 * p["a"] ** 2},
        lambda p: {"a": p["a"].T, "b": 1.0},
        lambda p: [p["a"]],
        lambda p: {"a": p["a"], "c": 1.0, "d": 2.0},
    ],
)
def test_a_gradient_of_another_form_is_refused(gradient):
    with pytest.raises(
        InputError,
        match=r"the gradient must have the form of the parameters, shapes \(2, 3\), \(\)",
    ):
        check(cubes, gradient, POINT)


@pytest.mark.parametrize(
    ("key", "value"),
    [("step", 0.0), ("step", float("nan")), ("tolerance", -1.0), ("tolerance", float("inf"))],
)
def test_steps_and_tolerances_are_positive_numbers(key, value):
    with pytest.raises(InputError, match=f"{key} is"):
        check(cubes, cubes_gradient, POINT, **{key: value})


def relu_sum(w):
    return float(np.maximum(w, 0.0).sum())


def relu_gradient(w):
    return (w > 0).astype(float)


def test_entries_at_a_kink_are_left_out_where_the_pattern_tells():
    w = np.array([-1.0, 0.0, 1e-9, 2.0, 3.0])
    result = check(relu_sum, relu_gradient, w, pattern=lambda w: w > 0)
    assert result
    assert (result.arrays[0].left_out, result.arrays[0].entries) == (2, 5)
    assert not check(relu_sum, relu_gradient, w)


def test_too_many_kinks_are_a_failure():
    result = check(relu_sum, relu_gradient, np.array([0.0, 1e-9, 1.0]), pattern=lambda w: w > 0)
    assert not result
    assert "2 of 3 entries have a kink" in result.faults[0]
    nothing = check(relu_sum, relu_gradient, np.array([0.0]), pattern=lambda w: w > 0)
    assert "every entry has a kink" in nothing.faults[0]


def test_rounding_passes_at_a_minimum_and_a_wrong_sign_elsewhere_does_not_hide_behind_it():
    target = np.linspace(1, 2, 7)

    def distance(w):
        return float(((w - target) ** 2).sum()) + 1000.0

    assert check(distance, lambda w: 2 * (w - target), target)
    assert not check(distance, lambda w: -2 * (w - target), target + 0.1)


def test_some_entries_of_large_arrays_are_enough_and_always_the_same():
    w = np.arange(1.0, 1001.0)
    first, second = (
        check(lambda w: float(w @ w), lambda w: 2 * w, w, most_entries=10) for _ in range(2)
    )
    assert first == second
    assert first.arrays[0].entries == 10


# Networks


def problem(hidden=(6,), seed=0, points=25):
    generator = np.random.default_rng(seed)
    vector = generator.normal(size=parameter_count(hidden)) * 0.7
    x = np.sort(generator.uniform(-1, 1, points))
    return Problem(vector, hidden, x, np.sin(3 * x))


@pytest.mark.parametrize("hidden", [(1,), (6,), (40,), (5, 4), (4, 5, 3)], ids=str)
def test_every_engine_and_kernel_passes(hidden):
    checks = check_network(problem(hidden))
    assert ("numpy", "backprop") in checks
    assert (("numpy", "prefix_sums") in checks) == (len(hidden) == 1)
    for way, result in checks.items():
        assert result, (way, result.faults)
    arrays = checks["numpy", "backprop"].arrays
    assert [array.name for array in arrays][:3] == ["weight_1", "bias_1", "weight_2"]
    assert arrays[0].shape == (1, hidden[0])


def test_compiled_kernels_are_checked_where_numba_is():
    pytest.importorskip("numba")
    assert {("compiled", "dense"), ("compiled", "prefix_sums")} <= set(gradient_functions((4,)))
    assert list(gradient_functions((4, 3))) == [("numpy", "backprop"), ("compiled", "tiles")]


def mutated(name):
    """Backpropagation as in `gradients.backprop`, with one formula of it wrong."""

    def gradient(vector, hidden, x, y):
        weights, biases = split_parameters(vector, hidden)
        a, f = forward(weights, biases, x[:, None])
        B = len(x)
        delta = (
            (1.0 if name == "2 of the square" else 2.0)
            / (1 if name == "mean over points" else B)
            * residual(f, y[:, None])
        )
        if name == "residual":
            delta = 2.0 / B * f
        dW, db = [], []
        for k in reversed(range(len(weights))):
            inputs = a[k] + 0.5 if name == "input of the layer" and k == 1 else a[k]
            dW.append(-inputs.T @ delta if name == "sign of W" and k == 0 else inputs.T @ delta)
            db.append(delta.mean(axis=0) if name == "sum over points" else delta.sum(axis=0))
            if k > 0:
                back = (
                    delta @ (weights[k] ** 2).T
                    if name == "weights on the way back"
                    else delta @ weights[k].T
                )
                active = (
                    np.ones_like(a[k])
                    if name == "active units"
                    else a[k] <= 0
                    if name == "inactive units"
                    else a[k] > 0
                )
                delta = back * active
        return Network(tuple(reversed(dW)), tuple(reversed(db))).parameters()

    return gradient


MUTATIONS = {
    "2 of the square": None,
    "mean over points": None,
    "residual": None,
    "input of the layer": {"weight_2"},
    "sign of W": {"weight_1"},
    "sum over points": None,
    "weights on the way back": None,
    "active units": None,
    "inactive units": None,
}


@pytest.mark.parametrize("hidden", [(6,), (5, 4)], ids=str)
@pytest.mark.parametrize("name", MUTATIONS)
def test_every_formula_that_is_mutated_is_found(name, hidden):
    right, wrong = mutated("none"), mutated(name)
    ways = {
        ("numpy", "right"): lambda v, x, y: right(v, hidden, x, y),
        ("numpy", "wrong"): lambda v, x, y: wrong(v, hidden, x, y),
    }
    checks = check_network(problem(hidden), ways)
    assert checks["numpy", "right"]
    assert not checks["numpy", "wrong"]
    wanted = MUTATIONS[name]
    if wanted:
        assert {
            array.name for array in checks["numpy", "wrong"].arrays if not array.passed
        } == wanted


@pytest.mark.parametrize("hidden", [(6,), (5, 4)], ids=str)
def test_a_unit_with_its_elbow_on_a_point_is_left_out_and_the_others_are_compared(hidden):
    given = problem(hidden)
    vector = given.vector.copy()
    weights, biases = split_parameters(vector, hidden)
    biases[0][2] = -(weights[0][0, 2] * given.x[12])
    assert affine(given.x[:, None], weights[0], biases[0])[12, 2] == 0
    for way, result in check_network(Problem(vector, hidden, given.x, given.y)).items():
        assert result, way
        assert [array.left_out for array in result.arrays[:2]] == [1, 1]
        assert (
            sum(array.left_out for array in result.arrays)
            < sum(array.entries for array in result.arrays) / 2
        )


def test_a_kink_of_a_deep_layer_is_found_too():
    given = problem((5, 4))
    vector = given.vector.copy()
    weights, biases = split_parameters(vector, given.hidden)
    a = forward(weights, biases, given.x[:, None]).a[1]
    biases[1][1] -= (a @ weights[1] + biases[1])[7, 1]
    check_ = check_network(Problem(vector, given.hidden, given.x, given.y))["numpy", "backprop"]
    assert check_
    assert check_.arrays[3].left_out >= 1


def test_elbows_on_every_point_are_too_many_to_judge():
    x = np.linspace(0.1, 1, 6)
    vector = np.concatenate([np.ones(6), -x, np.full(6, 0.3), [0.1]])
    result = check_network(Problem(vector, (6,), x, x**2))["numpy", "backprop"]
    assert not result
    assert "too many" in result.faults[-1]


def test_a_trained_network_at_its_minimum_passes():
    # the gradient is rounding alone there, and so are the differences
    x = np.linspace(-1, 1, 9)
    vector = np.array([1.0, -1.0, 0.05, 0.07, 2.0, 0.5, 0.25])
    network = Network.from_parameters(vector, (2,))
    assert all(check_network(Problem(vector, (2,), x, network(x))).values())


def test_many_points_and_wide_layers_are_checked_in_part():
    x = np.sort(np.random.default_rng(0).random(5000))
    dataset = Dataset(x, np.sin(x), x[:0], x[:0], (0.0, 1.0))
    network = Network.from_parameters(
        np.random.default_rng(1).normal(size=parameter_count((20_000,))), (20_000,)
    )
    given = Problem.of(network, dataset)
    assert len(given.x) == 33
    assert given.most_entries >= 20
    few = Problem.of(Network.from_parameters(problem().vector, (6,)), dataset)
    assert (len(few.x), few.x[0], few.x[-1]) == (200, x[0], x[-1])


# Step sizes


def test_the_error_over_the_step_is_a_v_of_slope_one_for_forward_differences():
    errors = {error.step: error for error in step_size_errors(problem((8,)))}
    assert errors[1e-3].smooth_forward / errors[1e-5].smooth_forward == pytest.approx(100, rel=0.5)
    assert errors[1e-12].smooth_forward > 30 * errors[1e-9].smooth_forward
    assert min(error.smooth_forward for error in errors.values()) < 1e-5


def test_central_differences_are_exact_for_the_quadratic_but_where_elbows_cross():
    errors = step_size_errors(problem((8,)))
    large = errors[0]
    assert large.crossing > 0.1
    assert large.central > 1e-3
    assert large.smooth_central < 1e-12
    # rounding alone: a tenth of the step has ten times the error
    assert (
        errors[-1].smooth_central > 100 * errors[-4].smooth_central > 1e4 * errors[2].smooth_central
    )


def test_parameters_whose_products_overflow_are_checked_without_a_warning():
    assert (
        Problem(np.full(10, 1e154), (3,), np.array([0.5, 1.0]), np.zeros(2)).rounding(1e-5)
        == np.inf
    )
