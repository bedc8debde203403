"""The picture of a nudge: what moves when one node is moved, and by how much the sink does.

Boxes show the old value and under it, in red, the new one. The edges along which the nudge runs are
red. The title compares the sink's change with ∂sink/∂node · ε.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from relusgd.graphs.design import Design
from relusgd.graphs.graph import Evaluated, Nudge, nudge_node, nudged
from relusgd.graphs.picture import GraphPicture
from relusgd.graphs.text import (
    BoxForm,
    Piece,
    TextLine,
    own_lines,
    printed,
    size_line,
    value_lines,
)
from relusgd.pictures.kit.stills import check_still, write_figure
from relusgd.words import significant


def draw_nudge(
    state: Evaluated,
    node: str,
    by: float,
    path: Path,
    *,
    theme: str = "light",
    size: tuple[int, int] | None = None,
) -> None:
    """Write the picture of adding ε to a node, or to an entry such as z[3], as .svg, .png or .pdf.

    by: ε. Raises as `nudge_node` and `draw_graph` do.
    """
    check_still(path)
    write_figure(nudge_picture(state, node, by, theme=theme, size=size).sheet, path)


def nudge_picture(
    state: Evaluated,
    node: str,
    by: float,
    *,
    theme: str = "light",
    size: tuple[int, int] | None = None,
) -> GraphPicture:
    """The picture of a nudge, drawn and not yet written."""
    effect = nudge_node(state, node, by)[0]
    after = nudged(state, node, by)
    moved = {each.name for each in state.graph.nodes if _has_moved(state, after, each.name)}

    def words(shown: Evaluated, name: str, form: BoxForm) -> list[TextLine]:
        lines = own_lines(shown, name, form)
        return [*lines, *_new_value(after, name, form)] if name in moved else lines

    legend = (
        ("value", "ink"),
        ("on an edge: ∂child/∂parent", "faint"),
        (f"what moves when {printed(node)} does, and its new value", "derivative"),
    )
    title = nudge_title(state, node, effect)
    design = Design.of(
        [state],
        theme,
        title,
        size=size,
        words=words,
        legend=legend,
    )
    picture = GraphPicture(state, design)
    picture.hide_backward_edges()
    for name in moved:
        picture.frame_box(name, reached=True, moving=True, dim=1.0)
    for number, edge in enumerate(state.edges):
        if {edge.parent, edge.child} <= moved:
            picture.redden_edge(number)
    return picture


def nudge_title(state: Evaluated, node: str, effect: Nudge) -> str:
    """h moves by 9.25 when f moves by 0.5; ∂h/∂f · 0.5 = 9."""
    sink = printed(state.graph.sink)
    name = printed(node)
    by = significant(effect.by)
    change = significant(effect.change)
    predicted = significant(effect.predicted)
    return (
        f"{sink} moves by {change} when {name} moves by {by};  ∂{sink}/∂{name} · {by} = {predicted}"
    )


def _has_moved(before: Evaluated, after: Evaluated, name: str) -> bool:
    return not np.array_equal(before.values[name], after.values[name])


def _new_value(after: Evaluated, name: str, form: BoxForm) -> list[TextLine]:
    """The lines of a node's new value."""
    value = after.values[name]
    first, *others = value_lines(value, form) or [size_line(name, value)]
    return [(Piece(text, "derivative"),) for text in (f"→ {first}", *others)]
