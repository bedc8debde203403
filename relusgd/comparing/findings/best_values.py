"""The best penalty, learning rate and so on, and what other values cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from relusgd.comparing.best_values import TOLERANCE, Optimum, by_key
from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.labels import varied_number
from relusgd.runs.titles import value_words
from relusgd.words import and_list, number, rounded_number

MOST_OPTIMA = 6
"""With more combinations of other keys than this, nothing is said; the tables say it."""


def best_values(compared: ComparedRuns) -> Iterator[Finding]:
    """The best value of every number, for each combination of the other keys."""
    for key, optima in by_key(compared.optima).items():
        if len(optima) <= MOST_OPTIMA:
            yield _best_value(key, optima)


def _best_value(key: str, optima: Sequence[Optimum]) -> Finding:
    """The best value of one number for each combination of the others, and what others cost."""
    values = ", ".join(_value_and_error(optimum) for optimum in optima)
    text = f"The best {varied_number(key)} is {values}.{_costs(optima)}"
    if key == "training.penalty":
        text += (
            " A penalty λ holds back the mixtures of units whose singular value is below √λ, "
            "which f needs for its sharp bends."
        )
    numbers: dict[str, object] = {"key": key}
    for optimum in optima:
        numbers[optimum.label] = {"best": optimum.best_value, "medians": optimum.medians}
    return Finding("optimum", text, numbers)


def _value_and_error(optimum: Optimum) -> str:
    """1e-6 at hidden 10 (0.0569; 0 to 1e-6 are within 10 % of it)."""
    best = value_words(optimum.best_value)
    where = f" at {optimum.label}" if optimum.label else ""
    error = number(optimum.medians[optimum.best])
    low, high = optimum.good
    if low < high:
        first = value_words(optimum.values[low])
        last = value_words(optimum.values[high])
        error += f"; {first} to {last} are within {TOLERANCE} of it"
    return f"{best}{where} ({error})"


def _costs(optima: Sequence[Optimum]) -> str:
    """What bad values cost: the lowest, the first two above all good ones, the highest."""
    tried_everywhere = set(optima[0].values)
    lowest_good = -inf
    highest_good = -inf
    for optimum in optima:
        first_good, last_good = optimum.good
        tried_everywhere &= set(optimum.values)
        lowest_good = max(lowest_good, optimum.values[first_good])
        highest_good = max(highest_good, optimum.values[last_good])
    tried = sorted(tried_everywhere)
    too_low = [value for value in tried[:1] if value < lowest_good]
    too_high = [value for value in tried if value > highest_good]
    named = dict.fromkeys([*too_low, *too_high[:2], *too_high[-1:]])
    if not named:
        return ""
    costs = [_cost(optima, value) for value in named]
    return f" The error is {and_list(costs)}."


def _cost(optima: Sequence[Optimum], value: float) -> str:
    """1.4 to 3.5 times the best at 0.001."""
    ratios = []
    for optimum in optima:
        place = optimum.values.index(value)
        ratios.append(optimum.ratio(place))
    low = rounded_number(min(ratios))
    high = rounded_number(max(ratios))
    factor = low if low == high else f"{low} to {high}"
    return f"{factor} times the best at {value_words(value)}"
