"""The frames of slow motion, on the two storeys of the film."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Integers
from relusgd.pictures.films.in_turn import FilmPart
from relusgd.pictures.films.painter import PartsPainter
from relusgd.pictures.films.slow_motion.batch import LitBatch, state_at
from relusgd.pictures.films.slow_motion.enlarged_change import EnlargedChange
from relusgd.pictures.films.slow_motion.growing_arrows import GrowingArrows, arrows_of
from relusgd.pictures.films.slow_motion.real_step import RealStep, view_of_step
from relusgd.pictures.films.slow_motion.timing import PHASES, SlowClock
from relusgd.pictures.films.slow_motion.words import captions_of_step
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import AtRows, InOneOrder, Part
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scales import error_axis
from relusgd.pictures.scenes.view import View
from relusgd.pictures.step.elbow_arrows import Arrows
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.lower import LowerStorey, rows_until
from relusgd.pictures.storeys.one_run import OneRunBuilder
from relusgd.pictures.storeys.run_storeys import FunctionOnStems, RunStoreys
from relusgd.pictures.storeys.stems import Stems
from relusgd.pictures.storeys.upper import UpperStorey
from relusgd.pictures.storeys.words import Words


def slow_motion_part(view: View, script: Script, step: RealStep, look: Look) -> FilmPart:
    """The slow motion of a step in the film that has this script."""
    clock = SlowClock.at(script.fps)

    def draw(sheet: Sheet) -> list[Part]:
        return SlowMotionBuilder(sheet, view, script, step, clock).draw()

    painter = PartsPainter(draw, clock.count, look)
    return FilmPart(painter, np.arange(clock.count))


class SlowMotionBuilder:
    """The picture while it is put together. row: the last snapshot until the step."""

    def __init__(
        self, sheet: Sheet, view: View, script: Script, real: RealStep, clock: SlowClock
    ) -> None:
        self.sheet = sheet
        self.view = view
        self.script = script
        self.real = real
        self.clock = clock
        self.film = OneRunBuilder(sheet, view, script)
        self.row = self._last_row_until_step()
        seconds_of_move = PHASES["moves"]
        frames_of_move = max(2, round(seconds_of_move * clock.fps))
        self.states = view_of_step(view, real.step, frames_of_move, self.row)

    def _last_row_until_step(self) -> int:
        """The last snapshot that the film shows before the step, or at its number."""
        rows = self.script.rows
        steps = self.view.history.step[rows]
        frames_until = np.searchsorted(steps, self.real.number, side="right")
        return int(rows[frames_until - 1])

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        film = self.film
        lower = film.boxes.lower
        parts: list[Part] = []
        now = 0
        if lower:
            now = self._rows_until_step(lower)
            parts.append(self._draw_paths(lower, now))
        upper = self._draw_upper()
        added, said = self._draw_step(upper)
        on_stems = FunctionOnStems(upper, self._draw_stems(now))
        function = AtRows(on_stems, self._states_shown())
        parts.append(InOneOrder([function, *added]))
        if film.corner:
            parts.append(self._draw_errors(film.corner))
        parts += self._draw_head(said)
        film.name_axes()
        return [*parts, self._leaving_words()]

    def _draw_errors(self, corner: Box) -> Part:
        """The errors until the step, which stand."""
        view = self.view
        film = self.film
        storeys = RunStoreys(
            self.sheet,
            view,
            film.scales,
            film.time,
            view.history.step,
        )
        errors = storeys.draw_errors(corner, error_axis(view))
        standing = np.full(self.clock.count, self.row)
        return AtRows(errors, standing)

    def _rows_until_step(self, lower: Box) -> int:
        """How many rows of pixels of the lower storey lie before the step."""
        number = np.array([float(self.real.number)])
        (rows,) = rows_until(self.film.time, number, lower)
        return int(rows)

    def _draw_paths(self, lower: Box, now: int) -> Part:
        """The paths until now."""
        film = self.film
        storey = LowerStorey(
            self.sheet,
            lower,
            self.view,
            film.scales,
            film.time,
            self.view.history.step,
        )
        return StandingPaths(storey, now)

    def _draw_upper(self) -> UpperStorey:
        """The upper storey, whose network goes from the state before the step to that after it."""
        film = self.film
        return UpperStorey(
            self.sheet,
            film.boxes.upper,
            self.states,
            film.scales,
            self.sheet.colours.learned,
            film.corner,
        )

    def _draw_stems(self, now: int) -> Stems | None:
        """The stems from the upper storey to the paths, which stand at `now`."""
        if "units" not in self.sheet.look.show:
            return None
        boxes = self.film.boxes
        standing = np.full(len(self.states), now)
        return Stems(
            self.sheet,
            boxes.upper,
            boxes.lower,
            self.film.scales,
            standing,
        )

    def _states_shown(self) -> Integers:
        """In which state the network is in each frame."""
        states: list[int] = []
        for frame in range(self.clock.count):
            share = self.clock.moved(frame)
            states.append(state_at(self.states, share))
        return np.array(states)

    def _draw_step(self, upper: UpperStorey) -> tuple[list[Part], dict[str, str]]:
        """What the step adds to the upper storey, and what is said of it in each phase."""
        sheet = self.sheet
        dataset = self.view.dataset
        batch = LitBatch(
            sheet,
            upper.front,
            self.real.step,
            dataset,
            self.states,
            self.clock,
        )
        change = EnlargedChange(sheet, upper.front, self.states, self.clock)
        parts: list[Part] = [batch, change]
        arrows = self._arrows()
        if arrows:
            growing = GrowingArrows(
                sheet,
                upper.front,
                self.film.boxes.upper,
                self.states,
                arrows,
                self.clock,
            )
            parts.append(growing)
        factor = arrows.factor if arrows else None
        said = captions_of_step(self.real, dataset, factor, change.factor)
        return parts, said

    def _arrows(self) -> Arrows | None:
        """The arrows at the elbows, if units are shown and their elbows learn."""
        shows_units = "units" in self.sheet.look.show
        if not (shows_units and self.real.elbows_learn):
            return None
        return arrows_of(self.states, self.film.scales, wide=self.view.wide)

    def _draw_head(self, said: dict[str, str]) -> list[Part]:
        """The counter, which counts the step when it is taken, and what is said in each phase."""
        sheet = self.sheet
        head = self.film.boxes.head
        clock = self.clock
        sheet.write_title(self.film.boxes.title)
        frames = range(clock.count)
        is_taken = np.array([clock.moved(frame) == 1.0 for frame in frames])
        counts = self.real.number + is_taken.astype(np.int64)
        counter = TimeCounter(sheet, head, "step", counts)
        # Captions have the room that they have in the film.
        widest = TimeCounter.width(sheet, "step", self.view.history.step)
        gap = 1.5 * sheet.scale.text
        room = head.width - widest - gap
        captions = [said[clock.phase(frame)] for frame in frames]
        script = Script(np.arange(clock.count), clock.fps, captions)
        caption = Caption(sheet, head, room, script)
        return [counter, caption]

    def _leaving_words(self) -> Part:
        """The words of the film's first seconds, which leave before the step."""
        film = self.film
        lower = film.boxes.lower
        steps = np.asarray(self.view.history.step, dtype=np.float64)
        rows = np.zeros(len(steps), dtype=np.int64)
        if lower:
            rows = rows_until(film.time, steps, lower)
        words = film.words(rows)
        return LeavingWords(words, self.row, self.clock)


class StandingPaths:
    """The paths until now, which stands. now: rows of pixels of the lower storey."""

    def __init__(self, lower: LowerStorey, now: int) -> None:
        self.moving: list[Artist] = lower.moving
        lower.reveal(now)

    def show(self, index: int) -> None:
        """Nothing changes."""


class LeavingWords:
    """The words beside things, which make room for the step; the film after it has none."""

    def __init__(self, words: Words, row: int, clock: SlowClock) -> None:
        self._words = words
        self._row = row
        self._clock = clock
        self.moving: list[Artist] = words.moving

    def show(self, index: int) -> None:
        away = self._clock.come("announced", index)
        opacity = self._words.opacity_at(self._row)
        self._words.fade(opacity * (1.0 - away), self._row)
