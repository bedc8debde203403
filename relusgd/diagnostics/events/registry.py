"""The kinds of events, one function each; `find_events` asks all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event

Kind = Callable[[RecordedCourse], Iterator[Event]]

KINDS: list[Kind] = []
"""Those of all modules that were imported so far."""


def event_kind(find: Kind) -> Kind:
    """Make a function of a course a kind of event: it gives the events of its kind."""
    KINDS.append(find)
    return find
