"""Compiled kernels, loaded once in the process that all workers are forked from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from relusgd.config import load_config
from relusgd.training import train

DENSE = {"network": {"hidden": 1}, "training": {"epochs": 1}}
PREFIX_SUMS = {"network": {"hidden": 1000}, "training": {"epochs": 1, "batch_size": "full"}}
DEEP = {"network": {"hidden": [1, 1]}, "training": {"epochs": 1}}
"""Trainings of a few steps, which take these kernels."""


def load_kernels(*trainings: dict[str, Any]) -> None:
    """Take the steps, which compiles their kernels or loads them from Numba's cache."""
    with suppress(Exception):  # a worker that needs the kernels reports what is wrong
        for training in trainings:
            for _ in train(load_config(compiled_config(training))):
                pass


def compiled_config(training: dict[str, Any]) -> dict[str, Any]:
    """The config of such a training."""
    return {"data": {"samples": 400}, "engine": "compiled", **training}
