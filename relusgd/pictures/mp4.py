"""An MP4 written frame by frame through ffmpeg: H.264 as every browser and slide program plays it."""

from __future__ import annotations

import fcntl
import math
import re
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError

FASTEST = 240
SLOWEST = 5
"""Frames a second that players are happy with; slower films repeat their frames."""

PIPE = 1 << 20
"""Bytes that the way to ffmpeg holds, where the system allows it; less means more switching to and fro."""

QUALITY = "-preset veryfast -crf 22 -x264-params ref=3:subme=1:me=dia:chroma-qp-offset=-6"
"""Thin coloured lines lose most in their colours, so these get finer steps than brightness; and they have been where they are
going before, so that more frames to look back at and a shorter search give a smaller file in less time."""


def find_encoder() -> str:
    """The path of ffmpeg. Raises RelusgdError, saying what to install, when there is none."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise RelusgdError(
            "MP4 films need ffmpeg, which was not found",
            "pip install imageio-ffmpeg, or write a .gif",
        ) from error


def schedule(fps: float, hold: float) -> tuple[float, int, int]:
    """The film's true rate, how often each frame is shown, more than once in slow films, and how often the last one more.

    hold: the seconds for which the last one stands, if that is longer.
    """
    repeats = max(1, math.ceil(SLOWEST / fps))
    rate = fps * repeats
    return rate, repeats, max(0, round(hold * rate) - repeats)


class Mp4Film:
    """A film that ffmpeg encodes while frames arrive, through a pipe that holds less than one of them."""

    def __init__(
        self, path: Path, size: tuple[int, int], rate: float, repeats: int = 1, hold: int = 0
    ) -> None:
        """size: even width and height; rate: frames a second; repeats, hold: as `schedule` gives them.

        Raises RelusgdError without ffmpeg, OSError when it does not start.
        """
        self._repeats = repeats
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 — closed at the end of the block that this object is
        self._encoder = subprocess.Popen(
            [find_encoder(), *_arguments(size, rate, hold), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._words,
            start_new_session=True,  # Ctrl-C is for us, who then end ffmpeg
        )
        if self._encoder.stdin is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):
                fcntl.fcntl(self._encoder.stdin, fcntl.F_SETPIPE_SZ, PIPE)

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Append a frame, shape (height, width, 4). Raises RelusgdError when ffmpeg has given up."""
        assert self._encoder.stdin is not None
        try:
            for _ in range(self._repeats):
                self._encoder.stdin.write(frame.data)
        except BrokenPipeError as error:
            self._encoder.wait()
            raise self._complaint() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._words:
            if kind is not None:
                self._encoder.kill()
            try:
                self._encoder.communicate()
            except BaseException:
                self._encoder.kill()
                raise
            if kind is None and self._encoder.returncode:
                raise self._complaint()

    def _complaint(self) -> RelusgdError:
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip()
        cause = re.sub(
            r"^\[.*?\] ", "", words.partition("\n")[0]
        )  # what it says after that follows from it
        if (
            not cause and self._encoder.returncode < 0
        ):  # for one by a limit of the shell, or for want of memory
            cause = f"it was killed by {signal.Signals(-self._encoder.returncode).name}"
        return RelusgdError(f"ffmpeg could not write the film: {cause or 'it did not say why'}")


def _arguments(size: tuple[int, int], rate: float, hold: int) -> list[str]:
    """From raw pixels on stdin to H.264 with a quarter of the colour samples, its table of contents in front.

    The colours are those of BT.709, and the file says so: players guess differently where it does not.
    """
    source = f"-f rawvideo -pix_fmt rgba -s {size[0]}x{size[1]} -r {rate:.6f} -i -"
    filters = f"scale=out_color_matrix=bt709,format=yuv420p,tpad=stop_mode=clone:stop={hold}"
    colours = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"
    target = f"-an -vf {filters} -c:v libx264 {QUALITY} -pix_fmt yuv420p {colours} -movflags +faststart -f mp4"
    return f"-y -loglevel error {source} {target}".split()
