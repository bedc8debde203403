"""Measured quantities on a terminal: a line per row, the range over the seeds beneath."""

from __future__ import annotations

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import print_sentences, print_table, printable
from relusgd.comparing.measured import MeasuredGroups
from relusgd.comparing.measured_table import text_columns


def print_measured(measured: MeasuredGroups) -> None:
    """Print the table, and what every quantity is, on stdout."""
    print_table(measured_table(measured))
    print_sentences([f"{one.title}: {one.formula}." for one in measured.quantities])


def measured_table(measured: MeasuredGroups) -> Table:
    """A line per row."""
    columns = text_columns(measured)
    words = len(columns) - len(measured.quantities) - 1
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, column in enumerate(columns):
        justify: JustifyMethod = "left" if place < words else "right"
        table.add_column(printable(column.heading), justify=justify, vertical="top")
    for row in range(len(measured.rows)):
        table.add_row(*(Text(printable(column.cells[row])) for column in columns))
    return table
