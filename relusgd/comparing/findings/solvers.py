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
    errors = [(duel.ridge.median("train_mse"), duel.sgd.median("train_mse")) for duel in duels]
    if all(ridge < sgd for ridge, sgd in errors):
        verdict = "Ridge is the more efficient way to train the output layer"
    else:
        verdict = "Ridge trains the output layer at once"
    ridge_errors = and_list([number(ridge) for ridge, _ in errors])
    sgd_errors = and_list([number(sgd) for _, sgd in errors])
    ridge_time = _longest([duel.ridge for duel in duels])
    sgd_time = _longest([duel.sgd for duel in duels])
    steps = max(result.steps for duel in duels for result in duel.sgd.counted)
    where = _places(duels)
    reason = _reason(duels)
    text = (
        f"{verdict}: one decomposition ({ridge_time}) gives training errors of "
        f"{ridge_errors}{where}; {rounded_number(steps)} steps of SGD ({sgd_time}) "
        f"reach {sgd_errors}. {reason}"
    )
    conditions = [duel.condition.median for duel in duels]
    yield Finding("solver", text, {"train_mse": errors, "condition": conditions})


def _longest(groups: Sequence[Group]) -> str:
    return brief_duration(max(group.median("seconds") for group in groups))


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
    conditions = and_list([rounded_number(duel.condition.median) for duel in duels])
    slowest = and_list([rounded_number(duel.slowest_steps.median) for duel in duels])
    settled = and_list([f"{duel.settled.median:.0f} of {duel.directions}" for duel in duels])
    used_rates = dict.fromkeys(duel.sgd.typical.config.learning_rate for duel in duels)
    six_digits = [float(f"{rate:.6g}") for rate in used_rates]
    rates = and_list([exact_number(rate) for rate in six_digits])
    return (
        "The reason is the condition number of the Hessian of the error over the output weights, "
        f"{conditions}: neighbouring units are nearly the same function, so some "
        "mixtures of them hardly change f. "
        f"At learning rate {rates} SGD settled {settled} directions; "
        "the slowest direction would come nearer to its optimum by a factor e "
        f"in {slowest} steps."
    )
