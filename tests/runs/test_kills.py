"""SIGKILL at random instants of training, appending, checkpointing and filming. The long form, on
request: RELUSGD_LONG=1.
"""

import os
import random
import shutil
import subprocess
import sys
import time

import pytest
from runs.harness import content
from small import SMALL

from relusgd.config import load_config
from relusgd.runs.find import load_run
from relusgd.runs.record import record

pytestmark = pytest.mark.skipif(
    "RELUSGD_LONG" not in os.environ, reason="the long form, with RELUSGD_LONG=1"
)

CONFIG = SMALL | {"training": {"epochs": 6000, "batch_size": 8}, "engine": "numpy"}
TRAIN = (
    "import relusgd, relusgd.runs.writer as w; w.CHECKPOINT_SECONDS = 0.01; "
    "relusgd.record(relusgd.load_config({config}), {out!r})"
)
FILM = "import relusgd; relusgd.load_run({out!r}).animate(frames=40, size=(480, 360))"
KILLS = 200


def killed(code, seconds):
    """Whether a process was killed after so many seconds; False when it had ended."""
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    return process.wait() == -9


def seconds_of(code):
    """How long a process takes that nobody kills, on this machine now."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def test_training_that_is_killed_at_random_instants_loses_nothing_recorded(tmp_path):
    config = load_config(CONFIG)
    record(config, tmp_path / "whole")
    whole, folder, kills, before = content(tmp_path / "whole"), tmp_path / "run", 0, b""
    training = TRAIN.format(config=CONFIG, out=str(folder))
    seconds, chance = seconds_of(training), random.Random(0)
    shutil.rmtree(folder)
    while kills < KILLS:
        kills += killed(training, seconds * chance.uniform(0.2, 0.9))
        if not folder.exists():
            continue
        table = (folder / "metrics.csv").read_bytes()
        recorded = table[: table.rfind(b"\n") + 1]
        assert recorded.startswith(before), "a snapshot that stood in metrics.csv is gone"
        assert len(load_run(folder).history) == recorded.count(b"\n") - 1
        assert whole["metrics.csv"].startswith(recorded)
        before = recorded
        if load_run(folder).status == "complete":
            assert content(folder) == whole
            shutil.rmtree(folder)
            before = b""
    record(config, folder)
    assert content(folder) == whole


def test_a_film_that_is_killed_leaves_the_old_one_or_the_new_one_whole(tmp_path):
    run = record(load_config(CONFIG), tmp_path / "run")
    films = [run.animate(frames=frames, size=(480, 360)).read_bytes() for frames in (40, 3)]
    film, filming, chance, kills = (
        run.folder / "animation.gif",
        FILM.format(out=str(run.folder)),
        random.Random(0),
        0,
    )
    assert film.read_bytes() == films[1] != films[0]
    seconds = seconds_of(filming)
    while kills < KILLS // 10:
        film.write_bytes(films[1])
        kills += killed(filming, seconds * chance.uniform(0.4, 1))
        assert film.read_bytes() in films  # the new one when the kill came after all was done
