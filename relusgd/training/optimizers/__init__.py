"""Optimizers: how a gradient changes the parameters. One formula, one small object, one file.

An optimizer gives its update in NumPy, what it remembers from step to step, and, for messages about
divergence, its largest stable learning rate. Its constants are the keys of the config's training
that it uses. The compiled engine has its updates in `relusgd.gradients.compiled.formulas`.
"""

from dataclasses import fields

from relusgd.config.training_section import Training
from relusgd.training.optimizers.adam import Adam
from relusgd.training.optimizers.adamw import AdamW
from relusgd.training.optimizers.optimizer import Optimizer
from relusgd.training.optimizers.rmsprop import RmsProp
from relusgd.training.optimizers.sgd import Sgd
from relusgd.training.optimizers.sign import SignDescent

__all__ = [
    "OPTIMIZERS",
    "Adam",
    "AdamW",
    "Optimizer",
    "RmsProp",
    "Sgd",
    "SignDescent",
    "keys_of",
    "make_optimizer",
    "unused_keys",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.name: optimizer for optimizer in (Sgd, Adam, AdamW, RmsProp, SignDescent)
}
"""By their names in configs."""


def keys_of(optimizer: type[Optimizer]) -> set[str]:
    """The keys of the config's training that are constants of this formula."""
    return {field.name for field in fields(optimizer)}


def make_optimizer(training: Training) -> Optimizer:
    """The optimizer that a config asks for; that of ridge, which takes no steps, is SGD."""
    optimizer = OPTIMIZERS.get(training.method, Sgd)
    constants = {key: getattr(training, key) for key in keys_of(optimizer)}
    return optimizer(**constants)


def unused_keys(method: str) -> set[str]:
    """The keys of the config's training that mean nothing to a method."""
    if method == "ridge":
        return set(Training.model_fields) - {"method", "penalty"}
    constants: set[str] = set()
    for optimizer in OPTIMIZERS.values():
        constants |= keys_of(optimizer)
    constants -= keys_of(OPTIMIZERS[method])
    return constants | {"penalty"}
