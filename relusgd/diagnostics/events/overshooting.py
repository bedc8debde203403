"""Steps that are too large: the training diverges, or is thrown up first and learns then."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.smoothing import first_lasting
from relusgd.diagnostics.outcomes import EXPLODED
from relusgd.model.network import Array
from relusgd.words import number, rounded_number

THROWN = 2.0
"""A catapult throws the training error to so many times that of the start."""

LANDED = 0.5
"""What comes after the error has first fallen to this part of the start's is no catapult."""

TREMBLES = 5.0
"""And by so many standard deviations of what the logarithm of the error trembles by from snapshot
to snapshot, ..."""

WANDERS = 8.0
"""... and of what the smooth one wanders by in the long run."""

LAST = 0.04
"""A training has learned where the error over this last share of the film's clock is typically at
most LANDED of the start's."""


@event_kind
def diverges(course: RecordedCourse) -> Iterator[Event]:
    """The training error stays above that of the start and ten times the best constant's."""
    if course.outcome != "diverged":
        return
    errors = course.metric("train_mse")
    at_start = errors[0]
    at_end = errors[-1]
    limit = max(at_start, EXPLODED * course.constant_mse)
    row = first_lasting(~(errors <= limit))
    if row is None:
        row = len(errors) - 1
    begin = max(row - 1, 0)
    yield course.event(
        "diverges",
        begin,
        numbers={
            "train_mse_at_start": course.original_error(at_start),
            "train_mse_at_end": course.original_error(at_end),
        },
        sentence=f"the training diverges: every step overshoots further, and the train MSE goes "
        f"from {course.error_text(at_start)} to {course.error_text(at_end)} at the last snapshot",
        caption="It diverges: every step overshoots further",
    )


@event_kind
def catapult(course: RecordedCourse) -> Iterator[Event]:
    """The training error rises first, far above the start's, and then falls below it.

    Lewkowycz et al. 2020, "The large learning rate phase of deep learning: the catapult mechanism".
    """
    errors = course.metric("train_mse")
    peak = _peak_of_catapult(course, errors)
    if peak is None:
        return
    below = np.flatnonzero(errors[peak:] <= errors[0])
    end = peak + int(below[0])
    factor = float(errors[peak] / errors[0])
    yield course.event(
        "catapult",
        0,
        end,
        numbers={"factor": factor, "train_mse_at_peak": course.original_error(errors[peak])},
        sentence=f"a catapult: the first steps overshoot and throw the train MSE up to "
        f"{number(factor)} times that of the start, then it falls below it",
        caption=f"Catapult: the error grows {rounded_number(factor)}-fold, then falls",
    )


def _peak_of_catapult(course: RecordedCourse, errors: Array) -> int | None:
    """The snapshot with the largest error before the error falls for good; None for no catapult."""
    at_start = errors[0]
    if course.outcome == "diverged" or not np.isfinite(errors).all() or at_start <= 0:
        return None
    landed = np.flatnonzero(errors <= LANDED * at_start)
    if not len(landed):
        return None
    last_part = course.all_places >= 1.0 - LAST
    if np.median(errors[last_part]) > LANDED * at_start:
        return None
    peak = int(np.argmax(errors[: landed[0] + 1]))
    trembles = TREMBLES * course.trembling("train_mse")
    wanders = WANDERS * course.wandering("train_mse")
    by_chance = np.exp(max(trembles, wanders))
    is_thrown = errors[peak] >= at_start * max(THROWN, by_chance)
    return peak if is_thrown else None
