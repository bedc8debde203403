"""Engines: the call that takes the steps, the kernel by which it does, and what a step costs.

The kernel follows from the sizes, before the first step. `auto_engine` chooses the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise

from relusgd.advice import advice, flag
from relusgd.ceil_div import ceil_div
from relusgd.config import Config
from relusgd.errors import InputError
from relusgd.gradients.dense import Layers
from relusgd.model.network import Array, Integers
from relusgd.training.descent import Descent, Engine, KernelName, State
from relusgd.training.noise import NO_NOISE, Noise

INSTALL = "pip install 'relusgd[fast]'"

DEEP_KERNELS: dict[Engine, KernelName] = {"numpy": "dense", "compiled": "tiles"}
"""Engine → the kernel of networks with several hidden layers."""

STEP_NANOSECONDS = {"numpy": 12_000, "compiled": 60}
"""What a step of one hidden layer takes beside its gradient."""

NORMAL_NANOSECONDS = 30
"""What a normal number takes, with what it is added to."""


def advance(descent: Descent, state: State, stop: int, recorded: Integers) -> tuple[State, Array]:
    """Take the steps after `state` up to and including step `stop`.

    Returns the state there and the parameters after each step in `recorded` (increasing, in
    state.step + 1 … stop), shape (len(recorded), parameter_count). How the steps are divided among
    calls never changes a bit. `state` itself is not changed.
    """
    if descent.engine == "compiled":
        # Imported here because it loads Numba, which is optional and slow to import.
        from relusgd.training.compiled_steps import take_steps
    else:
        from relusgd.training.numpy_steps import take_steps
    return take_steps(descent, state, stop, recorded)


def numba_is_installed() -> bool:
    """Whether the compiled engine can run; nothing is imported to find out."""
    return find_spec("numba") is not None


def check_installed(engine: Engine) -> None:
    """Raise InputError if a run that began with this engine cannot go on for want of Numba."""
    if engine == "compiled" and not numba_is_installed():
        problem = (
            "this run began with engine: compiled, which needs Numba, and Numba is not installed"
        )
        hint = advice("{} lets it go on; {} trains it anew without", INSTALL, flag("overwrite"))
        raise InputError(problem, hint)


def engine_faults(config: Config) -> Iterator[str]:
    """Why the engine that the config asks for cannot run its training."""
    if config.engine != "compiled" or config.training.method == "ridge":
        return
    if not numba_is_installed():
        reason = f"compiled needs Numba, which is not installed; {INSTALL} installs it"
        yield config.origin.fault("engine", f"must be numpy or auto: {reason}")


def choose_kernel(
    engine: Engine,
    batch_size: int,
    width: int,
    points: int,
    noise: Noise = NO_NOISE,
) -> KernelName:
    """The fastest kernel of one hidden layer.

    Sizes, and which points have noise, decide alone, so that a config always gets the same one.
    """
    times = gradient_nanoseconds(engine, batch_size, width, points, noise)
    return min(times, key=times.__getitem__)


def gradient_nanoseconds(
    engine: Engine,
    batch_size: int,
    width: int,
    points: int,
    noise: Noise = NO_NOISE,
) -> dict[KernelName, int]:
    """About how long each kernel of one hidden layer takes for the gradient of a batch.

    The numbers are measured nanoseconds per unit, per point and per pair of both;
    `benchmarks/steps.py kernels` compares the choice with the fastest kernel on a machine.
    """
    B, H, n = batch_size, width, points
    is_sorted_anew = bool(noise) and (n > B or noise.on_x > 0)
    if engine == "numpy":
        sorting = 60 * B if is_sorted_anew else 0
        return {"dense": 3 * B * H, "prefix_sums": 45_000 + 40 * B + 50 * H + sorting}
    H = padded(H)
    pairs = padded(B) * H
    fetching = B // 2 if n > B or noise else 0
    return {
        "dense": 30 + H + 2 * fetching + pairs // 10,
        "comparisons": 30 + H + fetching + pairs // 16,
        "prefix_sums": prefix_sum_nanoseconds(B, H, n, is_sorted_anew=is_sorted_anew),
    }


def prefix_sum_nanoseconds(B: int, H: int, n: int, *, is_sorted_anew: bool) -> int:
    """How long a gradient by compiled prefix sums takes, for H padded units.

    is_sorted_anew: whether every batch has points of its own, which have to be sorted.
    """
    searching = 4 * H * B.bit_length()
    if is_sorted_anew:
        return 100 + 61 * B + 7 * H + searching
    if n == B:
        return 150 + B + B // 5 + 6 * H
    counting = 7 * n // 10
    sorting = B + B // 2
    return 100 + B + 4 * H + sorting + min(counting, searching)


def padded(size: int) -> int:
    """How many units, or points of a dense step, the compiled kernels work on."""
    return ceil_div(size, 8) * 8


def one_layer_step_nanoseconds(
    engine: Engine,
    kernel: KernelName,
    batch_size: int,
    width: int,
    points: int,
    layers: Layers,
    noise: Noise = NO_NOISE,
) -> int:
    """About how long a step of a network with one hidden layer takes, beside drawing noise.

    Where only the output layer learns, NumPy computes no gradient of the hidden layer, and its
    dense kernel keeps that layer's outputs. Compiled steps are nearly as long as ever.
    """
    gradient = gradient_nanoseconds(engine, batch_size, width, points, noise)
    step = STEP_NANOSECONDS[engine] + gradient[kernel]
    if engine == "compiled" or layers != "output":
        return step
    if kernel == "dense" and not noise:
        return kept_output_nanoseconds(batch_size * width)
    return 3 * step // 4


def kept_output_nanoseconds(kept: int) -> int:
    """How long a step of the output layer alone takes by NumPy, on so many kept outputs."""
    return 6_100 + kept // 3


def deep_step_nanoseconds(
    engine: Engine,
    batch_size: int,
    hidden: Sequence[int],
    layers: Layers,
    noise: Noise = NO_NOISE,
) -> int:
    """About how long a step of a network with several hidden layers takes, beside drawing noise.

    The numbers are measured nanoseconds per layer, per output of a unit at a point, and per product
    of a weight, as long as those of one hidden layer are. Where only the output layer learns, the
    outputs of the last hidden layer are kept.
    """
    if layers == "output" and not noise:
        kept = batch_size * hidden[-1]
        if engine == "numpy":
            return kept_output_nanoseconds(kept)
        return 500 + 20 * batch_size + kept
    depth = len(hidden)
    if engine == "numpy":
        outputs = batch_size * sum(hidden)
        products = batch_size * _weights([1, *hidden, 1])
        return 23_000 + 20_500 * depth + 5 * outputs + 2 * products // 7
    padded_sizes = [padded(size) for size in (1, *hidden, 1)]
    products = padded(batch_size) * _weights(padded_sizes)
    return 1_000 * depth + products // 8


def _weights(sizes: Sequence[int]) -> int:
    """How many weights there are between layers of these sizes."""
    return sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))


def step_nanoseconds(descent: Descent) -> int:
    """About how long a step takes."""
    points = len(descent.x)
    hidden = descent.hidden
    engine = descent.engine
    noise = descent.noise
    batch_size = min(descent.largest_batch, points)
    drawing = NORMAL_NANOSECONDS * batch_size * noise.numbers_per_point
    if len(hidden) > 1:
        return drawing + deep_step_nanoseconds(engine, batch_size, hidden, descent.layers, noise)
    (width,) = hidden
    return drawing + one_layer_step_nanoseconds(
        engine,
        descent.kernel,
        batch_size,
        width,
        points,
        descent.layers,
        noise,
    )
