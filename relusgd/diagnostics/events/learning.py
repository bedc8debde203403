"""How far the error falls: most is learned, the noise floor is reached, or nothing was learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.smoothing import first_lasting

MOST = 0.1
"""Most is learned when the training error is this part of the best constant's, for good."""

NEAR_FLOOR = 1.1
"""The noise floor is reached at so many times the error that the true function itself has."""


@event_kind
def most_learned(course: RecordedCourse) -> Iterator[Event]:
    """The training error falls to a tenth of the best constant's, and stays there."""
    if course.constant_mse == 0:
        return
    goal = MOST * course.constant_mse
    index = first_lasting(course.smooth_error("train_mse") <= goal)
    if not index:
        return
    text = course.error_text(goal)
    yield course.event(
        "most_learned",
        int(course.rows[index]),
        numbers={"train_mse": course.original_error(goal)},
        sentence=f"most is learned: the train MSE falls below {text}, a tenth of what the best "
        "horizontal line leaves",
        caption="Nine tenths of the error is gone",
    )


@event_kind
def noise_floor_reached(course: RecordedCourse) -> Iterator[Event]:
    """The training error comes down to that of the true function, where the noise is known."""
    floor = noise_floor(course)
    if floor is None:
        return
    errors = course.dataset.scaling.mse_to_original(course.smooth_error("train_mse"))
    reached = np.flatnonzero(errors <= NEAR_FLOOR * floor)
    if not len(reached) or reached[0] == 0:
        return
    in_network_units = floor / course.original_error(1.0)
    text = course.error_text(in_network_units)
    yield course.event(
        "noise_floor_reached",
        int(course.rows[reached[0]]),
        numbers={"noise_floor": floor},
        sentence=f"the noise floor is reached: the train MSE is down to {text}, the error that the "
        "true function itself has on these noisy points",
        caption="The noise floor: the true curve fits no better",
    )


def noise_floor(course: RecordedCourse) -> float | None:
    """The mean squared error of the true function on the training points, in the data's units.

    None where the target or the noise is not known, and where there is no noise.
    """
    dataset = course.dataset
    if dataset.target is None or not dataset.noise:
        return None
    points = dataset.in_original_units
    noise = points.y_train - dataset.target(points.x_train)
    return float(np.mean(np.square(noise))) or None


@event_kind
def nothing_learned(course: RecordedCourse) -> Iterator[Event]:
    """The training ended no better than a constant."""
    last = len(course.history) - 1
    if course.outcome != "nothing" or last == 0:
        return
    error = float(course.metric("train_mse")[last])
    yield course.event(
        "nothing_learned",
        last,
        numbers={
            "train_mse": course.original_error(error),
            "constant_mse": course.original_error(course.constant_mse),
        },
        sentence=f"nothing was learned: the train MSE ends at {course.error_text(error)}, and a "
        f"horizontal line would have {course.error_text(course.constant_mse)}",
        caption="No better than a flat line",
    )
