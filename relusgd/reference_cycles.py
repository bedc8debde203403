"""Python's search for reference cycles, and where it is put off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 400_000
"""So many new objects in place of Python's 700 begin a search. Loading the modules of a command
makes up to so many that stay, and each search among them takes 10 to 20 ms."""


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


def search_rarely() -> None:
    """From now on, search for reference cycles in this process when there are NEW_OBJECTS."""
    _, *of_older_generations = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *of_older_generations)


def search_no_more() -> None:
    """Leave every object that there is out of all further searches.

    At its end, Python searches three times, which takes as long as loading NumPy and matplotlib,
    although the system takes all memory of a process back at once. And where processes are forked,
    a search in one of them would copy the memory that they share.
    """
    gc.freeze()
