"""Compiled kernels, loaded once in the process that all workers are forked from."""

from __future__ import annotations

from contextlib import suppress

from relusgd.config import load_config
from relusgd.training import prepare, training_blocks
from relusgd.training.descent import KernelName


def load_kernel(kernel: KernelName) -> None:
    """Take a few steps by a kernel, which compiles it or loads it from Numba's cache."""
    hidden = [1, 1] if kernel == "tiles" else [1]
    few_steps = {"network": {"hidden": hidden}, "training": {"epochs": 1}, "engine": "compiled"}
    with suppress(Exception):  # a worker that needs the kernel reports what is wrong
        plan = prepare(load_config(few_steps)).keeping("compiled", kernel)
        for _ in training_blocks(plan):
            pass
