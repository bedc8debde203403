"""Nothing but jitter from here: the learned function goes nowhere any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.smoothing import first_lasting, window_means
from relusgd.model.network import Array, Booleans

END = 0.04
"""The end of a training, with which what is before is compared: this share of the film's clock."""

REACH = 0.02
"""The smooth function is the mean over this share of the film's clock to both sides."""

STAYS = 1.5
"""Once nearer than the jitter, the smooth function stays nearer than so many times the jitter."""

VISIBLE = 0.003
"""Less than this part of the range of y is not seen in a picture."""

AIMLESS = 0.33
"""What is left of the training has two halves, whose mean functions differ by at most this part of
the jitter: a function that still drifts is not at rest."""

REST = 0.15
"""At least this share of all steps comes after; otherwise it is simply the end."""

RATE_LEFT = 0.05
"""The learning rate has come to its end when what it still changes is at most this part of the
largest: while it falls, the jitter shrinks, and the function goes on."""

FEWEST = 3
"""And at least so many of the looked-at snapshots."""


@event_kind
def only_jitter(course: RecordedCourse) -> Iterator[Event]:
    """The smooth function stays nearer to the one at the end than that one trembles.

    Distances are root mean squares over the range of the training x.
    """
    if course.outcome == "diverged" or len(course) <= FEWEST:
        return
    at_end = course.places >= 1.0 - END
    smooth = course.functions_near(REACH)
    trembling = course.functions[at_end] - smooth[at_end]
    jitter = float(np.sqrt(np.mean(np.square(trembling))))
    visible = VISIBLE * course.y_range
    end = course.functions[at_end].mean(axis=0)
    distance = _size(smooth - end)
    index = _begin_of_rest(course, distance, jitter, visible)
    if index is not None:
        yield _event(course, index, jitter, trembles=jitter > visible)


def _begin_of_rest(
    course: RecordedCourse,
    distance: Array,
    jitter: float,
    visible: float,
) -> int | None:
    """The looked-at snapshot from which on the function is at rest; None where it never is, or too
    late.

    distance: of the smooth function from the one at the end, shape (T,). visible: the least
    distance that the eye sees.
    """
    stays_from = first_lasting(distance <= max(STAYS * jitter, visible))
    if stays_from is None:
        return None
    is_near = distance <= max(jitter, visible)
    goes_nowhere = _way_between_halves(course) <= max(AIMLESS * jitter, visible)
    is_at_rest = is_near & goes_nowhere
    if jitter > visible:
        is_at_rest &= _has_its_last_rate(course)
    candidates = stays_from + np.flatnonzero(is_at_rest[stays_from:])
    if not len(candidates):
        return None
    index = int(candidates[0])
    snapshots_left = len(course) - index
    steps_left = course.steps[-1] - course.steps[index]
    is_late = snapshots_left < FEWEST or steps_left < REST * course.steps[-1]
    return None if is_late else index


def _has_its_last_rate(course: RecordedCourse) -> Booleans:
    """Whether the learning rate changes no more from each looked-at snapshot on, shape (T,)."""
    rates = np.nan_to_num(course.metric("learning_rate")[course.rows])
    change_left = np.abs(rates - rates[-1])
    return np.asarray(change_left <= RATE_LEFT * rates.max())


def _way_between_halves(course: RecordedCourse) -> Array:
    """How far the mean function of the first half of the rest is from that of the second, shape
    (T,), for the rest of the training from each looked-at snapshot on."""
    middle_steps = 0.5 * (course.steps + course.steps[-1])
    count = len(course)
    first = np.arange(count)
    middle = np.clip(np.searchsorted(course.steps, middle_steps), first + 1, count - 1)
    first = np.minimum(first, middle - 1)
    end = np.full(count, count)
    first_half = window_means(course.functions, first, middle)
    second_half = window_means(course.functions, middle, end)
    return _size(first_half - second_half)


def _size(functions: Array) -> Array:
    """The root mean square of each function, a row of values; shape (T,)."""
    return np.asarray(np.sqrt(np.mean(np.square(functions), axis=1)))


def _event(
    course: RecordedCourse,
    index: int,
    jitter: float,
    *,
    trembles: bool,
) -> Event:
    from_start = index == 0
    if trembles:
        since = "from the start" if from_start else "from here on"
        sentence = (
            f"{since} there is nothing but jitter: the batches shake the learned function, "
            "and it goes nowhere"
        )
        caption = "Nothing but jitter" if from_start else "Nothing but jitter from here"
    elif from_start:
        sentence = "the learned function does not change to the eye, from the start to the end"
        caption = "The curve does not move"
    else:
        sentence = "from here on the learned function no longer changes to the eye"
        caption = "The curve has come to rest"
    return course.event(
        "only_jitter",
        int(course.rows[index]),
        numbers={"jitter": jitter * course.dataset.scaling.y_deviation},
        sentence=sentence,
        caption=caption,
    )
