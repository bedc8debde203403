"""Python's search for reference cycles, and where it is put off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Search for no reference cycles within the block.

    Where thousands of runs are read and kept, the same objects would be searched again and again,
    for a third of the time. What is in no cycle is given back as ever.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
