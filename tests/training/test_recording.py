import numpy as np
import pytest

from relusgd.training.recording import Recording


def test_every_records_its_multiples_and_both_ends():
    assert Recording(10, every=4).between(-1, 10).tolist() == [0, 4, 8, 10]


def test_per_decade_records_rounded_powers_of_ten_and_both_ends():
    recorded = Recording(120, every=None, per_decade=3).between(-1, 120).tolist()
    assert recorded == [0, 1, 2, 5, 10, 22, 46, 100, 120]


@pytest.mark.parametrize(
    "recording",
    [
        Recording(57, 1),
        Recording(57, 10),
        Recording(60, 10),
        Recording(57, None, 5),
        Recording(0, 3),
        Recording(1, None, 2),
    ],
)
def test_stretches_join_to_the_whole_and_are_counted(recording):
    whole = recording.between(-1, recording.epochs).tolist()
    assert recording.count() == len(whole) == len(set(whole))
    joined = [
        epoch
        for start in range(-1, recording.epochs, 7)
        for epoch in recording.between(start, min(start + 7, recording.epochs)).tolist()
    ]
    assert joined == whole


@pytest.mark.parametrize(
    "recording",
    [Recording(10), Recording(10, 3), Recording(12, 3), Recording(0), Recording(100, None, 3)],
    ids=str,
)
def test_what_is_due_up_to_an_epoch_is_counted_as_it_is_listed(recording):
    every = recording.between(-1, recording.epochs)
    assert recording.count() == len(every)
    for until in range(recording.epochs + 3):
        due = recording.between(-1, min(until, recording.epochs))
        assert recording.count(until) == len(due)
        assert recording.is_beginning(every, until)
        assert recording.is_beginning(due, until)
        assert not recording.is_beginning(due[:-1], until)
        assert not recording.is_beginning(due + 1, until)


def test_large_counts_from_a_foreign_config_are_counted_without_listing_them():
    assert not Recording(10**15).is_beginning(np.arange(5), 10**14)
