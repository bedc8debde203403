"""A computation graph, evaluated and differentiated node by node.

A node is a number, a vector or a matrix. An edge leads from an argument, the parent, to the node
computed from it, the child, and carries the local derivative ∂child/∂parent. With ℓ the last node,
the sink, values are computed from the sources on, and derivatives from the sink back:

    ∂ℓ/∂ℓ = 1,   ∂ℓ/∂node = Σ over the edges node → child of ∂ℓ/∂child · ∂child/∂node

so that a node's derivative is a sum over all paths to the sink (Bauer 1974; Goodfellow, Bengio &
Courville 2016, section 6.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.operations import LocalDerivative, Operation, as_value
from relusgd.model.network import Array
from relusgd.words import comma_list, did_you_mean

NUDGE_SHARES = (1.0, 0.1, 0.01)
"""A nudge is repeated by a tenth and a hundredth, to show how the error of ∂ℓ/∂node · ε falls."""

_ENTRY = re.compile(r"(?P<name>[^\[\]]+)\[(?P<indices>[\d, ]+)\]")


@dataclass(frozen=True, eq=False)
class Node:
    """A source, with a value of its own, or an operation on other nodes, its parents.

    learns: whether SGD changes the value.
    """

    name: str
    operation: Operation | None = None
    parents: tuple[str, ...] = ()
    given: Array | None = None
    learns: bool = False

    @property
    def formula(self) -> str:
        """What is computed, in the parents' names; empty for a source."""
        if self.operation is None:
            return ""
        return self.operation.formula.format(*self.parents)

    def value(self, values: Mapping[str, Array]) -> Array:
        """The value that follows from those of the parents, or a source's own."""
        if self.operation is None:
            assert self.given is not None
            return self.given
        arguments = [values[parent] for parent in self.parents]
        return as_value(self.operation.value(*arguments))


@dataclass(frozen=True, eq=False)
class Edge:
    """From an argument to the node computed from it.

    local: ∂child/∂parent. term: ∂ℓ/∂child · ∂child/∂parent, the part of ∂ℓ/∂parent that comes
    along this edge, in the parent's shape. symbol: the local derivative in the nodes' names.
    """

    parent: str
    child: str
    local: LocalDerivative
    term: Array
    symbol: str


class Graph:
    """Nodes in an order in which parents come first; the last one is the sink."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def source(self, name: str, value: object, *, learns: bool = False) -> str:
        """Add a source and return its name."""
        return self._add(Node(name, given=as_value(value), learns=learns))

    def compute(self, name: str, operation: Operation, *parents: str) -> str:
        """Add a node that is computed from others and return its name."""
        return self._add(Node(name, operation, parents))

    def _add(self, node: Node) -> str:
        if node.name in self._nodes:
            raise ValueError(f"the graph has a node {node.name} already")
        for parent in node.parents:
            if parent not in self._nodes:
                raise ValueError(f"{node.name} is computed from {parent}, which is not there yet")
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
        """The node of this name, as typed or as pictures print it: z1 or z₁, x1 or x⁽¹⁾, loss or ℓ.

        Raises InputError, with the name that may be meant, when there is none.
        """
        plain = normalize("NFKC", name.replace("ℓ", "loss"))
        if plain not in self._nodes:  # x⁽¹⁾
            plain = plain.replace("(", "").replace(")", "")
        if plain not in self._nodes:
            suggestion = did_you_mean(plain, self._nodes)
            raise InputError(f"the graph has no node {name[:40]!r}{suggestion}")
        return self._nodes[plain]

    def evaluate(self, given: Mapping[str, Array] | None = None) -> Evaluated:
        """All values, from the sources on.

        given: values for some nodes, which replace what would be computed there.
        """
        given = given or {}
        values: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for node in self.nodes:
                if node.name in given:
                    values[node.name] = as_value(given[node.name])
                else:
                    values[node.name] = node.value(values)
        return Evaluated(self, values)


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A graph with the value of every node; derivatives are computed when first asked for."""

    graph: Graph
    values: Mapping[str, Array]

    @property
    def output(self) -> float:
        """The value of the sink, a number."""
        return float(self.values[self.graph.sink])

    @cached_property
    def _backwards(self) -> tuple[dict[str, Array], tuple[Edge, ...]]:
        """The reverse pass: from the sink back, every node adds its terms to its parents."""
        sink = self.graph.sink
        derivatives = {sink: as_value(np.ones_like(self.values[sink], dtype=np.float64))}
        edges: list[Edge] = []
        with np.errstate(all="ignore"):  # inf − inf is nan, as in the kernels
            for node in reversed(self.graph.nodes):
                if node.operation is None or node.name not in derivatives:
                    continue
                delta = derivatives[node.name]
                arguments = [self.values[parent] for parent in node.parents]
                partials = node.operation.partials(*arguments, self.values[node.name])
                for parent, local in zip(node.parents, partials, strict=True):
                    term = local.pull_back(delta)
                    if parent in derivatives:
                        derivatives[parent] = as_value(derivatives[parent] + term)
                    else:
                        derivatives[parent] = term
                    symbol = local.symbol.format(*node.parents, node.name)
                    edges.append(Edge(parent, node.name, local, term, symbol))
        return derivatives, tuple(edges)

    @property
    def derivatives(self) -> Mapping[str, Array]:
        """∂sink/∂node of every node that the sink depends on, in the node's shape."""
        return self._backwards[0]

    def derivative(self, name: str) -> Array:
        """∂sink/∂node; zeros where the sink does not depend on the node."""
        if name in self.derivatives:
            return self.derivatives[name]
        return np.zeros_like(self.values[name])

    @property
    def edges(self) -> tuple[Edge, ...]:
        """From the sink back, in the order in which derivatives flow."""
        return self._backwards[1]

    def edges_from(self, name: str) -> list[Edge]:
        """The edges out of a node: one term of its derivative each."""
        return [edge for edge in self.edges if edge.parent == name]


@dataclass(frozen=True)
class Nudge:
    """The effect of adding ε to a node.

    by: ε. output: the sink after it; change: that minus the sink before. predicted: ∂ℓ/∂node · ε,
    summed over all entries that moved.
    """

    by: float
    output: float
    change: float
    predicted: float

    @property
    def missing(self) -> float:
        """change − predicted."""
        return self.change - self.predicted


def nudge_node(state: Evaluated, node: str, by: float) -> list[Nudge]:
    """The effect of adding ε, ε/10 and ε/100 to a node.

    node: a name, for all entries, or one entry such as z[3] or W[2,1], counted from 1.
    Raises InputError for a node or an entry that is not there, and for ε = 0 or not finite.
    """
    if not np.isfinite(by) or by == 0:
        raise InputError(f"--by {by:g}: a nudge is a number other than 0", "try --by 0.01")
    name, index = _entry(state, node)
    value = state.values[name]
    direction = np.zeros_like(value)
    direction[index] = 1.0
    slope = float(np.sum(state.derivative(name) * direction))
    nudges = []
    for share in NUDGE_SHARES:
        output = nudged(state, node, share * by).output
        nudges.append(Nudge(share * by, output, output - state.output, slope * share * by))
    return nudges


def nudged(state: Evaluated, node: str, by: float) -> Evaluated:
    """The graph after adding ε to a node, or to one of its entries. Raises as `nudge_node` does."""
    name, index = _entry(state, node)
    moved = np.array(state.values[name], dtype=np.float64)
    with np.errstate(all="ignore"):
        moved[index] += by
    return state.graph.evaluate({name: moved})


def _entry(state: Evaluated, text: str) -> tuple[str, tuple[int, ...]]:
    """The node's name and the index of the entry; () stands for all entries."""
    match = _ENTRY.fullmatch(text.strip())
    if not match:
        return state.graph.node(text.strip()).name, ()
    name = state.graph.node(match["name"].strip()).name
    shape = state.values[name].shape
    numbers = [int(part) for part in match["indices"].split(",") if part.strip()]
    if len(numbers) == len(shape):
        inside = [1 <= number <= size for number, size in zip(numbers, shape, strict=True)]
        if all(inside):
            return name, tuple(number - 1 for number in numbers)
    if not shape:
        raise InputError(f"{text!r}: {name} is a number", f"nudge {name}")
    last = comma_list(str(size) for size in shape)
    first = ",".join("1" for _ in shape)
    raise InputError(
        f"{text!r}: the entries of {name} go from 1 to {last}", f"nudge {name}[{first}]"
    )
