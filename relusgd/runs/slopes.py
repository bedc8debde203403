"""f′ of a run, at the start and at a snapshot: its autocorrelation as a table and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.diagnostics.slope_correlation import (
    PiecewiseSlope,
    autocorrelation,
    correlation_length,
    even_distances,
    piecewise_slope,
)
from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.pictures.charts.slope_panels import SlopeCurve, SlopePicture, save_slopes
from relusgd.pictures.kit.look import Look
from relusgd.runs.diagnosis_tables import TextTable
from relusgd.runs.run import Run
from relusgd.words import counted, number, significant

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""The distances of the table, as shares of the domain."""

CURVE_PLACES = 200
"""At so many more even distances is the curve drawn."""

DIGITS = 4


@dataclass(frozen=True, eq=False)
class RunSlopes:
    """f′ of one snapshot beside that of the start, in the units of the data."""

    run: Run
    epoch: int
    start: PiecewiseSlope
    now: PiecewiseSlope

    @property
    def snapshots(self) -> dict[str, PiecewiseSlope]:
        """The start and the snapshot, by what they are called; the start alone if it is that."""
        named = {"epoch 0": self.start}
        if self.epoch > 0:
            named[f"epoch {self.epoch:,}"] = self.now
        return named

    def table(self) -> TextTable:
        """A line per distance, and last the distance at which the autocorrelation is ½."""
        snapshots = self.snapshots
        distances = np.array(SHARES) * self.start.width
        columns = [autocorrelation(slopes, distances) for slopes in snapshots.values()]
        rows = []
        for distance, *values in zip(distances, *columns, strict=True):
            cells = [significant(A, 3) for A in values]
            rows.append([significant(distance, DIGITS), *cells])
        lengths = [number(correlation_length(slopes)) for slopes in snapshots.values()]
        rows.append(["½ at distance", *lengths])
        headings = ["distance", *snapshots]
        return TextTable(headings, rows, words=(0,), bold=(len(rows) - 1,))

    def to_json(self) -> dict[str, Any]:
        """Edges, slopes and autocorrelations as lists."""
        return {"epoch": self.epoch, "start": _facts(self.start), "now": _facts(self.now)}

    def draw(self, out: Path, look: Look | None = None) -> None:
        """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
        curves = [_curve(name, slopes) for name, slopes in self.snapshots.items()]
        counts = [counted(len(slopes.slope), "piece") for slopes in self.snapshots.values()]
        pieces = " and ".join(counts)
        picture = SlopePicture(
            self.run.folder.name,
            f"f′ of {pieces}",
            curves,
            self.run.data.x_name,
        )
        save_slopes(picture, out, look)


def slopes_of(run: Run, epoch: int | None = None) -> RunSlopes:
    """f′ of the snapshot of an epoch, by default the last.

    Raises InputError where nothing was recorded there, and for parameters that are not finite.
    """
    history = run.history
    row = history.index(epoch=epoch)
    slopes = []
    for place in (0, row):
        network = history.network(place)
        if not np.isfinite(network.parameters()).all():
            raise InputError(f"the network of epoch {history.epoch[place]:,} is not finite")
        original = run.scaling.network_to_original(network)
        slopes.append(piecewise_slope(original, run.data.domain))
    return RunSlopes(run, int(history.epoch[row]), *slopes)


def _curve(name: str, slopes: PiecewiseSlope) -> SlopeCurve:
    distances = _curve_distances(slopes)
    return SlopeCurve(
        name,
        slopes.edges,
        slopes.slope,
        distances,
        autocorrelation(slopes, distances),
    )


def _curve_distances(slopes: PiecewiseSlope) -> Array:
    """Denser where the curve falls, and even beyond."""
    far = even_distances(slopes)
    return np.union1d(far, np.linspace(0, far[-1], CURVE_PLACES))


def _facts(slopes: PiecewiseSlope) -> dict[str, Any]:
    distances = even_distances(slopes)
    correlation = autocorrelation(slopes, distances)
    return {
        "edges": slopes.edges.tolist(),
        "slope": slopes.slope.tolist(),
        "distances": distances.tolist(),
        "autocorrelation": [None if np.isnan(A) else float(A) for A in correlation],
    }
