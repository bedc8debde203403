"""The learned function at positions of one's own, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from relusgd.model.network import Array
from relusgd.runs.run import Run

COLUMNS = "x,f(x)"

LARGEST_PART = 4_000_000
"""Points times units of one part of a table: more would need memory without being faster."""


def prediction_lines(run: Run, parts: Iterable[Array], epoch: int | None) -> Iterator[str]:
    """The lines x,f(x) in original units; numbers are in the shortest form that reads back the
    same.

    parts: positions, arrays of shape (n,), as `parts_of` and `grid_parts` give them. Raises
    InputError for an epoch of which there is no snapshot.
    """
    for x in parts:
        f = run.predict(x, epoch)
        places = zip(x.tolist(), f.tolist(), strict=True)
        yield "".join(f"{place!r},{value!r}\n" for place, value in places)


def parts_of(run: Run, x: Array) -> Iterator[Array]:
    """The positions, shape (n,), in parts that are evaluated at once."""
    size = part_size(run)
    for start in range(0, len(x), size):
        yield x[start : start + size]


def grid_parts(run: Run, count: int) -> Iterator[Array]:
    """So many evenly spaced positions over the domain, both ends included, in parts.

    The domain of points and CSV is the range of their x.
    """
    low, high = run.data.domain
    spacing = (high - low) / max(count - 1, 1)
    size = part_size(run)
    for start in range(0, count, size):
        stop = min(start + size, count)
        x = low + spacing * np.arange(start, stop, dtype=np.float64)
        if stop == count > 1:
            x[-1] = high
        yield x


def part_size(run: Run) -> int:
    """How many points are evaluated at once."""
    return max(1, LARGEST_PART // sum(run.history.hidden))
