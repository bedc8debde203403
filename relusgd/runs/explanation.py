"""Why a run fits or does not, in sentences: the causes, the strongest first, and what to try."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from relusgd.advice import settings, tried_words
from relusgd.diagnostics.evidence.course import ErrorCourse
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.history import History
from relusgd.model.network import Array, parameter_count
from relusgd.model.points import Dataset
from relusgd.one_thread import one_thread
from relusgd.runs.kept_start import BegunRun, kept_start
from relusgd.training import prepare
from relusgd.training.descent import State
from relusgd.training.ending import symptoms_at_start, symptoms_of
from relusgd.training.explaining import (
    ExplainedCause,
    ExplainedTraining,
    Verdict,
    explain_training,
)
from relusgd.training.plan import Plan
from relusgd.training.trials import budget_of

MOST_PRODUCTS = 10**6
"""Products of parameters and points up to which an explanation takes a moment."""

MOST_SNAPSHOTS = 2000
"""At so many snapshots it is looked between which points the elbows are."""

ROWS_IN_MEMORY = 16
"""After so many of them their memory is given back: the system reads much more around each row."""


class ExplainableRun(BegunRun, Protocol):
    """What is asked of a run here."""

    @property
    def data(self) -> Dataset: ...

    @property
    def history(self) -> History: ...

    @property
    def status(self) -> str: ...

    def give_back_pages(self) -> None: ...


@dataclass(frozen=True)
class Explanation:
    """Why a run fits or does not.

    verdict: fits, could fit better, learned nothing, diverged, or planned. sentence: the first one
    to read. causes: the strongest first. note: what else the reader should know; may be empty.
    """

    verdict: Verdict
    sentence: str
    causes: tuple[ExplainedCause, ...]
    note: str = ""

    def __str__(self) -> str:
        return "\n".join(self.lines(_advice_in_python))

    def lines(self, advice_lines: Callable[[ExplainedCause], Sequence[str]]) -> list[str]:
        """A line per sentence. advice_lines: what to try for a cause, in the reader's words."""
        lines = [self.sentence]
        for place, cause in enumerate(self.causes, start=1):
            if place > 1:
                lines.append(f"{place}. {cause.sentence}")
            lines += advice_lines(cause)
        if self.note:
            lines.append(self.note)
        return lines

    def _repr_html_(self) -> str:
        """The sentences in a notebook's cell."""
        lines = str(self).splitlines()
        return "".join(f"<div>{html.escape(line)}</div>" for line in lines)

    def to_json(self) -> dict[str, Any]:
        """Everything as numbers, texts, lists and dicts."""
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "causes": [asdict(cause) for cause in self.causes],
            "note": self.note,
        }


def _advice_in_python(cause: ExplainedCause) -> list[str]:
    """What to try for a cause, in Python; nothing where nothing is known to help."""
    if not cause.advice:
        return []
    return [f"   try: {settings(cause.advice)}", f"   ({tried_words(cause.tried)})"]


def explain_run(
    run: ExplainableRun,
    *,
    trials: bool = True,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Explanation:
    """Why a run fits or does not.

    trials: whether what may help is tried, for 5 % of the time of the run or 2 s. is_stopped: asked
    whether to give them up. Raises RelusgdError when the run is damaged.
    """
    plan = prepare(run.config, run.data, kept_start(run, run.config))
    budget = budget_of(run.facts.timings.seconds) if trials else 0.0
    has_diverged = run.status == "diverged"
    give_back = run.give_back_pages
    explained = explain_history(plan, run.history, budget, has_diverged, is_stopped, give_back)
    return _explanation(explained, _note_of_status(run))


def first_sentence(run: ExplainableRun) -> str:
    """What an explanation begins with, where nothing is tried; empty where training has not ended,
    and for networks that take long to judge.

    Raises RelusgdError when the run is damaged.
    """
    has_ended = run.status in ("complete", "diverged")
    if not has_ended or not is_quickly_explained(run):
        return ""
    return explain_run(run, trials=False).sentence


def is_quickly_explained(run: ExplainableRun) -> bool:
    """Whether an explanation without trials takes a moment."""
    parameters = parameter_count(tuple(run.config.network.hidden))
    return parameters * len(run.data.x_train) <= MOST_PRODUCTS


def explain_plan(plan: Plan) -> Explanation:
    """What can be foreseen of a training before its first step."""
    with one_thread():
        return _explanation(explain_training(plan, symptoms_at_start(plan), 0.0))


def explain_history(
    plan: Plan,
    history: History,
    budget: float,
    has_diverged: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
    give_back: Callable[[], None] = lambda: None,
) -> ExplainedTraining:
    """Why a training with these snapshots fits or does not.

    budget: for trials, in seconds. give_back: gives back the memory in which a history on the disk
    was read.
    """
    with one_thread():
        symptoms = _symptoms_of_history(plan, history, has_diverged, give_back)
        return explain_training(plan, symptoms, budget, is_stopped)


def _symptoms_of_history(
    plan: Plan,
    history: History,
    has_diverged: bool,
    give_back: Callable[[], None],
) -> Symptoms:
    last = len(history) - 1
    parameters = history.network(last).parameters()
    state = State(int(history.step[last]), parameters, {})
    course = error_course_of(history, plan.dataset.x_train, give_back)
    final_mse = float("inf") if has_diverged else float(course.train_mse[-1])
    return symptoms_of(
        plan,
        state,
        final_mse,
        test_mse=float(course.test_mse[-1]),
        course=course,
    )


def error_course_of(history: History, x: Array, give_back: Callable[[], None]) -> ErrorCourse:
    """The course of a run's errors, and when the last unit moved past a training point of x."""
    metrics = history.metrics
    return ErrorCourse(
        step=history.step,
        train_mse=np.asarray(metrics["train_mse"], dtype=np.float64),
        test_mse=np.asarray(metrics["test_mse"], dtype=np.float64),
        learning_rate=np.asarray(metrics["learning_rate"], dtype=np.float64),
        last_crossing=_last_crossing(history, x, give_back),
    )


def _last_crossing(history: History, x: Array, give_back: Callable[[], None]) -> int | None:
    """The step of the first snapshot since which every elbow of the first layer has been between
    the same two training points; None where that is the last one.
    """
    rows = evenly_chosen(len(history), MOST_SNAPSHOTS)
    gaps = np.empty((len(rows), history.hidden[0]), dtype=np.int64)
    for index, row in enumerate(rows.tolist()):
        gaps[index] = np.searchsorted(x, history.elbow[row])
        if index % ROWS_IN_MEMORY == 0:
            give_back()
    give_back()
    differs_from_last = (gaps != gaps[-1]).any(axis=1)
    if not differs_from_last.any():
        return int(history.step[0])
    since = int(np.flatnonzero(differs_from_last)[-1]) + 1
    if since == len(rows) - 1:
        return None
    return int(history.step[rows[since]])


def _explanation(explained: ExplainedTraining, note: str = "") -> Explanation:
    return Explanation(explained.verdict, explained.sentence, explained.causes, note)


def _note_of_status(run: ExplainableRun) -> str:
    notes = {
        "running": "This run is still being trained; the sentences are about its last snapshot.",
        "interrupted": "This run is interrupted; the sentences are about its last snapshot.",
        "failed": "This run has failed; the sentences are about its last snapshot.",
    }
    return notes.get(run.status, "")
