"""What a comparison says in words: every sentence from the numbers of the table, with those that it is about beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from relusgd.comparing.finding import Finding
from relusgd.comparing.groups import PLAIN, Group, Result
from relusgd.comparing.keys import ABSENT, CASE, POINTS, RUN, SEEDS, heading, in_order, short_words
from relusgd.comparing.lessons import lessons
from relusgd.runs.titles import WAY
from relusgd.words import and_list, below, counted, number, number_range, rounded_number

if TYPE_CHECKING:
    from relusgd.comparing.compare import Comparison

MUCH = 5
"""From this ratio of the highest to the lowest error on, the seed decides."""

UNLIKELY = 0.05
"""A chance up to this much is no longer mentioned."""

CLEAR = 3
"""From this ratio of two single runs' errors on, chance is not mentioned."""

WORTH_STOPPING = 1.25
"""From this ratio of the last to the best error on, training went on for too long."""


def find(comparison: Comparison) -> list[Finding]:
    """All that is worth saying, the most general first."""
    parts = (_scope, _states, _best, lessons, _stopping, _seeds, _dead)
    return [finding for part in parts for finding in part(comparison)]


def _scope(comparison: Comparison) -> Iterator[Finding]:
    """How many runs, what differs, how many seeds."""
    groups, words = comparison.groups, comparison.groups[0].words
    total = sum(group.runs for group in groups)
    varied = [
        f"{'' if name in PLAIN else name + ' '}{and_list(_distinct(group.words[name] for group in groups))}"
        for name in words
    ]
    each = sorted({group.runs for group in groups})
    seeds = (
        f"; {each[0]} seeds each"
        if each[0] == each[-1] > 1
        else f"; {each[0]} to {each[-1]} runs each"
        if each[-1] > 1
        else ""
    )
    what = counted(total, "run")
    alone = (
        "1 run, and nothing to compare it with."
        if total == 1
        else f"{what} that differ in nothing but their seeds{_spread(comparison)}."
    )
    text = f"{what}: {'; '.join(varied)}{seeds}." if varied else alone
    yield Finding("scope", f"{text}{_along(comparison)}", {"runs": total, "groups": len(groups)})
    if not comparison.comparable:
        yield Finding(
            "incomparable",
            "They learn from different data, so that their errors measure different things: no row is the best.",
        )


def _spread(comparison: Comparison) -> str:
    spread = comparison.groups[0].spreads[comparison.error]
    span = f"from {' to '.join(number_range(spread.lowest, spread.highest))}"
    return (
        f": median {comparison.error_name} {number(spread.median)}, {span}"
        if len(comparison.groups[0].counted) > 1
        else ""
    )


def _along(comparison: Comparison) -> str:
    """The keys that differ together with those that tell the groups apart."""
    told, words = {CASE, RUN, *WAY, *SEEDS, *POINTS}, comparison.groups[0].words
    keys = [
        key
        for key in comparison.varied
        if key not in told and not {heading(key, [key]), key.replace("_", " ")} & set(words)
    ]
    if not keys:
        return ""
    values = [
        f"{heading(key, keys)} ({', '.join(short_words(value, 16) for value in in_order(comparison.varied[key]) if value is not ABSENT)})"
        for key in keys
    ]
    return f" With these {'goes' if len(values) == 1 else 'go'} {and_list(values[:6])}."


def _distinct(words: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _states(comparison: Comparison) -> Iterator[Finding]:
    """Runs that have not ended well, or not ended."""
    results = [result for group in comparison.groups for result in group.results]
    training = [result for result in results if result.status == "running"]
    stopped = [result for result in results if result.status == "interrupted"]
    for topic, these, words in (
        ("running", training, "Still training"),
        ("interrupted", stopped, "Interrupted"),
    ):
        if these:
            named = and_list(
                [_progress(result) for result in these[:5]]
                + ([f"{len(these) - 5} more"] if len(these) > 5 else [])
            )
            text = f"{words}: {named}; left out where there are complete runs, else as far as they are."
            yield Finding(topic, text, {"runs": len(these)})
    for topic, reason in (
        ("diverged", " The learning rate is too large for the curvature that SGD meets there"),
        ("failed", ""),
    ):
        groups = [group for group in comparison.groups if group.counts[topic]]
        if groups:
            count, total = (
                sum(group.counts[topic] for group in groups),
                sum(group.runs for group in comparison.groups),
            )
            where = and_list(
                [f"{group.label} ({group.counts[topic]})" for group in groups[:6]]
                + (["others"] if len(groups) > 6 else [])
            )
            text = f"{count} of {total} runs {topic}: {where}. They are counted but in no average.{reason}{'.' if reason else ''}"
            yield Finding(topic, text, {"runs": count})


def _progress(result: Result) -> str:
    return f"{result.run.folder} (epoch {result.epochs:,} of {result.run.facts.counts.epochs:,})"


def _best(comparison: Comparison) -> Iterator[Finding]:
    """The best row, the next one, and whether the seeds can tell them apart."""
    ranked, name = comparison.ranked, comparison.error_name
    if comparison.best is None or len(ranked) < 2:
        return
    first, second, last = ranked[0], ranked[1], ranked[-1]
    best, next_best, worst = (group.spreads[comparison.error] for group in (first, second, last))
    over = (
        f" (from {' to '.join(number_range(best.lowest, best.highest))} over {len(first.counted)} seeds)"
        if len(first.counted) > 1
        else ""
    )
    median = "median " if over else ""
    text = f"Best is {first.label}: {median}{name} {number(best.median)}{over}"
    numbers = {
        "label": first.label,
        "median": best.median,
        "next": next_best.median,
        "worst": worst.median,
    }
    if best.median > 0:
        text += f", {below(best.median, next_best.median)} {second.label}"
        text += (
            f" and {below(best.median, worst.median)} {last.label}, the worst"
            if len(ranked) > 2
            else ""
        )
    wins, shared = _wins(first, second, comparison.error)
    if shared > 1:
        chance = ", which may be chance" if _chance(wins, shared) > UNLIKELY else ""
        text += f". It is ahead of the next on {wins} of {shared} seeds{chance}"
        numbers |= {"wins": wins, "shared": shared}
    elif (
        not set(SEEDS) & set(first.keys)
        and len(first.counted) == 1
        and next_best.median < CLEAR * best.median
    ):
        text += ". One run each: other seeds may turn a small difference round"
    yield Finding("best", f"{text}.", numbers)


def _wins(first: Group, second: Group, error: str) -> tuple[int, int]:
    """On how many of the seeds that both have the first is better."""
    theirs = {result.seed: result.measures[error] for result in second.counted}
    shared = [
        (result.measures[error], theirs[result.seed])
        for result in first.counted
        if result.seed in theirs
    ]
    return sum(mine < other for mine, other in shared), len(shared)


def _chance(wins: int, seeds: int) -> float:
    """The chance of at least so many wins of two equally good rivals: the sign test."""
    return float(sum(comb(seeds, count) for count in range(wins, seeds + 1)) / 2**seeds)


def _stopping(comparison: Comparison) -> Iterator[Finding]:
    """Where the test error was lowest long before the end."""
    if comparison.error != "test_mse":
        return
    ratios = [
        (group.spreads["test_mse"].median / group.spreads["best_test_mse"].median, group)
        for group in comparison.ranked
        if group.spreads["best_test_mse"].median > 0
    ]
    late = [(ratio, group) for ratio, group in ratios if ratio >= WORTH_STOPPING]
    if late:
        ratio, group = max(late, key=lambda pair: pair[0])
        best, epoch = group.spreads["best_test_mse"].median, group.spreads["best_epoch"].median
        where = (
            ""
            if len(late) == 1
            else f"In {len(late)} rows test error was lower before the end, most of all at {group.label}: "
        )
        start = where or f"Test error was lower before the end at {group.label}: "
        text = f"{start}{number(best)} around epoch {epoch:,.0f}, {below(1, ratio)} the last; of many epochs the luckiest flatters."
        yield Finding(
            "stopping", text, {"rows": len(late), "ratio": ratio, "best": best, "epoch": epoch}
        )


def _seeds(comparison: Comparison) -> Iterator[Finding]:
    """Where the seed decides; of the errors of the worst such row, how many lie beyond the widest gap."""
    wide = [group for group in comparison.ranked if _ratio(group, comparison.error) >= MUCH]
    if not wide:
        return
    group = max(wide, key=lambda group: _ratio(group, comparison.error))
    errors = sorted(result.measures[comparison.error] for result in group.counted)
    gaps = [after / before if before > 0 else 1.0 for before, after in pairwise(errors)]
    place = int(np.argmax(gaps)) + 1
    stuck = (
        f"; {len(errors) - place} of {len(errors)} end above {rounded_number(errors[place - 1])}"
        if gaps[place - 1] >= 2
        else ""
    )
    also = (
        f". {counted(len(wide) - 1, 'other row')} {'spreads' if len(wide) == 2 else 'spread'} {MUCH}-fold or more"
        if len(wide) > 1
        else ""
    )
    name = comparison.error_name
    text = f"The seed decides at {group.label}: {name} {rounded_number(errors[0])} to {rounded_number(errors[-1])}{stuck}{also}."
    yield Finding("seeds", text, {"rows": len(wide), "lowest": errors[0], "highest": errors[-1]})


def _ratio(group: Group, error: str) -> float:
    spread = group.spreads[error]
    return spread.highest / spread.lowest if spread.lowest > 0 else 1.0


def _dead(comparison: Comparison) -> Iterator[Finding]:
    """Units that are lost."""
    rows = [
        (group.spreads["dead_units"].median, group)
        for group in comparison.groups
        if group.spreads["dead_units"].median > 0
    ]
    if rows:
        most, group = max(rows, key=lambda row: row[0])
        units = sum(group.typical.config.network.hidden)
        text = f"Dead at the end: up to {most:g} of {units} units ({group.label}). Active on no training point, they get no gradient."
        yield Finding("dead", text, {"most": most, "rows": len(rows)})
