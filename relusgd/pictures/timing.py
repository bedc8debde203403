"""Frames, frames a second and seconds: two of them determine the third."""

from __future__ import annotations

from dataclasses import dataclass

from relusgd.errors import InputError

FRAMES, FPS = 151, 15.0
"""What a film has when nothing is said: about ten seconds."""

MOST_FRAMES = 20_000
SLOWEST = 0.1


@dataclass(frozen=True)
class Timing:
    """frames: how many; fps: how many a second."""

    frames: int
    fps: float

    @property
    def seconds(self) -> float:
        """frames/fps; a film's last frame may stand longer."""
        return self.frames / self.fps

    @classmethod
    def resolve(
        cls,
        frames: int | None = None,
        fps: float | None = None,
        seconds: float | None = None,
        available: int | None = None,
    ) -> Timing:
        """The timing of a film, of which at most two numbers need be given; 151 frames and 15 a
        second fill what is missing.

        available: the number of snapshots that there are. If they are fewer than the frames, each
        is shown once, and slower, so that the film lasts as long (but each at most ten seconds).
        Raises InputError for numbers that are no film, and for three that contradict each other.
        """
        for name, given in (("frames", frames), ("fps", fps), ("seconds", seconds)):
            if given is not None and not 0 < given < float("inf"):
                raise InputError(f"{name} is {given:g}; it must be a finite number greater than 0")
        if (
            frames is not None
            and fps is not None
            and seconds is not None
            and abs(frames - fps * seconds) > 1
        ):
            raise InputError(
                f"{frames} frames at {fps:g} a second last {frames / fps:g} s, not {seconds:g} s",
                "give two of frames, fps and seconds",
            )
        timing = cls._complete(frames, fps, seconds)
        if timing.frames > MOST_FRAMES:
            raise InputError(
                f"a film of {timing.frames:,} frames is longer than {MOST_FRAMES:,}",
                "give fewer seconds or frames",
            )
        if available is not None and available < timing.frames:
            return cls(available, max(available / timing.seconds, min(timing.fps, SLOWEST)))
        return timing

    @classmethod
    def _complete(cls, frames: int | None, fps: float | None, seconds: float | None) -> Timing:
        if frames is None:
            frames = FRAMES if seconds is None else max(1, round(min(seconds * (fps or FPS), 1e9)))
        if fps is None:
            fps = FPS if seconds is None else frames / seconds
        return cls(frames, fps)
