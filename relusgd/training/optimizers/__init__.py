"""Optimizers: how a gradient changes the parameters. One formula, one small object, one file.

An optimizer gives its update in NumPy and, for messages about divergence, its largest stable
learning rate. The compiled engine has its updates in `relusgd.gradients.compiled.update`.
"""

from relusgd.training.optimizers.sgd import Sgd

__all__ = ["Sgd"]
