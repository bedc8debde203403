"""What a network is made of, before the first step: one ReLU, times its output weight, a second and
a third, their sum, and all of them."""

from __future__ import annotations

import numpy as np

from relusgd.errors import InputError
from relusgd.pictures.films.build_up_lines import (
    ALL,
    OTHERS,
    SUM,
    TRUE_HEIGHT,
    WEIGHTED,
    BuildUp,
    chosen_units,
    shares_passed,
)
from relusgd.pictures.films.in_turn import FilmPart
from relusgd.pictures.films.painter import PartsPainter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scales import error_axis
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.error_corner import ErrorCorner
from relusgd.pictures.storeys.one_run import OneRunBuilder
from relusgd.pictures.storeys.upper import UpperStorey

SECONDS = 3.0
"""How long a network is built up."""


def check_build_up(scene: Scene, look: Look) -> None:
    """Raise InputError if no build-up can stand before the film of a scene."""
    if isinstance(scene, RunGroup):
        raise InputError("a build-up shows the units of one run", "give one run")
    if look.layout != "storeys":
        raise InputError("a build-up stands before a film in two storeys, not in panels")
    if scene.deep:
        raise InputError(
            "a build-up adds up the units of one hidden layer, and this network has "
            f"{len(scene.history.hidden)} of them"
        )


def build_up_part(view: View, script: Script, look: Look) -> FilmPart:
    """The build-up of the network at the start of the film that has this script."""
    length = max(1, round(SECONDS * script.fps))
    painter = PartsPainter(lambda sheet: draw_build_up(sheet, view, script, length), length, look)
    return FilmPart(painter, np.arange(length))


def draw_build_up(sheet: Sheet, view: View, script: Script, count: int) -> list[Part]:
    """Draw what never changes in a build-up, in `count` frames, before the film of this script."""
    row = int(script.rows[0])
    builder = OneRunBuilder(sheet, view, script)
    boxes = builder.boxes
    upper = UpperStorey(
        sheet, boxes.upper, view, builder.scales, sheet.colours.learned, builder.corner
    )
    builder.name_axes()
    sheet.write_title(boxes.title)
    steps = np.full(count, view.history.step[row])
    counter = TimeCounter(sheet, boxes.head, "step", steps)
    units = chosen_units(view.history.network(row), view)
    build_up = BuildUp(sheet, upper, view, row, units, count)
    words = [_caption(share, view, build_up) for share in shares_passed(count)]
    room = boxes.head.width - TimeCounter.width(sheet, "step", steps) - 1.5 * sheet.scale.text
    caption = Caption(sheet, boxes.head, room, Script(np.arange(count), captions=words))
    errors: list[Part] = []
    if builder.corner:
        clock = view.history.step.astype(np.float64)
        corner = ErrorCorner(sheet, builder.corner, view, builder.time, clock, error_axis(view))
        errors.append(ErrorsOfAll(corner, row, count))
    return [build_up, *errors, counter, caption]


class ErrorsOfAll:
    """The errors of the network before training, from when all of its units are there."""

    def __init__(self, errors: ErrorCorner, row: int, count: int) -> None:
        self._errors = errors
        self._row = row
        self._are_all = shares_passed(count) >= ALL[1]
        self.moving = errors.moving

    def show(self, index: int) -> None:
        if self._are_all[index]:
            self._errors.show(self._row)
        else:
            self._errors.show_nothing()


def _caption(share: float, view: View, build_up: BuildUp) -> str:
    width, shown = view.history.hidden[0], build_up.shown
    everything = f"All {width:,}: the network before training"
    if width == 1:
        everything = "With the output bias: the network before training"
    if share < WEIGHTED[0]:
        form = "its elbow is outside the picture"
        if build_up.has_elbow:
            form = "flat, an elbow, a slope"
        return f"One ReLU: {form}{_times(build_up.first_factor)}"
    factor = _times(build_up.factor)
    if share < OTHERS[0][0] or (shown == 1 and share < SUM[0]):
        return f"Times its output weight{factor}"
    if share < SUM[0]:
        return f"A second, a third{factor}" if shown > 2 else f"A second{factor}"
    if share < ALL[0]:
        whole = "Their sum, and" if shown > 1 else "With"
        return f"{whole} the output bias{factor}"
    return everything if share >= TRUE_HEIGHT[0] else f"{everything}{factor}"


def _times(factor: int) -> str:
    return "" if factor == 1 else f" (heights ×{factor})"
