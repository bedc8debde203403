"""How a training ended: its outcome, the reason in a sentence, and what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from relusgd.advice import advice, settings
from relusgd.ceil_div import ceil_div
from relusgd.diagnostics.causes import STABLE, Cause, Changes, find_causes
from relusgd.diagnostics.evidence.course import ErrorCourse
from relusgd.diagnostics.outcomes import Outcome, outcome_of
from relusgd.diagnostics.symptoms import Symptoms, what_happened
from relusgd.errors import DivergedError
from relusgd.model.network import Network
from relusgd.one_thread import one_thread
from relusgd.training.descent import State
from relusgd.training.plan import Plan
from relusgd.training.stability import is_quickly_measured, rate_to_try, stable_rate

KEPT = "everything finite was kept"


@dataclass(frozen=True)
class Ending:
    """How a training ended.

    reason: a sentence with its numbers; empty for a training that learned. advice: dotted key → new
    value; empty where nothing is known that helps. tried: what a trial of the advice led to, in
    words; empty where it was not tried.
    """

    outcome: Outcome
    reason: str = ""
    advice: Mapping[str, object] = field(default_factory=dict)
    tried: str = ""

    @classmethod
    def of_divergence(cls, error: DivergedError) -> Ending:
        """That of a training that raised this error."""
        return cls("diverged", error.message, error.advice)


def ending_of(plan: Plan, state: State, final_mse: float) -> Ending:
    """How a training ended in this state, whose training error is finite.

    The advice, if any, is untried: the first remedy of the first cause.
    """
    outcome = outcome_of(plan.initial_mse, final_mse, plan.dataset.y_train)
    if outcome == "learned":
        return Ending(outcome)
    symptoms = symptoms_of(plan, state, final_mse)
    causes = causes_of(symptoms)
    reason = f"{what_happened(symptoms)}; {causes[0].reason}"
    return Ending(outcome, reason, first_advice(plan, causes))


def causes_of(symptoms: Symptoms) -> list[Cause]:
    """The causes that apply, the strongest first, found on one thread."""
    with one_thread():
        return find_causes(symptoms)


def raise_if_exploded(plan: Plan, state: State, final_mse: float) -> None:
    """Raise DivergedError for a training that took its last step and ended far worse than it began.

    final_mse: its last training error, which is finite.
    """
    if outcome_of(plan.initial_mse, final_mse, plan.dataset.y_train) != "diverged":
        return
    ending = ending_of(plan, state, final_mse)
    message = f"training diverged: {ending.reason}"
    raise DivergedError(message, hint_of(ending.advice), ending.advice)


def hint_of(changes: Changes) -> str:
    """The hint of a training that diverged: what was kept, and what to change, if that is known."""
    if not changes:
        return KEPT
    return advice(f"{KEPT}; try {{}}", settings(changes))


def symptoms_of(
    plan: Plan,
    state: State,
    final_mse: float,
    *,
    test_mse: float = float("nan"),
    course: ErrorCourse | None = None,
) -> Symptoms:
    """What is known of a training that ended in this state.

    final_mse: infinite where the numbers ceased to be finite after it. test_mse: nan where it is
    not known. course: of its errors, where that is known.
    """
    last = Network.from_parameters(state.parameters, plan.hidden)
    outcome = outcome_of(plan.initial_mse, final_mse, plan.dataset.y_train)
    is_measured = is_quickly_measured(plan)
    last_epoch = max(ceil_div(state.step, plan.steps_per_epoch), 1)
    return Symptoms(
        config=plan.config,
        dataset=plan.dataset,
        initial=plan.initial,
        last=last,
        initial_mse=plan.initial_mse,
        final_mse=final_mse,
        learning_rate=plan.largest_rate,
        stable_rate=stable_rate(plan, plan.initial) if is_measured else None,
        stable_rate_at_end=stable_rate(plan, last) if is_measured else None,
        steps=state.step,
        has_diverged=outcome == "diverged",
        end_rate=plan.learning_rate(last_epoch),
        test_mse=test_mse,
        is_adaptive=plan.descent.optimizer.is_adaptive,
        course=course,
    )


def symptoms_at_start(plan: Plan) -> Symptoms:
    """What can be known of a training before its first step."""
    stable = stable_rate(plan, plan.initial) if is_quickly_measured(plan) else None
    return Symptoms(
        config=plan.config,
        dataset=plan.dataset,
        initial=plan.initial,
        last=plan.initial,
        initial_mse=plan.initial_mse,
        final_mse=plan.initial_mse,
        learning_rate=plan.largest_rate,
        stable_rate=stable,
        stable_rate_at_end=stable,
        steps=plan.steps,
        has_diverged=False,
        end_rate=plan.largest_rate,
        is_adaptive=plan.descent.optimizer.is_adaptive,
        is_planned=True,
    )


def first_advice(plan: Plan, causes: Sequence[Cause]) -> dict[str, object]:
    """The first remedy of all causes, with a number for its learning rate; empty for none."""
    for cause in causes:
        for remedy in cause.remedies:
            return with_number(plan, remedy)
    return {}


def with_number(plan: Plan, remedy: Changes, factor: float = 1.0) -> dict[str, object]:
    """The remedy with the learning rate that its words stand for, times a factor.

    plan: of the training with the other changes of the remedy, or of the one that failed.
    """
    changes = dict(remedy)
    if changes.get("training.learning_rate") == STABLE:
        changes["training.learning_rate"] = rate_to_try(plan, factor)
    return changes
