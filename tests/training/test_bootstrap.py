"""data.bootstrap: the training points drawn with replacement, by the seed of the run."""

import numpy as np
import pytest

import relusgd
from relusgd.config import load_config
from relusgd.training import prepare
from relusgd.training.building import build_dataset
from relusgd.training.streams import BOOTSTRAP, bootstrap_indices, stream

KINDS = {
    "target": {"samples": 20, "test_samples": 5},
    "points": {
        "kind": "points",
        "x": list(range(20)),
        "y": [value**2 for value in range(20)],
        "test_x": [3.5],
        "test_y": [12.25],
    },
}


def dataset(data, **keys):
    return build_dataset(load_config({"data": data} | keys))


def test_indices_follow_the_documented_recipe():
    u = stream(7, BOOTSTRAP).random_raw(50)
    expected = sorted(int(word >> 32) * 50 >> 32 for word in u.tolist())
    assert bootstrap_indices(7, 50).tolist() == expected
    # 1 − 1/e of the points are drawn once or more.
    drawn = [len(np.unique(bootstrap_indices(seed, 100))) for seed in range(300)]
    assert np.mean(drawn) == pytest.approx(63.4, abs=0.6)


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_points_are_some_of_the_points_and_others_for_another_seed(data):
    whole = dataset(data)
    first, second = (dataset({**data, "bootstrap": True}, seed=seed) for seed in (1, 2))
    points = set(zip(whole.x_train.tolist(), whole.y_train.tolist(), strict=True))
    for drawn in (first, second):
        pairs = list(zip(drawn.x_train.tolist(), drawn.y_train.tolist(), strict=True))
        assert len(pairs) == 20
        assert len(set(pairs)) < 20
        assert set(pairs) <= points
        assert np.all(np.diff(drawn.x_train) >= 0)
        assert np.array_equal(drawn.x_test, whole.x_test)
    assert not np.array_equal(first.x_train, second.x_train)


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_a_run_has_the_points_that_were_drawn_and_is_the_same_again(data, tmp_path):
    keys = {
        "data": {**data, "bootstrap": True, "standardize": True},
        "training": {"epochs": 3, "batch_size": 5},
        "seed": 4,
    }
    config = load_config(keys)
    run = relusgd.record(config, tmp_path / "run")
    made, kept = prepare(config).dataset, relusgd.load_run(tmp_path / "run").data
    assert np.array_equal(made.x_train, kept.x_train)
    assert np.array_equal(made.y_train, kept.y_train)
    assert made.domain == kept.domain
    check = run.check(again=True)
    assert check.is_sound
    assert check.trained_again


def test_runs_of_a_sweep_draw_their_own_points(tmp_path):
    values = {
        "data": {"samples": 20, "test_samples": 5, "bootstrap": True},
        "training": {"method": "ridge"},
        "sweep": {"repeat": 3},
    }
    sweep = relusgd.run_sweep(load_config(values), tmp_path / "sweep")
    drawn = [run.data.x_train.tobytes() for run in sweep.runs]
    assert len(set(drawn)) == 3
