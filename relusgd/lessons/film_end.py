"""The last frame of a film, for paper and for readers who want no motion."""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath

from PIL import Image

from relusgd.files import write_whole
from relusgd.lessons.commands import LessonCommand


def last_frame_of(film: PurePosixPath) -> PurePosixPath:
    """The name of the picture of a film's last frame."""
    return film.with_name(f"{film.stem}-end.png")


def write_last_frames(folder: Path, command: LessonCommand) -> None:
    """Write the last frames of both films of a command beside them. Raises OSError."""
    for film in (command.out, command.dark_out):
        assert film is not None
        with Image.open(folder / film) as frames:
            count = getattr(frames, "n_frames", 1)
            frames.seek(count - 1)
            picture = io.BytesIO()
            frames.convert("RGB").save(picture, "PNG", optimize=True)
        write_whole(folder / last_frame_of(film), picture.getvalue())
