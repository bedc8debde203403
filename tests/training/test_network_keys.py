"""Every way to say how the network begins works with everything that takes a config: both engines,
the tables and pictures of an initial network, runs and sweeps.
"""

import numpy as np
import pytest
from command import run
from small import SMALL

from relusgd.config import config_to_yaml, load_config
from relusgd.runs.find import load_run
from relusgd.runs.record import record
from relusgd.sweeps.running import run_sweep
from relusgd.training import prepare, train

KEYS = {
    "output_weights": {"output_weights": [0.5, -1, 2, -0.25, 1, 0.1, 3]},
    "one_output_weight": {"output_weights": 0.125},
    "by_its_numbers": {
        "elbows": [0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.9],
        "slopes": [1, -1, 1, -1, 1, -1, 1],
        "output_weights": [0.5, -1, 2, -0.25, 1, 0.1, 3],
        "output_offset": 0.3,
    },
    "signs": {"slopes": "signs", "elbows": "even"},
    "one_position": {"elbows": 0.4},
    "uniform": {"init": "uniform", "hidden_scale": 2, "output_scale": 0.5, "elbows": "keep"},
    "output_offset": {"output_offset": -2},
    "deep_output_offset": {"hidden": [3, 2], "output_offset": -2},
}


@pytest.fixture(params=KEYS)
def config(request):
    return load_config(
        SMALL, {f"network.{key}": value for key, value in KEYS[request.param].items()}
    )


def last_parameters(config, engine):
    blocks = train(load_config(config, {"engine": engine}))
    return list(blocks)[-1].state.parameters


def test_both_engines_train_it_alike(config):
    if len(config.network.hidden) > 1:
        return  # there is one engine for deep networks
    by_numpy, compiled = (last_parameters(config, engine) for engine in ("numpy", "compiled"))
    np.testing.assert_allclose(by_numpy, compiled, rtol=1e-9, atol=1e-12)


def test_its_offset_and_output_weights_are_in_the_units_that_the_network_sees():
    network = {"hidden": 2, "output_weights": [2, 3], "output_offset": 4}
    data = {"domain": [0, 100], "standardize": True}
    initial = prepare(load_config({"network": network, "data": data})).initial
    assert initial.output_weight.tolist() == [2, 3]
    assert initial.output_bias == 4


def test_one_position_for_all_elbows_is_in_the_units_of_the_data():
    data = {"domain": [0, 100], "standardize": True}
    plan = prepare(load_config({"network": {"hidden": 2, "elbows": 30}, "data": data}))
    elbows = plan.dataset.scaling.x_to_original(plan.initial.elbow)
    np.testing.assert_allclose(elbows, 30, rtol=1e-14)


def test_its_run_begins_with_it_and_is_the_same_run_again(config, tmp_path):
    recorded = record(config, tmp_path / "run")
    initial = prepare(config).initial.parameters()
    assert np.array_equal(recorded.network(step=0).parameters(), initial)
    again = load_config(tmp_path / "run" / "config.yaml")
    assert again == config
    assert record(again, tmp_path / "run").facts == recorded.facts


def test_a_sweep_over_ways_of_training_begins_with_it_every_time(config, tmp_path):
    cases = {
        "all": {},
        "output": {"training.layers": "output"},
        "ridge": {"training.method": "ridge"},
    }
    swept = load_config(config, {"sweep": {"cases": cases}, "training.epochs": 2})
    sweep = run_sweep(swept, tmp_path / "sweep", workers=1)
    starts = [member.network(step=0).parameters() for member in sweep.runs]
    assert len(starts) == 3
    assert all(np.array_equal(start, starts[0]) for start in starts)


def test_its_gradient_is_checked_and_its_graph_is_drawn(config, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(config_to_yaml(config))
    assert run("gradcheck", str(file)).exit_code == 0
    assert run("graph", str(file), "--at", "0.3").exit_code == 0


def test_its_run_continues_to_the_last_bit(config, tmp_path):
    short = load_config(config, {"training.epochs": 5})
    record(short, tmp_path / "run")
    continued = record(config, tmp_path / "run")
    whole = load_run(record(config, tmp_path / "whole").folder)
    assert np.array_equal(continued.network().parameters(), whole.network().parameters())
