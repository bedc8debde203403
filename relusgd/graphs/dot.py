"""A computation graph in the language of Graphviz: dot -Tsvg graph.dot > graph.svg."""

from __future__ import annotations

from relusgd.graphs.graph import Evaluated
from relusgd.graphs.text import TextLine, box_lines, label_text

RED = "#c1272d"


def dot_text(state: Evaluated) -> str:
    """The graph with values, derivatives in red, and local derivatives on the edges."""
    sink = state.graph.sink
    lines = [
        "digraph {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fillcolor="#f5f7f9", fontname="Helvetica"];',
    ]
    lines.append('  edge [fontname="Helvetica", fontsize=11, color="#6d747d"];')
    for node in state.graph.nodes:
        fill = "#fbe9e4" if node.name == sink else "#f5f7f9" if node.operation else "#e3eef7"
        rows = '<BR ALIGN="LEFT"/>'.join(_row(line) for line in box_lines(state, node.name))
        lines.append(
            f'  {quoted(node.name)} [fillcolor="{fill}", label=<{rows}<BR ALIGN="LEFT"/>>];'
        )
    for edge in reversed(state.edges):
        label = quoted(label_text(edge, letters=True))
        lines.append(f"  {quoted(edge.parent)} -> {quoted(edge.child)} [label={label}];")
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    """A string of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _row(line: TextLine) -> str:
    """A line of a label in Graphviz's HTML."""
    return "".join(_dressed(escaped_html(piece.text), piece.role) for piece in line)


def _dressed(text: str, role: str) -> str:
    if role == "derivative":
        return f'<FONT COLOR="{RED}">{text}</FONT>'
    return f"<B>{text}</B>" if role == "name" else text


def escaped_html(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
