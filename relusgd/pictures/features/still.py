"""The features of snapshots side by side, in one still picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from relusgd.diagnostics.features import Features
from relusgd.diagnostics.measures import network_domain
from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.features.head import clock_letters, fixed_number_fields, head_options
from relusgd.pictures.features.scene import FeatureColumn, FeatureScene
from relusgd.pictures.features.sheet import draw_features
from relusgd.pictures.features.view import FamilyRow, FeatureView, family_rows, leading_unit
from relusgd.pictures.films.painter import PartsPainter
from relusgd.pictures.kit.drawn_figure import DrawnFigure
from relusgd.pictures.kit.look import Look
from relusgd.pictures.panels.header import Field

SIZE = (1000, 1100)
"""The picture's usual width and height in pixels."""


@dataclass(frozen=True, eq=False)
class FeatureSnapshot:
    """What is drawn of one snapshot.

    moment: when it was recorded, in words: epoch 30,000. by_layer: the features by the parameters
    of every layer that learns. learned: the share of every direction that is learned, if known.
    """

    features: Features
    moment: str
    by_layer: Mapping[int, Features]
    learned: Array | None
    dataset: Dataset

    def view(self, top: int) -> FeatureView:
        """It with so many principal features, ready to be drawn."""
        return FeatureView.of(
            self.features,
            self.rows,
            self.by_layer,
            self.learned,
            top,
            network_domain(self.dataset),
            self.dataset.scaling,
        )

    @property
    def rows(self) -> list[FamilyRow]:
        """The families of parameters that are drawn, as rows of panels."""
        return family_rows(self.features.network.hidden, self.features.columns)


def still_features(
    snapshots: Sequence[FeatureSnapshot], look: Look | None = None, *, top: int = 10
) -> DrawnFigure:
    """The features of snapshots of one run side by side, as a figure of matplotlib's."""
    return feature_painter(snapshots, look or Look(size=SIZE), top).sheet.figure


def feature_painter(snapshots: Sequence[FeatureSnapshot], look: Look, top: int) -> PartsPainter:
    """The same as a painter that has painted it."""
    first, last = snapshots[0], snapshots[-1]
    views = [snapshot.view(top) for snapshot in snapshots]
    columns = []
    for view, snapshot in zip(views, snapshots, strict=True):
        head = _fixed_head(view, snapshot.moment)
        columns.append(FeatureColumn(_always(view), head, [view]))
    start = (first.moment, views[0].spectra["all"]) if len(snapshots) > 1 else None
    scene = FeatureScene(
        dataset=first.dataset,
        rows=first.rows,
        columns=columns,
        start=start,
        top=min(top, first.features.directions.shape[1]),
        unit=leading_unit(last.features),
    )
    painter = PartsPainter(lambda sheet: draw_features(sheet, scene), 1, look, still=True)
    painter.show(0)
    return painter


def _always(view: FeatureView) -> Callable[[int], FeatureView]:
    """The same view at every moment."""
    return lambda _: view


def _fixed_head(view: FeatureView, moment: str) -> Callable[[float], list[list[Field]]]:
    """The fields over a snapshot. moment: word and number, such as epoch 30,000."""
    word, _, number = moment.partition(" ")

    def head(pixels: float) -> list[list[Field]]:
        clock = [Field.fixed(word, number, clock_letters(pixels))]
        return head_options(clock, fixed_number_fields(view, pixels))

    return head
