"""Why a training fits or not: the verdict, the causes, and for each a remedy that was tried."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from relusgd.diagnostics.causes import STABLE, Cause, Changes, find_causes
from relusgd.diagnostics.causes.length import other_seeds
from relusgd.diagnostics.causes.remedies import longer
from relusgd.diagnostics.fit import fit_words, fits_well
from relusgd.diagnostics.symptoms import Symptoms, beside_the_constant, what_happened
from relusgd.training.ending import with_number
from relusgd.training.plan import Plan
from relusgd.training.trials import HELPFUL, Trial, first_helpful
from relusgd.words import as_sentence

Verdict = Literal["fits", "could fit better", "learned nothing", "diverged", "planned"]

MOST_CAUSES = 3
"""So many causes are told; the others are weaker."""

WEAK = 0.25
"""Causes below this strength are told only where there is no stronger one."""

JUDGED_BY_TEST = ("noise_fitted", "beyond_the_points")
"""Causes whose remedies lower the test error."""

LUCK_SHARE = 0.6
"""Other seeds take this share of the time for trials."""

LUCKY = 0.6
"""Another seed that gains this share of what is missing shows that the seed decided."""

UNSURE_OF_FEW = ("collapsed", "dead_units", "too_few_bends")
"""In networks of few units, other seeds are tried before one of these is believed, too."""

FEW_UNITS = 10
"""Networks of so many units, or fewer, have few."""

LONGER = 5
"""A remedy that does not help alone is tried in a training of so many times the length."""

SMALLEST = 1e-300
"""In place of a best constant's error of 0."""

UNSURE = ("plateau", "narrow_layers", "slow_or_small", "too_short", "small_batch")
"""Where the first cause is one of these, other seeds are tried before it is believed."""


@dataclass(frozen=True)
class ExplainedCause:
    """A cause in words.

    advice: dotted key → new value; empty where nothing is known that helps. tried: what a trial of
    the advice led to; empty where it was not tried. helped: whether the trial ended better; None
    where it was not tried.
    """

    name: str
    strength: float
    reason: str
    advice: Mapping[str, object] = field(default_factory=dict)
    tried: str = ""
    helped: bool | None = None

    @property
    def sentence(self) -> str:
        return as_sentence(self.reason)


@dataclass(frozen=True)
class ExplainedTraining:
    """verdict: in a word or two. sentence: the first one to read. causes: the strongest first."""

    verdict: Verdict
    sentence: str
    causes: tuple[ExplainedCause, ...] = ()


def explain_training(
    plan: Plan,
    symptoms: Symptoms,
    budget: float,
    is_stopped: Callable[[], bool] = lambda: False,
) -> ExplainedTraining:
    """Why it fits or does not, or for a training that is planned, what can be foreseen.

    budget: for trials of what may help, in seconds of the processor; 0 tries nothing.
    """
    if not symptoms.is_planned and fits_well(symptoms):
        return ExplainedTraining("fits", as_sentence(fit_words(symptoms)))
    causes = _told(symptoms)
    if symptoms.is_planned:
        return _foreseen(plan, causes)
    deadline = time.process_time() + budget
    explained = []
    if budget > 0 and causes and _may_be_luck(symptoms, causes[0]):
        luck = _luck(plan, symptoms, LUCK_SHARE * budget, is_stopped)
        if luck is not None:
            explained.append(luck)
    for place, cause in enumerate(causes):
        left = (deadline - time.process_time()) / (len(causes) - place)
        explained.append(_with_trial(plan, symptoms, cause, left, is_stopped))
    verdict = _verdict(symptoms)
    return ExplainedTraining(verdict, _sentence(symptoms, explained), tuple(explained))


def _may_be_luck(symptoms: Symptoms, cause: Cause) -> bool:
    """Whether other seeds have to be tried before this cause is believed."""
    if cause.name in UNSURE:
        return True
    return cause.name in UNSURE_OF_FEW and symptoms.units <= FEW_UNITS


def _told(symptoms: Symptoms) -> list[Cause]:
    """The causes worth telling: the strongest, and others that are not weak."""
    causes = find_causes(symptoms)
    strong = [cause for cause in causes if cause.strength >= WEAK]
    return (strong or causes)[:MOST_CAUSES]


def _foreseen(plan: Plan, causes: Sequence[Cause]) -> ExplainedTraining:
    """What the start and the data say before anything is trained."""
    explained = tuple(_untried(plan, cause) for cause in causes)
    if explained:
        sentence = f"Before the first step it can be foreseen: {explained[0].reason}."
    else:
        sentence = "Nothing in the data and the initial network speaks against this training."
    return ExplainedTraining("planned", sentence, explained)


def _verdict(symptoms: Symptoms) -> Verdict:
    if symptoms.has_diverged:
        return "diverged"
    return "learned nothing" if symptoms.has_failed else "could fit better"


def _sentence(symptoms: Symptoms, causes: Sequence[ExplainedCause]) -> str:
    """What happened, and the first cause."""
    because = f"; {causes[0].reason}" if causes else ""
    if symptoms.has_failed:
        return as_sentence(f"{what_happened(symptoms)}{because}")
    errors = beside_the_constant(symptoms)
    if symptoms.noise.mse > 0:
        errors += f", that of the noise {symptoms.original_mse(symptoms.noise.mse)}"
    return as_sentence(f"it could fit better ({errors}){because}")


def _untried(plan: Plan, cause: Cause) -> ExplainedCause:
    advice = {}
    if cause.remedies:
        advice = with_number(plan, cause.remedies[0])
    return ExplainedCause(cause.name, cause.strength, cause.reason, advice)


def _with_trial(
    plan: Plan,
    symptoms: Symptoms,
    cause: Cause,
    seconds: float,
    is_stopped: Callable[[], bool],
) -> ExplainedCause:
    """The cause with the first of its remedies that helps, or the best of those that were tried."""
    if seconds <= 0 or not cause.remedies:
        return _untried(plan, cause)
    by_test = cause.name in JUDGED_BY_TEST
    present = _present_share(symptoms, by_test=by_test)
    remedies = [*cause.remedies, *_taken_further(plan, cause.remedies)]
    trial = first_helpful(
        plan,
        remedies,
        seconds,
        present,
        is_stopped,
        by_test=by_test,
    )
    if trial is None:
        return _untried(plan, cause)
    share = trial.judged(by_test=by_test)
    has_helped = share < HELPFUL * present
    words = trial.test_words if by_test else trial.words
    if not has_helped:
        words += _little_help(trial, share, present)
    return ExplainedCause(
        cause.name,
        cause.strength,
        cause.reason,
        dict(trial.changes),
        words,
        has_helped,
    )


def _taken_further(plan: Plan, remedies: Sequence[Changes]) -> Iterator[Changes]:
    """The remedies with the rate and the length that they may need to help."""
    if plan.is_ridge:
        return
    for remedy in remedies:
        if "training.learning_rate" not in remedy:
            yield {**remedy, "training.learning_rate": STABLE}
    length = longer(plan.config, LONGER)
    for remedy in remedies:
        yield {**length, **remedy, "training.learning_rate": STABLE}


def _little_help(trial: Trial, share: float, present: float) -> str:
    """What is to say of a trial that did not help clearly."""
    if not trial.is_whole:
        return ", too short to tell"
    return ", hardly better" if share < present else ", no better"


def _present_share(symptoms: Symptoms, *, by_test: bool) -> float:
    """The error of the training itself, over that of the best constant."""
    error = symptoms.test_mse if by_test else symptoms.final_mse
    return error / max(symptoms.constant_mse, SMALLEST)


def _luck(
    plan: Plan,
    symptoms: Symptoms,
    seconds: float,
    is_stopped: Callable[[], bool],
) -> ExplainedCause | None:
    """The seed as a cause: another initial network gains most of what is missing."""
    lucky_mse = symptoms.final_mse - LUCKY * symptoms.missing_mse
    lucky_share = lucky_mse / max(symptoms.constant_mse, SMALLEST)
    # A trial helps that is below HELPFUL times the present share: here, below the lucky one.
    present = lucky_share / HELPFUL
    trial = first_helpful(plan, other_seeds(symptoms), seconds, present, is_stopped)
    if trial is None or not trial.is_whole:
        return None
    gain = symptoms.explained(trial.relative_mse * symptoms.constant_mse)
    if gain < LUCKY:
        return None
    reason = (
        f"this initial network was bad luck: another one, of network.seed "
        f"{trial.changes['network.seed']}, gains {gain:.0%} of the missing error"
    )
    return ExplainedCause(
        "luck_of_the_seed",
        0.9 * gain,
        reason,
        dict(trial.changes),
        trial.words,
        helped=True,
    )
