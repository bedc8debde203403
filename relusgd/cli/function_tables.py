"""The spread of functions on a terminal: a line per row, and sentences."""

from __future__ import annotations

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from relusgd.cli.comparison_tables import fitting
from relusgd.cli.terminal import print_sentences, print_table, printable, stdout_console
from relusgd.comparing.findings.functions import function_findings
from relusgd.comparing.function_table import text_columns
from relusgd.comparing.functions import FunctionSpreads


def print_functions(functions: FunctionSpreads) -> None:
    """Print the table and the sentences on stdout, as wide as the terminal."""
    console = stdout_console()
    print_table(function_table(functions, console.width))
    print_sentences([finding.text for finding in function_findings(functions)])


def function_table(functions: FunctionSpreads, width: int) -> Table:
    """A line per row."""
    columns = fitting(text_columns(functions), width)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    words = len(functions.spreads[0].group.words) + 1
    for place, column in enumerate(columns):
        justify: JustifyMethod = "left" if place < words else "right"
        table.add_column(printable(column.heading), justify=justify, vertical="top")
    for row in range(len(functions.spreads)):
        table.add_row(*(Text(printable(column.cells[row])) for column in columns))
    return table
