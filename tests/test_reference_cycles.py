"""Putting off the search for reference cycles."""

import gc

import pytest

from relusgd.reference_cycles import cycles_left


def test_no_cycles_are_searched_within_the_block_and_as_before_behind_it():
    assert gc.isenabled()
    with cycles_left():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), cycles_left():
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with cycles_left():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
