"""The columns of a comparison as people read them, on a terminal or in a notebook."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.groups import Group, Spread
from relusgd.runs.titles import SHORT_WORDS
from relusgd.words import DASH, brief_duration, counted, number, number_range

NEVER_LEFT_OUT = 8
"""A column of this worth or more stays on a terminal that is too narrow for it."""

TRAIN = "train\nMSE"
TEST = "test\nMSE"


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
        seeds = [counted(group.runs, "seed") for group in groups]
        return [Column("runs", seeds)]
    columns = []
    for name in names:
        words = [group.words[name] for group in groups]
        if len(names) > 1:
            words = [SHORT_WORDS.get(word, word) for word in words]
        columns.append(Column(name, words))
    return columns


def number_columns(compared: ComparedRuns) -> list[Column]:
    """Medians over the seeds, and what else is of use. A new measure gets its column here."""
    groups = compared.groups
    has_test = compared.error == "test_mse"
    has_seeds = any(len(group.counted) > 1 for group in groups)
    was_better_before = has_test and any(_was_better_before(group) for group in groups)
    complete = sum(group.counts["complete"] for group in groups)
    run_counts = {group.runs for group in groups}
    misses_runs = len(run_counts) > 1 or complete < compared.run_count
    noise = [group.noise_squared for group in groups]
    # nan is unequal to itself, its text is not.
    different_noise = {str(level) for level in noise}

    def medians(measure: str, words: Callable[[float], str] = number) -> list[str]:
        return [words(group.median(measure)) for group in groups]

    def state_column(heading: str, state: str) -> Column:
        """How many runs are in this state, where there are any."""
        cells = [str(group.counts[state] or "") for group in groups]
        return Column(heading, cells, worth=7, is_shown=any(cells))

    ranges = [error_range(group.spreads[compared.error]) for group in groups]
    runs = [str(group.runs) for group in groups]
    own = [Column(name, medians(name), worth=6) for name in compared.own_metrics]
    columns = [
        Column(TRAIN, medians("train_mse")),
        Column(TEST, medians("test_mse"), is_shown=has_test),
        Column("lowest–\nhighest", ranges, worth=8, is_shown=has_seeds),
        Column("best\ntest", medians("best_test_mse"), worth=5, is_shown=was_better_before),
        Column("in\nepoch", medians("best_epoch", whole), worth=4, is_shown=was_better_before),
        Column("dead\nunits", medians("dead_units", whole), worth=3),
        Column("break-\npoints", medians("breakpoints", whole), worth=2),
        *own,
        Column("time", medians("seconds", brief_duration), worth=1),
        Column("runs", runs, worth=6, is_shown=misses_runs),
        state_column("unfin-\nished", "unfinished"),
        state_column("di-\nverged", "diverged"),
        state_column("failed", "failed"),
        Column("noise²", list(map(number, noise)), worth=7, is_shown=len(different_noise) > 1),
    ]
    return [column for column in columns if column.is_shown]


def _was_better_before(group: Group) -> bool:
    """Whether the lowest test error is not the last one."""
    return group.median("best_test_mse") < group.median("test_mse")


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
