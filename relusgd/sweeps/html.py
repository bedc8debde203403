"""A sweep in a notebook's cell: a row per run."""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.config.naming import plain_text
from relusgd.pictures.pages.html_table import html_paragraph, html_table
from relusgd.sweeps.rows import LAST, RESULTS, Row, columns
from relusgd.words import counted, number

MOST_ROWS = 60
"""A longer table shows its first and last rows, and how many lie between."""


def sweep_html(rows: Sequence[Row]) -> str:
    """The summary of the rows; columns in which nothing stands are left out."""
    shown, gap = list(rows), 0
    if len(rows) > MOST_ROWS:
        half = MOST_ROWS // 2
        shown, gap = [*rows[:half], *rows[-half:]], len(rows) - MOST_ROWS
    names = [name for name in columns(shown) if any(row.cell(name) is not None for row in shown)]
    lines = [[_cell(name, row.cell(name)) for name in names] for row in shown]
    if gap:
        lines.insert(MOST_ROWS // 2, ["…", *[""] * (len(names) - 1)])
    words = [place for place, name in enumerate(names) if name in ("run", "status", "case", *LAST)]
    table = html_table(
        [name.replace("_", " ").replace("mse", "MSE") for name in names], lines, words=words
    )
    note = f"{counted(len(rows), 'run')}, {gap:,} of them not shown" if gap else ""
    return table + (html_paragraph(note) if note else "")


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in RESULTS and isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else number(value)
    return plain_text(value)
