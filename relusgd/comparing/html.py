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
    rows = []
    best = []
    for row, group in enumerate(compared.groups):
        is_best = group is compared.best
        if is_best:
            best.append(row)
        cells = [column.cells[row] for column in columns]
        rows.append([BEST if is_best else "", *cells])
    headings = ["", *(column.heading for column in columns)]
    table = html_table(headings, rows, words=range(len(words) + 1), bold=best)
    paragraphs = [html_paragraph(sentence) for sentence in sentences]
    return table + "".join(paragraphs)
