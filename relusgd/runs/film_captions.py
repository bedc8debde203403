"""What the film of a run, or of several, says at its moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relusgd.diagnostics.events import Event
from relusgd.model.history import History
from relusgd.pictures.films.film import HOLD
from relusgd.pictures.moments.captions import by_weight, caption_of_run, captions_of
from relusgd.pictures.moments.frames import Indices
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.view import View
from relusgd.runs.drawn_scene import ToldRun


def captions_of_runs(
    runs: Sequence[ToldRun],
    scene: Scene,
    indices: Indices,
    fps: float,
) -> Sequence[str]:
    """The captions of a film, one for every moment; of several runs, each with its run's title."""
    if isinstance(scene, View):
        events = [_at_rows_of(scene.history, event) for event in runs[0].events]
        events = _told_by_the_last_frame(events, int(indices[-1]))
    else:
        events = _events_of_group(runs, scene)
    texts = [""] * len(scene)
    shown = captions_of(events, indices, fps, HOLD)
    for row, text in zip(indices.tolist(), shown, strict=True):
        texts[row] = text
    return texts


def _told_by_the_last_frame(events: Sequence[Event], last: int) -> list[Event]:
    """The events of a run whose film ends at a row, early where nothing but jitter is left.

    That nothing was learned is known from then on, because the function goes nowhere any more.
    """
    at_rest = [event.row for event in events if event.name == "only_jitter"]
    if not at_rest or at_rest[0] > last:
        return [*events]
    told = []
    for event in events:
        comes_too_late = event.name == "nothing_learned" and event.row > last
        told.append(replace(event, row=at_rest[0]) if comes_too_late else event)
    return told


def _events_of_group(runs: Sequence[ToldRun], group: RunGroup) -> list[Event]:
    """The events of all runs at the moments of their group, captions with the titles of the runs.

    They stand as they would be told by turns: the first of each run, then the second ones.
    """
    by_order: dict[int, list[Event]] = {}
    for run, view, title in zip(runs, group.views, group.short, strict=True):
        for order, event in enumerate(by_weight([*run.events])):
            by_order.setdefault(order, []).append(_in_group(event, view, group, title))
    told: list[Event] = []
    for order in sorted(by_order):
        told += by_order[order]
    return told


def _in_group(event: Event, view: View, group: RunGroup, title: str) -> Event:
    """The event of a view with the moments of its group, and a caption that says whose it is."""
    at = _at_rows_of(view.history, event)
    row_in_group = group.clock.searchsorted(view.clock).tolist()
    return replace(
        event,
        row=row_in_group[at.row],
        end_row=None if at.end_row is None else row_in_group[at.end_row],
        caption=caption_of_run(title, event.caption),
    )


def _at_rows_of(history: History, event: Event) -> Event:
    """The event with the rows that its steps have in a history."""
    row = int(np.searchsorted(history.step, event.step))
    if event.end_step is None:
        return replace(event, row=row)
    end_row = int(np.searchsorted(history.step, event.end_step))
    return replace(event, row=row, end_row=end_row)
