"""Events: what happened in a training, found in its record. One module for each kind, or family.

`find_events` asks every kind. docs/events.md has their definitions and thresholds.
"""

import numpy as np

from relusgd.diagnostics.events import (
    dying,
    gathering,
    learning,
    leaving,
    overshooting,
    plateaus,
    rates,
    settling,
    splitting,
)
from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import KINDS

__all__ = [
    "KINDS",
    "Event",
    "RecordedCourse",
    "dying",
    "find_events",
    "gathering",
    "learning",
    "leaving",
    "overshooting",
    "plateaus",
    "rates",
    "settling",
    "splitting",
]


def find_events(course: RecordedCourse) -> list[Event]:
    """All events of a training in the order in which they begin."""
    with np.errstate(all="ignore"):
        found = [event for find in KINDS for event in find(course)]
    return sorted(found, key=lambda event: event.row)
