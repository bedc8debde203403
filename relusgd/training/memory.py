"""A training that cannot fit into memory is refused before anything is allocated."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from relusgd.config import Config
from relusgd.model.network import parameter_count

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
SHARE = 0.8
"""Of the memory that is there, how much a training may need."""


def memory_faults(config: Config, training_points: int, test_points: int) -> Iterator[str]:
    """Why this training does not fit, with the key that asks for most of what it needs."""
    needed = memory_needed(config, training_points, test_points)
    available = available_memory()
    if sum(needed.values()) <= SHARE * available:
        return
    told = f"training needs about {sum(needed.values()) / 1e9:,.1f} GB of memory and this machine has {available / 1e9:,.1f} GB"
    key = max(needed, key=needed.__getitem__)
    yield config.origin.fault(
        key, f": {told}; make {', '.join(needed).replace(', training', ' or training')} smaller"
    )


def memory_needed(config: Config, training_points: int, test_points: int) -> dict[str, int]:
    """Bytes at the highest by the key that asks for them; the factors are measured peaks, rounded up."""
    hidden, n = config.network.hidden, training_points
    batch = n if config.training.batch_size == "full" else int(config.training.batch_size)
    width = max(hidden)
    if config.training.method == "ridge":
        batches, matrices = 0, 4 * n * width
    elif len(hidden) > 1:
        batches, matrices = 4 * batch * width, 3 * (n + test_points) * width
    else:
        # One hidden layer needs no matrix of points × units, unless that is small.
        batches, matrices = min(30 * batch + 4 * batch * width, 30 * (batch + width)), 0
    points = 8 * (2 * n + test_points)
    numbers = {
        "network.hidden": 18 * parameter_count(hidden) + matrices,
        "training.batch_size": batches,
    }
    if config.data.kind == "target":
        numbers = {"data.samples": points, **numbers}
    return {key: 8 * count for key, count in numbers.items()}


def available_memory() -> int:
    """Bytes that this process may have: of the machine, of its container, or by its own limit (ulimit -v)."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in map(Path, CGROUP_LIMITS):
        with suppress(OSError, ValueError):
            limits.append(int(file.read_text()))
    own = resource.getrlimit(resource.RLIMIT_AS)[0]
    if own != resource.RLIM_INFINITY:
        limits.append(max(0, own - _address_space()))
    return min(limits)


def _address_space() -> int:
    """Bytes of address space that this process has taken already, where the system tells."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0
