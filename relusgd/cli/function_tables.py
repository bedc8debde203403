"""The spread of functions on a terminal: a line per row, and sentences."""

from __future__ import annotations

from rich.table import Table

from relusgd.cli.comparison_tables import aligned_table, fitting_columns
from relusgd.cli.terminal import print_sentences, print_table, stdout_console
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
    columns = fitting_columns(text_columns(functions), width)
    words = len(functions.spreads[0].group.words) + 1
    return aligned_table(columns, left=words, gap=1)
