"""Imported by the process that workers are forked from: the compiled kernels, loaded once for all of them."""

from __future__ import annotations

from contextlib import suppress

from relusgd.config import load_config
from relusgd.training import training_blocks
from relusgd.training.plan import prepare


def load_kernels() -> None:
    """Take a few steps with each kernel, which compiles it or loads it from Numba's cache."""
    for width in (1, 1000):
        config = load_config(
            {"data": {"samples": 40}, "network": {"hidden": width}, "training": {"epochs": 1}}
        )
        for _ in training_blocks(prepare(config)):
            pass


with suppress(Exception):  # a worker that needs them tells what is wrong
    load_kernels()
