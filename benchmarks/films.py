"""Films by relusgd against matplotlib's own ways, of the very same artists: 151 frames of 1000×700, 40 units.

    python benchmarks/films.py

Every film is made in a fresh process; figures are CPU seconds with those of children (ffmpeg), set-up included, the median
of several runs made in turn. PSNR is against the true frames. Prints the table of docs/pictures.md.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

FRAMES, REPEATS = 151, 3
SIZE = (1000, 700)
WAYS = {
    "relusgd GIF": "ours.gif",
    "relusgd MP4": "ours.mp4",
    "set_data + PillowWriter": "set.gif",
    "artists recreated + PillowWriter": "again.gif",
    "set_data + FFMpegWriter": "set.mp4",
}


def make_view(folder: str) -> Any:
    """The view of a recorded run."""
    from relusgd import load_run
    from relusgd.pictures.view import View

    run = load_run(folder)
    return View(run.history, run.data)


def make_ours(view: Any, indices: Any, path: Path) -> None:
    from relusgd.pictures.film import write_film

    write_film(view, path, indices=indices, fps=15)


def make_theirs(view: Any, indices: Any, path: Path, *, recreate: bool) -> None:
    """FuncAnimation over the same figure; recreate: as in the notebook, the axes are cleared and everything is plotted anew."""
    import imageio_ffmpeg
    import matplotlib
    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

    from relusgd.pictures.composition import build_parts
    from relusgd.pictures.painter import Painter

    matplotlib.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    painter = Painter(view, still=True)

    def update(index: int) -> list[Any]:
        if recreate:
            painter.sheet.figure.clear()
            for part in build_parts(painter.sheet, view, cells=False):
                part.show(int(index))
        else:
            painter.show(int(index))
        return []

    animation = FuncAnimation(painter.sheet.figure, update, frames=list(indices), init_func=list, blit=False, cache_frame_data=False)
    crf = ["-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]
    writer: Any = PillowWriter(fps=15) if path.suffix == ".gif" else FFMpegWriter(fps=15, codec="libx264", extra_args=crf)
    animation.save(path, writer=writer, dpi=100)


def child(folder: str, name: str, frames: int) -> None:
    """Make one film in this process and print its peak memory in MB."""
    from relusgd.pictures.spacing import choose_frames

    view = make_view(folder)
    indices, path = choose_frames(view, frames), Path(name)
    if path.stem.startswith("ours"):
        make_ours(view, indices, path)
    else:
        make_theirs(view, indices, path, recreate=path.stem.startswith("again"))
    print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measure(folder: str, path: Path, frames: int = FRAMES) -> dict[str, float]:
    """CPU seconds, peak MB and KB of a film made in a fresh process on one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, __file__, "--child", folder, str(path), str(frames)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "peak": json.loads(done.stdout)["peak"], "kb": path.stat().st_size / 1000}


def start_seconds(folder: str) -> float:
    """CPU seconds until the first frame could be drawn: Python, imports, reading the run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = f"import relusgd.pictures.film; from relusgd import load_run; load_run({folder!r}).history"
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def psnr(folder: str, path: Path) -> float:
    """Of every tenth frame against what was painted, in dB."""
    import imageio_ffmpeg
    from PIL import Image

    from relusgd.pictures.painter import Painter
    from relusgd.pictures.spacing import choose_frames

    view = make_view(folder)
    painter = Painter(view, still=not path.stem.startswith("ours"))
    errors = []
    gif, reader = (Image.open(path), None) if path.suffix == ".gif" else (None, imageio_ffmpeg.read_frames(str(path)))
    if reader:
        next(reader)
    for number, index in enumerate(choose_frames(view, FRAMES)):
        if gif:
            gif.seek(min(number, gif.n_frames - 1))
            shown = np.asarray(gif.convert("RGB"), dtype=float)
        else:
            shown = np.frombuffer(next(reader), np.uint8).reshape(SIZE[1], SIZE[0], 3).astype(float)
        if number % 10 == 0:
            errors.append(np.mean((shown - painter.full(int(index))[..., :3]) ** 2))
    return float(10 * np.log10(255**2 / np.mean(errors)))


def main(folder: str, wide: str | None) -> None:
    with tempfile.TemporaryDirectory() as place:
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
        for _ in range(REPEATS):
            for name, file in WAYS.items():
                runs[name].append(measure(folder, Path(place) / file))
        start = statistics.median(start_seconds(folder) for _ in range(REPEATS))
        print(f"start (Python, imports, reading): {start:.2f} s of CPU, in every figure below\n")
        print("| way | CPU s | ms a frame without the start | KB | PSNR dB | peak MB |\n|---|---|---|---|---|---|")
        for name, file in WAYS.items():
            cpu, peak, kb = (statistics.median(run[key] for run in runs[name]) for key in ("cpu", "peak", "kb"))
            quality = psnr(folder, Path(place) / file)
            print(f"| {name} | {cpu:.2f} | {1000 * (cpu - start) / FRAMES:.1f} | {kb:,.0f} | {quality:.1f} | {peak:.0f} |", flush=True)
        long = measure(folder, Path(place) / "ours.gif", 2000)
        print(f"\n2,000 frames: peak {long['peak']:.0f} MB")
        if wide:
            print(f"{wide}: {measure(wide, Path(place) / 'ours.gif')['cpu']:.2f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif len(sys.argv) > 1:
        main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    else:
        import relusgd

        with tempfile.TemporaryDirectory() as recorded:
            config = relusgd.load_config(Path(__file__).parents[1] / "configs" / "notebook.yaml")
            main(str(relusgd.record(config, Path(recorded) / "run").folder), None)
