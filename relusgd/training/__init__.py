"""Training: from a config to blocks of snapshots. It knows no disk, no screen and no progress bar."""

from relusgd.training.loop import Block, train, training_blocks
from relusgd.training.plan import Plan, prepare
from relusgd.training.sgd import State

__all__ = ["Block", "Plan", "State", "prepare", "train", "training_blocks"]
