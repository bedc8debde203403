"""Whatever takes the steps, the training is the same."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.errors import ConfigError, InputError
from relusgd.model.history import concatenate
from relusgd.training import prepare, train
from relusgd.training.sgd import advance

pytest.importorskip("numba")

WAYS = [("numpy", "dense"), ("numpy", "prefix_sums"), ("compiled", "dense"), ("compiled", "prefix_sums")]
every_way = pytest.mark.parametrize("way", WAYS, ids="-".join)
NOTHING = np.zeros(0, dtype=np.int64)

TRAININGS = {
    "plain": {},
    "full batch": {"training.batch_size": "full"},
    "shuffle with a short last batch": {"training.sampling": "shuffle", "training.batch_size": 7},
    "everything": {"training.momentum": 0.9, "training.nesterov": True, "training.weight_decay": 0.01},
    "schedule": {"training.schedule": {"kind": "cosine"}, "training.momentum": 0.5},
    "output layer": {"training.layers": "output"},
    "output layer, full batch": {"training.layers": "output", "training.batch_size": "full", "training.momentum": 0.5},
    "hidden layers": {"training.layers": "hidden"},
    "no output bias": {"network.output_bias": False},
    "one unit": {"network.hidden": 1},
    "one point": {"data.samples": 1},
    "constant units": {"network.elbows": "keep", "network.slopes": [0, 0, 1, -1, 2, 0, 1]},
    "elbows on the points": {"data.positions": "even", "network.elbows": [0, 0.1, 0.2, 0.3, 0.4, 1, 1], "data.samples": 11},
}
every_training = pytest.mark.parametrize("changes", TRAININGS.values(), ids=TRAININGS)


def config_of(changes):
    small = {"data": {"samples": 30, "test_samples": 20}, "network": {"hidden": 7}, "training": {"epochs": 30, "batch_size": 8}}
    return load_config(small, changes)


def descent_of(changes, way):
    plan = prepare(config_of(changes))
    engine, kernel = way
    return replace(plan.descent, engine=engine, kernel=kernel), plan.initial_state()


@every_way
@every_training
def test_where_calls_are_cut_never_changes_a_bit(changes, way):
    descent, start = descent_of(changes, way)
    whole, rows = advance(descent, start, 60, np.arange(1, 61))
    state, pieces = start, []
    for stop in (1, 2, 9, 31, 60):
        state, part = advance(descent, state, stop, np.arange(state.step + 1, stop + 1))
        pieces.append(part)
    assert state.parameters.tobytes() == whole.parameters.tobytes()
    assert state.velocity.tobytes() == whole.velocity.tobytes()
    assert np.concatenate(pieces).tobytes() == rows.tobytes()


@every_way
@every_training
def test_a_fresh_start_gives_the_bits_of_one_that_goes_on(changes, way):
    descent, start = descent_of(changes, way)
    middle, _ = advance(descent, start, 23, NOTHING)
    went_on, _ = advance(descent, middle, 50, NOTHING)
    fresh, _ = descent_of(changes, way)
    assert advance(fresh, middle, 50, NOTHING)[0].parameters.tobytes() == went_on.parameters.tobytes()


@every_training
def test_engines_and_kernels_agree(changes):
    ends = []
    for way in WAYS:
        descent, start = descent_of(changes, way)
        after, _ = advance(descent, start, 200, NOTHING)
        assert np.abs(after.parameters - start.parameters).max() > 1e-4
        ends.append(after.parameters)
    for end in ends[1:]:
        np.testing.assert_allclose(end, ends[0], rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_engines_agree_over_a_thousand_full_batch_steps_below_the_stable_rate(seed):
    changes = {"training.batch_size": "full", "seed": seed, "network.hidden": 20, "training.learning_rate": 0.02}
    ends = []
    for way in WAYS:
        descent, start = descent_of(changes, way)
        ends.append(advance(descent, start, 1000, NOTHING)[0].parameters)
    for end in ends[1:]:
        np.testing.assert_allclose(end, ends[0], rtol=0, atol=1e-9)


@every_way
def test_only_what_learns_moves(way):
    for layers in ("output", "hidden"):
        descent, start = descent_of({"training.layers": layers, "training.weight_decay": 0.1, "training.momentum": 0.5}, way)
        after, _ = advance(descent, start, 20, NOTHING)
        moved = after.parameters != start.parameters
        assert moved[14:].any() == (layers == "output")
        assert moved[:14].any() == (layers == "hidden")


@every_way
def test_features_are_those_of_the_state_that_is_asked_for(way):
    # the working memory that is kept from call to call must notice another network
    descent, start = descent_of({"training.layers": "output"}, way)
    advance(descent, start, 5, NOTHING)
    other = replace(start, parameters=start.parameters[::-1].copy())
    fresh, _ = descent_of({"training.layers": "output"}, way)
    assert advance(descent, other, 5, NOTHING)[0].parameters.tobytes() == advance(fresh, other, 5, NOTHING)[0].parameters.tobytes()


@every_way
def test_a_diverging_training_becomes_not_finite_and_stays_so(way):
    descent, start = descent_of({"training.learning_rate": 1e4, "training.layers": "output"}, way)
    broken, _ = advance(descent, start, 400, NOTHING)
    assert not broken.is_finite()
    assert not advance(descent, broken, 500, NOTHING)[0].is_finite()


def test_auto_is_compiled_for_one_hidden_layer_and_numpy_for_more():
    assert prepare(config_of({})).engine == "compiled"
    assert prepare(config_of({"network.hidden": [4, 3]})).engine == "numpy"
    assert prepare(config_of({"engine": "numpy"})).engine == "numpy"
    assert prepare(config_of({"training.method": "ridge"})).engine == "numpy"


def test_compiled_for_several_layers_is_a_fault():
    with pytest.raises(ConfigError, match=r"compiled is for one hidden layer and network\.hidden has 2"):
        prepare(config_of({"engine": "compiled", "network.hidden": [4, 3]}))


def test_without_numba_auto_is_numpy_and_compiled_says_what_installs_it(monkeypatch):
    monkeypatch.setattr("relusgd.training.engines.find_spec", lambda _name: None)
    assert prepare(config_of({})).engine == "numpy"
    with pytest.raises(ConfigError, match=r"pip install 'relusgd\[fast\]'"):
        prepare(config_of({"engine": "compiled"}))
    with pytest.raises(InputError, match="began with engine: compiled, which needs Numba"):
        prepare(config_of({})).keeping("compiled", "dense")


def test_the_kernel_follows_from_the_sizes():
    assert prepare(config_of({})).kernel == "dense"
    wide = {"network.hidden": 10_000, "training.batch_size": "full"}
    assert prepare(config_of(wide)).kernel == "prefix_sums"
    assert prepare(config_of({**wide, "engine": "numpy"})).kernel == "prefix_sums"


@every_way
def test_the_loop_runs_on_every_engine(way):
    engine, _ = way
    history = concatenate([block.history for block in train(config_of({"engine": engine, "training.epochs": 300}))])
    assert history.metrics["train_mse"][-1] < history.metrics["train_mse"][0]
