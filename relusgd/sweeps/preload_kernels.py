"""Imported by the process that all workers are forked from: the compiled kernels, loaded once for
all of them.
"""

from __future__ import annotations

from contextlib import suppress

from relusgd.config import load_config
from relusgd.training import train

DENSE = {"network": {"hidden": 1}, "training": {"epochs": 1}}
PREFIX_SUMS = {"network": {"hidden": 1000}, "training": {"epochs": 1, "batch_size": "full"}}
"""Trainings of a few steps, which take these kernels."""


def kernel_configs() -> list[dict[str, object]]:
    """A config for each kernel of one hidden layer."""
    points = {"data": {"samples": 400}, "engine": "compiled"}
    return [{**points, **values} for values in (DENSE, PREFIX_SUMS)]


def load_kernels() -> None:
    """Take a few steps with each kernel, which compiles it or loads it from Numba's cache."""
    for values in kernel_configs():
        for _ in train(load_config(values)):
            pass


with suppress(Exception):  # a worker that needs the kernels reports what is wrong
    load_kernels()
