"""A function that the learned one is compared with, as pictures and pages see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from relusgd.model.network import Array


@dataclass(frozen=True, eq=False)
class ReferenceCurve:
    """A function that the learned one is compared with, in original units.

    title, short: its words in a legend. x: positions over the domain, increasing, shape (k,). at:
    its values there beside the snapshot of a row, shape (k,). moves: whether these differ.
    """

    name: str
    title: str
    short: str
    x: Array
    at: Callable[[int], Array]
    moves: bool = False


def different_references(
    references: Sequence[Sequence[ReferenceCurve]],
) -> Iterator[ReferenceCurve]:
    """One of each name, in the order in which they come."""
    names = set()
    for of_view in references:
        for reference in of_view:
            if reference.name not in names:
                names.add(reference.name)
                yield reference
