"""Which engine takes the steps, and by which kernel: decided before the first step, from what is asked and what is there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from relusgd.config import Config
from relusgd.training.sgd import Engine, KernelName

INSTALL = "pip install 'relusgd[fast]'"


def numba_is_installed() -> bool:
    """Whether the compiled engine can run; nothing is imported to find out."""
    return find_spec("numba") is not None


def engine_faults(config: Config) -> Iterator[str]:
    """Why the engine that the config asks for cannot run its training."""
    if config.engine != "compiled" or config.training.method == "ridge":
        return
    if len(config.network.hidden) > 1:
        layers = f"network.hidden has {len(config.network.hidden)}"
        yield config.origin.fault("engine", f": compiled is for one hidden layer and {layers}; use numpy, or auto")
    elif not numba_is_installed():
        yield config.origin.fault("engine", f": compiled needs Numba, which is not installed; install it with {INSTALL}, or use auto")


def choose_engine(config: Config) -> Engine:
    """The engine of a training; auto is compiled where Numba is installed and there is one hidden layer."""
    if config.training.method == "ridge" or len(config.network.hidden) > 1 or config.engine == "numpy":
        return "numpy"
    return "compiled" if config.engine == "compiled" or numba_is_installed() else "numpy"


def choose_kernel(engine: Engine, batch_size: int, width: int, points: int) -> KernelName:
    """The faster kernel of one hidden layer, by sizes alone, so that the same config always takes the same."""
    B, H, n = batch_size, width, points
    if engine == "numpy":
        # dense costs 7 µs + 27 ns B·H, prefix sums hardly grow at these sizes: they meet at 34 µs for batches drawn anew
        return "dense" if (9_000 if n > B else 5_000) > B * H else "prefix_sums"
    # compiled, a batch that is counted through or is full costs so little that only the smallest are left to dense
    return "dense" if (1_500 if n == B else 3_000 if n <= 16 * B else 9_000) > B * H else "prefix_sums"
