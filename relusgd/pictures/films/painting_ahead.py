"""Pictures painted ahead by other processes, on all cores, while this one encodes them in order.

A forked process has the painter as it is, without any reading or drawing anew. Painter k of n
paints the frames k, k + n, k + 2n, … into SLOTS places of a memory that is shared, so that memory
does not grow with the film. A byte through a pipe says that a frame is painted, or that its place
is free again. When this process ends, however that is, the pipes close and the painters end, too.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from relusgd.systems import available_cores

SLOTS = 3
"""Frames that a painter may be ahead."""

MOST_PAINTERS = 4

FEWEST_FRAMES = 60
"""Shorter films are painted by this process alone."""

FREE, PAINTED = b"f", b"p"

Frame = NDArray[np.uint8]


class PaintsAhead(Protocol):
    """What makes pictures by their index."""

    @property
    def size(self) -> tuple[int, int]: ...

    def paint(self, index: int) -> Frame: ...


@contextmanager
def painted(painter: PaintsAhead, indices: Sequence[int]) -> Iterator[Iterator[Frame]]:
    """The pictures with these indices, in order; each holds until the next one is asked for."""
    count = painters_for(len(indices))
    if count == 0:
        yield (painter.paint(index) for index in indices)
        return
    helpers: list[HelpingPainter] = []
    try:
        for number in range(count):
            helpers.append(HelpingPainter(painter, indices[number::count], helpers))
        yield _in_order(painter, helpers, indices)
    finally:
        for helper in helpers:
            helper.end()


def painters_for(frames: int) -> int:
    """How many processes paint ahead: one fewer than there are cores, and 0 for a short film."""
    if sys.platform != "linux" or frames < FEWEST_FRAMES:
        return 0
    return min(available_cores() - 1, MOST_PAINTERS)


def _in_order(
    painter: PaintsAhead, helpers: Sequence[HelpingPainter], indices: Sequence[int]
) -> Iterator[Frame]:
    for position, index in enumerate(indices):
        helper = helpers[position % len(helpers)]
        frame = helper.next_frame()
        if frame is None:
            # It could not; here the reason is met, if there is one.
            yield painter.paint(index)
            continue
        yield frame
        helper.free()


class HelpingPainter:
    """A forked process that paints the pictures with these indices, one after the other.

    others: those that were forked before, whose pipes are none of its business.
    """

    def __init__(
        self, painter: PaintsAhead, indices: Sequence[int], others: Sequence[HelpingPainter]
    ) -> None:
        width, height = painter.size
        self._shape = (height, width, 4)
        self._bytes = width * height * 4
        self._memory = mmap.mmap(-1, SLOTS * self._bytes)
        self._taken = 0
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self._alive = True
        with warnings.catch_warnings():
            # The other threads of this process draw a progress bar, which the painter never does.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if self._process == 0:
            self._work(painter, indices, orders, answers, others)
        os.close(orders)
        os.close(answers)

    def _work(
        self,
        painter: PaintsAhead,
        indices: Sequence[int],
        orders: int,
        answers: int,
        others: Sequence[HelpingPainter],
    ) -> None:
        """The life of the painter; it never returns."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for pipe in (self._orders, self._answers, *(end for one in others for end in one.ends)):
                os.close(pipe)
            for number, index in enumerate(indices):
                if number >= SLOTS and os.read(orders, 1) != FREE:
                    break
                self._slot(number)[...] = painter.paint(index)
                os.write(answers, PAINTED)
        finally:
            os._exit(0)

    @property
    def ends(self) -> tuple[int, int]:
        """This process's ends of the pipes."""
        return self._orders, self._answers

    def _slot(self, number: int) -> Frame:
        start = number % SLOTS * self._bytes
        pixels = np.frombuffer(self._memory, np.uint8, self._bytes, start)
        return pixels.reshape(self._shape)

    def next_frame(self) -> Frame | None:
        """The next picture, when it is painted; None if the painter has ended without it."""
        if not self._alive or os.read(self._answers, 1) != PAINTED:
            self._alive = False
            return None
        self._taken += 1
        return self._slot(self._taken - 1)

    def free(self) -> None:
        """The last picture is no longer needed."""
        try:
            os.write(self._orders, FREE)
        except BrokenPipeError:  # it has painted everything
            return

    def end(self) -> None:
        """Close the pipes, on which the painter ends, and wait for that."""
        for pipe in self.ends:
            os.close(pipe)
        os.waitpid(self._process, 0)
