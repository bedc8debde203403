"""Where the film of a run ends: when nothing but jitter is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.advice import Advice
from relusgd.diagnostics.events.film_clock import film_places
from relusgd.model.history import History
from relusgd.runs.events import Events

GOES_ON = 0.03
"""The film goes on for this share of its clock, so that the jitter is seen."""

WORTH = 0.05
"""Less than this share of the steps is not left out."""


@dataclass(frozen=True)
class FilmEnding:
    """The last epoch that a film shows, with its fraction, and what to say of the rest."""

    epoch: float
    note: Advice


def film_ending(history: History, events: Events) -> FilmEnding | None:
    """Where a film that shows everything of interest ends; None for the end of the record."""
    settled = events.named("only_jitter")
    if not settled or settled[0].row == 0:
        return None
    places = film_places(history.step)
    row = int(np.searchsorted(places, places[settled[0].row] + GOES_ON))
    last = int(history.step[-1])
    if row >= len(history) or last - history.step[row] < WORTH * last:
        return None
    epoch, epochs = float(history.clock[row]), float(history.clock[-1])
    cut = (
        f"the film ends at epoch {epoch:,.6g} of {epochs:,.6g}, because {_sentence(settled)}; "
        "the rest is shown by "
    )
    whole = f"{np.ceil(epochs):.0f}"
    return FilmEnding(epoch, Advice(f"{cut}last_epoch={whole}", f"{cut}--to {whole}"))


def _sentence(settled: Events) -> str:
    since = f"from epoch {settled[0].epoch:,.6g} on"
    words, _, _ = settled[0].sentence.partition(":")
    return words.replace("from here on", since)
