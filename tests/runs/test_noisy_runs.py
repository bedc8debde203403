"""Noise in the loop in run folders: replayed, continued, told apart, swept."""

import numpy as np
import pytest
from runs.harness import content

from relusgd.config import load_config
from relusgd.errors import InputError
from relusgd.runs.record import record
from relusgd.runs.summary import summarize
from relusgd.sweeps.running import run_sweep

NOISY = {
    "data": {"samples": 23, "test_samples": 9, "standardize": True},
    "network": {"hidden": 5},
    "training": {"time": 0.9, "batch_size": 7, "label_noise": 0.2, "input_noise": 0.05},
    "snapshots": {"every": 2, "first_steps": 5},
}


def test_every_recorded_step_is_replayed_to_the_bit(tmp_path):
    run = record(load_config(NOISY), tmp_path / "run")
    assert run.metrics["step"].tolist()[:7] == [0, 1, 2, 3, 4, 5, 8]
    for row, step in enumerate(run.metrics["step"].tolist()):
        assert np.array_equal(run.state(step).parameters, run.history.parameters[row])


def test_a_longer_time_continues_a_noisy_run_as_if_never_stopped(tmp_path):
    longer = load_config(NOISY, {"training.time": 1.7})
    record(load_config(NOISY, {"training.time": 0.8}), tmp_path / "run")
    record(longer, tmp_path / "run")
    record(longer, tmp_path / "whole")
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_other_noise_is_another_run_and_the_words_of_a_run_have_it(tmp_path):
    run = record(load_config(NOISY), tmp_path / "run")
    assert summarize(run)["training"].endswith("label noise 0.2, input noise 0.05")
    with pytest.raises(InputError, match=r"training\.label_noise: 0\.2 → 0"):
        record(load_config(NOISY, {"training.label_noise": 0}), tmp_path / "run")


def test_a_sweep_over_noise_has_the_run_without_noise(tmp_path):
    sweep = {"grid": {"training.label_noise": [0, 0.2]}}
    found = run_sweep(load_config({**NOISY, "sweep": sweep}), tmp_path / "sweep")
    alone = record(load_config(NOISY, {"training.label_noise": 0}), tmp_path / "alone")
    quiet, noisy = found.runs
    assert quiet.metrics["train_mse"].tobytes() == alone.metrics["train_mse"].tobytes()
    assert not np.array_equal(quiet.metrics["train_mse"], noisy.metrics["train_mse"])
    assert found.summary["training.label_noise"].tolist() == [0, 0.2]
