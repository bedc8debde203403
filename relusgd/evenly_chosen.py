"""A few of many things, at even distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly_chosen(count: int, most: int) -> NDArray[np.int64]:
    """The indices of at most `most` of `count` things, increasing, each once, shape (m,).

    They are at even distances, up to rounding, the first and the last among them; all where there
    are no more than `most`.
    """
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.int64)
