"""Matrix products on one thread, so that the number of cores never changes a bit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit all libraries for matrix products to one thread, in all threads of this process.

    Where two threads of a process use it at different times, one around both keeps the limit.
    """
    with _controller(len(sys.modules)).limit(limits=1):
        yield


@lru_cache(maxsize=1)
def _controller(module_count: int) -> ThreadpoolController:  # noqa: ARG001
    """The libraries that are loaded. To find them reads a file of the system, which takes a
    millisecond; a new library comes with a new module."""
    return ThreadpoolController()
