"""A training that cannot fit into memory is refused before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from relusgd.config import Config
from relusgd.model.network import parameter_count
from relusgd.systems import address_space_limit
from relusgd.training.optimizers import OPTIMIZERS
from relusgd.words import or_list

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
SHARE = 0.8
"""The fraction of the available memory that a training may need."""


def memory_faults(config: Config, training_points: int, test_points: int) -> Iterator[str]:
    """Why this training does not fit, at the key that asks for most of what it needs."""
    needed = memory_needed(config, training_points, test_points)
    total = sum(needed.values())
    available = available_memory()
    if total <= SHARE * available:
        return
    largest = max(needed, key=needed.__getitem__)
    yield config.origin.fault(
        largest,
        f": training needs about {total / 1e9:,.1f} GB of memory "
        f"and this machine has {available / 1e9:,.1f} GB; make {or_list(list(needed))} smaller",
    )


def memory_needed(config: Config, training_points: int, test_points: int) -> dict[str, int]:
    """The peak of memory in bytes, by the key that asks for it.

    The factors are measured and rounded up.
    """
    hidden = config.network.hidden
    width = max(hidden)
    n = training_points
    batch = n if config.training.batch_size == "full" else config.training.batch_size
    batches = 0
    matrices = 0
    method = config.training.method
    if method == "ridge":
        matrices = 4 * n * width
    elif len(hidden) > 1:
        batches = 4 * batch * width
        matrices = 3 * (n + test_points) * width
    else:
        # Large sizes go by prefix sums, which need no matrix of points × units.
        batches = min(30 * batch + 4 * batch * width, 30 * (batch + width))
    numbers = {}
    if config.data.kind == "target":
        numbers["data.samples"] = 8 * (2 * n + test_points)
    vectors = len(OPTIMIZERS[method].memory) if method in OPTIMIZERS else 1
    numbers["network.hidden"] = (13 + 5 * vectors) * parameter_count(hidden) + matrices
    numbers["training.batch_size"] = batches
    return {key: 8 * count for key, count in numbers.items()}


def available_memory() -> int:
    """Bytes that this process may use.

    The least of the machine's memory, its container's limit and its own (ulimit -v).
    """
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in map(Path, CGROUP_LIMITS):
        with suppress(OSError, ValueError):
            limits.append(int(file.read_text()))
    own = address_space_limit()
    if own is not None:
        limits.append(max(0, own - _address_space()))
    return min(limits)


def _address_space() -> int:
    """Bytes of address space that this process uses already; 0 if the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        counts = Path("/proc/self/statm").read_text().split()
        return int(counts[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0
