"""Pictures of several painters in one film, one part after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from relusgd.pictures.films.painter import Frame
from relusgd.pictures.moments.frames import Indices


class Paints(Protocol):
    """What makes pictures by their index.

    The next picture overwrites the memory of `paint`; `frame` gives a copy of its own.
    """

    @property
    def size(self) -> tuple[int, int]: ...

    def paint(self, index: int) -> Frame: ...

    def frame(self, index: int) -> Frame: ...


@dataclass(frozen=True, eq=False)
class FilmPart:
    """A part of a film: pictures of one painter. indices: in the order of the frames."""

    painter: Paints
    indices: Indices


class PaintersInTurn:
    """The pictures of parts, one after the other. Index i is frame i of the whole.

    give_back: called after each picture, in the process that painted it; nothing that was read for
    the picture is needed any more.
    """

    def __init__(
        self, parts: Sequence[FilmPart], give_back: Callable[[], None] | None = None
    ) -> None:
        self._parts = tuple(parts)
        self._give_back = give_back
        lengths = [len(part.indices) for part in parts]
        self._starts = np.concatenate([[0], np.cumsum(lengths)])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._parts[0].painter.size

    @property
    def count(self) -> int:
        """The frames of all parts."""
        return int(self._starts[-1])

    def paint(self, index: int) -> Frame:
        """The picture of a frame, in a painter's own memory."""
        number = int(np.searchsorted(self._starts, index, side="right")) - 1
        part = self._parts[number]
        picture = part.painter.paint(int(part.indices[index - self._starts[number]]))
        if self._give_back:
            self._give_back()
        return picture

    def frame(self, index: int) -> Frame:
        """A copy of the picture of a frame."""
        return self.paint(index).copy()
