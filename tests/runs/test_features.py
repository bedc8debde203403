"""The features of recorded networks, by the parameters that the run trains, at the run's pace."""

from dataclasses import replace

import numpy as np
import pytest
from small import small

import relusgd
from relusgd.diagnostics.features import features
from relusgd.errors import InputError


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")
    return lambda name, **changes: relusgd.record(small(**changes), folder / name)


@pytest.fixture(scope="module")
def run(record):
    return record("run")


def test_the_features_of_an_epoch_are_those_of_its_network(run):
    found = run.features(10)
    expected = features(run.network(epoch=10), run.data.x_train)
    assert np.array_equal(found.singular_values, expected.singular_values)
    assert (found.epoch, found.step, found.shape) == (10, 40, (30, 22))
    assert run.features().epoch == 40
    assert run.features(step=0).epoch == 0
    with pytest.raises(InputError, match="no snapshot was recorded at epoch 41"):
        run.features(41)


def test_layers_have_features_of_their_own(run):
    by_layer = run.features().by_layer
    squares = [np.sum(found.singular_values**2) for found in by_layer.values()]
    assert list(by_layer) == [1, 2]
    assert sum(squares) == pytest.approx(np.sum(run.features().singular_values ** 2))
    assert run.features(layer=1).shape == (30, 14)


def test_parameters_that_do_not_learn_do_not_count(record):
    run = record("output", training__layers="output", network__output_bias=False)
    assert run.features().shape == (30, 7)
    assert list(run.features().by_layer) == [2]
    with pytest.raises(InputError, match="layer 1 does not learn"):
        run.features(layer=1)


def test_a_run_learns_as_its_rate_and_steps_say(run):
    found = run.features(0)
    assert found.learned == pytest.approx(1 - (1 - 0.02 * found.curvatures) ** 160)
    assert found.learned_directions == np.sum(found.learned > 0.5)
    assert found.unstable_directions == 0
    assert found.stable_rate == pytest.approx(30 / found.singular_values[0] ** 2)
    assert found.pace.words == "learning rate 0.02 over 160 steps"


def test_schedules_count_with_the_steps_of_each_rate(record):
    schedule = {"kind": "step", "every": 15, "factor": 0.5}
    found = record("schedule", training__schedule=schedule, training__epochs=20).features(0)
    left = (1 - 0.02 * found.curvatures) ** 60 * (1 - 0.01 * found.curvatures) ** 20
    assert found.learned == pytest.approx(1 - left)


def test_too_large_a_rate_makes_directions_unstable(run):
    found = run.features(0)
    rate = 1.5 * found.stable_rate
    unstable = replace(found, pace=replace(found.pace, phases=((rate, 9),)))
    assert unstable.unstable_directions == 1
    assert np.isnan(unstable.learned[0])


def test_ridge_learns_by_its_penalty_and_adam_by_no_direction_alone(record):
    ridge = record("ridge", training__method="ridge", training__penalty=1e-3).features()
    squares = ridge.singular_values**2
    assert ridge.learned == pytest.approx(squares / (squares + 1e-3))
    adam = record("adam", training__method="adam").features()
    assert adam.learned is None
    assert (adam.learned_directions, adam.unstable_directions) == (None, 0)
    noisy = record("noisy", training__input_noise=0.1).features()
    assert noisy.learned is None
    assert record("labels", training__label_noise=0.1).features().learned is not None


def test_deep_networks_have_features_of_every_layer(record):
    run = record("deep", network__hidden=[4, 3])
    assert list(run.features().by_layer) == [1, 2, 3]
    assert run.features(layer=2).shape == (30, 15)
