"""A comparison on a terminal: a line per group, tables of the best values, and sentences."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import PIPE_COLUMNS, can_print, print_table, printable, stdout_console
from relusgd.comparing.best_values import Optimum, by_key
from relusgd.comparing.compare import Comparison
from relusgd.comparing.groups import Group, Spread
from relusgd.comparing.labels import heading
from relusgd.runs.titles import SHORT_WORDS, value_words
from relusgd.words import DASH, brief_duration, counted, number, number_range, rounded_number

SENTENCE_WIDTH = 100
"""Sentences are broken at this width on a wider terminal, where longer lines are hard to read."""

MOST_OPTIMA = 5
"""A table of the best values has at most this many columns of errors."""

NEVER_LEFT_OUT = 8
"""A column of this worth or more stays on a terminal that is too narrow for it."""


def print_tables(comparison: Comparison) -> None:
    """Print all of a comparison on stdout, as wide as the terminal.

    In a file or a pipe, lines are as long as they need.
    """
    console = stdout_console()
    print_table(comparison_table(comparison, console.width))
    for table in optimum_tables(comparison):
        console.print()
        print_table(table)
    width = 10 * PIPE_COLUMNS
    if sys.stdout.isatty():
        width = min(console.width, SENTENCE_WIDTH)
    for sentence in comparison.sentences:
        console.print()
        console.print(Text(printable(sentence)), width=width, soft_wrap=False)


def best_mark() -> str:
    """What stands before the best."""
    return "●" if can_print("●") else "*"


# Columns

TRAIN, TEST = "train\nMSE", "test\nMSE"


@dataclass(frozen=True)
class Column:
    """A column of the table, with a cell for each group.

    heading: at most two lines. worth: on a terminal that is too narrow, columns of the lowest worth
    are left out first. is_shown: whether the column tells anything about this comparison.
    """

    heading: str
    cells: Sequence[str]
    worth: int = NEVER_LEFT_OUT + 1
    is_shown: bool = True

    @property
    def width(self) -> int:
        lines = "\n".join([self.heading, *self.cells]).split("\n")
        return max(map(len, lines))


def word_columns(groups: Sequence[Group]) -> list[Column]:
    """What tells the groups apart; of several headings, ways of training in fewer words."""
    names = list(groups[0].words)
    if not names:
        return [Column("runs", [counted(group.runs, "seed") for group in groups])]
    columns = []
    for name in names:
        words = [group.words[name] for group in groups]
        if len(names) > 1:
            words = [SHORT_WORDS.get(word, word) for word in words]
        columns.append(Column(printable(name), [printable(word) for word in words]))
    return columns


def number_columns(comparison: Comparison) -> list[Column]:
    """Medians over the seeds, and what else is of use. Another measure has its column here."""
    groups = comparison.groups
    has_test = comparison.error == "test_mse"
    has_seeds = any(len(group.counted) > 1 for group in groups)
    was_better_before = has_test and any(
        group.median("best_test_mse") < group.median("test_mse") for group in groups
    )
    run_counts = {group.runs for group in groups}
    complete = sum(group.counts["complete"] for group in groups)
    misses_runs = len(run_counts) > 1 or complete < comparison.run_count
    noise = [group.noise_squared for group in groups]
    # nan is unequal to itself, its text is not.
    has_different_noise = len({str(level) for level in noise}) > 1

    def medians(measure: str, words: Callable[[float], str] = number) -> list[str]:
        return [words(group.median(measure)) for group in groups]

    def state_column(heading: str, state: str) -> Column:
        """How many runs are in this state, where there are any."""
        cells = [str(group.counts[state] or "") for group in groups]
        return Column(heading, cells, worth=7, is_shown=any(cells))

    ranges = [error_range(group.spreads[comparison.error]) for group in groups]
    columns = [
        Column(TRAIN, medians("train_mse")),
        Column(TEST, medians("test_mse"), is_shown=has_test),
        Column("lowest–\nhighest", ranges, worth=8, is_shown=has_seeds),
        Column("best\ntest", medians("best_test_mse"), worth=5, is_shown=was_better_before),
        Column("in\nepoch", medians("best_epoch", whole), worth=4, is_shown=was_better_before),
        Column("dead\nunits", medians("dead_units", whole), worth=3),
        Column("break-\npoints", medians("breakpoints", whole), worth=2),
        Column("time", medians("seconds", brief_duration), worth=1),
        Column("runs", [str(group.runs) for group in groups], worth=6, is_shown=misses_runs),
        state_column("unfin-\nished", "unfinished"),
        state_column("di-\nverged", "diverged"),
        state_column("failed", "failed"),
        Column("noise²", list(map(number, noise)), worth=7, is_shown=has_different_noise),
    ]
    return [column for column in columns if column.is_shown]


def whole(value: float) -> str:
    """The median of whole numbers: 27,600; 2.5; a dash for nan."""
    if math.isnan(value):
        return DASH
    return f"{value:,.1f}".removesuffix(".0")


def error_range(spread: Spread) -> str:
    """The lowest and the highest error: 0.0018–0.0068; a dash if there is none."""
    if math.isnan(spread.median):
        return DASH
    return "–".join(number_range(spread.lowest, spread.highest))


# Tables


def comparison_table(comparison: Comparison, width: int) -> Table:
    """A line per group, the best one marked; last, where it is known, that of the true function."""
    words = word_columns(comparison.groups)
    columns = fitting([*words, *number_columns(comparison)], width)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for column in columns:
        if column in words:
            table.add_column(column.heading, overflow="fold", vertical="top")
        else:
            table.add_column(column.heading, justify="right", no_wrap=True, vertical="top")
    for row, group in enumerate(comparison.groups):
        cells = [Text(column.cells[row]) for column in columns]
        if group is comparison.best:
            table.add_row(best_mark(), *cells, style="bold")
        else:
            table.add_row("", *cells)
    if comparison.noise_squared > 0:
        known = {TRAIN: number(comparison.noise_squared), TEST: "0"}
        errors_of_truth = [known.get(column.heading, "") for column in columns[1:]]
        table.add_row("", "noise²", *errors_of_truth, style="dim")
    return table


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit side by side. Those of the lowest worth are left out."""
    kept = list(columns)
    while 1 + sum(column.width + 1 for column in kept) > width:
        least = min(kept, key=lambda column: column.worth)
        if least.worth >= NEVER_LEFT_OUT:
            break
        kept.remove(least)
    return kept


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
    values = {value for optimum in optima for value in optimum.values}
    for value in sorted(values):
        cells = [_optimum_cell(optimum, value) for optimum in optima]
        table.add_row(value_words(value), *cells)
    return table


def _optimum_cell(optimum: Optimum, value: float) -> Text:
    """The median, and how many times it is the best one."""
    if value not in optimum.values:
        return Text("")
    place = optimum.values.index(value)
    median = number(optimum.medians[place])
    if place == optimum.best:
        return Text(f"{best_mark()} {median}   best", style="bold")
    ratio = "×" + rounded_number(optimum.ratio(place))
    return Text(f"{median} {ratio:>6}")
