from pathlib import Path

import numpy as np
import pytest
from training.harness import GivenBatches, check_cuts

from relusgd.model.network import Network, parameter_count
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import advance
from relusgd.training.optimizers import Sgd
from relusgd.training.streams import Batches, BatchOrder

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "trajectories.npz")
HIDDEN = {"width_20": (20,), "depth_2": (12, 8)}
CASES = {
    "full": {"schedule": Schedule(0.02)},
    "minibatch": {"schedule": Schedule(0.02)},
    "momentum": {"schedule": Schedule(0.005), "optimizer": Sgd(momentum=0.9)},
    "nesterov": {"schedule": Schedule(0.005), "optimizer": Sgd(0.9, nesterov=True)},
    "decay": {"schedule": Schedule(0.02), "optimizer": Sgd(weight_decay=0.01)},
    "everything": {
        "schedule": Schedule(0.005),
        "optimizer": Sgd(0.8, nesterov=True, weight_decay=0.003),
    },
    "full_momentum": {"schedule": Schedule(0.005), "optimizer": Sgd(momentum=0.9)},
    "output_layer": {"schedule": Schedule(0.1), "layers": "output"},
    "hidden_layers": {"schedule": Schedule(0.02), "layers": "hidden"},
}


WAYS = {
    "width_20": [
        *((e, k) for e in ("numpy", "compiled") for k in ("dense", "prefix_sums")),
        ("compiled", "comparisons"),
    ],
    "depth_2": [("numpy", "dense"), ("compiled", "tiles")],
}


def descent_of(network, case, engine, kernel):
    order = GivenBatches(REFERENCE["batches"], "full" if case.startswith("full") else "replacement")
    return Descent(
        REFERENCE["x"],
        REFERENCE["y"],
        HIDDEN[network],
        order,
        **CASES[case],
        engine=engine,
        kernel=kernel,
    )


def small_descent(**changes):
    generator = np.random.default_rng(4)
    x = np.sort(generator.random(11))
    options = {
        "hidden": (6,),
        "order": BatchOrder(3, 11, 4, "shuffle"),
        "schedule": Schedule(0.05),
        **changes,
    }
    descent = Descent(x, np.cos(5 * x), **options)
    return descent, descent.start(generator.normal(size=parameter_count(descent.hidden)))


@pytest.mark.parametrize(
    ("network", "engine", "kernel"),
    [(network, *way) for network in HIDDEN for way in WAYS[network]],
)
@pytest.mark.parametrize("case", CASES)
def test_trajectories_are_those_of_pytorch(network, engine, kernel, case):
    if engine == "compiled":
        pytest.importorskip("numba")
    start, wanted = REFERENCE[f"{network}.start"], REFERENCE[f"{network}.{case}"]
    descent = descent_of(network, case, engine, kernel)
    _, rows = advance(descent, descent.start(start), 2000, np.array([200, 2000]))
    assert np.abs(wanted - start).max() > 1e-3
    np.testing.assert_allclose(rows[0], wanted[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(rows[1], wanted[1], rtol=0, atol=1e-9)


def test_one_step_equals_the_step_worked_out_by_hand():
    # f(x) = 3 relu(2x − 1) + ½ at x = 1 is 3.5; target 2.5, residual 1, so ∂f = 2:
    # ∂v = 2·1, ∂c = 2, ∂w = 2·3·x = 6, ∂b = 6; the rate 0.1 moves each by a tenth of that
    order = BatchOrder(0, 1, 1, "full")
    descent = Descent(np.array([1.0]), np.array([2.5]), (1,), order, Schedule(0.1))
    after, _ = advance(
        descent, descent.start(np.array([2.0, -1.0, 3.0, 0.5])), 1, np.zeros(0, dtype=np.int64)
    )
    np.testing.assert_allclose(
        after.parameters, [2.0 - 0.6, -1.0 - 0.6, 3.0 - 0.2, 0.5 - 0.2], atol=1e-15
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"optimizer": Sgd(0.9, nesterov=True, weight_decay=0.1)}, {"hidden": (4, 3)}],
    ids=str,
)
def test_where_calls_are_cut_never_changes_a_bit(options):
    descent, start = small_descent(**options)
    check_cuts(descent, start, (1, 7, 8, 31, 60))


def test_advancing_leaves_the_state_it_started_from_alone():
    descent, start = small_descent(optimizer=Sgd(momentum=0.5))
    before = start.parameters.copy()
    advance(descent, start, 10, np.zeros(0, dtype=np.int64))
    assert np.array_equal(start.parameters, before)
    assert not start.memory["velocity"].any()


@pytest.mark.parametrize("hidden", [(6,), (5, 4)])
def test_only_the_layers_that_learn_move(hidden):
    for layers, output_bias in [("output", True), ("hidden", True), ("all", False)]:
        descent, start = small_descent(
            hidden=hidden,
            layers=layers,
            output_bias=output_bias,
            optimizer=Sgd(momentum=0.5, weight_decay=0.1),
        )
        after, _ = advance(descent, start, 20, np.zeros(0, dtype=np.int64))
        moved = Network.from_parameters(after.parameters - start.parameters, hidden)
        hidden_moved = any(part.any() for part in (*moved.weights[:-1], *moved.biases[:-1]))
        assert hidden_moved == (layers != "output")
        assert moved.weights[-1].any() == (layers != "hidden")
        assert moved.biases[-1].any() == (layers != "hidden" and output_bias)


@pytest.mark.parametrize(
    ("hidden", "engine", "kernel"),
    [
        ((6,), "numpy", "dense"),
        ((6,), "numpy", "prefix_sums"),
        ((6,), "compiled", "dense"),
        ((6,), "compiled", "comparisons"),
        ((6,), "compiled", "prefix_sums"),
        ((5, 4), "numpy", "dense"),
        ((5, 4), "compiled", "tiles"),
    ],
)
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
def test_biases_may_be_spared_by_weight_decay(hidden, engine, kernel, layers):
    if engine == "compiled":
        pytest.importorskip("numba")

    def after(**constants):
        descent, start = small_descent(
            hidden=hidden,
            engine=engine,
            kernel=kernel,
            layers=layers,
            optimizer=Sgd(momentum=0.5, **constants),
        )
        taken, _ = advance(descent, start, 1, np.zeros(0, dtype=np.int64))
        return Network.from_parameters(taken.parameters, hidden)

    plain, decayed = after(), after(weight_decay=0.3)
    spared = after(weight_decay=0.3, decay_biases=False)
    for bias, other in zip(spared.biases, plain.biases, strict=True):
        np.testing.assert_array_equal(bias, other)
    for weight, other in zip(spared.weights, decayed.weights, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_the_last_short_batch_takes_the_mean_over_its_own_points():
    descent, start = small_descent(order=BatchOrder(3, 5, 4, "shuffle"))
    x, y = descent.x[:5], descent.y[:5]
    (batches,) = descent.order.batches(0, 2)
    short = batches.indices[batches.bounds[1] : batches.bounds[2]]
    after_one, _ = advance(descent, start, 1, np.zeros(0, dtype=np.int64))
    after_two, _ = advance(descent, start, 2, np.zeros(0, dtype=np.int64))
    alone = Descent(
        x[short], y[short], descent.hidden, BatchOrder(0, 1, 1, "full"), descent.schedule
    )
    expected, _ = advance(alone, alone.start(after_one.parameters), 1, np.zeros(0, dtype=np.int64))
    np.testing.assert_allclose(after_two.parameters, expected.parameters, atol=1e-15)


def test_batches_are_sorted_each_on_its_own():
    same = Batches(np.array([9, 3, 1, 2, 0, 5]), np.array([1, 3, 5])).sorted(10)
    assert (same.indices.tolist(), same.bounds.tolist()) == ([1, 3, 0, 2], [0, 2, 4])
    short = Batches(np.array([9, 3, 1, 8, 0, 5]), np.array([0, 3, 4, 6])).sorted(10)
    assert (short.indices.tolist(), short.bounds.tolist()) == ([1, 3, 9, 8, 0, 5], [0, 3, 4, 6])


def test_schedules_give_one_rate_per_epoch():
    step = Schedule(0.8, "step", every=2, factor=0.5)
    assert [step.at(epoch) for epoch in range(6)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2]
    cosine = Schedule(1.0, "cosine", minimum=0.2, epochs=4)
    assert [cosine.at(epoch) for epoch in (1, 3, 5)] == pytest.approx([1.0, 0.6, 0.2])
    assert Schedule(0.3).at(99) == 0.3


def test_the_rate_of_an_epoch_is_that_of_each_of_its_steps():
    descent, start = small_descent(schedule=Schedule(0.05, "step", every=1, factor=0.5))
    constant, _ = small_descent()
    nothing = np.zeros(0, dtype=np.int64)
    first_epoch, _ = advance(descent, start, 3, nothing)
    assert (
        first_epoch.parameters.tobytes()
        == advance(constant, start, 3, nothing)[0].parameters.tobytes()
    )
    halved, _ = small_descent(schedule=Schedule(0.025))
    second, _ = advance(descent, first_epoch, 6, nothing)
    assert (
        second.parameters.tobytes()
        == advance(halved, first_epoch, 6, nothing)[0].parameters.tobytes()
    )
