"""Measured quantities on a terminal: a line per row, the range over the seeds beneath."""

from __future__ import annotations

from rich.table import Table

from relusgd.cli.comparison_tables import aligned_table
from relusgd.cli.terminal import print_sentences, print_table
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
    return aligned_table(columns, left=words, gap=2)
