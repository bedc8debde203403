"""Deep networks by the compiled engine: what NumPy gives, in few and small steps."""

from dataclasses import replace

import numpy as np
import pytest
from training.harness import check_cuts

from relusgd.model.network import parameter_count
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import advance
from relusgd.training.noise import NO_NOISE, Noise
from relusgd.training.optimizers import Sgd
from relusgd.training.streams import BatchOrder

pytest.importorskip("numba")

HIDDEN = (5, 9, 2)
POINTS = 60
ORDERS = {
    "full": BatchOrder(3, POINTS, POINTS, "full"),
    "replacement": BatchOrder(3, POINTS, 7, "replacement"),
    "shuffle": BatchOrder(3, POINTS, 52, "shuffle"),
}
NOTHING = np.zeros(0, dtype=np.int64)
every_order = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
every_layer = pytest.mark.parametrize("layers", ["all", "output", "hidden"])


def descent_of(order, hidden=HIDDEN, **options):
    generator = np.random.default_rng(2)
    x = np.sort(generator.uniform(-1, 2, POINTS))
    options = {"optimizer": Sgd(momentum=0.5, weight_decay=0.1), **options}
    ways = {"engine": "compiled", "kernel": "tiles"}
    descent = Descent(x, np.cos(3 * x), hidden, order, Schedule(0.01), **ways, **options)
    return descent, descent.start(generator.normal(size=parameter_count(hidden)))


@every_order
@every_layer
@pytest.mark.parametrize("noise", [NO_NOISE, Noise(0.3, 0.2)], ids=["no noise", "noise"])
def test_steps_are_those_of_numpy(order, layers, noise):
    compiled, start = descent_of(order, layers=layers, noise=noise)
    recorded = np.array([1, 2, 9])
    found, rows = advance(compiled, start, 9, recorded)
    by_numpy = replace(compiled, engine="numpy", kernel="dense")
    wanted, wanted_rows = advance(by_numpy, start, 9, recorded)
    np.testing.assert_allclose(rows, wanted_rows, rtol=0, atol=1e-12)
    for name, vector in wanted.memory.items():
        np.testing.assert_allclose(found.memory[name], vector, rtol=0, atol=1e-12)
    assert found.parameters.tobytes() == rows[-1].tobytes()
    assert np.abs(rows[-1] - start.parameters).max() > 1e-3


def test_a_batch_of_a_single_point_is_the_point_that_was_drawn():
    order = BatchOrder(3, POINTS, 1, "replacement")
    compiled, start = descent_of(order)
    for steps in (1, 2):
        found, _ = advance(compiled, start, steps, NOTHING)
        wanted, _ = advance(
            replace(compiled, engine="numpy", kernel="dense"), start, steps, NOTHING
        )
        np.testing.assert_allclose(found.parameters, wanted.parameters, rtol=0, atol=1e-13)


@every_order
@every_layer
def test_where_calls_are_cut_never_changes_a_bit(order, layers):
    descent, start = descent_of(order, hidden=(3, 2), layers=layers)
    check_cuts(descent, start, (1, 2, 9, 10, 11, 43, 60))


def test_outputs_are_kept_of_the_hidden_layers_that_a_state_has():
    descent, start = descent_of(ORDERS["replacement"], layers="output")
    advance(descent, start, 3, NOTHING)
    other = descent.start(-start.parameters)
    found, _ = advance(descent, other, 3, NOTHING)
    anew, _ = advance(replace(descent), other, 3, NOTHING)
    assert found.parameters.tobytes() == anew.parameters.tobytes()
    assert not np.array_equal(found.parameters, other.parameters)


def test_outputs_that_are_too_large_to_keep_change_nothing(monkeypatch):
    descent, start = descent_of(ORDERS["shuffle"], layers="output")
    kept, _ = advance(descent, start, 9, NOTHING)
    monkeypatch.setattr("relusgd.gradients.compiled.deep_arrays.COMPILED_ACTIVATION_BYTES", 0)
    descent, start = descent_of(ORDERS["shuffle"], layers="output")
    computed, _ = advance(descent, start, 9, NOTHING)
    np.testing.assert_allclose(computed.parameters, kept.parameters, rtol=0, atol=1e-13)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_parameters_that_are_not_finite_never_become_finite_again(value):
    for order in ORDERS.values():
        descent, start = descent_of(order, hidden=(3, 2))
        for index in range(len(start.parameters)):
            parameters = start.parameters.copy()
            parameters[index] = value
            after, rows = advance(descent, descent.start(parameters), 5, np.arange(1, 6))
            broken = ~np.isfinite(rows).all(axis=1)
            assert (np.diff(broken.astype(int)) >= 0).all()
            assert after.is_finite() == (not broken[-1])
            assert np.isfinite(value) or broken.all()
