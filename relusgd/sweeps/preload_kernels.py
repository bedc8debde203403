"""Imported by the process that all workers are forked from: the compiled kernels, loaded once for
all of them.
"""

from __future__ import annotations

from contextlib import suppress

from relusgd.config import load_config
from relusgd.training import train

DENSE_WIDTH, PREFIX_SUMS_WIDTH = 1, 1000


def load_kernels() -> None:
    """Take a few steps with each kernel, which compiles it or loads it from Numba's cache."""
    for width in (DENSE_WIDTH, PREFIX_SUMS_WIDTH):
        values = {
            "data": {"samples": 40},
            "network": {"hidden": width},
            "training": {"epochs": 1},
            "engine": "compiled",
        }
        for _ in train(load_config(values)):
            pass


with suppress(Exception):  # a worker that needs the kernels reports what is wrong
    load_kernels()
