"""Values that the runs of a sweep share are made once."""

import pytest

from relusgd.sweeps.shared_inputs import KeptValues


def test_a_value_is_made_once_for_each_key():
    made = []
    kept = KeptValues[str](3)
    for key in "abab":
        value = kept.get(key, lambda key=key: made.append(key) or f"value of {key}")
        assert value == f"value of {key}"
    assert made == ["a", "b"]


def test_nothing_that_was_looked_up_as_none_is_made_again():
    made = []
    kept = KeptValues[None](3)
    for _ in range(2):
        assert kept.get("a", lambda: made.append("a")) is None
    assert made == ["a"]


def test_all_are_forgotten_before_one_more_than_the_most_is_kept():
    kept = KeptValues[int](2)
    for key in range(3):
        kept.get(key, lambda key=key: key)
    assert kept.get(2, lambda: -1) == 2
    assert kept.get(0, lambda: -1) == -1


def test_a_value_that_cannot_be_made_leaves_the_others():
    kept = KeptValues[int](1)
    kept.get("a", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        kept.get("b", lambda: 1 // 0)
    assert kept.get("a", lambda: 2) == 1


def test_forgotten_values_are_made_again():
    kept = KeptValues[int](2)
    kept.get("a", lambda: 1)
    kept.forget()
    assert kept.get("a", lambda: 2) == 2
