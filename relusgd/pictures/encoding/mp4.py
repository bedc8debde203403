"""An MP4 that imageio's ffmpeg writer makes frame by frame: H.264, as every browser and slide
program plays it.
"""

from __future__ import annotations

import inspect
import math
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.pictures.encoding.pacing import Pacing
from relusgd.pictures.encoding.planes import Planes
from relusgd.systems import available_cores, widen_pipe

FASTEST = 240
SLOWEST = 5
"""Frames a second that players are happy with; slower films repeat their frames."""

PIPE_BYTES = 1 << 20
"""The size of the pipe to ffmpeg, where the system allows it. A smaller one switches processes more
often."""

# Thin coloured lines lose most in their colours, so colours get finer steps than brightness. Lines
# have often been before where they are going, so more reference frames and a shorter search give a
# smaller file in less time. To look for cuts, to smooth the edges of blocks and to weigh frames
# takes time and changes neither size nor quality: what is drawn is paper and sharp lines. All
# frames have one quantizer, so that x264 need not judge them before it encodes them, which takes a
# fifth of the time.
QUALITY = "-preset veryfast -qp 27 -x264-params " + ":".join(
    [
        *("ref=3", "subme=1", "me=dia", "b-adapt=0", "b-pyramid=none", "scenecut=0"),
        *("weightp=0", "weightb=0", "no-deblock=1", "chroma-qp-offset=-6"),
    ]
)

LARGE = 4_000_000
"""From so many pixels on, time and memory count more than the size of the file."""

# No frame waits for a later one, none but the last is looked at, and threads share a frame: each
# frame that x264 keeps takes 30 MB in 4K. All have one quantizer, so that x264 need not judge them
# before it encodes them, for which it would keep a small copy of each.
QUALITY_OF_LARGE = "-preset veryfast -qp 26 -x264-params ipratio=1:" + ":".join(
    [
        *("ref=1", "subme=0", "me=dia", "bframes=0", "weightp=0", "chroma-qp-offset=-6"),
        *("rc-lookahead=0", "sync-lookahead=0", "mbtree=0", "scenecut=0", "sliced-threads=1"),
    ]
)

# The C library otherwise keeps the memory of frames that were given back: a quarter of what ffmpeg
# takes in 4K. Blocks from so many bytes on go back to the system at once.
MEMORY_OF_LARGE = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}

# The colours are those of BT.709, and the file says so: players guess differently where it does
# not.
COLOURS = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"

# The table of contents stands in front, so that a browser can play the film while it loads it.
CONTAINER = "-movflags +faststart -f mp4"

STDERR = 2


def find_encoder() -> str:
    """The path of ffmpeg. Raises RelusgdError, saying what to install, when there is none."""
    try:
        import imageio_ffmpeg

        program = str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise RelusgdError(
            "MP4 films need ffmpeg, which was not found",
            "pip install imageio-ffmpeg, or write a .gif",
        ) from error
    if shutil.which(program) is None:
        raise RelusgdError(
            f"MP4 films need ffmpeg, and {program} is no program (IMAGEIO_FFMPEG_EXE names it)",
            "unset IMAGEIO_FFMPEG_EXE, or write a .gif",
        )
    return program


def schedule(fps: float, hold: float, rest: float = 0.0) -> tuple[float, int, int, int]:
    """The true frames a second, how often each frame is written, and in addition the last one and
    the first one.

    Frames of slow films are written more than once. hold: the seconds for which the last frame
    stands, if that is longer; rest: the first one.
    """
    repeats = max(1, math.ceil(SLOWEST / fps))
    rate = fps * repeats
    more_at_end = round(hold * rate) - repeats
    more_at_start = round(rest * rate) - repeats
    return rate, repeats, max(0, more_at_end), max(0, more_at_start)


def encoding_threads() -> int:
    """How many threads encode a film, unless it is large: half the cores, as the others paint.

    ffmpeg itself would take three threads for two cores, which takes a tenth longer.
    """
    return max(1, available_cores() // 2)


class Mp4Film:
    """A film that ffmpeg encodes while frames arrive; a context manager, which ends the film."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: float,
        repeats: int = 1,
        hold: int = 0,
        rest: int = 0,
    ) -> None:
        """size: width and height, both even. rate, repeats, hold, rest: as `schedule` gives them.

        Raises RelusgdError without ffmpeg, OSError.
        """
        find_encoder()
        import imageio.v2

        self._repeats = repeats
        self._times_of_next = repeats + rest
        self._planes = Planes(size)
        self._process: Any = None
        width, height = size
        is_large = width * height >= LARGE
        self._environment = MEMORY_OF_LARGE if is_large else {}
        self._pacing = Pacing() if is_large else None
        quality = QUALITY_OF_LARGE if is_large else f"{QUALITY} -threads {encoding_threads()}"
        reports = self._pacing.options if self._pacing else []
        last_frame_again = f"-vf tpad=stop_mode=clone:stop={hold}"
        # imageio takes the planes for a grey picture that is half as high again; of two formats of
        # the input ffmpeg takes the later one.
        true_format = f"-s {width}x{height} -pix_fmt yuv420p"
        self._writer: Any = imageio.v2.get_writer(
            path,
            format="FFMPEG",
            mode="I",
            fps=rate,
            codec="libx264",
            quality=None,
            pixelformat="yuv420p",
            macro_block_size=1,
            ffmpeg_log_level="error",
            input_params=f"{true_format} {COLOURS}".split(),
            output_params=[
                *f"{last_frame_again} {quality} {COLOURS} {CONTAINER}".split(),
                *reports,
            ],
        )
        self._messages: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Append a frame, shape (height, width, 4); its sides are even.

        Raises RelusgdError when ffmpeg has given up.
        """
        planes = self._planes.of(frame)
        try:
            for _ in range(self._times_of_next):
                self._send(planes)
            self._times_of_next = self._repeats
        except OSError as error:
            if self._process is None:
                raise
            self._process.wait()
            raise self._failure(self._process.returncode) from error

    def _send(self, planes: NDArray[np.uint8]) -> None:
        """Append a frame once, when it may be."""
        if self._pacing:
            self._pacing.wait(self._process)
        if self._process is None:
            self._start(planes)
        else:
            self._writer.append_data(planes)

    def _start(self, planes: NDArray[np.uint8]) -> None:
        """Append the first frame, which starts ffmpeg."""
        with stderr_to(self._messages), environment(self._environment):
            self._writer.append_data(planes)
        # imageio keeps the process to itself, and tells nobody how it ended.
        self._process = inspect.getgeneratorlocals(self._writer._write_gen)["p"]
        widen_pipe(self._process.stdin.fileno(), PIPE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        with self._messages, self._pacing or nullcontext():
            if process is not None:
                if kind is not None:
                    process.kill()
                # imageio leaves the pipe open when ffmpeg has ended by itself.
                with suppress(OSError):
                    process.stdin.close()
            self._writer.close()
            if kind is None and process is not None and process.wait():
                raise self._failure(process.returncode)

    def _failure(self, returncode: int) -> RelusgdError:
        """The error for an ffmpeg that ended badly, with what it said first: the rest follows from
        it.
        """
        self._messages.seek(0)
        first_line = self._messages.read().decode(errors="replace").strip().partition("\n")[0]
        cause = re.sub(r"^\[.*?\] ", "", first_line)
        if not cause and returncode < 0:  # by a limit of the shell, say, or for want of memory
            cause = f"it was killed by {signal.Signals(-returncode).name}"
        return RelusgdError(f"ffmpeg could not write the film: {cause or 'it did not say why'}")


@contextmanager
def stderr_to(file: BinaryIO) -> Iterator[None]:
    """Let processes that are started inside write their errors to a file."""
    try:
        own = os.dup(STDERR)
    except OSError:  # stderr is closed
        yield
        return
    os.dup2(file.fileno(), STDERR)
    try:
        yield
    finally:
        os.dup2(own, STDERR)
        os.close(own)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Let processes that are started inside have these variables, too. The user's own stand."""
    new = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]
