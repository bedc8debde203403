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
        layers = len(config.network.hidden)
        yield config.origin.fault(
            "engine",
            f"must be numpy or auto: compiled is for one hidden layer and network.hidden has {layers}",
        )
    elif not numba_is_installed():
        yield config.origin.fault(
            "engine",
            f"must be numpy or auto: compiled needs Numba, which is not installed; {INSTALL} installs it",
        )


def choose_engine(config: Config) -> Engine:
    """The engine of a training; auto is compiled where Numba is installed and there is one hidden layer."""
    if (
        config.training.method == "ridge"
        or len(config.network.hidden) > 1
        or config.engine == "numpy"
    ):
        return "numpy"
    return "compiled" if config.engine == "compiled" or numba_is_installed() else "numpy"


def choose_kernel(engine: Engine, batch_size: int, width: int, points: int) -> KernelName:
    """The faster kernel of one hidden layer, by sizes alone, so that the same config always takes the same."""
    times = gradient_nanoseconds(engine, batch_size, width, points)
    return "dense" if times["dense"] <= times["prefix_sums"] else "prefix_sums"


def gradient_nanoseconds(
    engine: Engine, batch_size: int, width: int, points: int
) -> dict[KernelName, int]:
    """About how long each kernel of one hidden layer takes for the gradient of a batch, by sizes alone.

    The numbers are nanoseconds as measured, per unit, per point and per pair of them; `benchmarks/steps.py kernels` says how
    far the choice is from the faster one on a machine.
    """
    B, H, n = batch_size, width, points
    if engine == "numpy":
        return {"dense": 3 * B * H, "prefix_sums": 45_000 + 40 * B + 50 * H}
    H = padded(H)
    sorting_and_placing = 4 * B + min(n // 2, 4 * H * B.bit_length()) if n > B else 0
    return {"dense": padded(B) * H // 6, "prefix_sums": 100 + B + 7 * H + sorting_and_placing}


def padded(size: int) -> int:
    """How many units, or points of a dense step, the compiled kernels really work on."""
    return -(-size // 8) * 8
