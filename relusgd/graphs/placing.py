"""Where the boxes, curves and labels of a graph stand, in pixels, so that nothing touches.

All follows from sizes alone. Columns come from `columns`; here rows settle; `edge_curves` has the
curves with their labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from relusgd.graphs.columns import Columns, Key, arrange, is_node, neighbours_by_key
from relusgd.graphs.edge_curves import EdgeCurve, Rectangle, Size, labelled_curves

MARGIN = 10.0
"""Pixels around the whole."""

NARROWEST_GAP = 34.0
"""Pixels between columns, for edges without labels."""

LABEL_ROOM = 5.0
"""Pixels that a gap has beside its widest label and two arrowheads."""

BEND_HEIGHT = 10.0
"""Pixels that an edge takes in a column that it passes."""

SETTLING_ROUNDS = 40

ATTEMPTS = (
    (14.0, 1.0),
    (14.0, 1.2),
    (14.0, 1.5),
    (18.0, 1.5),
    (18.0, 1.8),
    (26.0, 1.8),
    (36.0, 2.2),
    (50.0, 2.6),
)
"""Pixels between the boxes of a column, and a factor on the gaps between columns. The first pair
that leaves room for all labels is taken."""


@dataclass(frozen=True)
class Placement:
    """Where everything stands in a picture of this size.

    is_tight: whether labels touch something because no attempt had room for them.
    """

    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    curves: tuple[EdgeCurve, ...]
    is_tight: bool


def place(
    sizes: Mapping[str, Size],
    edges: Sequence[tuple[str, str]],
    labels: Sequence[Size | None],
    *,
    head_length: float,
    wanted_width: float = 0.0,
) -> Placement:
    """Place boxes of these sizes, parents first, with edges (parent, child).

    labels: the sizes of the edges' labels, None for no label. head_length: of arrows, in pixels.
    wanted_width: a placement that needs less is spread to this width. Room grows until no label
    touches another, a box or an arrowhead.
    """
    columns = arrange(list(sizes), edges)
    inner_width = wanted_width - 2 * MARGIN
    for room, stretch in ATTEMPTS:
        gaps = _gaps(columns, labels, head_length, stretch)
        placement = _place_once(columns, sizes, labels, head_length, room, gaps, inner_width)
        if not placement.is_tight:
            break
    return placement


def _gaps(
    columns: Columns,
    labels: Sequence[Size | None],
    head_length: float,
    stretch: float,
) -> list[float]:
    """Pixels between columns: right of each, for the widest label of the edges that begin there."""
    beside_label = 2 * head_length + LABEL_ROOM
    gaps = [NARROWEST_GAP] * (len(columns.columns) - 1)
    column_of: dict[Key, int] = {}
    for number, keys in enumerate(columns.columns):
        column_of.update(dict.fromkeys(keys, number))
    for chain, label in zip(columns.chains, labels, strict=True):
        if label is None:
            continue
        column = column_of[chain[0]]
        label_width, _ = label
        gaps[column] = max(gaps[column], stretch * (label_width + beside_label))
    return gaps


def _place_once(
    columns: Columns,
    sizes: Mapping[str, Size],
    labels: Sequence[Size | None],
    head_length: float,
    room: float,
    gaps: Sequence[float],
    wanted_width: float,
) -> Placement:
    """The placement with this room between boxes, its lower left corner at (MARGIN, MARGIN)."""
    widths, heights = _key_sizes(columns, sizes)
    column_widths = [max(widths[key] for key in column) for column in columns.columns]
    spare = wanted_width - sum(column_widths) - sum(gaps)
    if gaps and spare > 0:
        more = spare / len(gaps)
        gaps = [gap + more for gap in gaps]
    y = _Rows(columns, heights, room).settle()

    rectangles: dict[Key, Rectangle] = {}
    left = 0.0
    for column, width, gap in zip(columns.columns, column_widths, [*gaps, 0.0], strict=True):
        for key in column:
            # An edge passes the whole column.
            own_width = widths[key] if is_node(key) else width
            rectangles[key] = Rectangle(left + width / 2, y[key], own_width, heights[key])
        left += width + gap
    curves, is_tight = labelled_curves(columns, rectangles, labels, head_length)
    boxes = {key[0]: box for key, box in rectangles.items() if is_node(key)}
    right = max(box.right for box in rectangles.values())
    return _framed(boxes, curves, right, is_tight)


def _key_sizes(
    columns: Columns, sizes: Mapping[str, Size]
) -> tuple[dict[Key, float], dict[Key, float]]:
    """The width and the height of every node and bend; a bend makes no column wider."""
    widths: dict[Key, float] = {}
    heights: dict[Key, float] = {}
    for column in columns.columns:
        for key in column:
            name, _, _ = key
            widths[key], heights[key] = sizes[name] if is_node(key) else (0.0, BEND_HEIGHT)
    return widths, heights


def _framed(
    boxes: Mapping[str, Rectangle],
    curves: Sequence[EdgeCurve],
    width: float,
    is_tight: bool,
) -> Placement:
    """The placement moved to leave a margin on all sides."""
    heights = [y for curve in curves for _, y in curve.points]
    low = min([box.bottom for box in boxes.values()] + heights)
    high = max([box.top for box in boxes.values()] + heights)
    dx, dy = MARGIN, MARGIN - low
    return Placement(
        width=width + 2 * MARGIN,
        height=high - low + 2 * MARGIN,
        boxes={name: box.moved(dx, dy) for name, box in boxes.items()},
        curves=tuple(curve.moved(dx, dy) for curve in curves),
        is_tight=is_tight,
    )


@dataclass
class _Rows:
    """Heights within columns, which settle between their neighbours."""

    columns: Columns
    heights: Mapping[Key, float]
    room: float
    y: dict[Key, float] = field(default_factory=dict)

    def settle(self) -> dict[Key, float]:
        """Move every key to the mean of its neighbours, as far as its column has room.

        Columns take their turns from left to right and back.
        """
        neighbours = neighbours_by_key(self.columns.links)
        to_the_right = self.columns.columns
        to_the_left = to_the_right[::-1]
        for column in to_the_right:
            self._put(column, [0.0] * len(column))
        for settling_round in range(SETTLING_ROUNDS):
            walk = to_the_right if settling_round % 2 == 0 else to_the_left
            for column in walk:
                wanted = [self._mean(key, neighbours[key]) for key in column]
                self._put(column, wanted)
        return self.y

    def _mean(self, key: Key, near: Sequence[Key]) -> float:
        """The mean height of a key's neighbours; its own without any."""
        if not near:
            return self.y[key]
        return sum(self.y[other] for other in near) / len(near)

    def _put(self, column: Sequence[Key], wanted: Sequence[float]) -> None:
        """Put the keys as near to the wanted heights as their order and the room allow.

        With t = −y − offset, where offset is the least distance from the first key, the order asks
        for t to increase.
        """
        offsets = [0.0]
        for above, below in pairwise(column):
            distance = (self.heights[above] + self.heights[below]) / 2
            offsets.append(offsets[-1] + distance + self.room)
        wanted_t = [-height - offset for height, offset in zip(wanted, offsets, strict=True)]
        for key, t, offset in zip(column, increasing(wanted_t), offsets, strict=True):
            self.y[key] = -(t + offset)


def increasing(values: Sequence[float]) -> list[float]:
    """The numbers that never descend and are nearest to these in squares.

    Isotonic regression, by pooling adjacent violators: numbers that descend become their mean.
    """
    pools: list[tuple[float, int]] = []  # the mean of a pool, and how many numbers are in it
    for value in values:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            other_mean, other_count = pools.pop()
            total = other_mean * other_count + mean * count
            count += other_count
            mean = total / count
        pools.append((mean, count))
    result: list[float] = []
    for mean, count in pools:
        result += [mean] * count
    return result
