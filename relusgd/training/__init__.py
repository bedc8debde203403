"""Training: from a config to blocks of snapshots.

It knows no disk but for the CSV that a config names, no screen and no progress bar. Gradients are
computed one floor below, in `relusgd.gradients`; what is made of the blocks is decided above.
"""

from relusgd.training.descent import State
from relusgd.training.loop import Block, train, training_blocks
from relusgd.training.plan import Plan, prepare

__all__ = ["Block", "Plan", "State", "prepare", "train", "training_blocks"]
