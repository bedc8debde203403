"""The learning rate: its steps, and the sharpness that meets the edge which it draws."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array
from relusgd.words import number

STEP = 1.2
"""A step of the learning rate changes it by this factor at least, between equal rates."""

MOST_STEPS = 5
"""More steps than these are one event."""

AT_EDGE = 0.9
"""The edge is reached where the sharpness is this share of it."""

OFF_EDGE = 0.75
"""The edge is left where the sharpness falls below this share of it."""

LASTING = 0.05
"""The sharpness stays at the edge for this share of the film's clock."""

MEASURED = 40
"""At so many snapshots, evenly along the film's clock, the sharpness is measured."""


@event_kind
def rate_steps(course: RecordedCourse) -> Iterator[Event]:
    """The learning rate jumps from one constant to another."""
    rates = course.metric("learning_rate")
    rows = _jumps(rates).tolist()
    if not rows:
        return
    if len(rows) > MOST_STEPS:
        yield _many_steps(course, rates, rows[0], rows[-1], len(rows))
        return
    for row in rows:
        before = float(rates[row])
        after = float(rates[row + 1])
        yield _one_step(course, before, after, row)


def _jumps(rates: Array) -> Array:
    """The last rows before a jump between two equal rates and two others."""
    if len(rates) < 4:
        return np.empty(0, dtype=np.int64)
    with np.errstate(all="ignore"):
        change = rates[1:] / rates[:-1]
        # In place, because there may be millions.
        np.log(change, out=change)
        np.abs(change, out=change)
    is_jump = change >= np.log(STEP)
    is_same = change <= 1e-9
    between = is_jump[1:-1] & is_same[:-2] & is_same[2:]
    return np.asarray(np.flatnonzero(between) + 1)


def _one_step(course: RecordedCourse, before: float, after: float, row: int) -> Event:
    way = "falls" if after < before else "rises"
    words = f"from {number(before)} to {number(after)}"
    return course.event(
        "learning_rate_steps",
        row,
        numbers={"before": before, "after": after},
        sentence=f"the learning rate {way} {words}, as its schedule has it",
        caption=f"The learning rate {way} {words}",
    )


def _many_steps(
    course: RecordedCourse,
    rates: Array,
    first: int,
    last: int,
    steps: int,
) -> Event:
    before = float(rates[first])
    after = float(rates[last + 1])
    words = f"from {number(before)} to {number(after)}"
    return course.event(
        "learning_rate_steps",
        first,
        last,
        numbers={"before": before, "after": after, "steps": steps},
        sentence=f"the learning rate goes {words} in {steps} steps, as its schedule has it",
        caption=f"The learning rate goes {words}, in {steps} steps",
    )


@event_kind
def edge_of_stability(course: RecordedCourse) -> Iterator[Event]:
    """The sharpness climbs to the largest that the learning rate can bear, and stays there.

    Cohen et al. 2021, "Gradient descent on neural networks typically occurs at the edge of
    stability".
    """
    if course.sharpness_ratio is None or course.outcome == "diverged" or len(course) < 3:
        return
    chosen = evenly_chosen(len(course), MEASURED)
    places = course.places[chosen]
    rows = course.rows[chosen].tolist()
    ratios = np.array([course.sharpness_ratio(row) for row in rows])
    if not ratios[0] < OFF_EDGE:
        return
    is_off = ~(ratios >= OFF_EDGE)  # a ratio of nan is off the edge, too
    reached = np.flatnonzero(ratios >= AT_EDGE)
    for index in reached.tolist():
        left = index + np.flatnonzero(is_off[index:])
        has_end = len(left) > 0
        last = int(left[0]) - 1 if has_end else len(ratios) - 1
        if places[last] - places[index] < LASTING:
            continue
        begin = _first_at_edge(course, int(chosen[index - 1]), int(chosen[index]))
        end = rows[last] if has_end else None
        yield _edge_event(course, int(course.rows[begin]), end)
        return


def _first_at_edge(course: RecordedCourse, below: int, at: int) -> int:
    """The index from which on the sharpness is at the edge, between one below and one there."""
    assert course.sharpness_ratio is not None
    while at - below > 1:
        middle = (below + at) // 2
        if course.sharpness_ratio(int(course.rows[middle])) >= AT_EDGE:
            at = middle
        else:
            below = middle
    return at


def _edge_event(course: RecordedCourse, row: int, end: int | None) -> Event:
    rate = float(course.metric("learning_rate")[row])
    return course.event(
        "edge_of_stability",
        row,
        end,
        numbers={"learning_rate": rate},
        sentence="the edge of stability is reached: the valley of the error has become as sharp as "
        f"the learning rate {number(rate)} can bear, and steps bounce between its walls",
        caption="Edge of stability: steps bounce across the valley",
    )
