"""Columns and rows of a graph drawn from left to right, after Sugiyama, Tagawa & Toda (1981).

Every node stands right of its parents. An edge that passes columns gets a bend in each, which takes up room like a node, so that
edges never run through boxes. Nodes of a column are ordered by the middle of their neighbours, to and fro, and the order with the
fewest crossings is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

SWEEPS = 12

Key = tuple[str, int, int]
"""A node, (name, 0, 0), or the bend of an edge: ("", number of the edge, column)."""

Link = tuple[Key, Key]


@dataclass(frozen=True)
class Columns:
    """columns: the keys of every column, from the top. chains: for every edge its keys from the parent to the child."""

    columns: tuple[tuple[Key, ...], ...]
    chains: tuple[tuple[Key, ...], ...]

    @property
    def links(self) -> list[Link]:
        """The pieces of all edges, from one column to the next."""
        return [link for chain in self.chains for link in pairwise(chain)]


def node_key(name: str) -> Key:
    return name, 0, 0


def arrange(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> Columns:
    """Columns for nodes, parents first in `names`, with these edges (parent, child)."""
    depth = column_numbers(names, edges)
    chains = [_chain(number, edge, depth) for number, edge in enumerate(edges)]
    columns: list[list[Key]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        columns[depth[name]].append(node_key(name))
    for chain in chains:
        for key in chain[1:-1]:
            columns[key[2]].append(key)
    links = [link for chain in chains for link in pairwise(chain)]
    return Columns(
        tuple(tuple(column) for column in fewest_crossings(columns, links)), tuple(chains)
    )


def column_numbers(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Every node one column right of its last parent, and every source, which has none, just left of its first child."""
    depth = dict.fromkeys(names, 0)
    for name in names:
        parents = [depth[parent] for parent, child in edges if child == name]
        depth[name] = 1 + max(parents) if parents else 0
    inner = {child for _, child in edges}
    for name in names:
        children = [depth[child] for parent, child in edges if parent == name]
        if name not in inner and children:
            depth[name] = min(children) - 1
    return depth


def _chain(number: int, edge: tuple[str, str], depth: Mapping[str, int]) -> tuple[Key, ...]:
    parent, child = edge
    bends = [("", number, column) for column in range(depth[parent] + 1, depth[child])]
    return (node_key(parent), *bends, node_key(child))


def fewest_crossings(columns: Sequence[Sequence[Key]], links: Sequence[Link]) -> list[list[Key]]:
    """The best order of every column that sweeping to and fro finds."""
    order, neighbours = [list(column) for column in columns], both_ways(links)
    best, fewest = [list(column) for column in order], crossings(order, links)
    for sweep in range(SWEEPS):
        rightwards = sweep % 2 == 0
        for column in range(1, len(order)) if rightwards else range(len(order) - 2, -1, -1):
            _sort_by_neighbours(
                order[column], order[column - 1 if rightwards else column + 1], neighbours
            )
        found = crossings(order, links)
        if found < fewest:
            best, fewest = [list(column) for column in order], found
    return best


def both_ways(links: Sequence[Link]) -> dict[Key, list[Key]]:
    """Every key's neighbours, in both directions."""
    found: dict[Key, list[Key]] = {}
    for one, other in links:
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


def _sort_by_neighbours(
    column: list[Key], beside: Sequence[Key], neighbours: Mapping[Key, Sequence[Key]]
) -> None:
    """Order a column by the mean row of its neighbours beside it; those without any keep their place among the others."""
    rows = {key: row for row, key in enumerate(beside)}
    means: dict[Key, float] = {}
    for row, key in enumerate(column):
        near = [rows[other] for other in neighbours.get(key, ()) if other in rows]
        means[key] = (
            sum(near) / len(near) if near else row * (len(beside) - 1) / max(len(column) - 1, 1)
        )
    column.sort(key=lambda key: means[key])


def crossings(columns: Sequence[Sequence[Key]], links: Sequence[Link]) -> int:
    """How many pairs of links cross."""
    place = {
        key: (number, row)
        for number, column in enumerate(columns)
        for row, key in enumerate(column)
    }
    ends: dict[int, list[tuple[int, int]]] = {}
    for one, other in links:
        ends.setdefault(place[one][0], []).append((place[one][1], place[other][1]))
    return sum(
        a[0] != b[0] and (a[0] < b[0]) != (a[1] < b[1]) and a[1] != b[1]
        for gap in ends.values()
        for a, b in combinations(gap, 2)
    )
