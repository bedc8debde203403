"""Batches that were drawn, kept for the next training that sees the same ones.

Which points a batch has depends on the seed, the number of points and the size of the batches
alone. The trainings of a sweep that share these therefore draw the same batches, whatever their
widths and learning rates are. Here a process draws them once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Integers
from relusgd.training.streams import PIECE_DRAWS, Batches, BatchOrder, WordSource


@dataclass(frozen=True, eq=False)
class KeptPiece:
    """Consecutive batches, with the indices in the smallest type that has room for them."""

    indices: NDArray[np.unsignedinteger]
    bounds: Integers

    @property
    def bytes(self) -> int:
        return self.indices.nbytes + self.bounds.nbytes

    def batches(self, start: int, end: int) -> Batches:
        """The batches from the start-th to the end-th of the piece."""
        bounds = self.bounds[start : end + 1]
        first, last = bounds[0], bounds[-1]
        indices = self.indices[first:last].astype(np.int64)
        return Batches(indices, bounds - first)


class KeptBatches:
    """The batches of one or several orders, cut into pieces of equally many steps.

    most_bytes: how much is kept. When it is full, the batches of the order that has been kept
    longest go; those of a single order that is larger are kept as far as there is room.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._pieces: dict[BatchOrder, dict[int, KeptPiece]] = {}
        self._bytes = 0

    def batches(
        self,
        order: BatchOrder,
        first: int,
        stop: int,
        words: WordSource,
    ) -> Iterator[Batches]:
        """As `order.batches`."""
        if order.sampling == "full":  # nothing is drawn
            yield from order.batches(first, stop, words)
            return
        steps = steps_of_a_piece(order)
        while first < stop:
            number, start = divmod(first, steps)
            end = min(start + stop - first, steps)
            piece = self._piece(order, number, steps, words)
            yield piece.batches(start, end)
            first += end - start

    def _piece(self, order: BatchOrder, number: int, steps: int, words: WordSource) -> KeptPiece:
        """The batches of the steps number · steps … (number + 1) · steps − 1."""
        pieces = self._pieces.setdefault(order, {})
        if number not in pieces:
            drawn = draw_piece(order, number * steps, (number + 1) * steps, words)
            self._make_room(order, drawn.bytes)
            if self._bytes + drawn.bytes > self._most_bytes:
                return drawn
            pieces[number] = drawn
            self._bytes += drawn.bytes
        return pieces[number]

    def _make_room(self, order: BatchOrder, wanted: int) -> None:
        """Forget the oldest of the other orders until there is room for so many bytes."""
        others = [known for known in self._pieces if known != order]
        for oldest in others:
            if self._bytes + wanted <= self._most_bytes:
                return
            forgotten = self._pieces.pop(oldest)
            self._bytes -= sum(piece.bytes for piece in forgotten.values())


def steps_of_a_piece(order: BatchOrder) -> int:
    """How many steps have their batches in one piece; of shuffled points whole epochs, because the
    permutation of an epoch is drawn as a whole.
    """
    if order.sampling == "shuffle":
        return order.steps_per_epoch * max(1, PIECE_DRAWS // order.n)
    return max(1, PIECE_DRAWS // order.batch_size)


def draw_piece(order: BatchOrder, first: int, stop: int, words: WordSource) -> KeptPiece:
    """The batches of the steps first … stop − 1, counted from 0, in one piece."""
    smallest = np.min_scalar_type(order.n - 1)
    indices = []
    sizes = []
    for part in order.batches(first, stop, words):
        indices.append(part.indices.astype(smallest))
        sizes.append(np.diff(part.bounds))
    ends = np.cumsum(np.concatenate(sizes))
    bounds = np.concatenate([[0], ends])
    return KeptPiece(np.concatenate(indices), bounds)
