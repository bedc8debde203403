"""Which engine `engine: auto` stands for: the one that has the training done first.

Compiled steps take a fraction of the time, but Numba and the kept machine code take some 0.2
seconds to load, as long as 28,000 steps of NumPy at the notebook's sizes. So the number of steps
decides, and their estimated cost. Both follow from the config alone, so that a config always gets
the same engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relusgd.ceil_div import ceil_div
from relusgd.config import Config
from relusgd.model.network import parameter_count
from relusgd.training.descent import Engine
from relusgd.training.engines import (
    choose_kernel,
    deep_step_nanoseconds,
    numba_is_installed,
    one_layer_step_nanoseconds,
)
from relusgd.training.noise import Noise

LOADING_NANOSECONDS = 460_000_000
"""What loading Numba and the kept machine code takes, in the units of `STEP_NANOSECONDS`.

`benchmarks/waiting.py turns` measures trainings that save as much. A second there is about
2,200,000,000 of these units.
"""

OPTIMIZER_NANOSECONDS = {
    "sgd": (0, 0),
    "sign": (400, 0),
    "rmsprop": (5_000, 10),
    "adam": (8_000, 12),
    "adamw": (9_500, 12),
}
"""Method → what it adds to a step of plain SGD by NumPy: at all, and for every parameter."""

MOMENTUM_NANOSECONDS = (2_600, 4)


@dataclass(frozen=True, eq=False)
class LikeTrainings:
    """So many trainings of one config but for seeds. points: how many training points each has."""

    config: Config
    points: int
    count: int


def choose_engine(config: Config, points: int, auto: Engine | None = None) -> Engine:
    """The engine of a training on so many points.

    auto: what `auto` stands for where it is decided for many trainings together; None is for this
    one alone.
    """
    if not _may_be_compiled(config):
        return "numpy"
    if config.engine != "auto":
        return config.engine
    if not numba_is_installed():
        return "numpy"
    return auto or auto_engine([LikeTrainings(config, points, 1)])


def auto_engine(trainings: Iterable[LikeTrainings]) -> Engine:
    """The engine that has these trainings done first, one after the other.

    No more of them are looked at than decide.
    """
    saved = 0
    for alike in trainings:
        saved += alike.count * compiled_saving(alike.config, alike.points)
        if saved > LOADING_NANOSECONDS:
            return "compiled"
    return "numpy"


def compiled_saving(config: Config, points: int) -> int:
    """About how many nanoseconds a training is shorter when it is compiled, loading aside."""
    if not _may_be_compiled(config) or config.engine == "numpy":
        return 0
    training = config.training
    batch_size = points if training.batch_size == "full" else training.batch_size
    by_numpy = _step_nanoseconds(config, "numpy", batch_size, points)
    compiled = _step_nanoseconds(config, "compiled", batch_size, points)
    saved = by_numpy - compiled + _optimizer_nanoseconds(config)
    steps_per_epoch = ceil_div(points, batch_size)
    return max(saved, 0) * config.total_steps(steps_per_epoch)


def _step_nanoseconds(config: Config, engine: Engine, batch_size: int, points: int) -> int:
    """About how long a step takes, beside drawing noise and the method's own part."""
    training = config.training
    hidden = config.network.hidden
    noise = Noise(training.label_noise, training.input_noise)
    if len(hidden) > 1:
        return deep_step_nanoseconds(engine, batch_size, hidden, training.layers, noise)
    (width,) = hidden
    kernel = choose_kernel(engine, batch_size, width, points, noise)
    return one_layer_step_nanoseconds(
        engine,
        kernel,
        batch_size,
        width,
        points,
        training.layers,
        noise,
    )


def _may_be_compiled(config: Config) -> bool:
    """Whether the compiled engine is for such a training."""
    return config.training.method != "ridge"


def _optimizer_nanoseconds(config: Config) -> int:
    """What the method adds to a step of plain SGD by NumPy."""
    method = config.training.method
    alone, per_parameter = OPTIMIZER_NANOSECONDS[method]
    if method == "sgd" and config.training.momentum:
        alone, per_parameter = MOMENTUM_NANOSECONDS
    return alone + parameter_count(config.network.hidden) * per_parameter
