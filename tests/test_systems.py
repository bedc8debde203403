"""What relusgd does where something is missing that only some systems have."""

import subprocess
import sys
from pathlib import Path

import pytest

import relusgd

WITHOUT = """
import ctypes, os, signal, sys, threading

def no_thread(thread):
    raise RuntimeError("can't start new thread")

class NoFunctions:
    def __getattr__(self, name): raise AttributeError(name)

all_libraries = ctypes.CDLL

def library(name, *arguments, **keywords):
    return NoFunctions() if name is None else all_libraries(name, *arguments, **keywords)

def take_away(part):
    if part in ("fork", "sched_getaffinity"): delattr(os, part)
    elif part == "pthread_sigmask": del signal.pthread_sigmask
    elif part == "threads": threading.Thread.start = no_thread
    elif part == "syncfs, renameat2, mmap": ctypes.CDLL = library
    else: sys.modules[part] = None

for part in sys.argv[1].split("; "):
    if part:
        take_away(part)

from relusgd.__main__ import main

for line in sys.argv[2:]:
    sys.argv = ["relusgd", *line.split()]
    try:
        main()
    except SystemExit as end:
        print("exit code", end.code or 0)
"""

PARTS = [
    "fcntl",
    "resource",
    "_multiprocessing",
    "fork",
    "pthread_sigmask",
    "sched_getaffinity",
    "syncfs, renameat2, mmap",
]
"""What Linux has and other systems have not: macOS, Pyodide."""

BROWSER = "; ".join([*PARTS, "_posixshmem", "threads", "imageio_ffmpeg"])
"""As in a browser, where there is one process with one thread."""

CONFIG = """
network: {hidden: 4}
training: {epochs: 5}
engine: numpy
"""


def run_without(parts, folder, *lines):
    """The commands, in a process that lacks these parts: stdout and stderr."""
    (folder / "c.yaml").write_text(CONFIG, encoding="utf-8")
    process = [sys.executable, "-c", WITHOUT, parts, *lines]
    done = subprocess.run(process, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize("parts", [*PARTS, BROWSER])
def test_training_sweeps_and_films_do_without(tmp_path, parts):
    lines = [
        "train c.yaml",
        "train c.yaml --overwrite",
        "sweep c.yaml --repeat 2 --out runs",
        "animate outputs/c --frames 3 --size 480x360",
        "list runs",
    ]
    stdout, stderr = run_without(parts, tmp_path, *lines)
    assert "Traceback" not in stderr
    assert stdout.count("exit code 0") == len(lines), stderr
    assert (tmp_path / "outputs/c/animation.gif").stat().st_size > 1000
    for seed in (0, 1):
        lonely = relusgd.load_run(tmp_path / "runs" / f"seed={seed}")
        usual = relusgd.record(
            {**lonely.config.model_dump(mode="json", exclude_unset=True)},
            tmp_path / f"usual-{seed}",
        )
        assert (lonely.history.elbow == usual.history.elbow).all()


def test_a_recipe_is_verified_in_one_process(tmp_path):
    recipe = Path(__file__).parents[1] / "configs/recipes/alignment.yaml"
    stdout, stderr = run_without(BROWSER, tmp_path, f"verify {recipe} --seeds 1")
    assert stdout.rstrip().endswith("exit code 0"), stderr
    assert "fails, as it must" in stdout


def test_a_film_without_an_encoder_is_a_sentence_with_what_to_do(tmp_path):
    stdout, stderr = run_without(
        BROWSER, tmp_path, "train c.yaml", "animate outputs/c --out film.mp4"
    )
    assert stdout.rstrip().endswith("exit code 1")
    assert "MP4 films need ffmpeg" in stderr
    assert "write a .gif" in stderr
    assert not (tmp_path / "film.mp4").exists()


def test_an_encoder_that_a_variable_names_and_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    stdout, stderr = run_without("", tmp_path, "train c.yaml", "animate outputs/c --out film.mp4")
    assert stdout.rstrip().endswith("exit code 1")
    assert "/nowhere/ffmpeg is no program (IMAGEIO_FFMPEG_EXE names it)" in stderr
    assert not (tmp_path / "film.mp4").exists()


ON_WINDOWS = """
import signal, sys
sys.platform = "win32"
sys.modules["fcntl"] = sys.modules["resource"] = None
del signal.SIGHUP
"""


def test_windows_gets_a_sentence_before_anything_is_imported_that_it_lacks():
    begin = ON_WINDOWS + "from relusgd.__main__ import main; sys.argv = ['relusgd']; main()"
    done = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "error: relusgd runs on Linux and macOS, not on Windows itself\n"
        "install it in the Windows Subsystem for Linux, or open docs/lab.html in a browser, which "
        "needs no installation\n"
    )


def test_python_on_windows_gets_the_sentence_too():
    begin = ON_WINDOWS + "import relusgd; relusgd.load_config"
    done = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: relusgd runs on Linux and macOS, not on Windows itself")
