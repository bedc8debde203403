"""How Numba is loaded, the extra `fast`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from relusgd.own_process import is_own_process

NEEDED_BY_KERNELS = ("numba", "numba.np.arraymath")
"""The modules of Numba that look for SciPy. Every kernel needs both."""


def load_numba() -> None:
    """Load Numba though NUMBA_DISABLE_JIT be set, by which people look into functions of their own.

    As Python, our steps would take a thousand times as long, and those of deep networks would have
    other last bits. Numba reads the variable when it is loaded and whenever it compiles, so it is
    taken out of this process.
    """
    os.environ.pop("NUMBA_DISABLE_JIT", None)
    with _without_scipy():
        for name in NEEDED_BY_KERNELS:
            import_module(name)


@contextmanager
def _without_scipy() -> Iterator[None]:
    """Hide SciPy from a Numba that nobody but us uses, unless it is loaded already.

    Numba's linear algebra needs it and our kernels do not; loading it takes as long as the kernels.
    """
    is_hidden = is_own_process() and "scipy" not in sys.modules
    if is_hidden:
        sys.modules["scipy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_hidden:
            del sys.modules["scipy"]
