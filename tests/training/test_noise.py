"""Noise in the loop: what is drawn, what the steps make of it, and what it does on average."""

import hashlib
import itertools
from dataclasses import replace

import numpy as np
import pytest
from small import small
from training.harness import check_cuts

from relusgd.config import load_config
from relusgd.diagnostics.measures import train_mse
from relusgd.model.network import parameter_count, split_parameters
from relusgd.training import prepare, train, training_blocks
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import advance, choose_kernel
from relusgd.training.noise import Noise, noisy_batches, normal_rows
from relusgd.training.optimizers import Adam, AdamW, RmsProp, Sgd, SignDescent
from relusgd.training.streams import INPUT_NOISE, LABEL_NOISE, BatchOrder

N, B = 11, 4
ORDERS = {
    "replacement": BatchOrder(3, N, B, "replacement"),
    "shuffle": BatchOrder(3, N, B, "shuffle"),
    "full": BatchOrder(3, N, N, "full"),
}
NOISES = {"y": Noise(on_y=0.3), "x": Noise(on_x=0.2), "both": Noise(0.3, 0.2)}
METHODS = {
    "sgd": Sgd(),
    "momentum": Sgd(momentum=0.5, nesterov=True, weight_decay=0.1),
    "adam": Adam(betas=(0.8, 0.95)),
    "adamw": AdamW(weight_decay=0.1, decay_biases=False),
    "rmsprop": RmsProp(alpha=0.9, momentum=0.5),
    "sign": SignDescent(),
}
WAYS = [
    ((6,), "numpy", "dense"),
    ((6,), "numpy", "prefix_sums"),
    ((6,), "compiled", "dense"),
    ((6,), "compiled", "comparisons"),
    ((6,), "compiled", "prefix_sums"),
    ((4, 3), "numpy", "dense"),
    ((4, 3), "compiled", "tiles"),
]
ONE_LAYER, DEEP = WAYS[:5], WAYS[5:]
NOTHING = np.zeros(0, dtype=np.int64)

every_order = pytest.mark.parametrize("sampling", ORDERS)
every_noise = pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
every_way = pytest.mark.parametrize(("hidden", "engine", "kernel"), WAYS)


@pytest.fixture(autouse=True)
def _with_numba(request):
    if "compiled" in request.node.name:
        pytest.importorskip("numba")


def points():
    x = np.sort(np.random.default_rng(4).random(N))
    return x, np.cos(5 * x)


def batches_of(order, noise, first, stop):
    """The noisy points of each step."""
    pieces = noisy_batches(*points(), order, noise, first, stop)
    return [(x.tolist(), y.tolist()) for piece in pieces for x, y in piece.points()]


# What is drawn


@every_order
@every_noise
def test_any_stretch_of_steps_sees_the_noise_of_the_whole(sampling, noise):
    order = ORDERS[sampling]
    whole = batches_of(order, noise, 0, 40)
    assert len(whole) == 40
    for first, stop in [(0, 1), (3, 4), (7, 19), (39, 40), (12, 12)]:
        assert batches_of(order, noise, first, stop) == whole[first:stop]


def test_stretches_join_across_the_blocks_of_draws():
    order = BatchOrder(1, 7, 87_381, "replacement")  # 3 steps of an odd number a block
    whole = normal_rows(order, LABEL_NOISE, 1, 8)
    for step in range(1, 8):
        assert np.array_equal(normal_rows(order, LABEL_NOISE, step, step + 1)[0], whole[step - 1])


def test_the_bits_never_change():
    rows = normal_rows(BatchOrder(7, 200, 40, "shuffle"), INPUT_NOISE, 6_500, 6_600)
    digest = "afb79fed4fbf90f47e06f71a7bb0c935e55c2181eee0bba3b4631645103d11d6"
    assert hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest() == digest


@every_order
def test_noise_comes_on_top_of_the_batches_in_the_order_of_their_draw(sampling):
    order, (x, y) = ORDERS[sampling], points()
    for step in (0, 2, 30):
        (batches,) = order.batches(step, step + 1)
        size = len(batches.indices)
        assert size == (3 if sampling == "shuffle" and step % 3 == 2 else order.batch_size)
        ((noisy_x, noisy_y),) = batches_of(order, NOISES["both"], step, step + 1)
        on_y = normal_rows(order, LABEL_NOISE, step, step + 1)[0, :size]
        on_x = normal_rows(order, INPUT_NOISE, step, step + 1)[0, :size]
        assert np.array_equal(noisy_y, y[batches.indices] + 0.3 * on_y)
        assert np.array_equal(noisy_x, x[batches.indices] + 0.2 * on_x)


def test_steps_seeds_and_purposes_have_noise_of_their_own():
    orders = [BatchOrder(seed, 50, 50, "full") for seed in (0, 1, 2**64 - 1)]
    rows = [normal_rows(order, purpose, 0, 20) for order in orders for purpose in (3, 4)]
    numbers = np.concatenate(rows).ravel()
    assert len(np.unique(numbers)) == len(numbers) == 6000


# Steps


def descent_of(noise, sampling="replacement", hidden=(6,), **options):
    schedule = Schedule(0.02, "step", warmup=2, every=5, factor=0.5)
    descent = Descent(*points(), hidden, ORDERS[sampling], schedule, noise=noise, **options)
    start = np.random.default_rng(5).normal(size=parameter_count(hidden))
    start[2] = 0.0  # a unit without a slope; it is active everywhere in a layer of six
    return descent, descent.start(start)


def torch_like_step(optimizer, theta, g, memory, rate, t, decays):
    """A step by the formulas of PyTorch; memory is changed in place."""
    decay = optimizer.weight_decay * decays
    if isinstance(optimizer, SignDescent):
        return theta - rate * np.sign(g)
    if isinstance(optimizer, Sgd):
        g = g + decay * theta
        memory["u"] = u = optimizer.momentum * memory.get("u", 0) + g
        return theta - rate * (g + optimizer.momentum * u if optimizer.nesterov else u)
    if isinstance(optimizer, RmsProp):
        memory["v"] = v = optimizer.alpha * memory.get("v", 0) + (1 - optimizer.alpha) * g**2
        step = g / (np.sqrt(v) + optimizer.epsilon)
        memory["u"] = u = optimizer.momentum * memory.get("u", 0) + step
        return theta - rate * u
    first, second = optimizer.betas
    theta = theta - rate * decay * theta
    memory["m"] = m = first * memory.get("m", 0) + (1 - first) * g
    memory["v"] = v = second * memory.get("v", 0) + (1 - second) * g**2
    m_hat, v_hat = m / (1 - first**t), v / (1 - second**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + optimizer.epsilon)


def gradient_of(theta, hidden, x, y):
    """Backpropagation of 1/B Σ r², matrix by matrix."""
    weights, biases = split_parameters(theta, hidden)
    outputs, sums = [x[:, None]], []
    for weight, bias in zip(weights, biases, strict=True):
        sums.append(outputs[-1] @ weight + bias)
        outputs.append(np.maximum(sums[-1], 0))
    error = 2 / len(x) * (sums[-1] - y[:, None])
    parts = []
    for k in reversed(range(len(weights))):
        parts[:0] = [(outputs[k].T @ error).ravel(), error.sum(axis=0)]
        if k:
            error = error @ weights[k].T * (sums[k - 1] > 0)
    return np.concatenate(parts)


def oracle(descent, theta, steps):
    """Parameters after steps that are taken one by one on the noise that was drawn."""
    x, y, order, memory = descent.x, descent.y, descent.order, {}
    decays = np.ones_like(theta)
    if not descent.optimizer.decay_biases:
        for bias in split_parameters(decays, descent.hidden)[1]:
            bias[:] = 0
    for step in range(steps):
        (batches,) = order.batches(step, step + 1)
        rows = batches.indices
        on_y = normal_rows(order, LABEL_NOISE, step, step + 1)[0, : len(rows)]
        on_x = normal_rows(order, INPUT_NOISE, step, step + 1)[0, : len(rows)]
        batch_x = x[rows] + descent.noise.on_x * on_x
        batch_y = y[rows] + descent.noise.on_y * on_y
        g = gradient_of(theta, descent.hidden, batch_x, batch_y)
        rate = descent.schedule.at(step // order.steps_per_epoch + 1)
        theta = torch_like_step(descent.optimizer, theta, g, memory, rate, step + 1, decays)
    return theta


@pytest.mark.parametrize(
    ("method", "hidden", "engine", "kernel"),
    [
        (method, *way)
        for method, way in itertools.product(METHODS, WAYS)
        # machine code of every method takes long to make, and the update is the dense kernel's
        if way[1:] != ("compiled", "prefix_sums") or method in ("momentum", "adam")
    ],
)
def test_steps_are_those_of_textbook_formulas_on_the_same_noise(method, hidden, engine, kernel):
    for sampling, noise in zip(ORDERS, NOISES.values(), strict=True):
        descent, start = descent_of(
            noise, sampling, hidden, engine=engine, kernel=kernel, optimizer=METHODS[method]
        )
        after, _ = advance(descent, start, 60, NOTHING)
        wanted = oracle(descent, start.parameters, 60)
        np.testing.assert_allclose(after.parameters, wanted, rtol=0, atol=1e-12)


@every_order
@every_noise
@every_way
def test_where_calls_are_cut_never_changes_a_bit(sampling, noise, hidden, engine, kernel):
    descent, start = descent_of(noise, sampling, hidden, engine=engine, kernel=kernel)
    check_cuts(descent, start, (1, 2, 9, 10, 11, 43, 60))
    check_cuts(descent, start, range(1, 61))


@every_order
@every_noise
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize("compiled", ["compiled"])
@pytest.mark.parametrize("ways", [ONE_LAYER, DEEP], ids=["one layer", "deep"])
def test_engines_and_kernels_agree(sampling, noise, layers, compiled, ways):
    found = []
    for hidden, engine, kernel in [*ways, (ways[-1][0], compiled, ways[-1][2])]:
        options = {"layers": layers, "engine": engine, "kernel": kernel}
        descent, start = descent_of(noise, sampling, hidden, **options)
        after, rows = advance(descent, start, 60, np.array([1, 2, 17, 60]))
        moved = after.parameters != start.parameters
        assert moved[descent.learning].any()
        moved[descent.learning] = False
        assert not moved.any()
        found.append(rows)
    for rows in found:
        np.testing.assert_allclose(rows, found[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_noise_on_points_far_from_zero_is_taken_from_their_centre(engine):
    descent, state = descent_of(NOISES["both"], engine=engine, kernel="prefix_sums")
    start = state.parameters.copy()
    start[6:12] -= 700 * start[:6]  # the elbows move with the points
    descent = replace(descent, x=descent.x + 700, schedule=Schedule(1e-6))
    after, _ = advance(descent, descent.start(start), 60, NOTHING)
    wanted = oracle(descent, start, 60)
    assert np.abs(wanted - start).max() > 1e-3
    np.testing.assert_allclose(after.parameters, wanted, rtol=0, atol=1e-9)


@every_way
def test_where_blocks_end_never_changes_a_bit_of_a_training(hidden, engine, kernel):
    changes = {"training__label_noise": 0.3, "training__input_noise": 0.1}
    plan = prepare(small(network__hidden=list(hidden), training__epochs=6, **changes))
    plan = plan.keeping(engine, kernel)
    found = []
    for steps in (1, 7, plan.steps):
        blocks = list(training_blocks(plan, block_steps=steps))
        history = [block.history.parameters.tobytes() for block in blocks if len(block.history)]
        found.append((b"".join(history), blocks[-1].state.parameters.tobytes()))
    assert found[0] == found[1] == found[2]


# What noise does on average


def test_label_noise_leaves_the_expected_gradient_as_it_is():
    hidden = (6,)
    x, y = points()
    theta = np.random.default_rng(5).normal(size=parameter_count(hidden))
    clean = gradient_of(theta, hidden, x, y)
    batches = batches_of(ORDERS["full"], NOISES["y"], 0, 4000)
    gradients = np.array([gradient_of(theta, hidden, x, np.array(noisy)) for _, noisy in batches])
    slopes = np.array(
        [gradient_of(theta, hidden, x[[i]], y[[i]] - 1) for i in range(N)]
    ) - np.array([gradient_of(theta, hidden, x[[i]], y[[i]]) for i in range(N)])
    # a step of 1 in y changes the gradient of r² by 2 ∂f/∂θ, and the batch averages N of them
    variance = 0.3**2 * np.sum((slopes / N) ** 2, axis=0)
    moves = variance > 0
    error = (gradients.mean(axis=0) - clean)[moves] / np.sqrt(variance[moves] / 4000)
    assert np.abs(error).max() < 4.5
    np.testing.assert_allclose(gradients.var(axis=0)[moves], variance[moves], rtol=0.15)
    assert np.array_equal(gradients[:, ~moves], np.tile(clean[~moves], (4000, 1)))


def test_input_noise_on_a_line_through_a_point_is_ridge_regression():
    # f = v (x + 1): the expected error is that of the points and s² v², which is λ v²/n
    line = {
        "data": {"target": "1 + x", "noise": 0.1},
        "network": {"hidden": 1, "elbows": -1, "slopes": 1, "output_bias": False},
        "training": {
            "layers": "output",
            "batch_size": "full",
            "learning_rate": 0.1,
            "epochs": 3000,
            "schedule": {"kind": "cosine"},
        },
    }

    def weight(**training):
        config = load_config(line, {f"training.{key}": value for key, value in training.items()})
        return list(train(config))[-1].state.parameters[2]

    without = weight()
    ridge = weight(method="ridge", penalty=200 * 0.2**2)
    noisy = [weight(input_noise=0.2, seed=seed) for seed in range(6)]
    assert without - ridge > 0.015
    np.testing.assert_allclose(np.mean(noisy), ridge, rtol=0, atol=4e-4)


# Configs


def test_deviations_are_in_the_units_of_the_data():
    points = {"kind": "points", "x": [0, 2000, 4000], "y": [10, 40, 70], "standardize": True}
    noise = {"label_noise": 3, "input_noise": 50}
    plan = prepare(load_config({"data": points, "training": noise}))
    scaling = plan.dataset.scaling
    assert plan.descent.noise == Noise(3 / scaling.y_deviation, 50 / scaling.x_deviation)
    assert scaling.x_deviation > 1000 < 100 * scaling.y_deviation
    assert prepare(small(training__label_noise=3)).descent.noise == Noise(on_y=3)
    assert not prepare(small()).descent.noise


def test_metrics_are_those_of_the_points_without_noise():
    plan = prepare(small(training__label_noise=5, training__input_noise=0.5))
    for block in training_blocks(plan):
        for row, error in enumerate(block.history.metrics["train_mse"].tolist()):
            network = block.history.network(row)
            assert error == pytest.approx(train_mse(network, plan.dataset), rel=1e-12)


def test_ridge_regression_leaves_noise_out():
    quiet, loud = (
        list(train(small(training__method="ridge", **changes)))
        for changes in ({}, {"training__label_noise": 1, "training__input_noise": 1})
    )
    assert np.array_equal(quiet[-1].state.parameters, loud[-1].state.parameters)


def test_noise_counts_in_the_choice_of_the_kernel():
    # 200 of 1,000 points: without noise they are sorted by their rows, which is cheap
    sizes = ("compiled", 200, 200, 1_000)
    assert choose_kernel(*sizes) == "prefix_sums"
    for noise in ("y", "x"):
        assert choose_kernel(*sizes, NOISES[noise]) == "comparisons"
    assert choose_kernel("compiled", 200, 300, 200, NOISES["y"]) == "prefix_sums"
    assert choose_kernel("compiled", 10**4, 10**4, 10**4, NOISES["x"]) == "prefix_sums"
    assert choose_kernel("numpy", 10**4, 10**4, 10**4, NOISES["x"]) == "prefix_sums"
