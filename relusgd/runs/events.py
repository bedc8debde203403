"""The events of a run: what happened in its training, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, overload

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.events import Event, RecordedCourse, find_events
from relusgd.diagnostics.sharpness import sharpness
from relusgd.model.history import History
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.one_thread import one_thread
from relusgd.pictures.pages.html_table import html_table
from relusgd.runs.diagnosis_tables import TextTable
from relusgd.training.ending import Ending
from relusgd.training.optimizers import make_optimizer
from relusgd.words import as_sentence, significant

MOST_PARAMETERS = 2000
MOST_PRODUCTS = 2 * 10**6
"""The edge of stability is looked for up to so many parameters, and parameters times points.

Beyond, its forty to fifty sharpnesses would take more than a moment.
"""


class EndedRun(Protocol):
    """What is asked of a run here."""

    @property
    def config(self) -> Config: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def history(self) -> History: ...

    @property
    def ending(self) -> Ending | None: ...

    def give_back_pages(self) -> None: ...


class Events(Sequence[Event]):
    """Events in the order in which they begin. A cell of a notebook shows them as a table."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> Events: ...

    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self._events[index])
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        lines = [f"{moment}: {what}" for moment, what in self.table().rows]
        return "\n".join(lines) or "nothing that has a name happened"

    def _repr_html_(self) -> str:
        table = self.table()
        return html_table(table.headings, table.rows, words=table.words)

    def named(self, name: str) -> Events:
        """Those of one kind."""
        return Events([event for event in self if event.name == name])

    def table(self) -> TextTable:
        """A line for each event: when, and what happened."""
        rows = [[_moment(event), as_sentence(event.sentence)] for event in self]
        return TextTable(["epoch", "what happened"], rows, words=(0, 1))

    def to_json(self) -> list[dict[str, Any]]:
        """Everything as lists, dicts, numbers and texts."""
        return [event.to_json() for event in self]


def events_of(run: EndedRun) -> Events:
    """The events of a run, found in its record; docs/events.md has their definitions."""
    with one_thread():
        return Events(find_events(course_of(run)))


def course_of(run: EndedRun) -> RecordedCourse:
    """The training of a run, as those see it who look for events."""
    ending = run.ending
    outcome = ending.outcome if ending else None
    ratio = _SharpnessRatio(run) if _is_at_edge_looked_for(run) else None
    return RecordedCourse(run.history, run.data, outcome, ratio, run.give_back_pages)


def _is_at_edge_looked_for(run: EndedRun) -> bool:
    """Whether plain descent on all points was taken, whose edge is known, and by a small network.

    Of smaller batches the sharpness stays below the edge, and adaptive methods have another one.
    """
    training = run.config.training
    points = len(run.data.x_train)
    parameters = parameter_count(run.history.hidden)
    is_full_batch = training.batch_size == "full"
    if not is_full_batch and training.sampling == "shuffle":
        is_full_batch = int(training.batch_size) >= points
    is_noisy = training.label_noise > 0 or training.input_noise > 0
    is_small = parameters <= MOST_PARAMETERS and parameters * points <= MOST_PRODUCTS
    return training.method == "sgd" and is_full_batch and not is_noisy and is_small


class _SharpnessRatio:
    """row → the sharpness of a snapshot over the edge at the learning rate in force; kept."""

    def __init__(self, run: EndedRun) -> None:
        training = run.config.training
        self._history = run.history
        self._dataset = run.data
        self._layers = training.layers
        self._output_bias = run.config.network.output_bias
        self._optimizer = make_optimizer(training)
        self._give_back = run.give_back_pages
        self._known: dict[int, float] = {}

    def __call__(self, row: int) -> float:
        if row not in self._known:
            self._known[row] = self._measure(self._history.network(row), row)
            self._give_back()
        return self._known[row]

    def _measure(self, network: Network, row: int) -> float:
        rate = float(self._history.metrics["learning_rate"][row])
        edge = self._optimizer.edge(rate)
        if edge is None or not np.isfinite(network.parameters()).all():
            return float("nan")
        curvature = sharpness(network, self._dataset, self._layers, output_bias=self._output_bias)
        return curvature / edge


def _moment(event: Event) -> str:
    begin = _clock_text(event.epoch)
    if event.end_epoch is None or event.end_epoch == event.epoch:
        return begin
    return f"{begin} to {_clock_text(event.end_epoch)}"


def _clock_text(epoch: float) -> str:
    """1,200; within an epoch 0.2."""
    return f"{epoch:,.0f}" if epoch == round(epoch) else significant(epoch, 3)
