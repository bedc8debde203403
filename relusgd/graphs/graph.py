"""A computation graph, evaluated and differentiated node by node.

Nodes are numbers, vectors or matrices; an edge leads from an argument to the node that is computed from it, and carries the
local derivative ∂child/∂parent. With ℓ the last node, the sink, values are computed from the sources on, derivatives back:

    ∂ℓ/∂ℓ = 1,   ∂ℓ/∂node = Σ over the edges node → child of ∂ℓ/∂child · ∂child/∂node

so that a node's derivative is a sum over all paths to the sink (Bauer 1974; Goodfellow, Bengio & Courville 2016, section 6.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.operations import Local, Operation, as_value, ones_like
from relusgd.model.network import Array
from relusgd.words import did_you_mean


@dataclass(frozen=True, eq=False)
class Node:
    """A source, which has a value of its own, or an operation on other nodes, its parents. learns: SGD moves it."""

    name: str
    operation: Operation | None = None
    parents: tuple[str, ...] = ()
    given: Array | None = None
    learns: bool = False

    @property
    def formula(self) -> str:
        """What is computed, in the parents' names; empty for a source."""
        return self.operation.formula.format(*self.parents) if self.operation else ""

    def value(self, values: Mapping[str, Array]) -> Array:
        """The value that follows from those of the parents, or a source's own."""
        if self.operation is None:
            assert self.given is not None
            return self.given
        return as_value(self.operation.apply(*(values[parent] for parent in self.parents)))


@dataclass(frozen=True, eq=False)
class Edge:
    """From an argument to the node computed from it.

    local: ∂child/∂parent. term: ∂ℓ/∂child · ∂child/∂parent, the part of ∂ℓ/∂parent that comes along this edge, in the
    parent's shape. symbol: the local derivative in the nodes' names.
    """

    parent: str
    child: str
    local: Local
    term: Array
    symbol: str


class Graph:
    """Nodes in an order in which parents come first; the last one is the sink."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def source(self, name: str, value: object, *, learns: bool = False) -> str:
        """Add a source and give its name."""
        return self._add(Node(name, given=as_value(value), learns=learns))

    def compute(self, name: str, operation: Operation, *parents: str) -> str:
        """Add a node that is computed from others and give its name."""
        return self._add(Node(name, operation, parents))

    def _add(self, node: Node) -> str:
        if node.name in self._nodes:
            raise ValueError(f"the graph has a node {node.name} already")
        if missing := [parent for parent in node.parents if parent not in self._nodes]:
            raise ValueError(f"{node.name} is computed from {missing[0]}, which is not there yet")
        self._nodes[node.name] = node
        return node.name

    @property
    def nodes(self) -> Sequence[Node]:
        return tuple(self._nodes.values())

    @property
    def sink(self) -> str:
        """The name of the last node."""
        return next(reversed(self._nodes))

    def node(self, name: str) -> Node:
        """The node of this name, as typed or as pictures print it: z1 or z₁, loss or ℓ.

        Raises InputError, saying which one may be meant, when there is none.
        """
        plain = normalize("NFKC", name.replace("ℓ", "loss"))
        if plain not in self._nodes:
            raise InputError(
                f"the graph has no node {name[:40]!r}{did_you_mean(plain, self._nodes)}"
            )
        return self._nodes[plain]

    def evaluate(self, given: Mapping[str, Array] | None = None) -> Evaluated:
        """All values, from the sources on. given: values that nodes take whatever they are computed from."""
        values: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for node in self.nodes:
                values[node.name] = (
                    as_value(given[node.name])
                    if given and node.name in given
                    else node.value(values)
                )
        return Evaluated(self, values)


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A graph with the value of every node; derivatives are computed when they are first asked for."""

    graph: Graph
    values: Mapping[str, Array]

    @property
    def output(self) -> float:
        """The value of the sink, a number."""
        return float(self.values[self.graph.sink])

    @cached_property
    def _backwards(self) -> tuple[dict[str, Array], tuple[Edge, ...]]:
        """The reverse pass: from the sink back, every node hands the terms of its derivative to its parents."""
        derivatives = {self.graph.sink: ones_like(self.values[self.graph.sink])}
        edges: list[Edge] = []
        with np.errstate(all="ignore"):  # inf − inf is nan, as in the kernels
            for node in reversed(self.graph.nodes):
                delta = derivatives.get(node.name)
                if node.operation is None or delta is None:
                    continue
                locals_ = node.operation.locals(
                    *(self.values[parent] for parent in node.parents), self.values[node.name]
                )
                for parent, local in zip(node.parents, locals_, strict=True):
                    term = local.pull(delta)
                    before = derivatives.get(parent)
                    derivatives[parent] = term if before is None else as_value(before + term)
                    edges.append(
                        Edge(
                            parent,
                            node.name,
                            local,
                            term,
                            local.symbol.format(*node.parents, node.name),
                        )
                    )
        return derivatives, tuple(edges)

    @property
    def derivatives(self) -> Mapping[str, Array]:
        """∂sink/∂node of every node that the sink depends on, in the node's shape."""
        return self._backwards[0]

    @property
    def edges(self) -> tuple[Edge, ...]:
        """From the sink back, in the order in which derivatives flow."""
        return self._backwards[1]

    def edges_from(self, name: str) -> list[Edge]:
        """The edges out of a node: one term of its derivative each."""
        return [edge for edge in self.edges if edge.parent == name]
