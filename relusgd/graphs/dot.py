"""A computation graph in the language of Graphviz: dot -Tsvg graph.dot > graph.svg."""

from __future__ import annotations

import html

from relusgd.graphs.graph import Evaluated, Node
from relusgd.graphs.text import Piece, box_lines, label_text

RED = "#c1272d"
SOURCE, COMPUTED, SINK = "#e3eef7", "#f5f7f9", "#fbe9e4"
BREAK = '<BR ALIGN="LEFT"/>'

HEADER = f"""\
digraph {{
  rankdir=LR;
  node [shape=box, style="rounded,filled", fillcolor="{COMPUTED}", fontname="Helvetica"];
  edge [fontname="Helvetica", fontsize=11, color="#6d747d"];
"""


def dot_text(state: Evaluated) -> str:
    """The graph with values, derivatives in red, and local derivatives on the edges."""
    text = HEADER
    for node in state.graph.nodes:
        lines = [_markup(line) + BREAK for line in box_lines(state, node.name)]
        fill = _fill(node, state.graph.sink)
        text += f'  {dot_quoted(node.name)} [fillcolor="{fill}", label=<{"".join(lines)}>];\n'
    for edge in reversed(state.edges):
        label = dot_quoted(label_text(edge, letters=True))
        text += f"  {dot_quoted(edge.parent)} -> {dot_quoted(edge.child)} [label={label}];\n"
    return text + "}\n"


def dot_quoted(text: str) -> str:
    """A string of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _fill(node: Node, sink: str) -> str:
    if node.name == sink:
        return SINK
    return COMPUTED if node.operation else SOURCE


def _markup(line: tuple[Piece, ...]) -> str:
    """A line of a box in Graphviz's HTML."""
    return "".join(_marked_up(piece) for piece in line)


def _marked_up(piece: Piece) -> str:
    text = html.escape(piece.text, quote=False)
    if piece.role == "derivative":
        return f'<FONT COLOR="{RED}">{text}</FONT>'
    return f"<B>{text}</B>" if piece.role == "name" else text
