"""A film: chosen moments, painted one after the other, straight into an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from relusgd.errors import InputError, RelusgdError
from relusgd.evenly_chosen import evenly_chosen
from relusgd.files import replacing
from relusgd.pictures.encoding import gif, mp4
from relusgd.pictures.encoding.palette import Palette
from relusgd.pictures.films.build_up import build_up_part
from relusgd.pictures.films.in_turn import FilmPart, PaintersInTurn, Paints
from relusgd.pictures.films.painter import Frame, Painter
from relusgd.pictures.films.painting_ahead import painted
from relusgd.pictures.films.slow_motion.real_step import RealStep
from relusgd.pictures.films.slow_motion.slow_frames import slow_motion_part
from relusgd.pictures.kit.look import Look
from relusgd.pictures.moments.captions import seconds_at_the_end
from relusgd.pictures.moments.frames import FPS, FPS_OF_VIDEO, Indices
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scene import Scene
from relusgd.pictures.scenes.view import View

HOLD = 2.0
"""Seconds for which the last frame stands before the film starts again."""

REST = 1.0
"""Seconds for which the first frame of a run's film stands."""

FASTEST = {".gif": gif.FASTEST, ".mp4": mp4.FASTEST}
"""The films that can be written, and their most frames a second."""

USUAL_FPS = {".gif": FPS, ".mp4": FPS_OF_VIDEO}
"""Frames a second, when nothing is said."""

PALETTE_FRAMES = 8
"""So many frames decide the colours of a GIF."""

SLOWEST = 0.01
"""Frames a second. A GIF cannot hold a frame for more than eleven minutes, and an MP4 repeats each
frame until the next one."""

Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """A film file that is being written; it is whole when the block has ended well."""

    def add(self, frame: Frame) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


def write_film(
    scene: Scene,
    path: Path,
    look: Look | None = None,
    *,
    indices: Sequence[int] | Indices,
    fps: float,
    captions: Sequence[str] = (),
    build_up: bool = False,
    slow_motion: RealStep | None = None,
    progress: Progress | None = None,
    give_back: Callable[[], None] | None = None,
) -> None:
    """Write the moments with these indices as a .gif that repeats for ever, or as an .mp4.

    The first frame stands for a second, the last for two, or until its caption has been read. path
    and fps are such that `check_film` accepts them; the caller asks it first, before anything is
    read. progress(done, of): called after each frame, the last time when the file is in place.
    captions: a text for every moment of the scene, or "", said while it is shown. build_up: whether
    the network is put together first; `check_build_up` accepts the scene. slow_motion: the step
    that is shown slowly; `check_slow_motion` accepts the scene, and the film begins before the
    step. give_back: gives back the memory of what was read of the scene, which is read again when
    needed. The sides of an .mp4 are made even. Raises InputError for no frames, RelusgdError when
    the film cannot be written; after any error or an interrupt an older file at path is untouched.
    """
    if not len(indices):
        raise InputError("a film needs at least one snapshot")
    # What moves evenly does so also in a film of few snapshots that each stand for long.
    repeats = max(1, round(FPS / fps)) if build_up or slow_motion else 1
    fps *= repeats
    indices = np.repeat(np.asarray(indices), repeats)
    script = Script(indices, fps, captions)
    if slow_motion and isinstance(scene, View):
        # The words go while the step is shown slowly, and do not come back.
        script = replace(script, words_until=scene.history.last_until(slow_motion.number))
    fits = fitting(look or Look(), path)
    painter = Painter(scene, fits, script=script)
    parts = [FilmPart(painter, indices)]
    if isinstance(scene, View):
        if slow_motion:
            parts = with_slow_motion(painter, scene, script, slow_motion, fits)
        if build_up:
            parts = [build_up_part(scene, script, fits), *parts]
    whole = PaintersInTurn(parts, give_back)
    rest = 0.0 if build_up else REST
    said = [script.caption(row) for row in indices.tolist()]
    hold = seconds_at_the_end(said, fps, HOLD)
    frames = range(whole.count)
    write_frames(whole, path, indices=frames, fps=fps, hold=hold, rest=rest, progress=progress)


def with_slow_motion(
    painter: Painter, view: View, script: Script, step: RealStep, look: Look
) -> list[FilmPart]:
    """The film until a step, the step, and the film from there on."""
    until = int(np.searchsorted(view.history.step[script.rows], step.number, side="right"))
    slow = slow_motion_part(view, script, step, look)
    parts = [FilmPart(painter, script.rows[:until]), slow, FilmPart(painter, script.rows[until:])]
    return [part for part in parts if len(part.indices)]


def write_frames(
    painter: Paints,
    path: Path,
    *,
    indices: Sequence[int] | Indices,
    fps: float,
    hold: float = HOLD,
    rest: float = 0.0,
    progress: Progress | None = None,
) -> None:
    """Write a painter's pictures with these indices; the last one stands for `hold` seconds.

    rest: the seconds for which the first one stands, if that is longer than a frame. Raises as
    `write_film` does.
    """
    try:
        with (
            replacing(path) as temporary,
            _open_film(painter, path.suffix.lower(), temporary, indices, (fps, hold, rest)) as film,
            painted(painter, [int(index) for index in indices]) as frames,
        ):
            for done, frame in enumerate(frames):
                film.add(frame)
                if progress and done + 1 < len(indices):
                    progress(done + 1, len(indices))
    except OSError as error:
        raise RelusgdError(f"{path} could not be written: {error.strerror or error}") from error
    if progress:
        progress(len(indices), len(indices))


def check_film(path: Path, fps: float) -> None:
    """Raise InputError or RelusgdError if no film of this speed can be written to this path."""
    suffix = path.suffix.lower()
    if suffix not in FASTEST:
        raise InputError(
            f"a film cannot be written as {path.name!r}", "its name ends in .gif or .mp4"
        )
    if 0 < fps < SLOWEST:
        raise InputError(
            f"a film shows at least {SLOWEST:g} frames a second, not {fps:g}",
            "try fewer seconds, or more frames",
        )
    if not 0 < fps <= FASTEST[suffix]:
        hint = "try fewer frames a second, or write an .mp4" if suffix == ".gif" else "try 15"
        raise InputError(
            f"a {suffix} film shows up to {FASTEST[suffix]} frames a second, not {fps:g}", hint
        )
    if suffix == ".mp4":
        mp4.find_encoder()


def fitting(look: Look, path: Path) -> Look:
    """The look with even sides for an .mp4, whose colours are stored for squares of four pixels."""
    if path.suffix.lower() != ".mp4":
        return look
    width, height = look.size
    return replace(look, size=(width - width % 2, height - height % 2))


def _open_film(
    painter: Paints,
    suffix: str,
    path: Path,
    indices: Sequence[int] | Indices,
    pace: tuple[float, float, float],
) -> Encoder:
    fps, hold, rest = pace
    if len(indices) == 1:
        rest = 0.0
    if suffix == ".mp4":
        return mp4.Mp4Film(path, painter.size, *mp4.schedule(fps, hold, rest))
    sample = evenly_chosen(len(indices), PALETTE_FRAMES)
    palette = Palette.of([painter.frame(int(indices[position])) for position in sample])
    return gif.GifFilm(path, painter.size, palette, gif.delays(len(indices), fps, hold, rest))
