"""Which engine `auto` stands for: a function of the config alone, by the time that is saved."""

import pytest
from small import small

from relusgd.training import prepare
from relusgd.training.auto_engine import (
    LOADING_NANOSECONDS,
    LikeTrainings,
    auto_engine,
    choose_engine,
    compiled_saving,
)


def steps(count, **changes):
    return small(training__epochs=None, training__steps=count, **changes)


def turning_point(**changes):
    """The number of steps from which on a training is compiled."""
    return LOADING_NANOSECONDS // compiled_saving(steps(1, **changes), 30) + 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network__hidden": 1000},
        {"training__method": "adam"},
        {"training__momentum": 0.9},
        {"training__label_noise": 0.1},
        {"training__batch_size": "full", "training__sampling": "replacement"},
        {"network__hidden": [40, 40]},
        {"network__hidden": [5, 5], "training__method": "adam"},
        {"training__layers": "output"},
    ],
    ids=str,
)
def test_short_trainings_take_numpy_and_long_ones_are_compiled(changes):
    turn = turning_point(**changes)
    assert choose_engine(steps(turn - 2, **changes), 30) == "numpy"
    assert choose_engine(steps(turn, **changes), 30) == "compiled"
    assert 1_000 < turn < 100_000


def test_what_takes_longer_by_numpy_turns_earlier():
    assert turning_point(network__hidden=1000) < turning_point()
    assert turning_point(training__method="adam") < turning_point()
    assert turning_point(network__hidden=[40, 40]) < turning_point(network__hidden=[10, 10])
    assert turning_point(network__hidden=[10, 10]) < turning_point()


def test_steps_of_the_output_layer_alone_turn_later_because_numpy_takes_them_quickly():
    for hidden in ([7], [7, 7]):
        alone = turning_point(network__hidden=hidden, training__layers="output")
        assert alone > 2 * turning_point(network__hidden=hidden)


def test_without_kept_outputs_the_output_layer_alone_saves_a_part_of_a_step():
    by_prefix_sums = {"network__hidden": 2000, "training__batch_size": "full"}
    for changes in ({"training__label_noise": 0.1}, by_prefix_sums):
        alone = turning_point(training__layers="output", **changes)
        whole = turning_point(**changes)
        assert whole < alone < 2 * whole


def test_many_trainings_are_compiled_together():
    few = steps(1000)
    one = LikeTrainings(few, 30, 1)
    assert auto_engine([one] * 5) == "numpy"
    assert auto_engine([one] * 500) == "compiled"
    assert auto_engine([LikeTrainings(few, 30, 500)]) == "compiled"


def test_what_cannot_be_compiled_saves_nothing():
    for changes in (
        {"training__method": "ridge"},
        {"engine": "numpy"},
    ):
        config = small(training__epochs=10**6, **changes)
        assert compiled_saving(config, 30) == 0
        assert choose_engine(config, 30, "compiled") == "numpy"


def test_no_more_trainings_are_looked_at_than_decide():
    def trainings():
        yield LikeTrainings(steps(10**7), 30, 1)
        raise AssertionError

    assert auto_engine(trainings()) == "compiled"


def test_a_plan_takes_what_was_decided_for_many():
    assert prepare(small(), auto="compiled").engine == "compiled"
    assert prepare(steps(10**7), auto="numpy").engine == "numpy"
