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
from relusgd.comparing.groups import Group
from relusgd.comparing.labels import heading
from relusgd.runs.titles import SHORT_WORDS, value_words
from relusgd.words import DASH, brief_duration, counted, number, number_range, rounded_number

SENTENCE_WIDTH = 100
"""Sentences are broken at this width on a wider terminal, where longer lines are hard to read."""

MOST_OPTIMA = 5
"""A table of the best values has at most this many columns of errors."""

NEVER_LEFT_OUT = 8
"""A column of this worth or more stays on a terminal that is too narrow for it."""

Cell = Callable[[Comparison, Group], str]


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


def always(_: Comparison) -> bool:
    return True


@dataclass(frozen=True)
class Column:
    """A column of the table.

    heading: at most two lines. worth: on a terminal that is too narrow, columns of the lowest worth
    are left out first. shown: whether the column says anything of a comparison.
    """

    heading: str
    cell: Cell
    worth: int = NEVER_LEFT_OUT + 1
    shown: Callable[[Comparison], bool] = always


def word_columns(comparison: Comparison) -> list[Column]:
    """What tells the groups apart; of several headings, ways of training in fewer words."""
    names = list(comparison.groups[0].words)
    if not names:
        return [Column("runs", lambda _, group: counted(group.runs, "seed"))]
    shortened = SHORT_WORDS if len(names) > 1 else {}

    def cell_of(name: str) -> Cell:
        def cell(_: Comparison, group: Group) -> str:
            word = group.words[name]
            return printable(shortened.get(word, word))

        return cell

    return [Column(printable(name), cell_of(name)) for name in names]


def median(measure: str, words: Callable[[float], str] = number) -> Cell:
    return lambda _, group: words(group.median(measure))


def whole(value: float) -> str:
    """The median of whole numbers: 27,600; 2.5; a dash for nan."""
    return DASH if math.isnan(value) else f"{value:,.1f}".removesuffix(".0")


def error_range(comparison: Comparison, group: Group) -> str:
    """The lowest and the highest error: 0.0018–0.0068; a dash if there is none."""
    spread = group.spreads[comparison.error]
    if math.isnan(spread.median):
        return DASH
    return "–".join(number_range(spread.lowest, spread.highest))


def count(state: str) -> Cell:
    return lambda _, group: str(group.counts[state] or "")


def ranks_by_test_error(comparison: Comparison) -> bool:
    return comparison.error == "test_mse"


def has_several_seeds(comparison: Comparison) -> bool:
    return any(len(group.counted) > 1 for group in comparison.groups)


def has_better_epochs(comparison: Comparison) -> bool:
    """Whether some test error was lower before the end."""
    return ranks_by_test_error(comparison) and any(
        group.median("best_test_mse") < group.median("test_mse") for group in comparison.groups
    )


def has_missing_runs(comparison: Comparison) -> bool:
    """Whether the rows have different numbers of runs, or runs without numbers."""
    counts = {group.runs for group in comparison.groups}
    return len(counts) > 1 or any(
        group.counts["complete"] < group.runs for group in comparison.groups
    )


def has_any(state: str) -> Callable[[Comparison], bool]:
    return lambda comparison: any(group.counts[state] for group in comparison.groups)


def has_different_noise(comparison: Comparison) -> bool:
    # nan is unequal to itself, its text is not.
    return len({str(group.noise_squared) for group in comparison.groups}) > 1


TRAIN, TEST = "train\nMSE", "test\nMSE"

NUMBER_COLUMNS = (
    Column(TRAIN, median("train_mse")),
    Column(TEST, median("test_mse"), shown=ranks_by_test_error),
    Column("lowest–\nhighest", error_range, worth=8, shown=has_several_seeds),
    Column("best\ntest", median("best_test_mse"), worth=5, shown=has_better_epochs),
    Column("in\nepoch", median("best_epoch", whole), worth=4, shown=has_better_epochs),
    Column("dead\nunits", median("dead_units", whole), worth=3),
    Column("break-\npoints", median("breakpoints", whole), worth=2),
    Column("time", median("seconds", brief_duration), worth=1),
    Column("runs", lambda _, group: str(group.runs), worth=6, shown=has_missing_runs),
    Column("unfin-\nished", count("unfinished"), worth=7, shown=has_any("unfinished")),
    Column("di-\nverged", count("diverged"), worth=7, shown=has_any("diverged")),
    Column("failed", count("failed"), worth=7, shown=has_any("failed")),
    Column(
        "noise²",
        lambda _, group: number(group.noise_squared),
        worth=7,
        shown=has_different_noise,
    ),
)
"""Medians over the seeds, and what else is of use. Another measure has its column here."""


# Tables


def comparison_table(comparison: Comparison, width: int) -> Table:
    """A line per group, the best one marked; last, where it is known, that of the true function."""
    words = word_columns(comparison)
    numbers = [column for column in NUMBER_COLUMNS if column.shown(comparison)]
    columns = fitting([*words, *numbers], comparison, width)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for column in columns:
        if column in words:
            table.add_column(column.heading, overflow="fold", vertical="top")
        else:
            table.add_column(column.heading, justify="right", no_wrap=True, vertical="top")
    for group in comparison.groups:
        mark, style = "", ""
        if group is comparison.best:
            mark, style = best_mark(), "bold"
        cells = [Text(column.cell(comparison, group)) for column in columns]
        table.add_row(mark, *cells, style=style)
    if comparison.noise_squared > 0:
        known = {TRAIN: number(comparison.noise_squared), TEST: "0"}
        cells_of_truth = [known.get(column.heading, "") for column in columns[1:]]
        table.add_row("", "noise²", *cells_of_truth, style="dim")
    return table


def fitting(columns: Sequence[Column], comparison: Comparison, width: int) -> list[Column]:
    """The columns that fit side by side. Those of the lowest worth are left out."""
    kept = list(columns)
    widths = {column: _width(column, comparison) for column in columns}
    while 1 + sum(widths[column] + 1 for column in kept) > width:
        least = min(kept, key=lambda column: column.worth)
        if least.worth >= NEVER_LEFT_OUT:
            break
        kept.remove(least)
    return kept


def _width(column: Column, comparison: Comparison) -> int:
    texts = [column.heading, *(column.cell(comparison, group) for group in comparison.groups)]
    lines = "\n".join(texts).split("\n")
    return max(map(len, lines))


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
        names = [f"{comparison.error_words} MSE", printable(optimum.label)]
        table.add_column(Text(", ".join(filter(None, names))), justify="right")
    for value in sorted({value for optimum in optima for value in optimum.values}):
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
    ratio = f"×{rounded_number(optimum.ratio(place))}"
    return Text(f"{median} {ratio:>6}")
