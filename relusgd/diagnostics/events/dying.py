"""Units die, come back, or are dead from the start: a dead unit is active on no training point."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.unit_counts import Burst, bursts
from relusgd.words import agreeing, counted, counted_part, with_capital

MANY = 0.1
"""Dead from the start: told from this share of all units on."""


@event_kind
def dead_from_start(course: RecordedCourse) -> Iterator[Event]:
    """A good part of the units is dead before the first step."""
    dead = int(course.history.metrics["dead_units"][0])
    units = sum(course.history.hidden)
    if dead < max(1.0, MANY * units):
        return
    who = with_capital(counted_part(dead, units, "unit"))
    are = agreeing(dead, "is", "are")
    them = agreeing(dead, "it", "them")
    yield course.event(
        "dead_from_start",
        0,
        numbers={"units": dead, "of": units},
        sentence=f"{who} {are} dead from the start: active on no training point, so that no "
        f"gradient reaches {them}",
        caption=f"{who} {are} dead from the start",
    )


@event_kind
def units_die(course: RecordedCourse) -> Iterator[Event]:
    """Units cease to be active on any training point."""
    for burst in _dead_bursts(course):
        dead = burst.after - burst.before
        if dead > 0:
            yield _death(course, burst, dead)


@event_kind
def units_come_back(course: RecordedCourse) -> Iterator[Event]:
    """Dead units are active on training points again."""
    for burst in _dead_bursts(course):
        back = burst.before - burst.after
        if back > 0:
            yield _return(course, burst, back)


def _dead_bursts(course: RecordedCourse) -> Iterator[Burst]:
    counts = course.smooth_count(course.history.metrics["dead_units"])
    return bursts(course, counts, sum(course.history.hidden))


def _death(course: RecordedCourse, burst: Burst, dead: int) -> Event:
    units = sum(course.history.hidden)
    who = with_capital(counted_part(dead, units, "unit"))
    die = agreeing(dead, "dies", "die")
    them = agreeing(dead, "it", "them")
    now = f" ({_dead_now(burst, units)})" if burst.before else ""
    return course.event(
        "units_die",
        int(course.rows[burst.begin]),
        int(course.rows[burst.end]),
        numbers={"units": dead, "dead": burst.after, "of": units},
        sentence=f"{who} {die}: active on no training point any more, so that no gradient reaches "
        f"{them}{now}",
        caption=f"{who} {die}: active on no point any more",
    )


def _return(course: RecordedCourse, burst: Burst, back: int) -> Event:
    units = sum(course.history.hidden)
    who = counted(back, "dead unit")
    come = agreeing(back, "comes", "come")
    are = agreeing(back, "it is", "they are")
    return course.event(
        "units_come_back",
        int(course.rows[burst.begin]),
        int(course.rows[burst.end]),
        numbers={"units": back, "dead": burst.after, "of": units},
        sentence=f"{who} {come} back: {are} active on training points again "
        f"({_dead_now(burst, units)})",
        caption=f"{who} {come} back to life",
    )


def _dead_now(burst: Burst, units: int) -> str:
    """How many units are dead after a burst: none is, 1 of 40 is, all are."""
    if burst.after == 0:
        return "none is dead now"
    if burst.after == units:
        return "all are dead now"
    return f"{burst.after:,} of {units:,} {agreeing(burst.after, 'is', 'are')} dead now"
