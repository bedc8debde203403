"""What happened at the moments of a run: the events that name them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.diagnostics.events import Event
from relusgd.diagnostics.events.film_clock import film_places
from relusgd.model.network import Array
from relusgd.pictures.moments.captions import by_weight
from relusgd.pictures.scenes.view import View

NEAR = 0.05
"""An event names a moment that is this near to it, as a share of the clock of films."""

TOLD_AT_THE_END = "nothing_learned"
"""The kind of event that is told of a training at its end alone."""

FROM_HERE_ON = "only_jitter"
"""The kind of event that speaks of what comes after, and so not of the end."""

GOES_ON = "diverges"
"""The kind of event that goes on from its beginning to the end."""


def names_of_moments(view: View, moments: Sequence[int], events: Sequence[Event]) -> list[str]:
    """The caption of the event that each moment shows, or "".

    moments: rows of the view, ascending. The heaviest events name first, each the moment that is
    nearest to its beginning; that nothing was learned names the last moment, and that the training
    diverges the first one at which it does.
    """
    names = [""] * len(moments)
    places = film_places(view.history.step)
    for event in by_weight(events):
        free = [number for number in _may_name(event, len(moments)) if not names[number]]
        distances = [_distance(event, places, moments[number]) for number in free]
        if distances and min(distances) <= NEAR:
            nearest = free[int(np.argmin(distances))]
            names[nearest] = event.caption
    return names


def _may_name(event: Event, count: int) -> range:
    """Which of so many moments an event may name, by their numbers."""
    last = count - 1
    if event.name == TOLD_AT_THE_END:
        return range(last, count)
    if event.name == FROM_HERE_ON:
        return range(last)
    return range(count)


def _distance(event: Event, places: Array, moment: int) -> float:
    """How far a moment is from an event; 0 within it, and a little more the later in it."""
    if event.name == TOLD_AT_THE_END:
        return 0.0
    begin = float(places[event.row])
    end = begin if event.end_row is None else float(places[event.end_row])
    if event.name == GOES_ON:
        end = 1.0
    place = float(places[moment])
    outside = max(begin - place, place - end, 0.0)
    return outside + 0.1 * NEAR * abs(place - begin)
