"""How tightly the code is packed: syntax nodes, and nodes per non-blank line, of every room of
relusgd/ and of the whole.

    python benchmarks/density.py [FOLDER]

A measure to look at, not a limit to write for: what people hold up as readable has 4 to 6 nodes a
line.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

WIDE = 100
"""Lines of more columns count as wide."""


def count(path):
    """(syntax nodes, non-blank lines, wide lines) of a module."""
    text = path.read_text(encoding="utf-8")
    nodes = sum(1 for _ in ast.walk(ast.parse(text)))
    lines = [line for line in text.splitlines() if line.strip()]
    wide = sum(len(line) > WIDE for line in lines)
    return nodes, len(lines), wide


def row(name, nodes, lines, wide):
    return f"{name:24} {nodes:8,} {lines:8,} {nodes / max(lines, 1):11.1f} {wide:6,}"


def main(folder):
    rooms = defaultdict(lambda: [0, 0, 0])
    for path in sorted(folder.rglob("*.py")):
        room = path.relative_to(folder).parts[0]
        rooms[room] = [sum(pair) for pair in zip(rooms[room], count(path), strict=True)]
    print(f"{'room':24} {'nodes':>8} {'lines':>8} {'nodes/line':>11} {'wide':>6}")
    for room, counts in rooms.items():
        print(row(room, *counts))
    whole = [sum(column) for column in zip(*rooms.values(), strict=True)]
    print(row("all", *whole))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "relusgd")
