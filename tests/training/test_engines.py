"""Which engine and kernel a training gets, and that they all give the same training."""

import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec

import numpy as np
import pytest
from small import small
from training.harness import check_cuts

from relusgd.config import load_config
from relusgd.diagnostics.sharpness import sharpness
from relusgd.errors import ConfigError, InputError
from relusgd.model.history import concatenate
from relusgd.model.network import Network
from relusgd.runs.record import record
from relusgd.training import engines, prepare, train, training_blocks
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import advance, choose_kernel
from relusgd.training.optimizers import Sgd
from relusgd.training.streams import BatchOrder

WAYS = [
    ("numpy", "dense"),
    ("numpy", "prefix_sums"),
    ("compiled", "dense"),
    ("compiled", "comparisons"),
    ("compiled", "prefix_sums"),
]
NOTHING = np.zeros(0, dtype=np.int64)

every_way = pytest.mark.parametrize(("engine", "kernel"), WAYS)


@pytest.fixture(autouse=True)
def _with_numba(request):
    if "compiled" in request.node.name:
        pytest.importorskip("numba")


@pytest.fixture
def without_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)  # as if it were not installed


def ordinary(width=25, points=90, **options):
    generator = np.random.default_rng(5)
    x = np.sort(generator.uniform(-1, 2, points))
    x[10:14] = x[10]
    w = generator.normal(size=width)
    start = np.concatenate(
        [
            w,
            -w * generator.uniform(-1, 2, width),
            generator.normal(size=width) / np.sqrt(width),
            [0.2],
        ]
    )
    start[:3], start[width : width + 3] = [0.0, -0.0, 0.0], [0.5, 0.5, -0.5]
    order = options.pop("order", BatchOrder(3, points, points, "full"))
    return Descent(
        x, np.cos(3 * x), (width,), order, options.pop("schedule", Schedule(0.01)), **options
    ), start


# One training, whatever takes its steps


def stable_rate(descent, start):
    config = load_config(
        {"data": {"kind": "points", "x": descent.x.tolist(), "y": descent.y.tolist()}}
    )
    network = Network.from_parameters(start, descent.hidden)
    return 2 / sharpness(network, prepare(config).dataset)


@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
def test_engines_and_kernels_agree_over_1000_stable_steps(layers):
    pytest.importorskip("numba")
    descent, start = ordinary(layers=layers)
    descent = replace(descent, schedule=Schedule(stable_rate(descent, start) / 4))
    ends = [
        advance(replace(descent, engine=e, kernel=k), descent.start(start), 1000, NOTHING)[
            0
        ].parameters
        for e, k in WAYS
    ]
    assert np.abs(ends[0] - start).max() > 0.01
    for end in ends[1:]:
        np.testing.assert_allclose(end, ends[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "optimizer",
    [Sgd(), Sgd(momentum=0.9), Sgd(momentum=0.8, nesterov=True, weight_decay=0.01)],
    ids=str,
)
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize(
    ("batch_size", "sampling"),
    [(20, "shuffle"), (33, "replacement"), (8, "replacement"), (4, "replacement")],
)
def test_engines_and_kernels_agree_on_batches(batch_size, sampling, layers, optimizer):
    pytest.importorskip("numba")
    order = BatchOrder(3, 90, batch_size, sampling)
    descent, start = ordinary(
        order=order,
        layers=layers,
        schedule=Schedule(0.002, "step", every=3, factor=0.7),
        optimizer=optimizer,
    )
    recorded = np.array([1, 2, 17, 60])
    found = [
        advance(replace(descent, engine=e, kernel=k), descent.start(start), 60, recorded)
        for e, k in WAYS
    ]
    for after, rows in found:
        np.testing.assert_allclose(rows, found[0][1], rtol=0, atol=1e-12)
        for name, vector in found[0][0].memory.items():
            np.testing.assert_allclose(after.memory[name], vector, rtol=0, atol=1e-11)
        assert after.parameters.tobytes() == rows[-1].tobytes()


def test_many_points_are_searched_instead_of_counted_through():
    pytest.importorskip("numba")
    descent, start = ordinary(
        points=400,
        order=BatchOrder(3, 400, 5, "replacement"),
        engine="compiled",
        kernel="prefix_sums",
    )
    searched, _ = advance(descent, descent.start(start), 200, NOTHING)
    dense, _ = advance(replace(descent, kernel="dense"), descent.start(start), 200, NOTHING)
    np.testing.assert_allclose(searched.parameters, dense.parameters, rtol=0, atol=1e-11)


def test_elbows_that_race_across_the_points_are_followed():
    pytest.importorskip("numba")
    descent, start = ordinary(
        order=BatchOrder(3, 90, 30, "shuffle"),
        schedule=Schedule(0.05),
        engine="compiled",
        kernel="prefix_sums",
    )
    for seed in range(20):
        generator = np.random.default_rng(seed)
        wild = start + generator.normal(size=len(start)) * 10.0 ** generator.uniform(-2, 1)
        fast, _ = advance(descent, descent.start(wild), 3, NOTHING)
        dense, _ = advance(replace(descent, kernel="dense"), descent.start(wild), 3, NOTHING)
        np.testing.assert_allclose(
            fast.parameters, dense.parameters, rtol=1e-9, atol=1e-9 * np.abs(dense.parameters).max()
        )


@every_way
@pytest.mark.parametrize(
    ("batch_size", "sampling"),
    [(90, "full"), (20, "shuffle"), (33, "replacement"), (1, "replacement")],
)
@pytest.mark.parametrize("layers", ["all", "output"])
def test_where_calls_are_cut_never_changes_a_bit(engine, kernel, batch_size, sampling, layers):
    order = BatchOrder(3, 90, batch_size, sampling)
    descent, start = ordinary(
        order=order, layers=layers, optimizer=Sgd(momentum=0.5), engine=engine, kernel=kernel
    )
    for cuts in ([*range(1, 61), 60], [*range(7, 61, 7), 60], [1, 59, 60]):
        check_cuts(descent, descent.start(start), cuts)


@every_way
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_parameters_that_are_not_finite_never_become_finite_again(engine, kernel, value):
    for order in (BatchOrder(3, 90, 90, "full"), BatchOrder(3, 90, 20, "shuffle")):
        descent, start = ordinary(order=order, engine=engine, kernel=kernel)
        for index in (3, 30, 60, 75):
            start[index] = value
            after, rows = advance(descent, descent.start(start), 9, np.arange(1, 10))
            broken = ~np.isfinite(rows).all(axis=1)
            assert (np.diff(broken.astype(int)) >= 0).all()
            assert after.is_finite() == (not broken[-1])
            assert np.isfinite(value) or broken.all()


@every_way
def test_batches_wider_than_a_block_of_draws_train(engine, kernel):
    order = BatchOrder(0, 20, 2**18 + 5, "replacement")
    descent, start = ordinary(width=4, points=20, order=order, engine=engine, kernel=kernel)
    after, _ = advance(descent, descent.start(start), 2, NOTHING)
    every_point, _ = advance(
        replace(descent, order=BatchOrder(0, 20, 20, "full")), descent.start(start), 2, NOTHING
    )
    np.testing.assert_allclose(after.parameters, every_point.parameters, atol=1e-3)
    assert np.abs(after.parameters - start).max() > 1e-3


# The choice


LONG = {"training__epochs": 100_000}


def test_auto_takes_the_compiled_engine_for_long_trainings_where_numba_is_installed(monkeypatch):
    installed = module_from_spec(ModuleSpec("numba", loader=None))
    monkeypatch.setitem(sys.modules, "numba", installed)
    assert prepare(small(**LONG)).engine == "compiled"
    assert prepare(small()).engine == "numpy"
    assert prepare(small(engine="compiled")).engine == "compiled"
    assert prepare(small(engine="numpy", **LONG)).engine == "numpy"
    monkeypatch.setitem(sys.modules, "numba", None)
    assert prepare(small(**LONG)).engine == "numpy"
    assert prepare(small(), auto="compiled").engine == "numpy"


def test_ridge_runs_on_numpy():
    assert prepare(small(training__method="ridge")).engine == "numpy"
    assert (
        prepare(small(training__method="ridge", network__hidden=[5, 4], engine="compiled")).engine
        == "numpy"
    )


def test_numpy_is_taken_when_it_is_asked_for():
    assert prepare(small(engine="numpy")).engine == "numpy"


def test_deep_networks_have_a_kernel_in_each_engine():
    pytest.importorskip("numba")
    deep = {"network__hidden": [5, 4]}
    assert (prepare(small(**deep)).engine, prepare(small(**deep)).kernel) == ("numpy", "dense")
    plan = prepare(small(engine="compiled", **deep))
    assert (plan.engine, plan.kernel) == ("compiled", "tiles")
    assert prepare(small(**LONG, **deep)).kernel == "tiles"


@pytest.mark.usefixtures("without_numba")
def test_missing_numba_is_a_fault_that_says_what_installs_it():
    with pytest.raises(
        ConfigError,
        match=r"needs Numba, which is not installed; pip install 'relusgd\[fast\]' installs it",
    ):
        prepare(small(engine="compiled"))


@pytest.mark.parametrize(("engine", "of_small"), [("numpy", "dense"), ("compiled", "comparisons")])
def test_small_sizes_look_at_all_pairs_and_large_ones_take_the_prefix_sums(engine, of_small):
    assert choose_kernel(engine, 8, 8, 100) == of_small
    assert choose_kernel(engine, 200, 1000, 200) == "prefix_sums"
    assert choose_kernel(engine, 10**4, 10**4, 10**4) == "prefix_sums"
    assert choose_kernel(engine, 1, 10**6, 10**6) != "prefix_sums"


def test_the_compiled_engine_compares_where_the_dense_kernel_would_take_longer():
    for width in (1, 10, 20, 40, 100):
        assert choose_kernel("compiled", 40, width, 200) == "comparisons"
        assert choose_kernel("compiled", 10, width, 10) == "comparisons"
    assert choose_kernel("compiled", 1, 10**6, 10**6) == "comparisons"
    assert choose_kernel("compiled", 1, 1, 10) == "comparisons"


def test_the_compiled_choice_counts_the_units_that_are_padded():
    compiled = pytest.importorskip("relusgd.gradients.compiled")
    assert [engines.padded(size) for size in range(1, 26)] == [
        compiled.padded_units(width) for width in range(1, 26)
    ]
    assert compiled.UNITS == compiled.SAMPLES
    assert (
        choose_kernel("compiled", 1000, 17, 1000)
        == choose_kernel("compiled", 1000, 24, 1000)
        == "prefix_sums"
    )
    assert choose_kernel("compiled", 1000, 16, 1000) == "comparisons"


# Runs


def recorded_bytes(history):
    arrays = [history.epoch, *history.weights, *history.biases, *history.metrics.values()]
    return [np.ascontiguousarray(array).tobytes() for array in arrays]


@every_way
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"training__batch_size": "full"},
        {"training__sampling": "replacement", "training__layers": "output"},
    ],
    ids=str,
)
def test_where_blocks_end_never_changes_a_bit_of_the_history(engine, kernel, changes):
    plan = prepare(small(**changes)).keeping(engine, kernel)
    histories = [
        concatenate([block.history for block in training_blocks(plan, block_steps=steps)])
        for steps in (10**9, 1, 7)
    ]
    whole = [recorded_bytes(history) for history in histories]
    assert whole[0] == whole[1] == whole[2]


@every_way
def test_every_engine_finds_the_same_step_of_divergence_whatever_the_blocks(engine, kernel):
    plan, messages = prepare(small(training__learning_rate=500.0)).keeping(engine, kernel), set()
    for steps in (1, 7, 1000):
        with pytest.raises(Exception, match="training diverged in epoch") as caught:
            list(training_blocks(plan, block_steps=steps))
        messages.add(caught.value.message)
    assert len(messages) == 1


def test_training_says_which_engine_and_kernel_it_used(tmp_path):
    pytest.importorskip("numba")
    facts = record(small(engine="compiled"), tmp_path / "run").facts
    assert (facts.engine, facts.kernel) == ("compiled", "comparisons")
    assert "numba" in facts.versions
    assert "numba" not in record(small(engine="numpy"), tmp_path / "other").facts.versions


def test_a_run_goes_on_with_the_engine_and_the_kernel_that_it_began_with(tmp_path):
    pytest.importorskip("numba")
    record(small(engine="numpy"), tmp_path / "run")
    longer = record(small(training__epochs=80), tmp_path / "run")
    assert (longer.status, longer.facts.engine) == ("complete", "numpy")
    alone = list(train(small(training__epochs=80, engine="numpy")))[-1].history.network(-1)
    assert np.array_equal(longer.network().parameters(), alone.parameters())


def test_a_run_that_began_with_the_dense_kernel_goes_on_with_it(tmp_path, monkeypatch):
    pytest.importorskip("numba")
    wide = {"engine": "compiled", "network__hidden": 40}
    monkeypatch.setattr("relusgd.training.building.choose_kernel", lambda *_: "dense")
    record(small(**wide), tmp_path / "run")
    monkeypatch.undo()
    assert prepare(small(**wide)).kernel == "comparisons"
    assert record(small(training__epochs=80, **wide), tmp_path / "run").facts.kernel == "dense"


def test_without_numba_a_compiled_run_cannot_go_on_and_says_why(tmp_path, monkeypatch):
    pytest.importorskip("numba")
    record(small(engine="compiled"), tmp_path / "run")
    monkeypatch.setitem(sys.modules, "numba", None)  # as if it were not installed
    with pytest.raises(InputError, match="began with engine: compiled, which needs Numba"):
        record(small(training__epochs=80), tmp_path / "run")
    assert record(small(), tmp_path / "run").status == "complete"
