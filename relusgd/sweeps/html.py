"""A sweep in a notebook's cell: a row per run."""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.config.naming import plain_text
from relusgd.pictures.pages.html_table import html_paragraph, html_table
from relusgd.sweeps.rows import LAST, RESULTS, Row, columns
from relusgd.words import counted, number

MOST_ROWS = 60
"""A longer table shows its first and last rows, and how many lie between."""

COLUMNS_OF_WORDS = ("run", "status", "case", *LAST)


def sweep_html(rows: Sequence[Row]) -> str:
    """The summary of the rows; columns in which nothing stands are left out."""
    half = MOST_ROWS // 2
    left_out = len(rows) - MOST_ROWS
    shown = list(rows)
    if left_out > 0:
        shown = [*rows[:half], *rows[-half:]]
    names = _filled_columns(shown)
    lines = []
    for row in shown:
        lines.append([_cell(name, row.cell(name)) for name in names])
    if left_out > 0:
        empty = [""] * (len(names) - 1)
        lines.insert(half, ["…", *empty])
    headings = [name.replace("_", " ").replace("mse", "MSE") for name in names]
    words = [place for place, name in enumerate(names) if name in COLUMNS_OF_WORDS]
    table = html_table(headings, lines, words=words)
    if left_out <= 0:
        return table
    note = f"{counted(len(rows), 'run')}, {left_out:,} of them not shown"
    return table + html_paragraph(note)


def _filled_columns(rows: Sequence[Row]) -> list[str]:
    """The columns in which something stands."""
    names = []
    for name in columns(rows):
        cells = [row.cell(name) for row in rows]
        if any(cell is not None for cell in cells):
            names.append(name)
    return names


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in RESULTS and isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else number(value)
    return plain_text(value)
