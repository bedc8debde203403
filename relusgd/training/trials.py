"""Advice that was tried: the remedies of a training that failed, trained for a moment each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from relusgd.config import load_config
from relusgd.diagnostics.causes import STABLE, Cause, Changes
from relusgd.diagnostics.measures import train_mse
from relusgd.diagnostics.outcomes import LEARNED, best_constant_mse, learned_mse
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.errors import DivergedError, RelusgdError
from relusgd.model.network import Network
from relusgd.one_thread import one_thread
from relusgd.training.descent import State
from relusgd.training.ending import Ending, causes_of, symptoms_of, with_number
from relusgd.training.loop import Recorder, training_blocks
from relusgd.training.plan import Plan, prepare
from relusgd.training.recording import Recording
from relusgd.training.ridge import ridge
from relusgd.words import counted, number

LEAST_SECONDS = 2.0
MOST_SECONDS = 60.0
SHARE_OF_RUN = 0.05
"""Trials take this share of the time that the run took, within these limits, in seconds of the
processor.
"""

FACTORS = (1.0, 0.2, 0.04)
"""Of a rate that is half the largest stable one, these shares are tried."""

HELPFUL = 0.8
"""A remedy has helped an error that it lowered to this share of what it was."""

GOOD_ENOUGH = 0.3
"""A trial that ends below this share of the best constant's error ends the search."""

ENOUGH = 3
"""So many trials that helped at all end the search, too."""

AS_GOOD = 1.5
"""Of all trials the first one counts whose error is at most this many times the lowest."""

WELL_FITTED = 0.05
"""Ridge regression is held against a training whose error is above this share of the best
constant's.
"""

POORLY_SOLVED = 10.0
"""Ridge regression is named as a remedy if its error is so many times lower."""

MOST_NUMBERS = 10**6
"""Ridge regression is tried for at most so many numbers, units times points."""

FEW_STEPS = 20_000
"""Up to here NumPy takes the steps of a trial, because compiling would take longer."""


@dataclass(frozen=True)
class Trial:
    """One remedy that was trained.

    relative_mse: its training error over that of the best constant; infinite where it diverged.
    is_whole: whether the training came to its end. steps: how many it took. words: what it led to.
    relative_test_mse, test_words: the same for the test error; nan and empty without test points.
    """

    changes: Changes
    relative_mse: float
    is_whole: bool
    steps: int
    words: str
    relative_test_mse: float = math.nan
    test_words: str = ""

    def judged(self, *, by_test: bool) -> float:
        """The relative error that decides."""
        return self.relative_test_mse if by_test else self.relative_mse


def advised(
    plan: Plan,
    ending: Ending,
    state: State,
    seconds: float,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Ending:
    """The ending of a training that failed, with advice that was tried, if any was found to help.

    state: the last one that is finite. seconds: how long the training took. is_stopped: asked
    whether to give up. Where trials came to their ends and none helped, there is no advice. Where
    there was no time for a single one, the advice stays untried.
    """
    if ending.outcome == "learned" or not plan.steps:
        return ending
    final_mse = float("inf")
    if ending.outcome == "nothing":
        final = Network.from_parameters(state.parameters, plan.hidden)
        final_mse = train_mse(final, plan.dataset)
    symptoms = symptoms_of(plan, state, final_mse)
    budget = budget_of(seconds)
    trials, is_complete = _trials(plan, symptoms, budget, is_stopped)
    helpful = [trial for trial in trials if trial.relative_mse <= LEARNED]
    if not helpful:
        has_judged = is_complete or any(trial.is_whole for trial in trials)
        return replace(ending, advice={}) if has_judged else ending
    lowest = min(trial.relative_mse for trial in helpful)
    chosen = next(trial for trial in helpful if trial.relative_mse <= AS_GOOD * lowest)
    return replace(ending, advice=dict(chosen.changes), tried=chosen.words)


def budget_of(seconds: float) -> float:
    """How long trials may take, in seconds of the processor, after a training of so many."""
    return min(max(LEAST_SECONDS, SHARE_OF_RUN * seconds), MOST_SECONDS)


def first_helpful(
    plan: Plan,
    remedies: Sequence[Changes],
    seconds: float,
    present: float,
    is_stopped: Callable[[], bool] = lambda: False,
    *,
    by_test: bool = False,
) -> Trial | None:
    """The first of these remedies whose trial ends clearly better, or the best of all.

    seconds: of the processor, for all of them. present: the error of the training itself over that
    of the best constant; by_test: of the test error, which then decides. None where there was no
    time for one, or none makes a valid training.
    """
    trials: list[Trial] = []
    started = time.process_time()
    for remedy in remedies:
        left = seconds - (time.process_time() - started)
        changes = _numbered(plan, remedy, 1.0)
        if left <= 0 or is_stopped():
            break
        trial = None if changes is None else _try(plan, changes, left, is_stopped)
        if trial is None:
            continue
        if trial.judged(by_test=by_test) < HELPFUL * present:
            return trial
        trials.append(trial)
    return min(trials, key=lambda trial: trial.judged(by_test=by_test), default=None)


def better_output_layer(plan: Plan, final_mse: float) -> float | None:
    """The training error of ridge regression on the initial network's hidden layer.

    None where it is not POORLY_SOLVED times as low as the training's own, final_mse, where the fit
    is good anyway, or where it would take long.
    """
    config = plan.config
    n, units = len(plan.dataset.x_train), plan.hidden[-1]
    fits_well = final_mse < WELL_FITTED * best_constant_mse(plan.dataset.y_train)
    if plan.is_ridge or config.training.layers == "hidden" or fits_well:
        return None
    if n * units > MOST_NUMBERS:
        return None
    with one_thread(), suppress(RelusgdError):
        solved = ridge(
            plan.initial,
            plan.dataset.x_train,
            plan.dataset.y_train,
            config.training.penalty,
            output_bias=config.network.output_bias,
        )
        error = train_mse(solved, plan.dataset)
        return error if POORLY_SOLVED * error < final_mse else None
    return None


def _trials(
    plan: Plan,
    symptoms: Symptoms,
    budget: float,
    is_stopped: Callable[[], bool],
) -> tuple[list[Trial], bool]:
    """The trials that the budget allows, and whether it allowed all."""
    trials: list[Trial] = []
    causes = causes_of(symptoms)
    started = time.process_time()
    for changes in _candidates(plan, causes):
        left = budget - (time.process_time() - started)
        if left <= 0 or is_stopped():
            return trials, False
        trial = _try(plan, changes, left, is_stopped)
        if trial is None:
            continue
        trials.append(trial)
        helped = [one for one in trials if one.is_whole and one.relative_mse <= LEARNED]
        if len(helped) >= ENOUGH or any(one.relative_mse <= GOOD_ENOUGH for one in helped):
            return trials, True
    return trials, True


def _candidates(plan: Plan, causes: Sequence[Cause]) -> Iterator[dict[str, object]]:
    """Every remedy of every cause once: changes of data and training first, then of the network.

    A rate that depends on the other changes is tried in several sizes.
    """
    remedies = [remedy for cause in causes for remedy in cause.remedies]
    remedies.sort(key=_changes_network)
    seen: list[dict[str, object]] = []
    for factor in FACTORS:
        for remedy in remedies:
            if factor != 1.0 and remedy.get("training.learning_rate") != STABLE:
                continue
            changes = _numbered(plan, remedy, factor)
            if changes is not None and changes not in seen:
                seen.append(changes)
                yield changes


def _changes_network(remedy: Changes) -> bool:
    return any(key.startswith("network.") for key in remedy)


def _numbered(plan: Plan, remedy: Changes, factor: float) -> dict[str, object] | None:
    """The remedy with its learning rate as a number; None where it makes no valid training."""
    if remedy.get("training.learning_rate") != STABLE:
        return dict(remedy)
    others = {key: value for key, value in remedy.items() if key != "training.learning_rate"}
    changed = changed_plan(plan, others)
    if changed is None:
        return None
    return with_number(changed, remedy, factor)


def changed_plan(plan: Plan, changes: Changes) -> Plan | None:
    """The plan of the same training with these changes; None where they make no valid one."""
    try:
        config = load_config(plan.config, changes)
        has_same_data = config.data == plan.config.data
        has_same_points = has_same_data and config.point_seeds == plan.config.point_seeds
        points = plan.dataset if has_same_points else None
        return prepare(config, points, plan.start)
    except RelusgdError:
        return None


def _try(
    plan: Plan,
    changes: Changes,
    seconds: float,
    is_stopped: Callable[[], bool],
) -> Trial | None:
    """Train with these changes for at most so many seconds of the processor.

    None where they make no valid training.
    """
    changed = changed_plan(plan, changes)
    if changed is None:
        return None
    if changed.steps <= FEW_STEPS:
        changed = changed.with_engine("numpy", changed.kernel)
    first_and_last = Recording(changed.steps, changed.steps_per_epoch, every=None)
    changed = replace(changed, recording=first_and_last)
    started = time.process_time()
    state = changed.initial_state()
    try:
        for block in training_blocks(changed):
            state = block.state
            if time.process_time() - started > seconds or is_stopped():
                break
    except DivergedError as divergence:
        return Trial(changes, math.inf, is_whole=True, steps=state.step, words=divergence.message)
    steps = state.step
    last = Recorder(changed).snapshot(steps, state.parameters)
    error = float(last.metrics["train_mse"][0])
    test_error = float(last.metrics["test_mse"][0])
    return Trial(
        changes,
        _over_best_constant(changed, error),
        is_whole=steps >= changed.steps,
        steps=steps,
        words=_words(changed, "train MSE", error, steps),
        relative_test_mse=_over_best_constant(changed, test_error),
        test_words=_words(changed, "test MSE", test_error, steps),
    )


def _over_best_constant(plan: Plan, error: float) -> float:
    """The error over that of the best constant; below 1 for a training that learned something."""
    y = plan.dataset.y_train
    # Of constant y the best constant's error is 0.
    whole = best_constant_mse(y) or learned_mse(plan.initial_mse, y)
    return error / whole


def _words(plan: Plan, name: str, error: float, steps: int) -> str:
    """train MSE 0.02, where the trial came to its end."""
    original = plan.dataset.scaling.mse_to_original(error)
    text = f"{name} {number(original)}"
    if steps < plan.steps:
        text += f" after {steps:,} of {counted(plan.steps, 'step')}"
    return text
