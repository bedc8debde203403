"""Training that begins with a given network: one of a run, or one written in the config."""

import numpy as np
import pytest
from small import small

from relusgd.config import load_config
from relusgd.errors import ConfigError
from relusgd.model.scaling import Scaling
from relusgd.runs.record import record
from relusgd.training import prepare, train
from relusgd.training.start import StartNetwork

HINGES = {
    "weight_1": [1, -2],
    "bias_1": [-0.25, 1],
    "weight_2": [3, 0.5],
    "bias_2": 0.125,
}
"""3 relu(x − 0.25) + 0.5 relu(1 − 2x) + 0.125"""

DEEP = {
    "weight_1": [1, -1],
    "bias_1": [0, 1],
    "weight_2": [[1, 2, 0], [-1, 0, 1]],
    "bias_2": [0.5, -1, 0],
    "weight_3": [[1], [2], [-3]],
    "bias_3": [0.25],
}


@pytest.fixture
def finished(tmp_path):
    """A run that has learned something, with standardized points."""
    return record(small(data__standardize=True, data__target="20*x + 3"), tmp_path / "first")


def started(run, epoch="last", **overrides):
    settings = {"network__start": {"run": str(run.folder), "epoch": epoch}, **overrides}
    return small(data__target="20*x + 3", **settings)


def test_a_network_written_in_the_config_is_the_sum_of_its_units():
    initial = prepare(small(network__hidden=2, network__start=HINGES)).initial
    x = np.array([0.0, 0.25, 0.5, 1.0])
    np.testing.assert_allclose(initial(x), [0.625, 0.375, 0.875, 2.375], rtol=1e-14)


def test_a_deep_network_can_be_written_too():
    initial = prepare(small(network__hidden=[2, 3], network__start=DEEP)).initial
    # at x = 0.5 the first layer gives 0.5 and 0.5, the second 0.5, 0 and 0.5
    assert initial([0.5]).tolist() == [0.5 + 0 - 1.5 + 0.25]
    # at x = 2 the first layer gives 2 and 0, the second 2.5, 3 and 0
    assert initial([2.0]).tolist() == [2.5 + 6 + 0.25]


def test_rows_may_be_left_out_and_the_network_is_the_same():
    full = {**HINGES, "weight_1": [[1, -2]], "weight_2": [[3], [0.5]], "bias_2": [0.125]}
    assert small(network__hidden=2, network__start=full) == small(
        network__hidden=2, network__start=HINGES
    )


def test_the_network_of_a_run_is_taken_bit_for_bit_where_the_units_are_the_same(finished):
    plan = prepare(started(finished, data__standardize=True))
    assert np.array_equal(plan.initial.parameters(), finished.network().parameters())
    assert (plan.start.epoch, plan.start.step) == (40, 160)


@pytest.mark.parametrize("epoch", [0, 7, "last"])
def test_on_other_units_the_function_stays_in_those_of_the_data(finished, epoch):
    plan = prepare(started(finished, epoch, data__domain=[0.2, 3]))
    assert plan.dataset.scaling == Scaling() != finished.scaling
    x = np.linspace(-1, 4, 50)
    recorded = finished.predict(x, None if epoch == "last" else epoch)
    np.testing.assert_allclose(plan.initial(x), recorded, rtol=1e-10)


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (2, 3, 2)])
def test_units_there_and_back_are_the_same_network(hidden):
    network = prepare(small(network__hidden=list(hidden))).initial
    here, there = Scaling(3.0, 0.5, -20.0, 7.0), Scaling(-1.0, 2.0, 4.0, 0.25)
    back = StartNetwork(StartNetwork(network, here).fitted(there), there).fitted(here)
    np.testing.assert_allclose(back.parameters(), network.parameters(), rtol=1e-12, atol=1e-13)


def test_full_batches_without_memory_go_on_as_if_never_stopped(tmp_path):
    full = {"training__batch_size": "full", "training__sampling": "replacement"}
    whole = record(small(**full), tmp_path / "whole")
    start = {"run": str(tmp_path / "whole"), "epoch": 25}
    *_, last = train(small(**full, network__start=start, training__epochs=15))
    assert np.array_equal(last.state.parameters, whole.network().parameters())


def test_batches_are_those_of_the_first_epochs_again(tmp_path):
    whole = record(small(), tmp_path / "whole")
    start = {"run": str(tmp_path / "whole"), "epoch": 25}
    *_, last = train(small(network__start=start, training__epochs=15))
    assert not np.allclose(last.state.parameters, whole.network().parameters(), rtol=1e-6)


def test_what_an_optimizer_remembers_begins_afresh(tmp_path):
    adam = {"training__method": "adam", "training__batch_size": "full"}
    record(small(**adam, training__sampling="replacement"), tmp_path / "whole")
    start = {"run": str(tmp_path / "whole"), "epoch": 25}
    config = small(**adam, training__sampling="replacement", network__start=start)
    assert not any(vector.any() for vector in prepare(config).initial_state().memory.values())


def test_other_keys_of_the_network_are_not_used(finished):
    other = {"network__init": "normal", "network__elbows": 0.5, "network__antisymmetric": False}
    plan = prepare(started(finished, data__standardize=True, **other))
    assert np.array_equal(plan.initial.parameters(), finished.network().parameters())


def faults(config):
    with pytest.raises(ConfigError) as caught:
        prepare(config)
    return caught.value.faults


def test_a_network_of_other_layers_is_refused(finished):
    (fault,) = faults(started(finished, network__hidden=[7, 2]))
    assert "network.start has the hidden layers [7], and network.hidden is [7, 2]" in fault
    assert "set network.hidden to [7]" in fault


def test_a_folder_without_a_run_is_named_with_the_run_that_was_meant(finished):
    config = started(finished, data__samples=3, training__batch_size=5)
    meant = str(finished.folder)
    wrong = load_config(config, {"network.start.run": meant.replace("first", "frst")})
    with pytest.raises(ConfigError) as caught:
        prepare(wrong)
    start, batch = caught.value.faults
    assert "network.start.run: " in start
    assert "does not exist" in start
    assert "larger than the 3 training points" in batch
    assert caught.value.hint == f"did you mean {meant}?"


def test_an_epoch_that_was_not_recorded_is_named_with_the_nearest(finished):
    with pytest.raises(ConfigError) as caught:
        prepare(started(finished, 41))
    assert "network.start.epoch: no snapshot was recorded at epoch 41" in caught.value.faults[0]
    assert caught.value.hint == "the nearest recorded: 40"


def test_an_output_bias_that_could_never_change_is_refused(finished):
    (fault,) = faults(started(finished, network__output_bias=False))
    assert "network.start has the output bias" in fault
    assert "set network.output_bias to true" in fault


def test_a_damaged_run_is_named(finished):
    (finished.folder / "snapshots" / "bias_2.npy").write_bytes(b"nothing")
    (fault,) = faults(started(finished))
    assert "network.start.run: " in fault
    assert "the run folder is damaged" in fault


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"format": 2}', '{"format": 2, "scaling": 1, "counts": {}}']
)
def test_a_run_json_that_says_nothing_is_damage(finished, content):
    (finished.folder / "run.json").write_text(content)
    (fault,) = faults(started(finished))
    assert "the run folder is damaged" in fault
