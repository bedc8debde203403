"""The step of a run that its film shows slowly is the one that training took."""

import numpy as np
import pytest
from small import small

from relusgd.diagnostics.replayed_snapshot import with_snapshot
from relusgd.errors import InputError
from relusgd.runs.record import record
from relusgd.runs.slowed_step import slowed_step
from relusgd.training.numpy_steps import batch_points

TRAININGS = {
    "sgd": {},
    "momentum": {"training__momentum": 0.9},
    "adam": {"training__method": "adam", "training__learning_rate": 0.01},
    "a warm cosine": {"training__schedule": {"kind": "cosine"}, "training__warmup": 3},
    "noise in the loop": {"training__label_noise": 0.1, "training__input_noise": 0.05},
    "two hidden layers": {"network__hidden": [5, 4]},
    "the output layer": {"training__layers": "output"},
    "all points": {"training__batch_size": "full", "training__sampling": "replacement"},
}


@pytest.mark.parametrize("changes", TRAININGS.values(), ids=TRAININGS.keys())
def test_it_goes_from_one_state_of_the_run_to_the_next_on_the_batch_drawn(tmp_path, changes):
    run = record(small(snapshots__every=7, **changes), tmp_path / "run")
    for number in (0, 11, int(run.history.step[-1]) - 1):
        real = slowed_step(run, number)
        before, after = run.state(number), run.state(number + 1)
        assert np.array_equal(real.step.before.parameters(), before.parameters)
        assert np.array_equal(real.step.after.parameters(), after.parameters)
        x, y = batch_points(run.plan.descent, number)
        assert np.array_equal(real.step.x, x)
        assert np.array_equal(real.step.y, y)
    assert real.is_full is (changes.get("training__batch_size") == "full")
    assert real.is_noisy is ("training__label_noise" in changes)
    assert real.elbows_learn is (changes.get("training__layers") != "output")


def test_a_film_with_slow_motion_is_written(tmp_path):
    run = record(small(), tmp_path / "run")
    path = run.animate(slow_motion=70, build_up=True, frames=20, size=(480, 360))
    assert path.exists()


def test_the_state_before_the_step_is_a_moment_of_the_film_with_its_own_errors(tmp_path):
    run = record(small(snapshots__every=7), tmp_path / "run")
    number = 18
    parameters = run.state(number).parameters
    history = with_snapshot(run.history, run.data, number, parameters)
    row = history.step.tolist().index(number)
    assert len(history) == len(run.history) + 1
    network = history.network(row)
    assert np.array_equal(network.parameters(), parameters)
    residuals = network(run.data.x_train) - run.data.y_train
    assert history.metrics["train_mse"][row] == pytest.approx(np.mean(residuals**2))
    assert history.clock[row] == pytest.approx(number / run.history.steps_per_epoch)
    others = np.delete(np.arange(len(history)), row)
    assert np.array_equal(history.parameters[others], run.history.parameters)
    for name, values in run.history.metrics.items():
        assert np.array_equal(history.metrics[name][others], values, equal_nan=True), name


def test_a_step_that_was_recorded_adds_no_moment(tmp_path):
    run = record(small(snapshots__every=7), tmp_path / "run")
    for step in (0, int(run.history.step[3]), int(run.history.step[-1])):
        parameters = run.state(step).parameters
        assert with_snapshot(run.history, run.data, step, parameters) is run.history


def test_a_step_that_cannot_be_shown_gets_a_sentence(tmp_path):
    run = record(small(), tmp_path / "run")
    last = int(run.history.step[-1])
    for number in (-1, last, 10**9):
        with pytest.raises(InputError, match=f"no step was taken after step {number:,}"):
            run.animate(slow_motion=number)
    with pytest.raises(InputError, match="goes from step 0 to 40, and step 100 is not in it"):
        run.animate(slow_motion=100, last_epoch=10)
    untrained = record(small(training__epochs=0), tmp_path / "untrained")
    with pytest.raises(InputError, match="no step of this run was recorded"):
        untrained.animate(slow_motion=0)
    ridge = record(small(training__method="ridge"), tmp_path / "ridge")
    with pytest.raises(InputError, match="draws no batches"):
        ridge.animate(slow_motion=0)
    assert not (run.folder / "animation.gif").exists()
