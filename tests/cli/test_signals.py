"""Ctrl-C and SIGTERM, sent to real processes: once, twice, in a training and in a film."""

import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from relusgd.config import load_config
from relusgd.runs.find import load_run
from relusgd.runs.record import record

SLOW = """data: {samples: 10000, test_samples: 0}
network: {hidden: [300, 300]}
training: {epochs: 6, batch_size: full, learning_rate: 1e-4}
"""
"""A step takes a fifth of a second, and the first block has all of them."""


def start(*arguments):
    command = [sys.executable, "-m", "relusgd", *map(str, arguments)]
    # in the background of a shell Ctrl-C is ignored, by every process that is started there
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )


def wait_until(process, condition):
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def ended(process):
    """Exit code and words of a process."""
    _, words = process.communicate(timeout=60)
    assert "Traceback" not in words
    return process.returncode, words


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_at_once_and_loses_nothing_recorded(number, code, tmp_path):
    (tmp_path / "slow.yaml").write_text(SLOW)
    folder = tmp_path / "run"
    process = start("train", tmp_path / "slow.yaml", "--out", folder)
    wait_until(process, folder.exists)
    time.sleep(0.3)
    process.send_signal(number)
    time.sleep(0.3)
    assert process.poll() is None, "the block was to be finished"
    process.send_signal(number)
    status, words = ended(process)
    assert (status, words.splitlines()[-1]) == (code, "stopped; everything recorded so far is kept")
    assert load_run(folder).status == "interrupted"
    assert load_run(folder).metrics["epoch"].tolist() == [0]
    assert record(load_config(tmp_path / "slow.yaml"), folder).metrics["epoch"].tolist() == list(
        range(7)
    )


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
    wait_until(process, lambda: any(".partial-" in path.name for path in tmp_path.iterdir()))
    time.sleep(0.2)
    process.send_signal(number)
    assert ended(process) == (code, "stopped\n")
    assert film.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [film.name, "run"]
