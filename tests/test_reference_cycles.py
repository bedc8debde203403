"""Putting off the search for reference cycles."""

import gc

import pytest

from relusgd.reference_cycles import without_cycle_search


def test_no_cycles_are_searched_within_the_block_and_as_before_behind_it():
    assert gc.isenabled()
    with without_cycle_search():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), without_cycle_search():
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with without_cycle_search():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
