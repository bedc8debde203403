"""What the numbers of a comparison teach: noise, width, layers, ridge against SGD, the choice of a penalty or a rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from relusgd.comparing.finding import Finding
from relusgd.comparing.groups import PLAIN, Group
from relusgd.comparing.keys import CASE, TRAINING, heading
from relusgd.comparing.optima import AS_GOOD, Optimum
from relusgd.comparing.solvers import Duel
from relusgd.diagnostics.measures import network_domain
from relusgd.model.network import Array
from relusgd.runs.run import Run
from relusgd.runs.titles import value_words
from relusgd.words import and_list, brief_duration, exact_number, number, rounded_number, times

if TYPE_CHECKING:
    from relusgd.comparing.compare import Comparison

MOST_RUNS = 30
"""Of a row so many runs' elbows are followed."""

NEAR = 10
"""Up to this many times noise², noise is a part of the training error worth mentioning."""

GAP = 1.5
"""From this ratio of test to train error on held-out measurements, the fit knows its own points too well."""


def lessons(comparison: Comparison) -> Iterator[Finding]:
    """All that can be learned, the most general first."""
    for part in (_noise, _held_out, _widths, _layers, _duels, _optima):
        yield from part(comparison)


def _noise(comparison: Comparison) -> Iterator[Finding]:
    """Why test error is below the training error, and where train error is below what the truth has."""
    level = comparison.noise_squared
    if not level > 0:
        return
    groups = [group for group in comparison.groups if group.counted]
    train = [group.spreads["train_mse"].median for group in groups]
    near = [
        group.spreads["test_mse"].median < mse <= NEAR * level
        for group, mse in zip(groups, train, strict=True)
    ]
    if any(near):
        where = (
            ""
            if len(groups) == 1
            else " in every row"
            if all(near)
            else f" in {sum(near)} of {len(groups)} rows"
        )
        text = (
            f"Test error is below the training error{where} because the test points carry no noise: the training error cannot go far below "
            f"noise² = {number(level)}, which the true function itself has; test error can go to 0."
        )
        yield Finding(
            "noise", text, {"below": sum(near), "rows": len(groups), "noise_squared": level}
        )
    fitting = [(mse, group) for group, mse in zip(groups, train, strict=True) if mse < level]
    if fitting:
        mse, lowest = min(fitting, key=lambda pair: pair[0])
        rows = "row" if len(fitting) == 1 else "rows"
        at = f"{lowest.label} ({number(mse)})"
        text = f"The training error is below noise² in {len(fitting)} {rows}, lowest at {at}: there noise is being fitted."
        yield Finding("fitted noise", text, {"rows": len(fitting), "lowest": mse})


def _held_out(comparison: Comparison) -> Iterator[Finding]:
    """Where held-out measurements are much worse than the training points."""
    held_out = [group for group in comparison.ranked if group.typical.config.data.kind == "csv"]
    if not held_out or comparison.error != "test_mse":
        return
    ratios = [
        (group.spreads["test_mse"].median / group.spreads["train_mse"].median, group)
        for group in held_out
    ]
    ratio, group = max(ratios, key=lambda pair: pair[0])
    if ratio >= GAP:
        text = f"Test error is up to {times(ratio)} the training error ({group.label}): such a fit follows its own points "
        text += "more than the rest."
        yield Finding("overfitting", text, {"ratio": ratio})


def _widths(comparison: Comparison) -> Iterator[Finding]:
    """The error over the width, for each way of training."""
    series = _series(comparison, "hidden")
    widths = [group.words["hidden"] for group in next(iter(series.values()), [])]
    if (
        not widths
        or len(series) > 4
        or not comparison.comparable
        or not all(map(str.isdigit, widths))
    ):
        return
    medians = {
        label: [group.spreads[comparison.error].median for group in groups]
        for label, groups in series.items()
    }
    courses = [
        f"{label + ' ' if label else ''}{' → '.join(map(number, errors))}"
        for label, errors in medians.items()
    ]
    enough = [_enough(widths, errors) for errors in medians.values()]
    fewest = and_list(
        [
            f"{width} ({label})" if label else width
            for width, label in zip(enough, medians, strict=True)
        ]
    )
    text = (
        f"Over the widths {', '.join(widths)} the {comparison.error_name} goes {'; '.join(courses)}. The fewest units within "
        f"{100 * (AS_GOOD - 1):.0f} % of the lowest are {fewest}: each unit is one more place where the function can bend."
    )
    yield Finding("width", text, {"widths": widths, "medians": medians})


def _enough(widths: Sequence[str], errors: Sequence[float]) -> str:
    """The smallest width whose error is as good as the lowest."""
    return next(
        width for width, error in zip(widths, errors, strict=True) if error <= AS_GOOD * min(errors)
    )


def _series(comparison: Comparison, name: str) -> dict[str, list[Group]]:
    """The groups along one heading, by the words of the others; only complete ones, of at least two groups."""
    series: dict[str, list[Group]] = {}
    for group in comparison.groups:
        if name in group.words:
            rest = {key: word for key, word in group.words.items() if key != name}
            series.setdefault(
                ", ".join(word if key in PLAIN else f"{key} {word}" for key, word in rest.items()),
                [],
            ).append(group)
    steps = {tuple(group.words[name] for group in groups) for groups in series.values()}
    measured = all(
        np.isfinite(group.spreads[comparison.error].median)
        for groups in series.values()
        for group in groups
    )
    return series if len(steps) == 1 and len(next(iter(steps))) > 1 and measured else {}


def _layers(comparison: Comparison) -> Iterator[Finding]:
    """Whether it pays to train the hidden layer too."""
    pairs = list(_layer_pairs(comparison))
    if not pairs:
        return
    rows = [
        (
            _without_way(moving),
            moving.spreads[comparison.error].median,
            fixed.spreads[comparison.error].median,
        )
        for moving, fixed in pairs
    ]
    wins = sum(mine < other for _, mine, other in rows)
    against = and_list(
        [
            f"{number(mine)} against {number(other)}{' at ' + label if label else ''}"
            for label, mine, other in rows
        ]
    )
    if wins == len(rows):
        text = f"Training all layers beats the output layer alone: {against}. Elbows then move to where the target bends{_moved(pairs)}."
    elif wins:
        text = f"Training all layers beats the output layer alone in {wins} of {len(rows)} cases: {against}."
    else:
        text = f"Training all layers does not pay here, against the output layer alone: {against}. The elbows already lie where they serve."
    yield Finding(
        "layers", text, {"wins": wins, "pairs": [[mine, other] for _, mine, other in rows]}
    )


def _moved(pairs: Sequence[tuple[Group, Group]]) -> str:
    """How far units that are in the domain before and after moved their elbows, in the middle of all units and runs."""
    ways = [elbow_ways(result.run) for moving, _ in pairs for result in moving.counted[:MOST_RUNS]]
    middle = float(np.median(np.concatenate(ways))) if any(map(len, ways)) else float("nan")
    return (
        f", the median unit by {rounded_number(100 * middle)} % of the domain"
        if middle == middle
        else ""
    )


def elbow_ways(run: Run) -> Array:
    """|last − first elbow| of the first layer's units that have both in the domain, as parts of the domain."""
    low, high = network_domain(run.data)
    first, last = run.history.elbow[0], run.history.elbow[-1]
    inside = (first >= low) & (first <= high) & (last >= low) & (last <= high)
    return np.asarray(np.abs(last - first)[inside] / (high - low))


def _layer_pairs(comparison: Comparison) -> Iterator[tuple[Group, Group]]:
    """SGD on all layers and on the output layer alone, equal in everything but the training; where each is there once."""
    sides: dict[tuple[str, ...], dict[str, list[Group]]] = {}
    for group in comparison.ranked:
        training = group.typical.config.training
        if training.method == "sgd":
            rest = tuple(
                f"{key}{value!r}"
                for key, value in group.keys.items()
                if key != CASE and not key.startswith("training.")
            )
            sides.setdefault(rest, {}).setdefault(training.layers, []).append(group)
    order = {id(group): place for place, group in enumerate(comparison.groups)}
    found = [
        (side["all"], side["output"])
        for side in sides.values()
        if "all" in side and "output" in side
    ]
    pairs = [(moving[0], fixed[0]) for moving, fixed in found if len(moving) == len(fixed) == 1]
    yield from sorted(pairs, key=lambda pair: order[id(pair[0])])


def _without_way(group: Group) -> str:
    return ", ".join(
        f"{name} {word}" for name, word in group.words.items() if name not in (TRAINING, CASE)
    )


def _duels(comparison: Comparison) -> Iterator[Finding]:
    """Ridge against SGD on the output layer."""
    duels = comparison.duels
    if not duels:
        return
    at = f" at {and_list([duel.label for duel in duels])}" if duels[0].label else ""
    if len(duels) > 1 and list(duels[0].words) == ["hidden"]:
        at = f" at hidden {and_list([duel.words['hidden'] for duel in duels])}"
    errors = [
        (duel.ridge.spreads["train_mse"].median, duel.sgd.spreads["train_mse"].median)
        for duel in duels
    ]
    steps = max(result.steps for duel in duels for result in duel.sgd.counted)
    spent = [
        brief_duration(max(group.spreads["seconds"].median for group in side))
        for side in _sides(duels)
    ]
    won = all(ridge < sgd for ridge, sgd in errors)
    text = (
        f"{'Ridge is the more efficient way to train the output layer' if won else 'Ridge trains the output layer at once'}: "
        f"one decomposition ({spent[0]}) gives training errors of {and_list([number(mine) for mine, _ in errors])}{at}; "
        f"{rounded_number(steps)} steps of SGD ({spent[1]}) reach {and_list([number(other) for _, other in errors])}. {_why(duels)}"
    )
    yield Finding(
        "solver",
        text,
        {"train_mse": errors, "condition": [duel.condition.median for duel in duels]},
    )


def _sides(duels: Sequence[Duel]) -> tuple[list[Group], list[Group]]:
    return [duel.ridge for duel in duels], [duel.sgd for duel in duels]


def _why(duels: Sequence[Duel]) -> str:
    condition, slowest = (
        [rounded_number(spread.median) for spread in column] for column in _columns(duels)
    )
    rates = list(
        dict.fromkeys(
            exact_number(duel.sgd.typical.config.training.learning_rate) for duel in duels
        )
    )
    settled = and_list([f"{duel.settled.median:.0f} of {duel.directions}" for duel in duels])
    return (
        f"The reason is the condition number of the Hessian of the error over the output weights, {and_list(condition)}: "
        "neighbouring units are nearly the same function, so that some mixtures of them hardly change f. "
        f"At learning rate {and_list(rates)} SGD settled {settled} directions; the slowest would come nearer by a factor e "
        f"in {and_list(slowest)} steps."
    )


def _columns(duels: Sequence[Duel]) -> tuple[list[Any], list[Any]]:
    return [duel.condition for duel in duels], [duel.slowest_steps for duel in duels]


def _optima(comparison: Comparison) -> Iterator[Finding]:
    """The best penalty, learning rate and so on, and what it costs to miss it."""
    for key in dict.fromkeys(optimum.key for optimum in comparison.optima):
        optima = [optimum for optimum in comparison.optima if optimum.key == key]
        if len(optima) <= 6:
            yield _optimum(key, optima)


def _optimum(key: str, optima: Sequence[Optimum]) -> Finding:
    name = heading(key, [key])
    sentences = []
    for optimum in optima:
        low, high = optimum.good
        at = f" at {optimum.label}" if optimum.label else ""
        good = (
            f"; {value_words(optimum.values[low])} to {value_words(optimum.values[high])} are within {100 * (AS_GOOD - 1):.0f} % of it"
            if low < high
            else ""
        )
        sentences.append(
            f"{value_words(optimum.values[optimum.best])}{at} ({number(optimum.medians[optimum.best])}{good})"
        )
    text = f"The best {name} is {', '.join(sentences)}.{_too_much(optima)}"
    if key == "training.penalty":
        text += " A penalty λ holds back the mixtures of units whose singular value is below √λ, which f needs for its sharp bends."
    numbers = {
        optimum.label: {"best": optimum.values[optimum.best], "medians": optimum.medians}
        for optimum in optima
    }
    return Finding("optimum", text, {"key": key, **numbers})


def _too_much(optima: Sequence[Optimum]) -> str:
    """What values cost that are not good everywhere: the lowest, the first two above all good ones, the highest."""
    shared = [
        value for value in optima[0].values if all(value in optimum.values for optimum in optima)
    ]
    bottom, top = (max(optimum.values[optimum.good[side]] for optimum in optima) for side in (0, 1))
    worse = [value for value in shared if value > top]
    costs = [
        _cost(optima, value)
        for value in dict.fromkeys(
            [*[one for one in shared[:1] if one < bottom], *worse[:2], *worse[-1:]]
        )
    ]
    return f" The error is {and_list(costs)}." if costs else ""


def _cost(optima: Sequence[Optimum], value: float) -> str:
    factors = [
        optimum.medians[optimum.values.index(value)] / optimum.medians[optimum.best]
        for optimum in optima
    ]
    low, high = rounded_number(min(factors)), rounded_number(max(factors))
    return f"{low if low == high else f'{low} to {high}'} times the best at {value_words(value)}"
