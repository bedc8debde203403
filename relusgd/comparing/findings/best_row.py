"""The best row, the next one, and whether the seeds can tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group
from relusgd.comparing.keys import SEEDS
from relusgd.words import below, number, number_range

UNLIKELY = 0.05
"""A lead is not called chance if its probability among equals is at most this."""

CLEAR = 3
"""A lead of single runs is not called chance if the errors differ at least by this factor."""


def best_row(compared: ComparedRuns) -> Iterator[Finding]:
    """The best row, and how far the next and the worst are behind."""
    if compared.best is None or len(compared.ranked) < 2:
        return
    first, second = compared.ranked[:2]
    worst = compared.ranked[-1]
    numbers = {
        "label": first.label,
        "median": compared.median(first),
        "next": compared.median(second),
        "worst": compared.median(worst),
    }
    error = _error(compared, first)
    distances = _distances(compared)
    sentences = [f"Best is {first.label}: {error}{distances}."]
    wins, shared = _wins(first, second, compared.error)
    if shared > 1:
        sentences.append(_lead(wins, shared))
        numbers |= {"wins": wins, "shared": shared}
    elif _may_be_chance(compared, first, second):
        sentences.append("One run each: other seeds may reverse a small difference.")
    yield Finding("best", " ".join(sentences), numbers)


def _error(compared: ComparedRuns, group: Group) -> str:
    """median test error 0.0046 (from 0.0018 to 0.0068 over 5 seeds)."""
    spread = group.spreads[compared.error]
    error = f"{compared.error_name} {number(spread.median)}"
    seeds = len(group.counted)
    if seeds == 1:
        return error
    low, high = number_range(spread.lowest, spread.highest)
    return f"median {error} (from {low} to {high} over {seeds} seeds)"


def _distances(compared: ComparedRuns) -> str:
    """How far the best row lies below the next and the worst."""
    first, second = compared.ranked[:2]
    worst = compared.ranked[-1]
    lowest = compared.median(first)
    if not lowest > 0:
        return ""
    text = f", {below(lowest, compared.median(second))} {second.label}"
    if worst is not second:
        text += f" and {below(lowest, compared.median(worst))} {worst.label}, the worst"
    return text


def _wins(first: Group, second: Group, error: str) -> tuple[int, int]:
    """On how many of the seeds that both have the first is better; how many both have."""
    mine = first.by_seeds(error)
    theirs = second.by_seeds(error)
    shared = mine.keys() & theirs.keys()
    wins = 0
    for seeds in shared:
        if mine[seeds] < theirs[seeds]:
            wins += 1
    return wins, len(shared)


def _lead(wins: int, shared: int) -> str:
    lead = f"It is ahead of the next on {wins} of {shared} seeds"
    if chance_of_wins(wins, shared) > UNLIKELY:
        return f"{lead}, which may be chance."
    return f"{lead}."


def chance_of_wins(wins: int, seeds: int) -> float:
    """The probability of at least so many wins between two equals: the sign test."""
    ways = 0
    for count in range(wins, seeds + 1):
        ways += comb(seeds, count)
    return float(ways / 2**seeds)


def _may_be_chance(compared: ComparedRuns, first: Group, second: Group) -> bool:
    """Whether single runs with an unknown spread over seeds are close to each other."""
    seeds_are_rows = any(key in SEEDS for key in first.keys)
    has_several_runs = len(first.counted) > 1
    if seeds_are_rows or has_several_runs:
        return False
    return compared.median(second) < CLEAR * compared.median(first)
