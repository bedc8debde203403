"""A comparison in a notebook's cell: its table, and the sentences below it."""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.table_columns import number_columns, word_columns
from relusgd.pictures.pages.html_table import html_paragraph, html_table

BEST = "●"
"""Stands before the best row."""


def comparison_html(compared: ComparedRuns, sentences: Sequence[str]) -> str:
    """A row per group, the best one marked, and a paragraph per sentence."""
    words = word_columns(compared.groups)
    columns = [*words, *number_columns(compared)]
    best = [row for row, group in enumerate(compared.groups) if group is compared.best]
    rows = []
    for row in range(len(compared.groups)):
        mark = BEST if row in best else ""
        rows.append([mark, *(column.cells[row] for column in columns)])
    headings = ["", *(column.heading for column in columns)]
    table = html_table(headings, rows, words=range(len(words) + 1), bold=best)
    return table + "".join(map(html_paragraph, sentences))
