"""That compiling is told of while it happens."""

import pytest

from relusgd.training.compiling import tell_of_compiling


def test_compiling_is_told_once_and_before_it_is_done():
    numba = pytest.importorskip("numba")
    told = []
    tell_of_compiling(lambda: told.append("compiling"))

    @numba.njit
    def one(x):
        return x + 1

    @numba.njit
    def two(x):
        return one(x) * 2

    assert told == []
    assert two(3) == 8
    assert told == ["compiling"]
