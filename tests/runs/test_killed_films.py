"""SIGKILL at every frame of a film and at the very end: the old film stays, and the next one clears
up what the dead process left.
"""

import os
import signal
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from patience import wait_until

from relusgd import files
from relusgd.config import load_config
from relusgd.runs.record import record

CONFIG = {
    "data": {"samples": 20, "test_samples": 5},
    "network": {"hidden": 4},
    "training": {"epochs": 6, "batch_size": 10},
    "engine": "numpy",
}
FILM = {"frames": 6, "size": (480, 360)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return record(load_config(CONFIG), tmp_path_factory.mktemp("film") / "run")


def dies(action):
    """Whether `action` killed the process in which it ran."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def kill_at(frame):
    def progress(done, of):
        if done == frame:
            os.kill(os.getpid(), signal.SIGKILL)

    return progress


def is_named_by_a_process(folder):
    """Whether a process that is not yet gone has this folder in its command line."""
    if Path("/proc/self/cmdline").exists():
        lines = command_lines()
    else:
        command = ["ps", "-A", "-ww", "-o", "args="]
        lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    return any(os.fsencode(folder) in line for line in lines)


def command_lines():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield path.read_bytes()


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_film_killed_at_any_frame_leaves_the_old_one(suffix, run, tmp_path):
    film = tmp_path / f"film{suffix}"
    film.write_bytes(b"old")
    for frame in range(1, 6):
        assert dies(lambda frame=frame: run.animate(film, progress=kill_at(frame), **FILM))
        assert film.read_bytes() == b"old"
    left = files.leftovers(film)
    assert left, "this was to be about what killed processes leave"
    assert {path.name for path in tmp_path.iterdir()} == {film.name, *(path.name for path in left)}
    # An encoder whose frames have ended may still be writing.
    wait_until(lambda: not is_named_by_a_process(tmp_path))
    for path in left:
        os.utime(path, (time.time() - 60, time.time() - 60))
    run.animate(film, **FILM)
    assert [path.name for path in tmp_path.iterdir()] == [film.name]
    assert len(film.read_bytes()) > 1000


@pytest.mark.parametrize("suffix", [".gif", ".mp4", ".png"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_picture_killed_while_it_takes_its_place_is_the_old_one_or_the_new_one(
    suffix, moment, run, tmp_path, monkeypatch
):
    film = tmp_path / f"film{suffix}"
    film.write_bytes(b"old")
    replace = type(film).replace

    def killed(path, target):
        if moment == "after":
            replace(path, target)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(type(film), "replace", killed)
    assert dies(
        lambda: run.plot(film, size=(480, 360)) if suffix == ".png" else run.animate(film, **FILM)
    )
    assert (film.read_bytes() == b"old") == (moment == "before")
    assert len(film.read_bytes()) > 500 or moment == "before"


def test_what_a_living_process_writes_is_left_alone(run, tmp_path):
    film = tmp_path / "film.gif"
    waiting = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as process:
        living = tmp_path / f".film.partial-{process.pid}.gif"
        living.write_bytes(b"half")
        os.utime(living, (time.time() - 60, time.time() - 60))
        run.animate(film, **FILM)
        assert living.read_bytes() == b"half"
        process.communicate(b"\n")
