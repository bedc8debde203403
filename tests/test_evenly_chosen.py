"""A few of many things."""

import numpy as np
import pytest

from relusgd.evenly_chosen import evenly_chosen


def test_a_few_of_many_are_even_and_have_both_ends():
    assert evenly_chosen(11, 6).tolist() == [0, 2, 4, 6, 8, 10]
    assert evenly_chosen(10, 4).tolist() == [0, 3, 6, 9]


@pytest.mark.parametrize(("count", "most"), [(0, 5), (3, 5), (5, 5)])
def test_all_are_chosen_where_they_are_few(count, most):
    assert evenly_chosen(count, most).tolist() == list(range(count))


def test_none_is_chosen_twice_and_distances_differ_by_one_at_most():
    for count in range(2, 60):
        for most in range(2, count):
            chosen = evenly_chosen(count, most)
            distances = np.diff(chosen)
            assert (len(chosen), chosen[0], chosen[-1]) == (most, 0, count - 1)
            assert distances.min() >= 1
            assert distances.max() - distances.min() <= 1
