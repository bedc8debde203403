"""The picture of a run's features: snapshots side by side, or a film over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from relusgd.advice import advice, option
from relusgd.errors import InputError
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array
from relusgd.pictures.features.head import clock_letters, head_options, number_fields
from relusgd.pictures.features.scene import FeatureColumn, FeatureScene
from relusgd.pictures.features.sheet import draw_features
from relusgd.pictures.features.still import feature_painter
from relusgd.pictures.features.view import FeatureView, family_rows, leading_unit
from relusgd.pictures.films.film import FASTEST, Progress, check_film, fitting, write_frames
from relusgd.pictures.films.painter import PartsPainter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import METADATA, write_figure
from relusgd.pictures.moments.frames import Timing, choose_frames
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.panels.header import Field
from relusgd.pictures.scenes.view import View
from relusgd.runs.features import Pace, RunFeatures, features_of_row
from relusgd.runs.place import check_file_place
from relusgd.runs.titles import RecordedRun
from relusgd.words import or_list

MOST_COLUMNS = 4
"""The most snapshots that stand side by side."""

SAMPLES = 12
"""The limits of a film are those of so many of its moments."""

quiet = np.errstate(all="ignore")


def is_film(path: Path) -> bool:
    """Whether a picture with this name is a film."""
    return path.suffix.lower() in FASTEST


def check_suffix(path: Path) -> None:
    """Raise InputError unless this is the name of a still or of a film."""
    suffixes = [*METADATA, *FASTEST]
    if path.suffix.lower() not in suffixes:
        raise InputError(
            f"a picture of features cannot be written as {path.name!r}",
            f"its name ends in {or_list(suffixes)}",
        )


def check_picture(path: Path, snapshots: int = 1) -> None:
    """Raise InputError if a still of so many snapshots cannot be written to this path."""
    check_file_place(path)
    check_suffix(path)
    if snapshots > MOST_COLUMNS:
        raise InputError(
            f"{snapshots} epochs do not fit side by side",
            advice(f"give {{}} at most {MOST_COLUMNS} times, or write a .gif", option("epoch")),
        )


@quiet
def write_still(
    snapshots: Sequence[RunFeatures],
    path: Path,
    look: Look,
    *,
    top: int = 10,
) -> DrawnFile:
    """Write the features of snapshots side by side.

    Raises as `check_picture` and `write_figure` do.
    """
    check_picture(path, len(snapshots))
    drawn = [snapshot.for_picture for snapshot in snapshots]
    painter = feature_painter(drawn, look, top)
    write_figure(painter.sheet, path)
    return DrawnFile(path)


@quiet
def write_film(
    run: RecordedRun,
    path: Path,
    look: Look,
    *,
    layer: int | None = None,
    top: int = 10,
    frames: int | None = None,
    fps: float | None = None,
    seconds: float | None = None,
    first_epoch: int | None = None,
    last_epoch: int | None = None,
    spacing: str = "log",
    progress: Progress | None = None,
) -> DrawnFile:
    """Write the features of a run over its epochs as .gif or .mp4.

    The options are those of `animate`, and it raises as that does.
    """
    check_file_place(path)
    timing = Timing.resolve(frames, fps, seconds)
    check_film(path, timing.fps)
    indices = choose_frames(
        View(run.history, run.data),
        timing.frames,
        spacing,
        first_epoch=first_epoch,
        last_epoch=last_epoch,
    )
    timing = Timing.resolve(frames, fps, seconds, available=len(indices))
    scene = FeatureFilm(run, indices.tolist(), layer, top).scene()
    painter = PartsPainter(
        lambda sheet: draw_features(sheet, scene), len(indices), fitting(look, path)
    )
    write_frames(painter, path, indices=range(len(indices)), fps=timing.fps, progress=progress)
    return DrawnFile(path)


class FeatureFilm:
    """The features at the moments of a film, each with the signs that continue those before.

    A principal feature is as good with the other sign. At every moment it has the sign with which
    its values at the training points are nearer to those of the moment before.

    rows: the snapshots that are shown.
    """

    def __init__(
        self,
        run: RecordedRun,
        rows: Sequence[int],
        layer: int | None,
        top: int,
    ) -> None:
        history = run.history
        last_step = int(history.step[-1])
        self._run = run
        self._rows = rows
        self._layer = layer
        self._pace = Pace.of(run.config, last_step, history.steps_per_epoch or 1)
        self._first = self._features(0)
        self._top = min(top, self._first.directions.shape[1])
        self.signs = self._continued_signs()
        self.view = lru_cache(maxsize=2)(self._make_view)

    def _features(self, moment: int) -> RunFeatures:
        return features_of_row(self._run, self._rows[moment], self._pace, self._layer)

    def _continued_signs(self) -> list[Array]:
        """For every moment the signs of its features, shape (top,)."""
        signs = [np.ones(self._top)]
        before = self._first.principal(self._first.x, self._top)
        for moment in range(1, len(self._rows)):
            found = self._features(moment)
            values = found.principal(found.x, self._top)
            likeness = np.sum(values * before, axis=0)
            sign = np.where(likeness < 0, -1.0, 1.0)
            before = sign * values
            signs.append(sign)
        return signs

    def _make_view(self, moment: int) -> FeatureView:
        snapshot = self._features(moment).for_picture
        return snapshot.view(self._top).with_signs(self.signs[moment])

    def scene(self) -> FeatureScene:
        """One column, whose limits hold at all moments."""
        first = self._first
        count = len(self._rows)
        samples = []
        for moment in evenly_chosen(count, SAMPLES).tolist():
            samples.append(self._make_view(moment))
        start = None
        if count > 1:
            start = (first.moment, samples[0].spectra["all"])
        return FeatureScene(
            dataset=self._run.data,
            rows=family_rows(first.network.hidden, first.columns),
            columns=[FeatureColumn(self.view, self._head, samples)],
            start=start,
            top=self._top,
            unit=leading_unit(self._features(count - 1)),
        )

    def _head(self, pixels: float) -> list[list[Field]]:
        history = self._run.history
        rows = np.asarray(self._rows)
        letters = clock_letters(pixels)
        clock = [
            Field.counting("epoch", history.epoch[rows], letters),
            Field.counting("step", history.step[rows], letters),
        ]
        return head_options(clock, number_fields(self.view, pixels))
