"""The diagnosis of a run: its quantities at a snapshot and over time, its pieces and its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

from relusgd.config.values import finite_or_none
from relusgd.diagnostics.layers import LayerMeasures, layer_measures
from relusgd.diagnostics.pieces import LinearPiece, pieces
from relusgd.diagnostics.quantities import QUANTITIES, SnapshotSeries
from relusgd.diagnostics.quantities.measuring import measure, quantity_named, spread_rows
from relusgd.model.network import Array, Integers, Network
from relusgd.one_thread import one_thread
from relusgd.pictures.pages.html_table import html_table
from relusgd.runs.diagnosis_tables import (
    TextTable,
    layers_table,
    pieces_table,
    quantities_table,
)
from relusgd.runs.recorded_training import RecordedTraining
from relusgd.training.linearized import MOST_POINTS, LinearizedTraining, expected_seconds
from relusgd.training.replay import Replay

CHOSEN = 120
"""At so many snapshots of a run are quantities measured that take long."""

LINEARIZED_SECONDS = 20
"""A linearised network that takes longer is left out of the quantities."""

MOST_PIECES = 1000
"""Pieces of more are not listed."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """A snapshot beside the start.

    values, at_start: quantities by name, in the units of the data where they have units; nan where
    a quantity is not defined. own: names of the caller's own metrics among them. pieces: those
    within the domain, in the units of the data; None where there are more than 1,000.
    """

    epoch: int
    step: int
    values: dict[str, float]
    at_start: dict[str, float]
    own: tuple[str, ...]
    layers: Sequence[LayerMeasures]
    pieces: Sequence[LinearPiece] | None

    def quantities_table(self) -> TextTable:
        """A line per quantity: its formula, at the start, now."""
        return quantities_table(self.values, self.at_start, self.epoch, self.own)

    def layers_table(self) -> TextTable:
        """A line per layer."""
        return layers_table(self.layers)

    def pieces_table(self, most: int) -> TextTable:
        """A line for each of the first `most` pieces."""
        hidden_layers = self.layers[:-1]
        units = sum(layer.units for layer in hidden_layers)
        shown = (self.pieces or [])[:most]
        return pieces_table(shown, units)

    def _repr_html_(self) -> str:
        """The tables of quantities and of layers in a notebook's cell."""
        html = []
        for table in (self.quantities_table(), self.layers_table()):
            html.append(html_table(table.headings, table.rows, words=table.words, bold=table.bold))
        return "".join(html)

    def to_json(self) -> dict[str, Any]:
        """Everything as numbers, lists and dicts; what is not defined is None."""
        found = None
        if self.pieces is not None:
            found = [_piece_facts(piece) for piece in self.pieces]
        return {
            "epoch": self.epoch,
            "step": self.step,
            "quantities": finite_or_none(self.values),
            "at_start": finite_or_none(self.at_start),
            "layers": [asdict(layer) for layer in self.layers],
            "pieces": found,
        }


def _piece_facts(piece: LinearPiece) -> dict[str, Any]:
    facts = asdict(piece)
    facts["active"] = [units.tolist() for units in piece.active]
    return facts


def diagnose(
    run: RecordedTraining,
    *,
    epoch: int | None = None,
    step: int | None = None,
) -> Diagnosis:
    """The diagnosis of the snapshot at this epoch or step, by default the last.

    Raises InputError, naming the nearest recorded ones, when nothing was recorded there.
    """
    history = run.history
    row = history.index(epoch=epoch, step=step)
    rows = np.array([0, row])
    measured = quantities_over_time(run, QUANTITIES, rows)
    for name in run.own_metrics:
        measured[name] = np.asarray(history.metrics[name][rows], dtype=np.float64)
    at_start = {}
    values = {}
    for name, (first, last) in measured.items():
        at_start[name] = float(first)
        values[name] = float(last)
    network = history.network(row)
    return Diagnosis(
        epoch=int(history.epoch[row]),
        step=int(history.step[row]),
        values=values,
        at_start=at_start,
        own=run.own_metrics,
        layers=layer_measures(network, history.network(0), run.data),
        pieces=_listed_pieces(run, network, values["breakpoints"]),
    )


def _listed_pieces(
    run: RecordedTraining,
    network: Network,
    breakpoints: float,
) -> Sequence[LinearPiece] | None:
    if breakpoints >= MOST_PIECES:
        return None
    with np.errstate(all="ignore"):
        original = run.scaling.network_to_original(network)
        return pieces(original, run.data.domain)


def quantities_over_time(
    run: RecordedTraining,
    names: Iterable[str],
    rows: Integers | None = None,
) -> dict[str, Array]:
    """Quantities of the snapshots of these rows, by default of all, shape (S,) each.

    They are in the units of the data where they have units. Raises InputError for a name that no
    quantity has.
    """
    names = list(names)
    snapshots = snapshots_of(run)
    if rows is not None:
        snapshots = snapshots.select(rows)
    with one_thread():
        measured = measure(snapshots, names)
    original = {}
    for name, values in measured.items():
        original[name] = quantity_named(name).to_original(values, run.scaling)
    return original


def chosen_rows(run: RecordedTraining, count: int = CHOSEN) -> Integers:
    """The snapshots at which quantities are measured that take long: denser in the beginning."""
    return spread_rows(snapshots_of(run), count)


def snapshots_of(run: RecordedTraining) -> SnapshotSeries:
    """All snapshots of a run, with what is known of how it was trained."""
    descent = run.plan.descent
    return SnapshotSeries(
        history=run.history,
        dataset=run.data,
        start=run.history.network(0),
        layers=descent.layers,
        output_bias=descent.output_bias,
        edge=_edges(run),
        divisor=_divisor(run),
        linearized=_linearized(run),
    )


def _edges(run: RecordedTraining) -> Array:
    """The edge of stability at the learning rate in force, shape (S,); nan where there is none."""
    rates = np.asarray(run.history.metrics["learning_rate"], dtype=np.float64)
    if run.plan.is_ridge:
        return np.full(len(rates), np.nan)
    optimizer = run.plan.descent.optimizer
    different_rates, place = np.unique(rates, return_inverse=True)
    edges = []
    for rate in different_rates.tolist():
        edge = optimizer.edge(rate)
        edges.append(np.nan if edge is None else edge)
    return np.array(edges)[place]


def _divisor(run: RecordedTraining) -> Callable[[int], Array] | None:
    """What an adaptive method divides the gradient by after a step, from the training replayed."""
    optimizer = run.plan.descent.optimizer
    if run.plan.is_ridge or not optimizer.is_adaptive:
        return None
    replay = Replay(run.plan, run.history.network(0).parameters())

    def divisor(step: int) -> Array:
        return optimizer.divisor(replay.state(step).memory, step)

    return divisor


def _linearized(run: RecordedTraining) -> Callable[[int], Array] | None:
    """The parameters of the linearised network after a step; made when it is first asked for."""
    plan = run.plan
    history = run.history
    last_step = int(history.step[-1])
    if len(plan.dataset.x_train) > MOST_POINTS:
        return None
    if expected_seconds(plan, last_step) > LINEARIZED_SECONDS:
        return None
    training = cache(lambda: LinearizedTraining(plan, history.network(0)))
    return lambda step: training().parameters(step)
