"""What Python gives of a network and of its history: arrays by one name, derivatives, variation."""

import copy
import pickle

import numpy as np
import pytest
from small import TINY, small, tiny

import relusgd
from relusgd.gradients.backprop import backprop
from relusgd.model.network import Network, parameter_count

SHAPES = [(1,), (5,), (3, 4), (2, 3, 2)]


def network_of(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return relusgd.record(small(), tmp_path_factory.mktemp("networks") / "run")


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_jacobian_is_that_of_central_differences(hidden):
    network = network_of(hidden)
    x = np.array([-1.3, 0.2, 0.9])
    vector, step = network.parameters(), 1e-6
    columns = []
    for direction in np.eye(len(vector)):
        ahead, behind = (
            Network.from_parameters(vector + sign * step * direction, hidden)(x) for sign in (1, -1)
        )
        columns.append((ahead - behind) / (2 * step))
    jacobian = relusgd.jacobian(network, x)
    assert jacobian.shape == (3, len(vector))
    assert np.allclose(jacobian, np.array(columns).T, atol=1e-8)
    assert relusgd.jacobian(network, 0.2).shape == (len(vector),)
    assert np.array_equal(relusgd.jacobian(network, x[:, None])[:, 0], jacobian)


def test_the_jacobian_times_the_residual_is_the_gradient(run):
    network, data = run.network(), run.data
    J = relusgd.jacobian(network, data.x_train)
    residual = network(data.x_train) - data.y_train
    columns = [array[:, None] for array in (data.x_train, data.y_train)]
    gradient = backprop(network.weights, network.biases, *columns)
    layers = zip(gradient.weights, gradient.biases, strict=True)
    expected = np.concatenate([part.ravel() for layer in layers for part in layer])
    assert np.allclose(2 / len(residual) * J.T @ residual, expected)


def test_the_sharpness_is_that_of_the_matrix_of_second_differences(tmp_path):
    run = relusgd.record(tiny(network__hidden=2), tmp_path / "run")
    network, data = run.network(), run.data
    vector, step = network.parameters(), 1e-4

    def loss(theta):
        f = Network.from_parameters(theta, network.hidden)(data.x_train)
        return np.mean((f - data.y_train) ** 2)

    E = step * np.eye(len(vector))
    hessian = [
        [
            sum(a * b * loss(vector + a * e + b * f) for a in (1, -1) for b in (1, -1))
            / (4 * step**2)
            for f in E
        ]
        for e in E
    ]
    assert np.isclose(relusgd.sharpness(network, data), np.linalg.eigvalsh(hessian)[-1], rtol=1e-4)


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_total_variation_is_the_sum_of_many_small_differences(hidden):
    network = network_of(hidden)
    x = np.linspace(-3, 2, 400_001)
    dense = np.abs(np.diff(network(x))).sum()
    assert np.isclose(relusgd.total_variation(network, (-3, 2)), dense, rtol=1e-4)


def test_the_total_variation_of_a_hat_is_twice_its_height():
    hat = Network(
        (np.array([[1.0, 1.0, 1.0]]), np.array([[2.0], [-4.0], [2.0]])),
        (np.array([0.0, -0.5, -1.0]), np.array([0.0])),
    )
    assert relusgd.total_variation(hat, [-1, 3]) == 2.0
    assert relusgd.total_variation(hat, np.array([0.25, 0.75])) == 1.0


@pytest.mark.parametrize("domain", [(1, 0), (0, 0), (0, np.inf), (np.nan, 1), (1,), (0, 1, 2)])
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(relusgd.InputError, match="a domain is two numbers"):
        relusgd.total_variation(network_of((3,)), domain)


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_jump_at_a_breakpoint_is_that_of_second_differences(hidden):
    network = network_of(hidden)
    found = relusgd.breakpoints(network)
    for x, change in zip(found.x, found.slope_change, strict=True):
        others = np.abs(found.x[found.x != x] - x)
        h = 0.25 * min(others.min(initial=1.0), 1.0)
        before, at, after = network(np.array([x - h, x, x + h]))
        assert np.isclose((after - 2 * at + before) / h, change)


def test_arrays_have_the_names_of_their_files(run):
    for name in ("weight_1", "bias_1", "weight_2", "bias_2"):
        file = np.load(run.folder / "snapshots" / f"{name}.npy")
        assert np.array_equal(getattr(run.history, name), file)
        assert np.array_equal(getattr(run.network(epoch=3), name), file[3])
    for owner in (run.history, run.network()):
        for name in ("weight_3", "weight_0", "weight_01", "weights_1", "bias_", "nonsense"):
            with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
                getattr(owner, name)


def test_networks_and_histories_are_copied_and_pickled(run):
    for owner in (run.network(), run.history.select(slice(0, 2))):
        for other in (copy.copy(owner), copy.deepcopy(owner), pickle.loads(pickle.dumps(owner))):
            assert np.array_equal(other.weight_1, owner.weight_1)


def test_the_parameters_of_a_history_are_those_of_its_networks(tmp_path):
    run = relusgd.record(tiny(network__hidden=[3, 2]), tmp_path / "run")
    networks = [run.history.network(index) for index in range(len(run.history))]
    parameters = run.history.parameters
    assert np.array_equal(parameters, [network.parameters() for network in networks])
    parts = [run.column(f"{kind}_{k}") for k in (1, 2, 3) for kind in ("weight", "bias")]
    flat = np.concatenate([part.reshape(len(networks), -1) for part in parts], axis=1)
    assert np.array_equal(parameters, flat)
    x = np.linspace(0, 1, 7)
    assert np.array_equal(run.history.values(x), [network(x) for network in networks])
    assert run.history.values([[0.5], [0.6]]).shape == (len(networks), 2, 1)
    with pytest.raises(ValueError, match=r"relusgd\.breakpoints\(network\)"):
        _ = run.history.slope_change


def test_the_units_of_a_history_are_those_of_its_networks(run):
    networks = [run.history.network(index) for index in range(len(run.history))]
    for name in ("slope", "bias", "elbow", "output_weight", "output_bias", "slope_change"):
        expected = [getattr(network, name) for network in networks]
        assert np.array_equal(getattr(run.history, name), expected, equal_nan=True), name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"training.method": "adam", "training.momentum": 0},
        {"training.method": "ridge", "training.layers": "output", "training.momentum": 0},
        {"network.hidden": [3, 3], "engine": "numpy"},
    ],
)
def test_the_state_at_any_step_is_that_of_the_training(changes, tmp_path):
    run = relusgd.record(relusgd.load_config(TINY, changes), tmp_path / "run")
    for index, step in enumerate(run.history.step.tolist()):
        assert np.array_equal(run.state(step).parameters, run.history.parameters[index])
    *_, last = relusgd.train(run.config)
    again = run.state(last.state.step)
    assert again.step == last.state.step
    assert again.memory.keys() == last.state.memory.keys()
    for name, vector in last.state.memory.items():
        assert np.array_equal(again.memory[name], vector)
    for step in (-1, last.state.step + 1):
        with pytest.raises(relusgd.InputError, match="there is no step"):
            run.state(step)
