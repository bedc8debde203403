"""How Numba is loaded, the extra `fast`."""

from __future__ import annotations

import os
from importlib import import_module


def load_numba() -> None:
    """Load Numba though NUMBA_DISABLE_JIT be set, by which people look into functions of their own.

    As Python, our steps would take a thousand times as long, and those of deep networks would have
    other last bits. Numba reads the variable when it is loaded and whenever it compiles, so it is
    taken out of this process.
    """
    os.environ.pop("NUMBA_DISABLE_JIT", None)
    import_module("numba")
