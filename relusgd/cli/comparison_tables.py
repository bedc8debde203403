"""A comparison on a terminal: a line per group, tables of the best values, and sentences."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import PIPE_COLUMNS, can_print, print_table, printable, stdout_console
from relusgd.comparing.best_values import Optimum
from relusgd.comparing.compare import Comparison
from relusgd.comparing.groups import Group, Spread
from relusgd.comparing.labels import heading
from relusgd.runs.titles import SHORT_WORDS, value_words
from relusgd.words import brief_duration, counted, number, number_range, rounded_number

LINE = 100
"""Columns of a sentence that is read with ease."""


def mark() -> str:
    """What stands before the best."""
    return "●" if can_print("●") else "*"


@dataclass(frozen=True)
class Column:
    """heading: at most two lines; worth: the lowest leave first where a terminal is too narrow."""

    heading: str
    cell: Callable[[Group], str]
    worth: int = 9


def print_tables(comparison: Comparison) -> None:
    """Print all that there is on stdout, as wide as the terminal; in a file or a pipe lines are as long as they need."""
    console = stdout_console()
    print_table(comparison_table(comparison, console.width))
    for table in optimum_tables(comparison):
        console.print()
        print_table(table)
    for sentence in comparison.sentences:
        console.print()
        console.print(
            Text(printable(sentence)),
            width=min(console.width, LINE) if sys.stdout.isatty() else 10 * PIPE_COLUMNS,
            soft_wrap=False,
        )


def comparison_table(comparison: Comparison, width: int) -> Table:
    """A line per group, the best one marked; last, where it is known, what the true function has."""
    words = word_columns(comparison)
    columns = fitting([*words, *number_columns(comparison)], comparison.groups, width)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for column in columns:
        is_word = column in words
        table.add_column(
            column.heading,
            justify="left" if is_word else "right",
            no_wrap=not is_word,
            overflow="fold",
            vertical="top",
        )
    for group in comparison.groups:
        best = group is comparison.best
        table.add_row(
            mark() if best else "",
            *(Text(column.cell(group)) for column in columns),
            style="bold" if best else "",
        )
    if comparison.noise_squared > 0:
        known = {TRAIN: number(comparison.noise_squared), TEST: "0"}
        table.add_row(
            "", "noise²", *(known.get(column.heading, "") for column in columns[1:]), style="dim"
        )
    return table


TRAIN, TEST, RANGE = "train\nMSE", "test\nMSE", "lowest–\nhighest"


def word_columns(comparison: Comparison) -> list[Column]:
    """What tells the groups apart."""
    names = list(comparison.groups[0].words)
    if not names:
        return [Column("runs", lambda group: counted(group.runs, "seed"))]
    return [Column(printable(name), _word(name, short=len(names) > 1)) for name in names]


def _word(name: str, *, short: bool) -> Callable[[Group], str]:
    return lambda group: printable(
        SHORT_WORDS.get(group.words[name], group.words[name]) if short else group.words[name]
    )


def number_columns(comparison: Comparison) -> list[Column]:
    """Medians over the seeds, and what is of use here: the range, the runs that did not end well, noise² where it differs."""
    groups, error = comparison.groups, comparison.error
    columns = [Column(TRAIN, _median("train_mse"))]
    if error == "test_mse":
        columns.append(Column(TEST, _median("test_mse")))
    if any(len(group.counted) > 1 for group in groups):
        columns.append(Column(RANGE, lambda group: span(group.spreads[error]), 8))
    if error == "test_mse" and any(
        group.spreads["best_test_mse"].median < group.spreads[error].median for group in groups
    ):
        columns += [
            Column("best\ntest", _median("best_test_mse"), 5),
            Column("in\nepoch", _median("best_epoch", whole), 4),
        ]
    columns += [
        Column("dead\nunits", _median("dead_units", whole), 3),
        Column("break-\npoints", _median("breakpoints", whole), 2),
    ]
    columns.append(Column("time", lambda group: duration(group.spreads["seconds"].median), 1))
    if len({group.runs for group in groups}) > 1 or any(
        group.counts["complete"] < group.runs for group in groups
    ):
        columns.append(Column("runs", lambda group: str(group.runs), 6))
    for state in ("unfinished", "diverged", "failed"):
        if any(group.counts[state] for group in groups):
            columns.append(
                Column(
                    {"unfinished": "unfin-\nished", "diverged": "di-\nverged"}.get(state, state),
                    _count(state),
                    7,
                )
            )
    if len({repr(group.noise_squared) for group in groups}) > 1:
        columns.append(Column("noise²", lambda group: number(group.noise_squared), 7))
    return columns


def _median(name: str, words: Callable[[float], str] = number) -> Callable[[Group], str]:
    return lambda group: words(group.spreads[name].median)


def _count(state: str) -> Callable[[Group], str]:
    return lambda group: str(group.counts[state] or "")


def whole(value: float) -> str:
    """A median of whole numbers."""
    return "–" if value != value else f"{value:,.1f}".removesuffix(".0")


def duration(seconds: float) -> str:
    return "–" if seconds != seconds else brief_duration(seconds)


def span(spread: Spread) -> str:
    """From the lowest to the highest; a dash for nothing."""
    return (
        "–"
        if spread.lowest != spread.lowest
        else "–".join(number_range(spread.lowest, spread.highest))
    )


def fitting(columns: Sequence[Column], groups: Sequence[Group], width: int) -> list[Column]:
    """The columns that fit side by side, the least worthy left out."""
    kept = list(columns)
    while sum(_width(column, groups) + 1 for column in kept) + 1 > width and any(
        column.worth < 8 for column in kept
    ):
        kept.remove(min(kept, key=lambda column: column.worth))
    return kept


def _width(column: Column, groups: Sequence[Group]) -> int:
    return max(
        len(line)
        for text in (column.heading, *map(column.cell, groups))
        for line in text.splitlines() or [""]
    )


def optimum_tables(comparison: Comparison) -> Iterator[Table]:
    """Median error over a number that the user chooses: a line per value, a column for everything else that varies."""
    for key in dict.fromkeys(optimum.key for optimum in comparison.optima):
        optima = [optimum for optimum in comparison.optima if optimum.key == key]
        for start in range(0, len(optima), 5):
            yield _optimum_table(key, optima[start : start + 5], comparison.error_words)


def _optimum_table(key: str, optima: Sequence[Optimum], error: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(heading(key, [key]), justify="right", no_wrap=True)
    for optimum in optima:
        table.add_column(
            Text(f"{error} MSE{', ' if optimum.label else ''}{printable(optimum.label)}"),
            justify="right",
        )
    for value in sorted({value for optimum in optima for value in optimum.values}):
        table.add_row(value_words(value), *(_optimum_cell(optimum, value) for optimum in optima))
    return table


def _optimum_cell(optimum: Optimum, value: float) -> Text:
    """The median, and how many times it is the best one."""
    if value not in optimum.values:
        return Text("")
    place = optimum.values.index(value)
    median = optimum.medians[place]
    if place == optimum.best:
        return Text(f"{mark()} {number(median)}   best", style="bold")
    return Text(
        f"{number(median)} {f'×{rounded_number(median / optimum.medians[optimum.best])}':>6}"
    )
