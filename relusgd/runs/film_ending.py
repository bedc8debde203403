"""Where the film of a run ends: when nothing but jitter is left, or when it has diverged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.advice import Advice
from relusgd.diagnostics.events import Event
from relusgd.diagnostics.events.film_clock import film_places
from relusgd.model.history import History
from relusgd.runs.events import Events

GOES_ON = {"diverges": 0.15, "only_jitter": 0.03}
"""The events after which nothing new is seen, and the share of the film's clock for which the film
goes on, so that they are seen themselves. After a divergence, elbows leave the picture, too."""

WORTH = 0.05
"""Less than this share of the steps is not left out."""


@dataclass(frozen=True)
class FilmEnding:
    """The last epoch that a film shows, with its fraction, and what to say of the rest."""

    epoch: float
    note: Advice


def film_ending(history: History, events: Events) -> FilmEnding | None:
    """Where a film that shows everything of interest ends; None for the end of the record."""
    last_events: list[Event] = []
    for name in GOES_ON:
        last_events += events.named(name)
    if not last_events:
        return None
    event = last_events[0]
    never_moves = event.name == "only_jitter" and event.row == 0
    return None if never_moves else _ending_after(event, history)


def _ending_after(event: Event, history: History) -> FilmEnding | None:
    """Where the film ends that goes on for a while after an event; None for the end of the record
    or near it."""
    places = film_places(history.step)
    end = places[event.row] + GOES_ON[event.name]
    row = int(np.searchsorted(places, end))
    if row >= len(history):
        return None
    last_step = int(history.step[-1])
    steps_left = last_step - history.step[row]
    if steps_left < WORTH * last_step:
        return None
    epoch = float(history.clock[row])
    epochs = float(history.clock[-1])
    cut = (
        f"the film ends at epoch {epoch:,.6g} of {epochs:,.6g}, because {_sentence(event)}; "
        "the rest is shown by "
    )
    whole = f"{np.ceil(epochs):.0f}"
    return FilmEnding(epoch, Advice(f"{cut}last_epoch={whole}", f"{cut}--to {whole}"))


def _sentence(event: Event) -> str:
    since = f"from epoch {event.epoch:,.6g} on"
    words, _, _ = event.sentence.partition(":")
    if "from here on" in words:
        return words.replace("from here on", since)
    return f"{words} {since}"
