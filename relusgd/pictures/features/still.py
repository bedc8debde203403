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
from relusgd.pictures.features.view import FeatureView, family_rows, leading_unit
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
        found = self.features
        return FeatureView.of(
            found,
            family_rows(found.network.hidden, found.columns),
            self.by_layer,
            self.learned,
            top,
            network_domain(self.dataset),
            self.dataset.scaling,
        )


def still_features(
    snapshots: Sequence[FeatureSnapshot], look: Look | None = None, *, top: int = 10
) -> DrawnFigure:
    """The features of snapshots of one run side by side, as a figure of matplotlib's."""
    return feature_painter(snapshots, look or Look(size=SIZE), top).sheet.figure


def feature_painter(snapshots: Sequence[FeatureSnapshot], look: Look, top: int) -> PartsPainter:
    """The same as a painter that has painted it."""
    first = snapshots[0]
    views = [snapshot.view(top) for snapshot in snapshots]
    columns = [
        FeatureColumn(_always(view), _fixed_head(view, snapshot.moment), [view])
        for view, snapshot in zip(views, snapshots, strict=True)
    ]
    scene = FeatureScene(
        dataset=first.dataset,
        rows=family_rows(first.features.network.hidden, first.features.columns),
        columns=columns,
        start=(first.moment, views[0].spectra["all"]) if len(snapshots) > 1 else None,
        top=min(top, first.features.directions.shape[1]),
        unit=leading_unit(snapshots[-1].features),
    )
    painter = PartsPainter(lambda sheet: draw_features(sheet, scene), 1, look, still=True)
    painter.show(0)
    return painter


def _always(view: FeatureView) -> Callable[[int], FeatureView]:
    return lambda _: view


def _fixed_head(view: FeatureView, moment: str) -> Callable[[float], list[list[Field]]]:
    word, _, number = moment.partition(" ")

    def head(pixels: float) -> list[list[Field]]:
        clock = [Field.fixed(word, number, clock_letters(pixels))]
        return head_options(clock, fixed_number_fields(view, pixels))

    return head
