"""An event: what happened in a training, when, by which numbers, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relusgd.config.values import finite_or_none


@dataclass(frozen=True)
class Event:
    """Something that happened in a training.

    name: the kind of event. row: the snapshot at which it begins, epoch and step: of that snapshot,
    epoch with its fraction. end_row, end_epoch, end_step: where it has ended; None for what happens
    at once or lasts to the end. numbers: what it was told by, in the units of the data. sentence:
    what happened, for a reader; caption: the same on one line of a film.
    """

    name: str
    row: int
    epoch: float
    step: int
    end_row: int | None
    end_epoch: float | None
    end_step: int | None
    numbers: Mapping[str, float]
    sentence: str
    caption: str

    def to_json(self) -> dict[str, Any]:
        """Everything as numbers and texts; numbers that are not finite are None."""
        return {
            "name": self.name,
            "row": self.row,
            "epoch": self.epoch,
            "step": self.step,
            "end_row": self.end_row,
            "end_epoch": self.end_epoch,
            "end_step": self.end_step,
            "numbers": finite_or_none(self.numbers),
            "sentence": self.sentence,
            "caption": self.caption,
        }
