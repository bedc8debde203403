"""Snapshots between recorded ones: straight ways, the recorded ones untouched, and a film that says
so."""

import numpy as np
import pytest
from command import run as command
from made_trainings import made
from small import small

from relusgd.diagnostics.interpolated_history import with_snapshots_between
from relusgd.diagnostics.measures import train_mse
from relusgd.runs.record import record

STEPS = np.array([0, 10, 100, 1000])


def interpolated(count=50):
    course = made(np.array([[0.2], [0.3], [0.6], [0.4]]), steps=STEPS)
    return course, with_snapshots_between(course.history, course.dataset, count)


def test_recorded_snapshots_stay_to_the_last_bit():
    course, history = interpolated()
    assert 40 <= len(history) <= 50
    rows = np.searchsorted(history.step, STEPS)
    assert history.step[rows].tolist() == STEPS.tolist()
    assert np.array_equal(history.parameters[rows], course.history.parameters)
    assert (np.diff(history.step) > 0).all()


def test_between_them_every_parameter_goes_straight():
    course, history = interpolated()
    for column, recorded in zip(history.parameters.T, course.history.parameters.T, strict=True):
        assert column == pytest.approx(np.interp(history.step, STEPS, recorded), abs=1e-15)


def test_metrics_are_those_of_the_networks_that_are_shown():
    course, history = interpolated()
    for row in range(0, len(history), 7):
        error = train_mse(history.network(row), course.dataset)
        assert history.metrics["train_mse"][row] == pytest.approx(error)


def test_a_history_with_enough_snapshots_is_left_as_it_is():
    course, _ = interpolated()
    assert with_snapshots_between(course.history, course.dataset, 4) is course.history


def test_between_neighbouring_steps_there_is_nothing():
    course = made(0.5, steps=np.arange(5))
    assert len(with_snapshots_between(course.history, course.dataset, 50)) == 5


def test_the_film_is_longer_and_refuses_what_is_known_at_snapshots_alone(tmp_path):
    folder = str(record(small(snapshots__every=20), tmp_path / "run").folder)
    out = str(tmp_path / "film.gif")
    drawn = command("animate", folder, "--out", out, "--interpolate", "--frames", "9")
    assert drawn.exit_code == 0
    refused = command("animate", folder, "--out", out, "--interpolate", "--with", "linearized")
    assert refused.exit_code == 2
    assert "leave out --interpolate" in refused.stderr
