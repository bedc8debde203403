import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.errors import InputError
from relusgd.model.history import History, concatenate
from relusgd.model.network import parameter_count, split_parameters
from relusgd.training import prepare, train


def history_of(epochs, hidden=(4, 3)):
    vectors = np.random.default_rng(0).normal(size=(len(epochs), parameter_count(hidden)))
    epoch = np.array(epochs, dtype=np.int64)
    return History.from_parameters(
        epoch, 5 * epoch, vectors, hidden, {"train_mse": np.arange(len(epochs), dtype=np.float64)}
    ), vectors


def test_a_snapshot_is_found_by_its_epoch_or_by_its_step():
    history, vectors = history_of([0, 10, 20])
    assert history.index(epoch=10) == history.index(step=50) == 1
    assert history.index() == 2
    assert [history.last_until(step) for step in (0, 49, 50, 99, 1000)] == [0, 0, 1, 1, 2]
    assert np.array_equal(history.network(history.index(epoch=20)).parameters(), vectors[2])


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"epoch": 11}, "at epoch 11\nthe nearest recorded: 10, 20"),
        ({"step": 1}, "at step 1\nthe nearest recorded: 0, 50"),
        ({"epoch": 99}, "at epoch 99\nthe nearest recorded: 20"),
        ({"epoch": 10, "step": 50}, "not both"),
    ],
)
def test_what_was_not_recorded_is_refused_with_what_was_near(place, words):
    with pytest.raises(InputError) as caught:
        history_of([0, 10, 20])[0].index(**place)
    assert str(caught.value).endswith(words)


def test_an_epoch_is_its_end_and_a_step_is_found_within_it():
    step = np.array([0, 1, 2, 3, 4, 7, 10, 13])
    vectors = np.arange(8.0)[:, None] + np.zeros(parameter_count((1,)))
    history = History.from_parameters(step // 5, step, vectors, (1,), {}, steps_per_epoch=5)
    assert history.epoch.tolist() == [0, 0, 0, 0, 0, 1, 2, 2]
    assert history.clock.tolist() == [0, 0.2, 0.4, 0.6, 0.8, 1.4, 2.0, 2.6]
    assert (history.index(epoch=0), history.index(epoch=2), history.index(step=13)) == (0, 6, 7)
    assert history.select(slice(5, 8)).index(epoch=2) == 1
    assert concatenate([history, history]).steps_per_epoch == 5
    with pytest.raises(InputError, match="at epoch 1\nthe nearest recorded: 0, 2"):
        history.index(epoch=1)


def test_selected_and_joined_parts_are_the_whole():
    history, vectors = history_of([0, 1, 2, 5])
    joined = concatenate([history.select(slice(0, 1)), history.select(slice(1, 4))])
    weights, biases = split_parameters(vectors, (4, 3))
    assert all(
        np.array_equal(a, b)
        for a, b in zip((*joined.weights, *joined.biases), (*weights, *biases), strict=True)
    )
    np.testing.assert_array_equal(joined.elbow, -biases[0] / weights[0][:, 0])
    assert joined.metrics["train_mse"].tolist() == [0, 1, 2, 3]


def test_arrays_that_do_not_belong_together_are_refused():
    history, _ = history_of([0, 1])
    with pytest.raises(ValueError, match=r"different numbers of snapshots: \[1, 2\]"):
        History(
            history.epoch[:1],
            history.step,
            history.elbow,
            history.slope,
            history.weights,
            history.biases,
            {},
        )
    with pytest.raises(ValueError, match="do not go with biases"):
        History(
            history.epoch,
            history.step,
            history.elbow,
            history.slope,
            history.weights,
            history.biases[::-1],
            {},
        )


def test_objects_that_hold_arrays_say_what_they_are_in_a_line():
    config = load_config(
        {
            "network": {"hidden": [4, 3]},
            "training": {"epochs": 1},
            "data": {"samples": 30, "test_samples": 1},
        }
    )
    plan, (_, block) = prepare(config), train(config, block_steps=1)
    assert repr(plan.initial) == "<Network: hidden [4, 3], 27 parameters>"
    assert repr(plan.dataset) == "<Dataset: 30 training and 31 test points on [0.0, 1.0]>"
    assert repr(block) == "<Block: 1 snapshot until step 1>"
    assert (
        repr(history_of([0, 1, 1000])[0])
        == "<History: 3 snapshots, epochs 0 … 1,000, hidden [4, 3]>"
    )
    assert repr(history_of([])[0]) == "<History: 0 snapshots, hidden [4, 3]>"
