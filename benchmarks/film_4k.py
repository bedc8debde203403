"""An MP4 in 4K of the course notebook's run: ten moving seconds at 30 frames a second, on one core.

    python benchmarks/film_4k.py               # a minute and a half
    python benchmarks/film_4k.py --runs DIR    # DIR keeps the recorded run

The film is made by `relusgd animate` in a fresh process. Its first frame stands for a second and
its last for two, so it plays for 13 seconds. Memory is the largest resident set of Python, of
ffmpeg, and of both at one moment, files that are mapped included; a look every hundredth of a
second (Linux). Figures are medians of three films.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from films import recorded

REPEATS = 3
MOVING_SECONDS = 10
PLAYBACK = 1 + MOVING_SECONDS + 2
LOOK_EVERY = 0.01


def resident_megabytes(process: int) -> float:
    """The memory that a process has now; 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def programs_of(process: int) -> list[int]:
    """The other programs that a process has started."""
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split() if program(child) != program(process)]


def program(process: object) -> str:
    """The program of a process, which is that of its parent until it has begun its own."""
    try:
        return str(Path(f"/proc/{process}/exe").readlink())
    except OSError:
        return ""


def cpu_of_children() -> float:
    """The processor's seconds of all children that have ended, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(folder: str, film: Path) -> dict[str, float]:
    """Seconds from the start of Python to the closed file, and the peaks of memory in MB."""
    how = f"--size 4k --seconds {MOVING_SECONDS} --out {film}"
    command = [sys.executable, "-m", "relusgd", "animate", folder, *how.split()]
    begun = time.perf_counter()
    quiet = subprocess.DEVNULL
    before = cpu_of_children()
    # Elsewhere than here, so that the tree that PYTHONPATH names is measured.
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=film.parent)
    python, ffmpeg, both = 0.0, 0.0, 0.0
    while process.poll() is None:
        of_python = resident_megabytes(process.pid)
        of_ffmpeg = sum(resident_megabytes(child) for child in programs_of(process.pid))
        python = max(python, of_python)
        ffmpeg = max(ffmpeg, of_ffmpeg)
        both = max(both, of_python + of_ffmpeg)
        time.sleep(LOOK_EVERY)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"relusgd animate ended with {process.returncode}")
    kilobytes = film.stat().st_size / 1000
    return {
        "seconds": seconds,
        "cpu": cpu_of_children() - before,
        "python": python,
        "ffmpeg": ffmpeg,
        "both": both,
        "kb": kilobytes,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=Path, help="where the recorded run stays")
    given = options.parse_args()
    if not Path("/proc/self/status").exists():
        sys.exit("the memory of processes is read from /proc, which only Linux has")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = (given.runs or Path(scratch)).resolve()
        folder = recorded(runs, "notebook", {})
        films = [measured(folder, Path(scratch) / "film.mp4") for _ in range(REPEATS)]
    medians = {key: statistics.median(film[key] for film in films) for key in films[0]}
    print("| s | times playback | CPU s | MB, Python | MB, ffmpeg | MB, both at once | KB |")
    print("|---|---|---|---|---|---|---|")
    speed = f"{medians['seconds']:.1f} | {medians['seconds'] / PLAYBACK:.2f} | {medians['cpu']:.1f}"
    memory = f"{medians['python']:.0f} | {medians['ffmpeg']:.0f} | {medians['both']:.0f}"
    print(f"| {speed} | {memory} | {medians['kb']:,.0f} |")


if __name__ == "__main__":
    main()
