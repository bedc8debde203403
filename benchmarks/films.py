"""Films by relusgd against matplotlib's own ways: 151 frames of 1000×700 of the course notebook's
run, 40 units.

    python benchmarks/films.py                 # everything: eight minutes, 7 GB of disk for a while
    python benchmarks/films.py gif --runs DIR  # one part: storeys, gif, mp4, memory, million or
                                               # cores; DIR keeps the recorded runs

The parts gif and mp4 are about the layout `panels`, storeys about the other one.

Every film is made in a fresh process on one core. relusgd's are made by `relusgd animate` with its
usual options but for --captions off, because the rivals have none, and --to the last epoch. Figures
are CPU seconds of the whole process with its children (ffmpeg), from the start of Python to the
closed file; the median of three made in turn. PSNR is that of every tenth frame against what was
painted. Prints the tables of docs/pictures.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rivals import FPS, as_the_notebook, same_artists, with_set_data
from storeys_rival import storeys_with_set_data

FRAMES, REPEATS = 151, 3
SIZE = (1000, 700)
LONG = 2000
MILLION = {
    "network.hidden": 1_000_000,
    "training.epochs": FRAMES - 1,
    "training.learning_rate": 1e-6,
}
"""As many snapshots as the film has frames, 40 MB each."""


def make_view(folder: str) -> Any:
    """The view of a recorded run."""
    from relusgd import load_run
    from relusgd.pictures.scenes.view import View

    run = load_run(folder)
    return View(run.history, run.data)


def layout_of(path: Path) -> str:
    """The layout of a film is in its name: ours-storeys.gif; without one it is panels."""
    return "storeys" if "storeys" in path.stem else "panels"


def look_of(path: Path) -> Any:
    from relusgd.pictures.kit.look import Look

    return Look(layout=layout_of(path))


def by_command(folder: str, frames: int, path: Path) -> None:
    """Film a run from start to end as the command does, in this process."""
    from relusgd.cli import main

    epochs = last_epoch(folder)
    what = f"--layout {layout_of(path)} --frames {frames} --fps {FPS} --to {epochs} --captions off"
    sys.argv = ["relusgd", "animate", folder, *what.split(), "--out", str(path)]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(sys.stderr):
        main()


def last_epoch(folder: str) -> int:
    """The last epoch that was recorded."""
    with (Path(folder) / "metrics.csv").open("rb") as lines:
        lines.seek(-200, os.SEEK_END)
        last_line = lines.read().splitlines()[-1]
    return int(last_line.split(b",")[0])


def with_quantizer(view: Any, indices: Any, path: Path) -> None:
    """An MP4 with the quantizer that its name ends in."""
    from relusgd.pictures.encoding import mp4
    from relusgd.pictures.films import film

    usual, given = "-qp 27", f"-qp {path.stem.split('-')[-1]}"
    if usual not in mp4.QUALITY:
        raise ValueError(f"the usual quantizer is no longer {usual}")
    mp4.QUALITY = mp4.QUALITY.replace(usual, given)
    film.write_film(view, path, look_of(path), indices=indices, fps=FPS)


def with_the_same_artists(view: Any, indices: Any, path: Path) -> None:
    same_artists(view, indices, path, look_of(path))


WAYS = {
    "quantizer": with_quantizer,
    "same": with_the_same_artists,
    "set_data": with_set_data,
    "plain": storeys_with_set_data,
    "notebook": as_the_notebook,
}
"""By the beginning of the film's name; `ours` are made by the command."""


def child(folder: str, name: str, frames: int) -> None:
    """Make one film in this process and print its peak memory in MB."""
    path = Path(name)
    way = path.stem.split("-")[0]
    if way == "ours":
        by_command(folder, frames, path)
    else:
        from relusgd.pictures.moments.frames import choose_frames

        view = make_view(folder)
        WAYS[way](view, choose_frames(view, frames), path)
    print(json.dumps({"peak": peak_megabytes()}))


def peak_megabytes() -> float:
    """The largest memory of this process since its program began.

    `ru_maxrss` counts that of the process which started it, too, so it is for other systems alone.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    facts = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(facts["VmHWM"].split()[0]) / 1024


def run_alone(command: list[str]) -> tuple[float, str]:
    """CPU seconds, children included, and the output of a command on one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def measure(folder: str, path: Path, frames: int = FRAMES) -> dict[str, float]:
    """CPU seconds, peak MB of Python, and KB of a film made in a fresh process."""
    cpu, told = run_alone([sys.executable, __file__, "--child", folder, str(path), str(frames)])
    return {"cpu": cpu, "kb": path.stat().st_size / 1000, **json.loads(told)}


def in_turn(jobs: dict[str, tuple[str, Path]]) -> dict[str, dict[str, float]]:
    """The medians of REPEATS films of each kind."""
    made: dict[str, list[dict[str, float]]] = {name: [] for name in jobs}
    for _ in range(REPEATS):
        for name, (folder, path) in jobs.items():
            made[name].append(measure(folder, path))
    return {
        name: {key: statistics.median(film[key] for film in films) for key in films[0]}
        for name, films in made.items()
    }


def start_seconds(folder: str) -> float:
    """CPU seconds until a plain film could begin: Python, imports, reading the run."""
    code = f"import relusgd.pictures.films.film, relusgd; relusgd.load_run({folder!r}).history"
    return statistics.median(run_alone([sys.executable, "-c", code])[0] for _ in range(REPEATS))


def frames_of(path: Path) -> Iterator[Any]:
    """The frames of a film, shape (height, width, 3)."""
    import imageio_ffmpeg
    from PIL import Image, ImageSequence

    if path.suffix == ".gif":
        with Image.open(path) as image:
            for frame in ImageSequence.Iterator(image):
                yield np.asarray(frame.convert("RGB"))
    else:
        reader = imageio_ffmpeg.read_frames(str(path))
        next(reader)
        for data in reader:
            yield np.frombuffer(data, np.uint8).reshape(SIZE[1], SIZE[0], 3)


def psnr(folder: str, path: Path) -> float:
    """Of every tenth frame against what was painted, in dB. Raises ValueError for a film of another
    number of frames.
    """
    from relusgd.pictures.films.painter import Painter
    from relusgd.pictures.moments.frames import choose_frames

    view = make_view(folder)
    painter, indices = (
        Painter(view, look_of(path), still=path.stem.startswith("same")),
        choose_frames(view, FRAMES),
    )
    stands = path.suffix == ".mp4" and path.stem.startswith(("ours", "quantizer"))
    # relusgd's first frame stands for a second, and its last for two.
    rest, held = (FPS - 1, 2 * FPS - 1) if stands else (0, 0)
    errors, count = [], 0
    for shown in frames_of(path):
        frame = count - rest
        if frame % 10 == 0 and 0 <= frame < FRAMES:
            painted = painter.full(int(indices[frame]))[..., :3]
            errors.append(np.mean((shown.astype(float) - painted) ** 2))
        count += 1
    if count != rest + FRAMES + held:
        raise ValueError(f"{path} has {count} frames")
    return float(10 * np.log10(255**2 / np.mean(errors)))


def storeys(folder: str, place: Path) -> None:
    """The picture in two storeys against FuncAnimation with the same content."""
    ways = [(way, suffix) for suffix in (".gif", ".mp4") for way in ("ours", "plain")]
    jobs = {f"{way}{suffix}": (folder, place / f"{way}-storeys{suffix}") for way, suffix in ways}
    made = in_turn(jobs)
    print("storeys\n\n| film | CPU s | times relusgd's | KB | peak MB |\n|---|---|---|---|---|")
    for way, suffix in ways:
        film = made[f"{way}{suffix}"]
        times_ours = film["cpu"] / made[f"ours{suffix}"]["cpu"]
        words = "relusgd" if way == "ours" else "plain matplotlib, set_data + FuncAnimation"
        costs = f"{film['cpu']:.2f} | {times_ours:.1f} | {film['kb']:,.0f} | {film['peak']:.0f}"
        print(f"| {words}, {suffix} | {costs} |", flush=True)


def cores(folder: str, place: Path) -> None:
    """Wall seconds of a long film on one core and on two."""
    print("| 2,000 frames | s, one core | s, two cores | times |\n|---|---|---|---|")
    allowed = sorted(os.sched_getaffinity(0) | set(range(min(2, os.cpu_count() or 1))))
    for suffix in (".gif", ".mp4"):
        seconds = []
        for count in (1, 2):
            os.sched_setaffinity(0, set(allowed[:count]))
            begun = time.perf_counter()
            measure(folder, place / f"ours-storeys{suffix}", LONG)
            seconds.append(time.perf_counter() - begun)
        one, two = seconds
        print(f"| {suffix} | {one:.1f} | {two:.1f} | {one / two:.2f} |", flush=True)


def gif(folder: str, place: Path) -> None:
    ways = {
        "ours": "relusgd",
        "same": "relusgd's artists, set_data + PillowWriter",
        "set_data": "plain matplotlib, set_data + PillowWriter",
        "notebook": "plain matplotlib, artists recreated + PillowWriter",
    }
    made = in_turn({way: (folder, place / f"{way}.gif") for way in ways})
    start = start_seconds(folder)
    print(f"GIF; Python, imports and reading the run take {start:.2f} s of every figure\n")
    print(
        "| way | CPU s | times relusgd's | ms a frame after the start | KB | PSNR dB | peak MB "
        "|\n|---|---|---|---|---|---|---|"
    )
    for way, words in ways.items():
        film = made[way]
        quality = f"{psnr(folder, place / f'{way}.gif'):.1f}" if way in ("ours", "same") else ""
        times_ours = film["cpu"] / made["ours"]["cpu"]
        per_frame = 1000 * (film["cpu"] - start) / FRAMES
        costs = f"{film['cpu']:.2f} | {times_ours:.1f} | {per_frame:.1f}"
        print(
            f"| {words} | {costs} | {film['kb']:,.0f} | {quality} | {film['peak']:.0f} |",
            flush=True,
        )


def mp4(folder: str, place: Path) -> None:
    ways = {
        "ours": "relusgd",
        "same": "relusgd's artists, set_data + FFMpegWriter",
        "set_data": "plain matplotlib, set_data + FFMpegWriter",
    }
    made = in_turn({way: (folder, place / f"{way}.mp4") for way in ways})
    print(
        "MP4\n\n| way | CPU s | times relusgd's | KB | PSNR dB | peak MB, without ffmpeg "
        "|\n|---|---|---|---|---|---|"
    )
    quality = {way: round(psnr(folder, place / f"{way}.mp4"), 2) for way in ("ours", "same")}
    for way, words in ways.items():
        film = made[way]
        costs = f"{film['cpu']:.2f} | {film['cpu'] / made['ours']['cpu']:.1f} | {film['kb']:,.0f}"
        print(f"| {words} | {costs} | {quality.get(way, '')} | {film['peak']:.0f} |", flush=True)
    sizes, levels = [], []
    for quantizer in (32, 30, 28, 26, 24, 22):
        path = place / f"quantizer-{quantizer}.mp4"
        sizes.append(measure(folder, path)["kb"])
        levels.append(psnr(folder, path))
    equal = float(np.exp(np.interp(quality["same"], levels, np.log(sizes))))
    print(
        f"\nat the PSNR of FFMpegWriter's: {equal:,.0f} KB, {equal / made['same']['kb']:.2f} "
        "times its size"
    )


def memory(folder: str, place: Path) -> None:
    print("| film | peak MB, 151 frames | 2,000 frames |\n|---|---|---|")
    for suffix in (".gif", ".mp4"):
        peaks = [
            measure(folder, place / f"ours-storeys{suffix}", frames)["peak"]
            for frames in (FRAMES, LONG)
        ]
        print(f"| {suffix} | {peaks[0]:.0f} | {peaks[1]:.0f} |", flush=True)


def million(folder: str, place: Path) -> None:
    wide = recorded(Path(folder).parent, "million", MILLION)
    made = in_turn(
        {
            "40": (folder, place / "ours-storeys.gif"),
            "a million": (wide, place / "ours-storeys-million.gif"),
        }
    )
    few, many = made["40"]["cpu"], made["a million"]["cpu"]
    print(f"GIF of 40 units: {few:.2f} s; of a million: {many:.2f} s, {many / few:.1f} times that")


def recorded(runs: Path, name: str, changes: dict[str, Any]) -> str:
    """The folder of a run, which is recorded if it is not there."""
    import relusgd

    config = relusgd.load_config(Path(__file__).parents[1] / "configs" / "notebook.yaml", changes)
    return str(relusgd.record(config, runs / name).folder)


PARTS = {
    "storeys": storeys,
    "gif": gif,
    "mp4": mp4,
    "memory": memory,
    "million": million,
    "cores": cores,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("part", nargs="?", choices=PARTS, help="all of them without")
    options.add_argument("--runs", type=Path, help="where recorded runs stay")
    given = options.parse_args()
    with contextlib.suppress(AttributeError):  # not on every system
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as scratch:
        # An installed relusgd is compiled, as matplotlib is; this tree may not be.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(scratch) / "compiled")
        folder = recorded(given.runs or Path(scratch), "notebook", {})
        for way in ("ours-storeys.gif", "ours-storeys.mp4"):  # so that everything is compiled
            measure(folder, Path(scratch) / way, 2)
        for name in [given.part] if given.part else PARTS:
            PARTS[name](folder, Path(scratch))
            print(flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
