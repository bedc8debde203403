"""Every method against PyTorch, against steps worked out by hand, and against itself in parts."""

from pathlib import Path

import numpy as np
import pytest
from small import small
from training.harness import GivenBatches, check_cuts

from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import DivergedError
from relusgd.model.network import parameter_count
from relusgd.training import prepare, train, training_blocks
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import advance
from relusgd.training.optimizers import (
    OPTIMIZERS,
    Adam,
    AdamW,
    RmsProp,
    Sgd,
    SignDescent,
    make_optimizer,
    unused_keys,
)
from relusgd.training.streams import BatchOrder

FOLDER = Path(__file__).parents[1] / "reference"
POINTS, REFERENCE = np.load(FOLDER / "trajectories.npz"), np.load(FOLDER / "optimizers.npz")
HIDDEN = {"width_20": (20,), "depth_2": (12, 8), "depth_3": (8, 6, 5)}
STEP = {"kind": "step", "every": 100, "factor": 0.5}
CASES = {
    "adam": (Adam(), Schedule(0.002)),
    "adam_full": (Adam(), Schedule(0.0005)),
    "adam_decay": (
        Adam(betas=(0.8, 0.99), epsilon=0.01, weight_decay=0.01),
        Schedule(0.001),
    ),
    "adam_output": (Adam(), Schedule(0.005)),
    "adam_hidden": (Adam(epsilon=1e-4), Schedule(0.002)),
    "adam_step": (Adam(), Schedule(0.004, **STEP)),
    "adamw": (AdamW(weight_decay=0.05), Schedule(0.002)),
    "adamw_full": (AdamW(weight_decay=0.01), Schedule(0.0002)),
    "adamw_weights": (AdamW(weight_decay=0.5, decay_biases=False), Schedule(0.002)),
    "adamw_cosine": (
        AdamW(weight_decay=0.1),
        Schedule(0.004, "cosine", minimum=0.001, epochs=400),
    ),
    "adamw_output": (AdamW(weight_decay=0.1), Schedule(0.005)),
    "rmsprop": (RmsProp(), Schedule(0.001)),
    "rmsprop_full": (RmsProp(alpha=0.9), Schedule(0.001)),
    "rmsprop_momentum": (RmsProp(epsilon=1e-6, momentum=0.9), Schedule(0.0003)),
    "rmsprop_decay": (
        RmsProp(momentum=0.5, epsilon=0.01, weight_decay=0.01),
        Schedule(0.0005),
    ),
    "rmsprop_hidden": (RmsProp(), Schedule(0.001)),
    "sign": (SignDescent(), Schedule(0.001)),
    "sign_full": (SignDescent(), Schedule(0.001, **STEP)),
    "sign_output": (SignDescent(), Schedule(0.001)),
    "sgd_warmup": (Sgd(momentum=0.5), Schedule(0.02, warmup=20, **STEP)),
    "sgd_weights": (Sgd(weight_decay=0.05, decay_biases=False), Schedule(0.02)),
}
ONE_LAYER = [
    *((e, k) for e in ("numpy", "compiled") for k in ("dense", "prefix_sums")),
    ("compiled", "comparisons"),
    ("compiled", "comparisons"),
]
DEEP = [("numpy", "dense"), ("compiled", "tiles")]
WAYS = [
    *[("width_20", *way) for way in ONE_LAYER],
    *[(network, *way) for network in ("depth_2", "depth_3") for way in DEEP],
]
SOME = {
    "adam": Adam(betas=(0.8, 0.95), weight_decay=0.1),
    "adamw": AdamW(betas=(0.8, 0.95), weight_decay=0.1, decay_biases=False),
    "rmsprop": RmsProp(alpha=0.9, momentum=0.5, weight_decay=0.1),
    "sign": SignDescent(),
    "sgd": Sgd(momentum=0.5, weight_decay=0.1),
}
"""Each method with everything that it has."""

NOTHING = np.zeros(0, dtype=np.int64)
every_way = pytest.mark.parametrize(("engine", "kernel"), ONE_LAYER)


@pytest.fixture(autouse=True)
def _with_numba(request):
    if "compiled" in request.node.name:
        pytest.importorskip("numba")


def layers_of(case):
    last = case.rpartition("_")[2]
    return last if last in ("output", "hidden") else "all"


@pytest.mark.parametrize(("network", "engine", "kernel"), WAYS)
@pytest.mark.parametrize("case", CASES)
def test_trajectories_are_those_of_torch_optim(network, engine, kernel, case):
    optimizer, schedule = CASES[case]
    order = GivenBatches(POINTS["batches"], "full" if case.endswith("full") else "replacement")
    descent = Descent(
        POINTS["x"],
        POINTS["y"],
        HIDDEN[network],
        order,
        schedule,
        layers_of(case),
        optimizer=optimizer,
        engine=engine,
        kernel=kernel,
    )
    start, wanted = REFERENCE[f"{network}.start"], REFERENCE[f"{network}.{case}"]
    _, rows = advance(descent, descent.start(start), 2000, np.array([200, 2000]))
    assert np.abs(wanted - start).max() > 1e-3
    np.testing.assert_allclose(rows[0], wanted[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(rows[1], wanted[1], rtol=0, atol=1e-9)


# Steps worked out by hand


def slope_after(engine, kernel, optimizer, steps, rate=0.1):
    """w after steps of f = relu(w x), v = 1, c = 0 fixed, on the one point x = 1, y = 0.

    Then ∂w = 2 w.
    """
    order = BatchOrder(0, 1, 1, "full")
    descent = Descent(
        np.array([1.0]),
        np.array([0.0]),
        (1,),
        order,
        Schedule(rate),
        "hidden",
        optimizer=optimizer,
        engine=engine,
        kernel=kernel,
    )
    start = descent.start(np.array([2.0, 0.0, 1.0, 0.0]))
    after, _ = advance(descent, start, steps, NOTHING)
    return after


@every_way
def test_adams_first_two_steps_are_those_worked_out_by_hand(engine, kernel):
    # w = 2, b = 0: both gradients are 2·2 = 4. Corrected moments are 4 and 16: both move by
    # 0.1·4/(4 + 1) = 0.08. Then f = 1.92 − 0.08 = 1.84 and the gradient is 3.68.
    optimizer = Adam(betas=(0.5, 0.75), epsilon=1.0)
    first = slope_after(engine, kernel, optimizer, 1)
    np.testing.assert_allclose(first.parameters, [1.92, -0.08, 1, 0], atol=1e-15)
    np.testing.assert_allclose(first.memory["first_moment"], [2, 2, 0, 0], atol=1e-15)
    np.testing.assert_allclose(first.memory["second_moment"], [4, 4, 0, 0], atol=1e-15)
    # m = 1 + 1.84 = 2.84, corrected by 1 − ½²; v = 3 + 3.68²/4, corrected by 1 − ¾²
    m, v = 2.84 / 0.75, (3 + 3.68**2 / 4) / 0.4375
    moved = 0.1 * m / (np.sqrt(v) + 1)
    second = slope_after(engine, kernel, optimizer, 2)
    np.testing.assert_allclose(second.parameters, [1.92 - moved, -0.08 - moved, 1, 0], atol=1e-15)


@every_way
def test_weight_decay_is_in_adams_gradient_and_beside_that_of_adamw(engine, kernel):
    # ∂w = 4 + 0.5·2 = 5 and moves by 0.1·5/(5 + 1); b has no decay, being 0
    coupled = slope_after(engine, kernel, Adam(epsilon=1.0, weight_decay=0.5), 1)
    np.testing.assert_allclose(coupled.parameters, [2 - 0.5 / 6, -0.08, 1, 0], atol=1e-15)
    # first w − 0.1·0.5·2 = 1.9, then both move by 0.1·4/(4 + 1)
    decoupled = slope_after(engine, kernel, AdamW(epsilon=1.0, weight_decay=0.5), 1)
    np.testing.assert_allclose(decoupled.parameters, [1.9 - 0.08, -0.08, 1, 0], atol=1e-15)


@every_way
def test_rmsprops_first_two_steps_are_those_worked_out_by_hand(engine, kernel):
    # v = 16/4 = 4: both move by 0.1·4/(2 + 1)
    optimizer = RmsProp(alpha=0.75, epsilon=1.0, momentum=0.5)
    first = slope_after(engine, kernel, optimizer, 1)
    moved = 0.4 / 3
    np.testing.assert_allclose(first.parameters, [2 - moved, -moved, 1, 0], atol=1e-15)
    g = 2 * (2 - 2 * moved)
    u = 0.5 * (4 / 3) + g / (np.sqrt(3 + g**2 / 4) + 1)
    second = slope_after(engine, kernel, optimizer, 2)
    expected = [2 - moved - 0.1 * u, -moved - 0.1 * u, 1, 0]
    np.testing.assert_allclose(second.parameters, expected, atol=1e-15)
    decayed = slope_after(engine, kernel, RmsProp(alpha=0.75, epsilon=1.0, weight_decay=0.5), 1)
    np.testing.assert_allclose(decayed.parameters, [2 - 0.5 / (2.5 + 1), -moved, 1, 0], atol=1e-15)


@every_way
def test_sign_descent_moves_every_parameter_by_the_rate_against_its_gradient(engine, kernel):
    after = slope_after(engine, kernel, SignDescent(), 3)
    np.testing.assert_allclose(after.parameters, [1.7, -0.3, 1, 0], atol=1e-15)
    beyond = slope_after(engine, kernel, SignDescent(), 2, rate=1.0)
    # f = 1 − 1 = 0 after a step: the unit is switched off, and nothing moves
    np.testing.assert_allclose(beyond.parameters, [1, -1, 1, 0], atol=1e-15)
    assert not after.memory


@every_way
@pytest.mark.parametrize("sign", [1.0, -1.0, 0.0, np.nan])
def test_sign_descent_knows_every_sign(engine, kernel, sign):
    # c alone learns from a point where no unit is active: ∂c = 2 (c − y)
    order = BatchOrder(0, 1, 1, "full")
    descent = Descent(
        np.array([1.0]),
        np.array([-sign]),
        (1,),
        order,
        Schedule(0.25),
        optimizer=SignDescent(),
        engine=engine,
        kernel=kernel,
    )
    after, _ = advance(descent, descent.start(np.array([1.0, -9, 1, 0])), 1, NOTHING)
    np.testing.assert_array_equal(after.parameters[-1], -0.25 * sign)


@pytest.mark.parametrize(("engine", "kernel"), ONE_LAYER)
def test_adam_without_memory_is_sign_descent(engine, kernel):
    forgetful = slope_after(engine, kernel, Adam(betas=(0.0, 0.0), epsilon=1e-300), 3)
    signs = slope_after(engine, kernel, SignDescent(), 3)
    np.testing.assert_allclose(forgetful.parameters, signs.parameters, atol=1e-15)


def test_the_momentum_of_textbooks_is_sgds_with_another_rate():
    # z ← (1 − β) z + β g, θ ← θ − γ z is SGD with momentum 1 − β and rate γ β
    beta, gamma = 0.2, 0.05
    descent, start = some_descent("sgd", optimizer=Sgd(momentum=1 - beta), rate=gamma * beta)
    plain, _ = some_descent("sgd", optimizer=Sgd(), rate=1.0)
    theta, z = start.parameters, np.zeros_like(start.parameters)
    for step in range(20):
        before = plain.start(theta)
        after, _ = advance(plain, type(before)(step, theta, before.memory), step + 1, NOTHING)
        z = (1 - beta) * z + beta * (theta - after.parameters)
        theta = theta - gamma * z
    taken, _ = advance(descent, start, 20, NOTHING)
    np.testing.assert_allclose(taken.parameters, theta, atol=1e-13)


# The same steps in parts, by other engines, resumed


def some_descent(method, rate=0.02, hidden=(6,), **changes):
    generator = np.random.default_rng(4)
    x = np.sort(generator.random(11))
    options = {"optimizer": SOME[method], **changes}
    order = BatchOrder(3, 11, 4, "shuffle")
    schedule = Schedule(rate, "step", warmup=2, every=5, factor=0.5)
    if method == "sgd":
        schedule = Schedule(rate)
    descent = Descent(x, np.cos(5 * x), hidden, order, schedule, **options)
    return descent, descent.start(generator.normal(size=parameter_count(hidden)))


@pytest.mark.parametrize("method", SOME)
@pytest.mark.parametrize(
    ("hidden", "engine", "kernel"),
    [*[((6,), *way) for way in ONE_LAYER], *[((4, 3), *way) for way in DEEP]],
)
def test_where_calls_are_cut_never_changes_a_bit(method, hidden, engine, kernel):
    descent, start = some_descent(method, hidden=hidden, engine=engine, kernel=kernel)
    check_cuts(descent, start, (1, 2, 9, 10, 11, 43, 60))


@pytest.mark.parametrize("method", SOME)
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize("compiled", ["compiled"])
@pytest.mark.parametrize("hidden", [(6,), (4, 3), (5, 9, 2)], ids=str)
def test_engines_and_kernels_agree(method, hidden, layers, compiled):
    found = []
    ways = ONE_LAYER if len(hidden) == 1 else DEEP
    for engine, kernel in [*ways, (compiled, ways[-1][1])]:
        options = {"layers": layers, "engine": engine, "kernel": kernel}
        descent, start = some_descent(method, hidden=hidden, **options)
        found.append(advance(descent, start, 60, np.array([1, 2, 17, 60])))
    for after, rows in found:
        np.testing.assert_allclose(rows, found[0][1], rtol=0, atol=1e-12)
        assert after.memory.keys() == found[0][0].memory.keys()
        for name, vector in found[0][0].memory.items():
            np.testing.assert_allclose(after.memory[name], vector, rtol=0, atol=1e-11)


@pytest.mark.parametrize("method", SOME)
def test_what_does_not_learn_neither_moves_nor_is_remembered(method):
    for layers, learns in (("output", slice(12, None)), ("hidden", slice(0, 12))):
        descent, start = some_descent(method, layers=layers)
        after, _ = advance(descent, start, 20, NOTHING)
        still = np.ones(len(start.parameters), dtype=bool)
        still[learns] = False
        assert np.array_equal(after.parameters[still], start.parameters[still])
        assert not any(vector[still].any() for vector in after.memory.values())
        assert all(vector[learns].any() for vector in after.memory.values())


# Methods in configs


def test_every_method_of_a_config_is_an_optimizer_with_its_keys():
    training = {"betas": [0.5, 0.6], "epsilon": 1e-3, "alpha": 0.7, "weight_decay": 0.1}
    made = {
        name: make_optimizer(load_config({"training": {"method": name, **training}}).training)
        for name in OPTIMIZERS
        if name != "sign"
    }
    assert made == {
        "sgd": Sgd(weight_decay=0.1),
        "adam": Adam(betas=(0.5, 0.6), epsilon=1e-3, weight_decay=0.1),
        "adamw": AdamW(betas=(0.5, 0.6), epsilon=1e-3, weight_decay=0.1),
        "rmsprop": RmsProp(alpha=0.7, epsilon=1e-3, weight_decay=0.1),
    }
    assert unused_keys("adam") == {"alpha", "momentum", "nesterov", "penalty"}
    assert "learning_rate" in unused_keys("ridge")


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("hidden", [7, [5, 4]])
def test_every_method_learns(method, hidden):
    changes = {"training__epochs": 200, "training__learning_rate": 0.003}
    blocks = list(train(small(training__method=method, network__hidden=hidden, **changes)))
    errors = np.concatenate([block.history.metrics["train_mse"] for block in blocks])
    assert errors[-1] < 0.9 * errors[0]


def test_a_method_without_a_stable_rate_diverges_without_one():
    config = small(training__method="rmsprop", training__learning_rate=1e200)
    with pytest.raises(DivergedError) as caught:
        list(train(config))
    assert caught.value.message.endswith("at learning rate 1e200")
    assert "--set training.learning_rate=" in in_shell(caught.value.hint)


@every_way
def test_a_memory_that_is_not_finite_is_a_divergence(engine, kernel):
    # The errors are of size 1e100 and ∂w of size 1e180. Its square overflows, and no slope would
    # ever move again.
    sizes = {"network__slopes": 1e20, "network__output_scale": 1e80}
    plan = prepare(small(training__method="adam", **sizes)).keeping(engine, kernel)
    after, _ = advance(plan.descent, plan.initial_state(), 1, NOTHING)
    assert np.isfinite(after.parameters).all()
    with pytest.raises(DivergedError, match=r"in epoch 1 \(step 1\)"):
        list(training_blocks(plan))
