"""Columns and rows of a graph drawn from left to right, after Sugiyama, Tagawa & Toda (1981).

Every node stands right of its parents. An edge that passes a column has a bend there, which takes
up room like a node, so that edges never run through boxes. The nodes of a column are sorted by the
mean row of their neighbours, over and over, and the order with the fewest crossings is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

SWEEPS = 12
"""How often the columns are sorted, to the right and to the left in turn."""

Key = tuple[str, int, int]
"""A node, (name, 0, 0), or the bend of an edge: ("", number of the edge, column)."""

Link = tuple[Key, Key]


@dataclass(frozen=True)
class Columns:
    """columns: the keys of every column, from the top.

    chains: for every edge its keys, from the parent over its bends to the child.
    """

    columns: tuple[tuple[Key, ...], ...]
    chains: tuple[tuple[Key, ...], ...]

    @property
    def links(self) -> list[Link]:
        """The pieces of all edges, from one column to the next."""
        return _links(self.chains)


def node_key(name: str) -> Key:
    return name, 0, 0


def is_node(key: Key) -> bool:
    """Whether a key is a node's, and not the bend of an edge."""
    name, _, _ = key
    return name != ""


def arrange(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> Columns:
    """Columns for nodes, parents first in `names`, with these edges (parent, child)."""
    column_of = column_numbers(names, edges)
    chains = [_chain(number, edge, column_of) for number, edge in enumerate(edges)]
    last = max(column_of.values())
    columns: list[list[Key]] = [[] for _ in range(last + 1)]
    for name in names:
        column = column_of[name]
        columns[column].append(node_key(name))
    for _, *bends, _ in chains:
        for bend in bends:
            _, _, column = bend
            columns[column].append(bend)
    ordered = fewest_crossings(columns, _links(chains))
    keys_of_columns = [tuple(keys) for keys in ordered]
    return Columns(tuple(keys_of_columns), tuple(chains))


def column_numbers(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of every node: one right of its last parent.

    A source, which has no parents, stands just left of its first child.
    """
    parents: dict[str, list[str]] = defaultdict(list)
    children: dict[str, list[str]] = defaultdict(list)
    for parent, child in edges:
        parents[child].append(parent)
        children[parent].append(child)
    column_of: dict[str, int] = {}
    for name in names:
        of_parents = [column_of[parent] for parent in parents[name]]
        last_parent = max(of_parents, default=-1)
        column_of[name] = last_parent + 1
    for name in names:
        is_source = not parents[name]
        if is_source and children[name]:
            of_children = [column_of[child] for child in children[name]]
            first_child = min(of_children)
            column_of[name] = first_child - 1
    return column_of


def _chain(number: int, edge: tuple[str, str], column_of: Mapping[str, int]) -> tuple[Key, ...]:
    """The edge's parent, its bend in every column that it passes, and its child."""
    parent, child = edge
    first_passed = column_of[parent] + 1
    passed = range(first_passed, column_of[child])
    bends = [("", number, column) for column in passed]
    return (node_key(parent), *bends, node_key(child))


def _links(chains: Sequence[tuple[Key, ...]]) -> list[Link]:
    """The pieces of all chains, from one key to the next."""
    links: list[Link] = []
    for chain in chains:
        links += pairwise(chain)
    return links


def neighbours_by_key(links: Sequence[Link]) -> dict[Key, list[Key]]:
    """The keys that are linked with a key, on either side."""
    neighbours: dict[Key, list[Key]] = defaultdict(list)
    for one, other in links:
        neighbours[one].append(other)
        neighbours[other].append(one)
    return neighbours


# The order within columns


def fewest_crossings(columns: Sequence[Sequence[Key]], links: Sequence[Link]) -> list[list[Key]]:
    """The best order that sweeping over the columns finds, to the right and to the left in turn."""
    order = [list(column) for column in columns]
    neighbours = neighbours_by_key(links)
    best = _copied(order)
    fewest = crossings(order, links)
    for sweep in range(SWEEPS):
        to_the_right = sweep % 2 == 0
        walk = order if to_the_right else order[::-1]
        for beside, column in pairwise(walk):
            _sort_by_neighbours(column, beside, neighbours)
        count = crossings(order, links)
        if count < fewest:
            best = _copied(order)
            fewest = count
    return best


def _copied(columns: Sequence[Sequence[Key]]) -> list[list[Key]]:
    return [list(column) for column in columns]


def _sort_by_neighbours(
    column: list[Key],
    beside: Sequence[Key],
    neighbours: Mapping[Key, Sequence[Key]],
) -> None:
    """Order a column by the mean row of every key's neighbours in the column beside it.

    A key without neighbours there keeps its place, scaled to the other column's length.
    """
    row_beside = {key: row for row, key in enumerate(beside)}
    last = max(len(column) - 1, 1)
    last_beside = len(beside) - 1
    wanted: dict[Key, float] = {}
    for row, key in enumerate(column):
        neighbours_beside = [other for other in neighbours[key] if other in row_beside]
        rows = [row_beside[other] for other in neighbours_beside]
        if rows:
            wanted[key] = sum(rows) / len(rows)
        else:
            wanted[key] = row * last_beside / last
    column.sort(key=wanted.__getitem__)


def crossings(columns: Sequence[Sequence[Key]], links: Sequence[Link]) -> int:
    """How many pairs of links cross."""
    column_of: dict[Key, int] = {}
    row_of: dict[Key, int] = {}
    for number, column in enumerate(columns):
        for row, key in enumerate(column):
            column_of[key] = number
            row_of[key] = row
    ends_in_gap: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for left, right in links:
        gap = column_of[left]
        ends = (row_of[left], row_of[right])
        ends_in_gap[gap].append(ends)
    counts = [_count_crossings(ends) for ends in ends_in_gap.values()]
    return sum(counts)


def _count_crossings(ends: Sequence[tuple[int, int]]) -> int:
    """How many pairs cross of the links between two columns, each with its rows left and right."""
    count = 0
    for (left, right), (other_left, other_right) in combinations(ends, 2):
        lower_at_left = left - other_left
        lower_at_right = right - other_right
        # They cross if one begins above the other and ends below it.
        if lower_at_left * lower_at_right < 0:
            count += 1
    return count
