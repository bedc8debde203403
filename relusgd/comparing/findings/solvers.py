"""Ridge regression against SGD on the output layer, and why one is faster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group
from relusgd.comparing.solvers import Duel
from relusgd.words import and_list, brief_duration, exact_number, number, rounded_number


def solvers(compared: ComparedRuns) -> Iterator[Finding]:
    """The training errors and times of both ways, and the reason."""
    duels = compared.duels
    if not duels:
        return
    ridge = [duel.ridge for duel in duels]
    sgd = [duel.sgd for duel in duels]
    ridge_errors = [group.median("train_mse") for group in ridge]
    sgd_errors = [group.median("train_mse") for group in sgd]
    errors = list(zip(ridge_errors, sgd_errors, strict=True))
    if all(of_ridge < of_sgd for of_ridge, of_sgd in errors):
        verdict = "Ridge is the more efficient way to train the output layer"
    else:
        verdict = "Ridge trains the output layer at once"
    steps = max(_most_steps(group) for group in sgd)
    text = (
        f"{verdict}: one decomposition ({_longest(ridge)}) gives training errors of "
        f"{_numbers(ridge_errors)}{_places(duels)}; {rounded_number(steps)} steps of SGD "
        f"({_longest(sgd)}) reach {_numbers(sgd_errors)}. {_reason(duels)}"
    )
    conditions = [duel.condition.median for duel in duels]
    yield Finding("solver", text, {"train_mse": errors, "condition": conditions})


def _most_steps(group: Group) -> int:
    return max(result.steps for result in group.counted)


def _numbers(values: Sequence[float]) -> str:
    return and_list([number(value) for value in values])


def _longest(groups: Sequence[Group]) -> str:
    seconds = max(group.median("seconds") for group in groups)
    return brief_duration(seconds)


def _places(duels: Sequence[Duel]) -> str:
    """at hidden 10, 20 and 40."""
    if not duels[0].label:
        return ""
    if len(duels) > 1 and list(duels[0].words) == ["hidden"]:
        widths = and_list([duel.words["hidden"] for duel in duels])
        return f" at hidden {widths}"
    labels = and_list([duel.label for duel in duels])
    return f" at {labels}"


def _reason(duels: Sequence[Duel]) -> str:
    """Why SGD is slower: condition numbers, directions that settled, steps that are missing."""
    conditions = and_list([rounded_number(duel.condition.median) for duel in duels])
    slowest = and_list([rounded_number(duel.slowest_steps.median) for duel in duels])
    settled = and_list([f"{duel.settled.median:.0f} of {duel.directions}" for duel in duels])
    used_rates = dict.fromkeys(duel.sgd.typical.config.learning_rate for duel in duels)
    rates = and_list([_six_digits(rate) for rate in used_rates])
    return (
        "The reason is the condition number of the Hessian of the error over the output weights, "
        f"{conditions}: neighbouring units are nearly the same function, so some "
        "mixtures of them hardly change f. "
        f"At learning rate {rates} SGD settled {settled} directions; "
        "the slowest direction would come nearer to its optimum by a factor e "
        f"in {slowest} steps."
    )


def _six_digits(rate: float) -> str:
    """A rate without the digits that only rounding made."""
    return exact_number(float(f"{rate:.6g}"))
