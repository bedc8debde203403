"""Train ReLU networks of one input and one output with SGD, record every elbow, and film the
learned function.

What the commands do, from Python:

    config = relusgd.load_config("configs/notebook.yaml", {"training.epochs": 100})
    for block in relusgd.train(config):     # the training loop as a generator; it knows no disk
        ...
    run = relusgd.record(config)            # the same, recorded in a run folder
    run.network(epoch=100)([0.1, 0.2])      # a recorded network is a function
    run.animate(seconds=5)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relusgd.reference_cycles import without_cycle_search
from relusgd.systems import NOT_ON_WINDOWS, ON_WINDOWS, is_windows
from relusgd.version import __version__ as __version__

if TYPE_CHECKING:
    from relusgd.checks.gradcheck import GradientCheck, check_gradients
    from relusgd.comparing.compare import Comparison, compare
    from relusgd.config import Config, load_config
    from relusgd.diagnostics.measures import total_variation
    from relusgd.diagnostics.sharpness import sharpness
    from relusgd.errors import ConfigError, DivergedError, InputError, RelusgdError
    from relusgd.gradients.jacobian import jacobian
    from relusgd.model.breakpoints import Breakpoints, breakpoints
    from relusgd.model.history import History
    from relusgd.model.network import Network
    from relusgd.model.points import Dataset
    from relusgd.runs.drawing import animate, figure, plot, view
    from relusgd.runs.explain import explain
    from relusgd.runs.find import load_run
    from relusgd.runs.record import record
    from relusgd.runs.run import Run
    from relusgd.runs.step import step
    from relusgd.sweeps.running import run_sweep
    from relusgd.sweeps.sweep import Sweep, load_sweep
    from relusgd.training import Block, prepare, train

_HOMES = {
    "Block": "relusgd.training",
    "Breakpoints": "relusgd.model.breakpoints",
    "Comparison": "relusgd.comparing.compare",
    "Config": "relusgd.config",
    "ConfigError": "relusgd.errors",
    "Dataset": "relusgd.model.points",
    "DivergedError": "relusgd.errors",
    "GradientCheck": "relusgd.checks.gradcheck",
    "History": "relusgd.model.history",
    "InputError": "relusgd.errors",
    "Network": "relusgd.model.network",
    "RelusgdError": "relusgd.errors",
    "Run": "relusgd.runs.run",
    "Sweep": "relusgd.sweeps.sweep",
    "animate": "relusgd.runs.drawing",
    "breakpoints": "relusgd.model.breakpoints",
    "check_gradients": "relusgd.checks.gradcheck",
    "compare": "relusgd.comparing.compare",
    "explain": "relusgd.runs.explain",
    "figure": "relusgd.runs.drawing",
    "jacobian": "relusgd.gradients.jacobian",
    "load_config": "relusgd.config",
    "load_run": "relusgd.runs.find",
    "load_sweep": "relusgd.sweeps.sweep",
    "plot": "relusgd.runs.drawing",
    "prepare": "relusgd.training",
    "record": "relusgd.runs.record",
    "run_sweep": "relusgd.sweeps.running",
    "sharpness": "relusgd.diagnostics.sharpness",
    "step": "relusgd.runs.step",
    "total_variation": "relusgd.diagnostics.measures",
    "train": "relusgd.training",
    "view": "relusgd.runs.drawing",
}

__all__ = [
    "Block",
    "Breakpoints",
    "Comparison",
    "Config",
    "ConfigError",
    "Dataset",
    "DivergedError",
    "GradientCheck",
    "History",
    "InputError",
    "Network",
    "RelusgdError",
    "Run",
    "Sweep",
    "animate",
    "breakpoints",
    "check_gradients",
    "compare",
    "explain",
    "figure",
    "jacobian",
    "load_config",
    "load_run",
    "load_sweep",
    "plot",
    "prepare",
    "record",
    "run_sweep",
    "sharpness",
    "step",
    "total_variation",
    "train",
    "view",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import relusgd` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'relusgd' has no attribute {name!r}")
    if is_windows():
        raise ImportError(f"{NOT_ON_WINDOWS}: {ON_WINDOWS}")
    with without_cycle_search():
        module = import_module(_HOMES[name])
    return getattr(module, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
