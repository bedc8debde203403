"""The small configs that tests of several rooms train, and short ways to load them with changes.

Keyword arguments of the functions are keys of the config with `__` for dots:
`small(training__epochs=3)`.
"""

from relusgd.config import load_config

SMALL = {
    "data": {"samples": 30, "test_samples": 20},
    "network": {"hidden": [7]},
    "training": {"epochs": 40, "batch_size": 8, "sampling": "shuffle"},
}
"""Large enough that the error falls, small enough to train in a few milliseconds."""

TINY = {
    "data": {"samples": 6, "test_samples": 3},
    "network": {"hidden": [3]},
    "training": {"epochs": 8, "batch_size": 2, "momentum": 0.5},
}
"""For tests that look at the folder of a run and not at what was learned."""

SWEEP = {
    "data": {"samples": 12, "test_samples": 9},
    "training": {"epochs": 60, "batch_size": 4},
    "snapshots": {"every": 20},
    "engine": "numpy",
    "sweep": {
        "grid": {"network.hidden": [3, 5]},
        "cases": {"all": {}, "ridge": {"training.method": "ridge"}},
        "repeat": 3,
    },
}
"""Twelve short runs."""

COMPARABLE_SWEEP = {
    "data": {"samples": 30, "test_samples": 20},
    "training": {"epochs": 20, "batch_size": 10},
    "snapshots": {"every": 4},
    "sweep": {
        "grid": {"network.hidden": [4, 6]},
        "cases": {
            "all": {"training.layers": "all", "training.learning_rate": 0.02},
            "output": {"training.layers": "output", "training.learning_rate": 0.2},
            "ridge": {"training.method": "ridge"},
        },
        "repeat": 3,
    },
}
"""Two widths × three ways of training × three seeds."""


def dotted(overrides):
    """Keyword arguments as the keys of a config."""
    return {key.replace("__", "."): value for key, value in overrides.items()}


def small(**overrides):
    return load_config(SMALL, dotted(overrides))


def tiny(**overrides):
    return load_config(TINY, dotted(overrides))


def small_sweep(**overrides):
    return load_config(SWEEP, dotted(overrides))
