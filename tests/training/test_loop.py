import resource

import numpy as np
import pytest
from small import small

from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import ConfigError, DivergedError
from relusgd.model.history import concatenate
from relusgd.training import prepare, train
from relusgd.training.loop import next_stop
from relusgd.training.memory import available_memory


def recorded_bytes(history):
    arrays = [
        history.epoch,
        history.step,
        history.elbow,
        history.slope,
        *history.weights,
        *history.biases,
        *history.metrics.values(),
    ]
    return [np.ascontiguousarray(array).tobytes() for array in arrays]


def whole(config, **options):
    return concatenate([block.history for block in train(config, **options)])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"training__momentum": 0.9, "training__nesterov": True, "training__weight_decay": 0.01},
        {"training__schedule": {"kind": "cosine"}, "training__sampling": "replacement"},
        {"training__batch_size": "full", "snapshots__every": 7},
        {"network__hidden": [5, 4]},
        {"snapshots__first_steps": 30, "snapshots__every": 3},
    ],
    ids=str,
)
def test_where_blocks_end_never_changes_a_bit(changes):
    config = small(**changes)
    all_steps = recorded_bytes(whole(config, block_steps=10**9))
    assert recorded_bytes(whole(config, block_steps=1)) == all_steps
    assert recorded_bytes(whole(config, block_steps=7)) == all_steps
    assert recorded_bytes(whole(config)) == all_steps


def test_going_on_from_any_state_gives_the_same_bits():
    config = small(training__momentum=0.5)
    blocks = list(train(config, block_steps=11))
    expected = recorded_bytes(blocks[-1].history)
    for block in blocks[:-1]:
        rest = concatenate([part.history for part in train(config, start=block.state)])
        assert (
            recorded_bytes(rest.select(slice(len(rest) - len(blocks[-1].history), None)))
            == expected
        )


def test_epoch_0_is_the_initial_network():
    config = small()
    first = next(train(config)).history
    assert first.epoch.tolist() == [0]
    assert np.array_equal(first.network(0).parameters(), prepare(config).initial.parameters())


def test_no_epochs_record_the_initial_network_alone():
    assert whole(small(training__epochs=0)).epoch.tolist() == [0]


def test_every_recorded_epoch_stands_with_its_step_and_rate():
    history = whole(
        small(snapshots__every=15, training__schedule={"kind": "step", "every": 20, "factor": 0.5})
    )
    assert history.epoch.tolist() == [0, 15, 30, 40]
    assert history.step.tolist() == [0, 60, 120, 160]
    assert history.metrics["learning_rate"].tolist() == [0.02, 0.02, 0.01, 0.01]


def test_metrics_are_those_of_the_recorded_network_over_all_points():
    config = small()
    history, dataset = whole(config), prepare(config).dataset
    network = history.network(-1)
    assert history.metrics["train_mse"][-1] == pytest.approx(
        np.mean((network(dataset.x_train) - dataset.y_train) ** 2), rel=1e-12
    )
    assert history.metrics["test_mse"][-1] == pytest.approx(
        np.mean((network(dataset.x_test) - dataset.y_test) ** 2), rel=1e-12
    )


def test_training_lowers_the_error():
    history = whole(small(training__epochs=2000, snapshots__every=2000))
    assert history.metrics["train_mse"][-1] < 0.5 * history.metrics["train_mse"][0]


def test_all_ways_of_training_share_the_initial_network():
    ways = [
        {},
        {"training__layers": "output"},
        {"training__method": "ridge"},
        {"training__batch_size": "full"},
        {"training__seed": 99},
    ]
    starts = [next(train(small(**way))).history.network(0).parameters() for way in ways]
    assert all(np.array_equal(start, starts[0]) for start in starts)


def test_ridge_records_the_initial_network_and_the_solution():
    history = whole(small(training__method="ridge"))
    assert history.epoch.tolist() == [0, 1]
    assert history.step.tolist() == [0, 1]
    assert np.array_equal(history.slope[0], history.slope[1])
    assert history.metrics["train_mse"][1] < history.metrics["train_mse"][0]


def test_single_steps_are_those_of_any_training_in_the_epoch_and_at_the_rate_of_their_place():
    schedule = {"kind": "step", "every": 1, "factor": 0.5}
    changes = {"training__schedule": schedule, "training__epochs": 5}
    history = whole(small(snapshots__first_steps=9, **changes))
    assert history.step.tolist() == [*range(10), 12, 16, 20]  # four steps an epoch
    assert history.epoch.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5]
    rates = 0.02 * 0.5 ** np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4])
    assert history.metrics["learning_rate"].tolist() == rates.tolist()
    ends = history.select(np.flatnonzero(history.ends_an_epoch))
    assert recorded_bytes(ends) == recorded_bytes(whole(small(**changes)))


@pytest.mark.parametrize(
    "length", [{"training__steps": 14}, {"training__time": 0.27}, {"training__time": 0.28}]
)
def test_a_training_may_end_within_an_epoch(length):
    history = whole(small(**length))
    assert history.step.tolist() == [0, 4, 8, 12, 14]
    assert history.epoch.tolist() == [0, 1, 2, 3, 3]
    longer = whole(small(training__epochs=4, snapshots__first_steps=14))
    same = longer.select(np.array([longer.index(step=step) for step in history.step]))
    assert recorded_bytes(same) == recorded_bytes(history)


def test_a_training_of_so_many_steps_says_how_many_epochs_they_are():
    assert prepare(small(training__steps=14)).describe() == (
        "30 points, batches of 8: 4 steps an epoch, 14 steps (SGD iterations) = 3.5 epochs"
    )
    assert (
        prepare(small(training__steps=40))
        .describe()
        .endswith("4 steps an epoch, 10 epochs = 40 steps (SGD iterations)")
    )


def test_warmup_comes_before_the_schedule():
    changes = {"training__warmup": 2, "training__epochs": 5, "training__learning_rate": 0.1}
    step = {"kind": "step", "every": 1, "factor": 0.5}
    rates = whole(small(**changes, training__schedule=step)).metrics["learning_rate"]
    assert rates.tolist() == [0.05, 0.05, 0.1, 0.1, 0.05, 0.025]
    cosine = whole(small(**changes, training__schedule={"kind": "cosine"}))
    falling = whole(
        small(
            **{**changes, "training__warmup": 0, "training__epochs": 3},
            training__schedule={"kind": "cosine"},
        )
    )
    assert (
        cosine.metrics["learning_rate"][3:].tolist()
        == falling.metrics["learning_rate"][1:].tolist()
    )


def test_a_cosine_over_steps_falls_as_over_the_epochs_that_hold_them():
    by_steps = small(training__steps=14, training__schedule={"kind": "cosine"})
    by_epochs = small(training__epochs=4, training__schedule={"kind": "cosine"})
    rates = whole(by_epochs).metrics["learning_rate"]
    assert whole(by_steps).metrics["learning_rate"].tolist() == rates.tolist()


def test_a_blocks_snapshots_are_bounded():
    plan = prepare(
        load_config(
            {"network": {"hidden": [200_000]}, "training": {"epochs": 1000, "batch_size": 1}}
        )
    )
    stop, recorded = next_stop(plan, 0, 10**6)
    assert len(recorded) == 2**25 // (8 * 600_001)
    assert stop == recorded[-1]
    assert (recorded % 200 == 0).all()


def test_divergence_keeps_what_is_finite_and_says_where_and_what_to_try():
    config = small(training__learning_rate=500.0)
    ends = []
    for block_steps in (1, 7, 1000):
        blocks = []
        with pytest.raises(
            DivergedError,
            match=r"training diverged in epoch \d+ \(step \d+\) at learning rate 500; 2/sharpness",
        ) as caught:
            blocks.extend(iter_into(blocks, train(config, block_steps=block_steps)))
        history = concatenate([block.history for block in blocks])
        assert np.isfinite(history.metrics["train_mse"]).all()
        assert np.isfinite(history.weights[0]).all()
        assert "--set training.learning_rate=" in in_shell(caught.value.hint)
        ends.append((caught.value.message, recorded_bytes(history)))
    assert ends[0] == ends[1] == ends[2]


def test_divergence_in_the_first_epochs_keeps_the_finite_single_steps():
    config = small(training__learning_rate=500.0, snapshots__first_steps=100)
    ends = []
    for block_steps in (1, 5, 1000):
        blocks = []
        with pytest.raises(DivergedError) as caught:
            iter_into(blocks, train(config, block_steps=block_steps))
        history = concatenate([block.history for block in blocks])
        broken = int(caught.value.message.partition("(step ")[2].partition(")")[0])
        assert history.step.tolist() == list(range(broken))
        ends.append((caught.value.message, recorded_bytes(history)))
    assert ends[0] == ends[1] == ends[2]


def iter_into(blocks, generator):
    for block in generator:
        blocks.append(block)
    return []


def test_the_suggested_rate_trains():
    config = small(training__learning_rate=500.0)
    with pytest.raises(DivergedError) as caught:
        list(train(config))
    suggested = float(in_shell(caught.value.hint).rpartition("=")[2])
    assert whole(small(training__learning_rate=suggested)).epoch[-1] == 40


def test_a_batch_larger_than_the_data_is_a_fault_only_under_shuffle():
    with pytest.raises(ConfigError, match="31 is larger than the 30 training points"):
        prepare(small(training__batch_size=31))
    assert (
        prepare(small(training__batch_size=31, training__sampling="replacement")).steps_per_epoch
        == 1
    )


def test_a_network_beyond_the_memory_is_refused_with_both_sizes():
    with pytest.raises(
        ConfigError, match=r"needs about [\d,.]+ GB of memory and this machine has [\d,.]+ GB"
    ):
        prepare(small(network__hidden=[10**8]))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"data__samples": 10**9}, "data.samples"),
        ({"data__test_samples": 10**9}, "data.samples"),
        ({"training__batch_size": 10**9}, "training.batch_size"),
        (
            {"data__samples": 10**6, "training__method": "ridge", "network__hidden": [10**4]},
            "network.hidden",
        ),
        ({"data__samples": 10**6, "network__hidden": [1000, 1000]}, "network.hidden"),
    ],
)
def test_a_training_that_needs_too_much_memory_is_refused_before_its_points_are_made(
    changes, key, monkeypatch
):
    # A machine of 10 GB; and no points are made, so a refusal came before them.
    monkeypatch.setattr("relusgd.training.memory.available_memory", lambda: 10**10)
    monkeypatch.setattr("relusgd.training.plan.build_dataset", None)
    with pytest.raises(
        ConfigError,
        match=(
            rf"{key}: training needs about [\d,.]+ GB of memory and "
            r"this machine has 10\.0 GB; make .* smaller"
        ),
    ):
        prepare(small(**changes))


def test_available_memory_is_at_most_the_limit_of_the_process():
    before = resource.getrlimit(resource.RLIMIT_AS)
    free = available_memory()
    resource.setrlimit(resource.RLIMIT_AS, (2**40, before[1]))
    try:
        assert available_memory() == free  # more than the machine has
        resource.setrlimit(resource.RLIMIT_AS, (2**33, before[1]))
        assert 0 < available_memory() < 2**33
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_a_start_that_is_not_finite_is_refused():
    with pytest.raises(ConfigError, match="the initial network is not finite"):
        prepare(small(network__hidden_scale=1e100, network__output_scale=1e100))


def test_placed_units_that_never_learn_are_named():
    plan = prepare(load_config({"network": {"hidden": 3, "elbows": [0.1, 0.5, 2.0], "slopes": 1}}))
    assert plan.warnings == ("active on no training point, so never learning: unit 2 (elbow 2)",)
    ranged = prepare(
        load_config(
            {
                "network": {
                    "hidden": 3,
                    "elbows": "even",
                    "elbow_range": [0.5, 3.5],
                    "slopes": [1, 1, -1],
                }
            }
        )
    )
    assert ranged.warnings == (
        "active on no training point, so never learning: unit 0 (elbow 1), unit 1 (elbow 2)",
    )
    assert prepare(load_config({"network": {"hidden": 40}})).warnings == ()


@pytest.mark.parametrize("training", [{"method": "ridge"}, {"epochs": 0}])
def test_where_nothing_learns_no_unit_is_named_as_never_learning(training):
    network = {"hidden": 3, "elbows": [0.1, 0.5, 2.0], "slopes": 1}
    assert prepare(load_config({"network": network, "training": training})).warnings == ()


def test_a_first_layer_without_a_live_unit_is_reported():
    plan = prepare(
        load_config(
            {"data": {"domain": [2, 3]}, "network": {"hidden": 1, "slopes": -1, "elbows": "keep"}}
        )
    )
    assert plan.warnings == (
        f"active on no training point, so never learning: unit 0 (elbow {plan.initial.bias[0]:g})",
    )


@pytest.mark.parametrize("x", [[3], [3, 3]])
def test_elbows_of_points_at_one_place_are_spread_around_it(x):
    plan = prepare(load_config({"data": {"kind": "points", "x": x, "y": x}}))
    assert plan.initial.elbow.min() < 3 < plan.initial.elbow.max()
    assert np.all(np.abs(plan.initial.elbow - 3) < 0.5)


def test_the_training_is_described_in_points_batches_and_steps():
    assert prepare(load_config({"seed": 0})).describe() == (
        "200 points, batches of 40: 5 steps an epoch, "
        "30,000 epochs = 150,000 steps (SGD iterations)"
    )


def test_a_missing_csv_is_reported_with_the_key_that_names_it(tmp_path):
    (tmp_path / "flow.yaml").write_text("data:\n  kind: csv\n  path: flow.csv\n")
    with pytest.raises(ConfigError) as caught:
        prepare(load_config(tmp_path / "flow.yaml"))
    assert caught.value.faults == (
        f"{tmp_path}/flow.yaml:3: data.path: there is no file {tmp_path}/flow.csv",
    )
    (tmp_path / "flow.csv").write_text("x,z\n1,2\n")
    with pytest.raises(ConfigError) as caught:
        prepare(load_config(tmp_path / "flow.yaml", {"data.y": "y"}))
    assert caught.value.faults[0].startswith(f"{tmp_path}/flow.csv: there is no column 'y'")
