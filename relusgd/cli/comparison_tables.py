"""A comparison on a terminal: a line per group, tables of the best values, and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import (
    can_print,
    print_sentences,
    print_table,
    printable,
    stdout_console,
)
from relusgd.comparing.best_values import Optimum, by_key
from relusgd.comparing.compare import Comparison
from relusgd.comparing.labels import heading
from relusgd.comparing.table_columns import (
    NEVER_LEFT_OUT,
    TEST,
    TRAIN,
    Column,
    number_columns,
    word_columns,
)
from relusgd.runs.titles import value_words
from relusgd.words import number, rounded_number

MOST_OPTIMA = 5
"""A table of the best values has at most this many columns of errors."""


def print_tables(comparison: Comparison) -> None:
    """Print all of a comparison on stdout, as wide as the terminal.

    In a file or a pipe, lines are as long as they need.
    """
    console = stdout_console()
    print_table(comparison_table(comparison, console.width))
    for table in optimum_tables(comparison):
        console.print()
        print_table(table)
    print_sentences(comparison.sentences)


def best_mark() -> str:
    """What stands before the best."""
    return "●" if can_print("●") else "*"


# Tables


def comparison_table(comparison: Comparison, width: int) -> Table:
    """A line per group, the best one marked; last, where it is known, that of the true function."""
    words = word_columns(comparison.groups)
    columns = fitting_columns([*words, *number_columns(comparison)], width)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for column in columns:
        if column in words:
            table.add_column(printable(column.heading), overflow="fold", vertical="top")
        else:
            table.add_column(column.heading, justify="right", no_wrap=True, vertical="top")
    for row, group in enumerate(comparison.groups):
        cells = [Text(printable(column.cells[row])) for column in columns]
        if group is comparison.best:
            table.add_row(best_mark(), *cells, style="bold")
        else:
            table.add_row("", *cells)
    if comparison.noise_squared > 0:
        known = {TRAIN: number(comparison.noise_squared), TEST: "0"}
        errors_of_truth = [known.get(column.heading, "") for column in columns[1:]]
        table.add_row("", "noise²", *errors_of_truth, style="dim")
    return table


def fitting_columns(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit side by side. Those of the lowest worth are left out."""
    kept = list(columns)
    while 1 + sum(column.width + 1 for column in kept) > width:
        least = min(kept, key=lambda column: column.worth)
        if least.worth >= NEVER_LEFT_OUT:
            break
        kept.remove(least)
    return kept


def aligned_table(columns: Sequence[Column], *, left: int, gap: int) -> Table:
    """A line per cell of the columns. left: how many of the first ones are words; gap: between."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for place, column in enumerate(columns):
        justify: JustifyMethod = "left" if place < left else "right"
        table.add_column(printable(column.heading), justify=justify, vertical="top")
    all_cells = [column.cells for column in columns]
    for row in zip(*all_cells, strict=True):
        texts = [Text(printable(cell)) for cell in row]
        table.add_row(*texts)
    return table


def optimum_tables(comparison: Comparison) -> Iterator[Table]:
    """Median error over a number that the user chooses.

    A line per value, a column for each combination of the other keys.
    """
    for optima in by_key(comparison.optima).values():
        for start in range(0, len(optima), MOST_OPTIMA):
            yield _optimum_table(comparison, optima[start : start + MOST_OPTIMA])


def _optimum_table(comparison: Comparison, optima: Sequence[Optimum]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(heading(optima[0].key), justify="right", no_wrap=True)
    for optimum in optima:
        title = f"{comparison.error_words} MSE"
        if optimum.label:
            title += f", {printable(optimum.label)}"
        table.add_column(Text(title), justify="right")
    values: set[float] = set()
    for optimum in optima:
        values.update(optimum.values)
    for value in sorted(values):
        cells = [_optimum_cell(optimum, value) for optimum in optima]
        table.add_row(value_words(value), *cells)
    return table


def _optimum_cell(optimum: Optimum, value: float) -> Text:
    """The median, and how many times as large as the best one it is."""
    if value not in optimum.values:
        return Text("")
    place = optimum.values.index(value)
    median = number(optimum.medians[place])
    if place == optimum.best:
        return Text(f"{best_mark()} {median}   best", style="bold")
    ratio = "×" + rounded_number(optimum.ratio(place))
    return Text(f"{median} {ratio:>6}")
