"""The script of a film: which moments it shows, how fast, and what it says meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.moments.frames import FPS, Indices


@dataclass(frozen=True, eq=False)
class Script:
    """What a film shows and says.

    rows: the moments in the order of the frames, ascending, shape (frames,). fps: frames a second.
    captions: a text of one line for every moment of the scene, or "" for none; without any, the
    film says nothing. words_until: the last moment with words beside things, however early it is.
    """

    rows: Indices
    fps: float = FPS
    captions: Sequence[str] = ()
    words_until: int | None = None

    @classmethod
    def of_all(cls, count: int) -> Script:
        """The film of all of `count` moments."""
        return cls(np.arange(count))

    def second(self, row: int) -> float:
        """When a moment is shown, in seconds from the start of the film."""
        return float(np.searchsorted(self.rows, row)) / self.fps

    def caption(self, row: int) -> str:
        """What is said at a moment."""
        return self.captions[row] if len(self.captions) else ""


def film_axis(clock: Array | Integers, script: Script) -> TimeAxis:
    """The axis of time of a film, which ends where the film does; of a still, that of all moments.

    clock: when each moment was, in steps or epochs, shape (moments,).
    """
    last = script.rows[-1] if len(script.rows) > 1 else -1
    return TimeAxis(float(clock[0]), float(clock[last]))
