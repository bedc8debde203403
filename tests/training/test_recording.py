import numpy as np
import pytest

from relusgd.training.recording import Recording

RECORDINGS = [
    Recording(57),
    Recording(57, every=10),
    Recording(60, every=10),
    Recording(57, every=None, per_decade=5),
    Recording(0, every=3),
    Recording(1, every=None, per_decade=2),
    Recording(100, 5, every=3),
    Recording(103, 5, every=3, first_steps=12),
    Recording(103, 5, every=2, per_decade=4, first_steps=20),
    Recording(103, 5, every=None, per_decade=4, first_steps=7),
    Recording(33, 5, every=None, first_steps=33),
    Recording(33, 5, every=None, first_steps=100),
    Recording(3, 5, every=1),
]


def test_every_records_its_multiples_and_both_ends():
    assert Recording(10, every=4).between(-1, 10).tolist() == [0, 4, 8, 10]


def test_per_decade_records_rounded_powers_of_ten_and_both_ends():
    recorded = Recording(120, every=None, per_decade=3).between(-1, 120).tolist()
    assert recorded == [0, 1, 2, 5, 10, 22, 46, 100, 120]


def test_epochs_are_recorded_at_their_ends_and_single_steps_besides():
    assert Recording(20, 5, every=2).between(-1, 20).tolist() == [0, 10, 20]
    recorded = Recording(20, 5, every=2, first_steps=3).between(-1, 20).tolist()
    assert recorded == [0, 1, 2, 3, 10, 20]


def test_what_is_given_unites():
    every = set(Recording(500, 5, every=30).between(-1, 500).tolist())
    decades = set(Recording(500, 5, every=None, per_decade=3).between(-1, 500).tolist())
    singles = set(range(7))
    both = Recording(500, 5, every=30, per_decade=3, first_steps=6)
    assert set(both.between(-1, 500).tolist()) == every | decades | singles


def test_a_training_that_ends_within_an_epoch_records_its_last_step():
    assert Recording(13, 5).between(-1, 13).tolist() == [0, 5, 10, 13]


@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
def test_stretches_join_to_the_whole_and_are_counted(recording):
    whole = recording.between(-1, recording.steps).tolist()
    assert recording.count() == len(whole) == len(set(whole))
    joined = [
        step
        for start in range(-1, recording.steps, 7)
        for step in recording.between(start, min(start + 7, recording.steps)).tolist()
    ]
    assert joined == whole


@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
def test_what_is_due_up_to_a_step_is_counted_as_it_is_listed(recording):
    every = recording.between(-1, recording.steps)
    assert recording.count() == len(every)
    for until in range(recording.steps + 3):
        due = recording.between(-1, until)
        assert recording.count(until) == len(due)
        assert recording.is_beginning(every, until)
        assert recording.is_beginning(due, until)
        assert not recording.is_beginning(due[:-1], until)
        assert not recording.is_beginning(due + 1, until)


@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
@pytest.mark.parametrize("listed", [1, 2, 3, 10])
def test_a_beginning_is_the_same_in_parts(recording, listed, monkeypatch):
    monkeypatch.setattr("relusgd.training.recording.LISTED", listed)
    every = recording.between(-1, recording.steps)
    for until in range(recording.steps + 1):
        due = recording.between(-1, until)
        assert recording.is_beginning(every, until)
        for wrong in range(len(due)):
            changed = due.copy()
            changed[wrong] += 1
            assert not recording.is_beginning(changed, until)


def test_large_counts_from_a_foreign_config_are_counted_without_listing_them():
    assert not Recording(10**15).is_beginning(np.arange(5), 10**14)
    assert not Recording(10**15, 5, first_steps=10**14).is_beginning(np.arange(5), 10**14)
