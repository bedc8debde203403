"""What a network is made of, before the first step: one ReLU, times its output weight, a second and
a third, their sum, and all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.errors import InputError
from relusgd.pictures.films.build_up_lines import (
    ALL,
    OTHERS,
    SUM,
    TRUE_HEIGHT,
    WEIGHTED,
    BuildUp,
    begin_of,
    shares_passed,
)
from relusgd.pictures.films.build_up_units import chosen_units
from relusgd.pictures.films.in_turn import FilmPart
from relusgd.pictures.films.painter import PartsPainter
from relusgd.pictures.kit.changing_number import NUMBERS
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.pasted_text import pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.one_run import OneRunBuilder
from relusgd.pictures.storeys.upper import UpperStorey
from relusgd.words import counted_part, with_capital

SECONDS = 3.0
"""How long a network is built up."""

REST = 1.0
"""The seconds for which it then stands, before it learns."""

NOTE_LINES = 1.35
"""How far under the top of the storey the note on heights stands, in heights of a letter."""


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
    moves = np.arange(length)
    stands = np.full(round(REST * script.fps), length - 1)
    return FilmPart(painter, np.concatenate([moves, stands]))


def draw_build_up(sheet: Sheet, view: View, script: Script, count: int) -> list[Part]:
    """Draw what never changes in a build-up, in `count` frames, before the film of this script."""
    row = int(script.rows[0])
    film = OneRunBuilder(sheet, view, script)
    boxes = film.boxes
    upper = UpperStorey(
        sheet,
        boxes.upper,
        view,
        film.scales,
        sheet.colours.learned,
        film.corner,
    )
    film.name_axes()
    sheet.write_title(boxes.title)
    steps = np.full(count, view.history.step[row])
    counter = TimeCounter(sheet, boxes.head, "step", steps)
    units = chosen_units(view.history.network(row), view)
    build_up = BuildUp(sheet, upper, view, row, units, count)
    shares = shares_passed(count)
    captions = [_caption(share, view, build_up) for share in shares]
    gap = 1.5 * sheet.scale.text
    room = boxes.head.width - TimeCounter.width(sheet, "step", steps) - gap
    caption = Caption(sheet, boxes.head, room, Script(np.arange(count), captions=captions))
    notes = [_note(share, build_up) for share in shares]
    # The errors come with the film; until then, their corner is free.
    note = HeightsNote(sheet, film.corner or boxes.upper, notes)
    return [build_up, note, counter, caption]


class HeightsNote:
    """What is to be known of the heights, at the upper left of a box. notes: one for each frame."""

    def __init__(self, sheet: Sheet, box: Box, notes: Sequence[str]) -> None:
        self._notes = notes
        text = sheet.text_over_lines(
            box.left,
            box.top - NOTE_LINES * sheet.scale.text,
            "",
            pixels=sheet.scale.text,
            colour=sheet.colours.faint,
            zorder=NUMBERS,
        )
        self._text = pasted_in_films(sheet, text)
        self.moving: list[Artist] = [self._text]

    def show(self, index: int) -> None:
        self._text.set_text(self._notes[index])


def _caption(share: float, view: View, build_up: BuildUp) -> str:
    """A sum that grows by a few words at a time, because there is no time to read more.

    share: of the build-up that has passed.
    """
    width, shown = view.history.hidden[0], build_up.shown
    if share >= begin_of(ALL) and width > 1:
        return with_capital(counted_part(width, width, "unit"))
    said = "One ReLU"
    if share >= begin_of(WEIGHTED):
        said += " × its weight"
    if share >= begin_of(OTHERS[0]) and shown > 1:
        said += " + two more" if shown > 2 else " + a second"
    if share >= begin_of(SUM):
        said += " + bias"
    return said


def _note(share: float, build_up: BuildUp) -> str:
    """What is to be known of the heights at a moment; empty where they are true."""
    is_weighted = share >= begin_of(WEIGHTED)
    factor = build_up.factor if is_weighted else build_up.first_factor
    notes = []
    if not is_weighted and not build_up.has_elbow:
        notes.append("elbow outside")
    if factor > 1 and share < begin_of(TRUE_HEIGHT):
        notes.append(f"heights ×{factor}")
    return ", ".join(notes)
