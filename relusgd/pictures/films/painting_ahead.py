"""Pictures painted ahead by other processes, on all cores, while this one encodes them in order.

A forked process has the painter as it is, without any reading or drawing anew. It paints the frames
that it is told into a few slots of a memory that is shared, so that memory does not grow with the
film. A number through a pipe says which frame to paint into the next slot, a byte through another
one that it is painted. Where this process would wait for a frame, it paints one itself meanwhile.
When it ends, however that is, the pipes close and the painters end, too.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Protocol

import numpy as np

from relusgd.pictures.films.painter import Frame
from relusgd.systems import available_cores

FEWEST_SLOTS, MOST_SLOTS = 3, 6
"""Frames that a painter may be ahead. With more of them it waits less where encoding takes now more
and now less time."""

SLOTS_BYTES = 24 * 2**20
"""The memory for the frames that a painter is ahead, if more than the fewest fit into it."""

MOST_PAINTERS = 4

FEWEST_FRAMES = 60
"""Shorter films are painted by this process alone."""

ORDER_BYTES = 8
"""The length of an order: the place of a frame in the film."""

PAINTED = b"p"


class PaintsAhead(Protocol):
    """What makes pictures by their index."""

    @property
    def size(self) -> tuple[int, int]: ...

    def paint(self, index: int) -> Frame: ...


@contextmanager
def painted(painter: PaintsAhead, indices: Sequence[int]) -> Iterator[Iterator[Frame]]:
    """The pictures with these indices, in order; each holds until the next one is asked for."""
    helping = painters_for(len(indices))
    if helping == 0:
        yield (painter.paint(index) for index in indices)
        return
    helpers: list[HelpingPainter] = []
    try:
        for _ in range(helping):
            helpers.append(HelpingPainter(painter, indices, helpers))
        yield _in_order(painter, helpers, indices)
    finally:
        for helper in helpers:
            helper.end()


def painters_for(frames: int) -> int:
    """How many processes paint ahead: one fewer than there are cores, and 0 for a short film."""
    if sys.platform != "linux" or frames < FEWEST_FRAMES:
        return 0
    return min(available_cores() - 1, MOST_PAINTERS)


def slots_for(frame_bytes: int) -> int:
    """How many frames of this size a painter may be ahead."""
    fitting = SLOTS_BYTES // frame_bytes
    return min(max(fitting, FEWEST_SLOTS), MOST_SLOTS)


def _in_order(
    painter: PaintsAhead, helpers: Sequence[HelpingPainter], indices: Sequence[int]
) -> Iterator[Frame]:
    """The frames in their order: most by helpers, and some by this process while it would wait."""
    to_order = iter(range(len(indices)))
    painters: dict[int, HelpingPainter] = {}

    def order_next(helper: HelpingPainter) -> None:
        place = next(to_order, None)
        if place is not None:
            painters[place] = helper
            helper.order(place)

    for _ in range(helpers[0].slots):
        for helper in helpers:
            order_next(helper)
    own: dict[int, Frame] = {}
    for place, index in enumerate(indices):
        if place in own:
            yield own.pop(place)
            continue
        helper = painters.pop(place)
        if not own and not helper.has_painted():
            ahead = next(to_order, None)
            if ahead is not None:
                own[ahead] = painter.paint(indices[ahead]).copy()
        frame = helper.next_frame()
        # A helper that could not paint has ended; here the reason is met, if there is one.
        yield painter.paint(index) if frame is None else frame
        order_next(helper)


class HelpingPainter:
    """A forked process that paints pictures in the order in which it is told.

    indices: of the whole film. others: those that were forked before, whose pipes are none of its
    business. slots: how many frames it may be ahead.
    """

    def __init__(
        self, painter: PaintsAhead, indices: Sequence[int], others: Sequence[HelpingPainter]
    ) -> None:
        width, height = painter.size
        self._shape = (height, width, 4)
        self._bytes = width * height * 4
        self.slots = slots_for(self._bytes)
        self._memory = mmap.mmap(-1, self.slots * self._bytes)
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
            for number in count():
                order = os.read(orders, ORDER_BYTES)
                if len(order) < ORDER_BYTES:
                    break
                place = int.from_bytes(order, sys.byteorder)
                self._slot(number)[...] = painter.paint(indices[place])
                os.write(answers, PAINTED)
        finally:
            os._exit(0)

    @property
    def ends(self) -> tuple[int, int]:
        """This process's ends of the pipes."""
        return self._orders, self._answers

    def _slot(self, number: int) -> Frame:
        start = number % self.slots * self._bytes
        pixels = np.frombuffer(self._memory, np.uint8, self._bytes, start)
        return pixels.reshape(self._shape)

    def next_frame(self) -> Frame | None:
        """The next picture, when it is painted; None if the painter has ended without it."""
        if not self._alive or os.read(self._answers, 1) != PAINTED:
            self._alive = False
            return None
        self._taken += 1
        return self._slot(self._taken - 1)

    def order(self, place: int) -> None:
        """Have the frame at this place of the film painted; the oldest one is no longer needed."""
        try:
            os.write(self._orders, place.to_bytes(ORDER_BYTES, sys.byteorder))
        except BrokenPipeError:  # it has ended, and `next_frame` will tell
            return

    def has_painted(self) -> bool:
        """Whether the next picture is there, or never will be."""
        return bool(select.select([self._answers], [], [], 0)[0])

    def end(self) -> None:
        """Close the pipes, on which the painter ends, and wait for that."""
        for pipe in self.ends:
            os.close(pipe)
        os.waitpid(self._process, 0)
