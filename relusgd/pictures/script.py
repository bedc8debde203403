"""The script of a film: which moments it shows, how fast, and what it says meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.pictures.frames import FPS, Indices


@dataclass(frozen=True, eq=False)
class Script:
    """What a film shows and says.

    rows: the moments in the order of the frames, ascending, shape (frames,). fps: frames a second.
    captions: a text of one line for every moment of the scene, or "" for none; without any, the
    film says nothing.
    """

    rows: Indices
    fps: float = FPS
    captions: Sequence[str] = ()

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
