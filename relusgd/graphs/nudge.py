"""What a derivative by a node means: how far the sink moves when that node is nudged, whatever the node is computed from.

ℓ(node + ε) − ℓ(node) ≈ ∂ℓ/∂node · ε      and what is missing falls like ε²
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.graph import Evaluated

SHARES = (1.0, 0.1, 0.01)
"""A nudge is repeated by a tenth and a hundredth, to show how the difference falls."""

_ENTRY = re.compile(r"(?P<name>[^\[\]]+)\[(?P<places>[\d, ]+)\]")


@dataclass(frozen=True)
class Nudge:
    """by: ε. output: the sink after it; change: minus the sink before. predicted: ∂ℓ/∂node · ε, over all entries that moved."""

    by: float
    output: float
    change: float
    predicted: float

    @property
    def missing(self) -> float:
        """change − predicted."""
        return self.change - self.predicted


def nudges(state: Evaluated, node: str, by: float) -> list[Nudge]:
    """The effect of adding ε, ε/10 and ε/100 to a node, to all its entries or to one, such as z[3] or W[2,1], counted from 1.

    Raises InputError for a node or an entry that the graph has not, and for a nudge that is 0 or not finite.
    """
    if not np.isfinite(by) or by == 0:
        raise InputError(f"--by {by:g}: a nudge is a number other than 0", "try --by 0.01")
    name, place = _entry(state, node)
    value = state.values[name]
    derivative = state.derivatives.get(name, np.zeros_like(value))
    direction = np.zeros_like(value)
    direction[place] = 1.0
    found = []
    for share in SHARES:
        with np.errstate(all="ignore"):
            output = state.graph.evaluate({name: value + share * by * direction}).output
        found.append(
            Nudge(
                share * by,
                output,
                output - state.output,
                float(np.sum(derivative * direction)) * share * by,
            )
        )
    return found


def _entry(state: Evaluated, text: str) -> tuple[str, tuple[int, ...] | tuple[()]]:
    """The node and the place of the entry that are meant; () stands for all entries."""
    match = _ENTRY.fullmatch(text.strip())
    name = state.graph.node(match["name"].strip() if match else text.strip()).name
    if not match:
        return name, ()
    shape = state.values[name].shape
    places = [int(part) for part in match["places"].split(",") if part.strip()]
    if len(places) != len(shape) or not all(
        1 <= place <= size for place, size in zip(places, shape, strict=True)
    ):
        whole = (
            f"{name} is a number"
            if not shape
            else f"the entries of {name} go from 1 to {', '.join(str(size) for size in shape)}"
        )
        raise InputError(
            f"{text!r}: {whole}",
            f"nudge {name}" + (f"[{','.join('1' for _ in shape)}]" if shape else ""),
        )
    return name, tuple(place - 1 for place in places)
