"""Ctrl-C and SIGTERM, sent to real processes: once, twice, in a training and in a film."""

import signal
import subprocess
import sys
import time

import pytest
from patience import PATIENCE, hears, wait_until
from small import SMALL

from relusgd.config import config_to_yaml, load_config
from relusgd.runs.find import load_run
from relusgd.runs.record import record

ENDLESS_BLOCK = """
import sys, time
from pathlib import Path
from relusgd.__main__ import main
from relusgd.cli.progress import SignalFlag
from relusgd.training import loop

folder = Path(sys.argv.pop())
remember = SignalFlag._remember

def advance(*_):
    (folder / "in a block").touch()
    while True:
        time.sleep(60)

def tell(flag, number, frame):
    remember(flag, number, frame)
    (folder / "heard").touch()

loop.advance, SignalFlag._remember = advance, tell
main()
"""
"""The command with a first block of steps that never ends, on whatever machine. It tells a folder
when the block begins, and when it has heard of a signal and goes on.
"""


def start(*arguments, program=("-m", "relusgd")):
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears(signal.SIGINT),
    )


def ended(process):
    """Exit code and words of a process."""
    _, words = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in words
    return process.returncode, words


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_at_once_and_loses_nothing_recorded(number, code, tmp_path):
    config = load_config(SMALL)
    (tmp_path / "small.yaml").write_text(config_to_yaml(config))
    folder = tmp_path / "run"
    arguments = ("train", tmp_path / "small.yaml", "--out", folder, tmp_path)
    process = start(*arguments, program=("-c", ENDLESS_BLOCK))
    wait_until((tmp_path / "in a block").exists, process)
    process.send_signal(number)
    wait_until((tmp_path / "heard").exists, process)
    assert process.poll() is None, "the block was to be finished"
    process.send_signal(number)
    status, words = ended(process)
    assert (status, words.splitlines()[-1]) == (code, "stopped; everything recorded so far is kept")
    assert load_run(folder).status == "interrupted"
    assert load_run(folder).metrics["epoch"].tolist() == [0]
    assert record(config, folder).metrics["epoch"].tolist() == list(range(41))


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_film_that_is_stopped_leaves_the_old_one_and_nothing_else(suffix, number, code, tmp_path):
    config = {
        "data": {"samples": 20, "test_samples": 5},
        "network": {"hidden": 4},
        "training": {"epochs": 2000, "batch_size": 10},
    }
    run = record(load_config(config), tmp_path / "run")
    film = tmp_path / f"film{suffix}"
    film.write_bytes(b"old")
    process = start("animate", run.folder, "--out", film, "--frames", "2000", "--size", "1600x1200")
    wait_until(lambda: any(".partial-" in path.name for path in tmp_path.iterdir()), process)
    time.sleep(0.2)
    process.send_signal(number)
    assert ended(process) == (code, "stopped\n")
    assert film.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [film.name, "run"]
