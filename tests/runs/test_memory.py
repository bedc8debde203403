"""Long runs are read in little memory."""

import subprocess
import sys
import tracemalloc

import pytest
from small import small, tiny

import relusgd
from relusgd.run_files import number_lines
from relusgd.runs.run import Run
from relusgd.training import recording

MEMORY = """
import sys
from pathlib import Path
import relusgd
from relusgd.runs.explanation import first_sentence

def mapped_megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssFile:")[2].split()[0]) / 1024

def peak_of(read, run):
    # What Python's own files take is there before.
    before = mapped_megabytes()
    give_back = run.give_back_pages
    peaks = [0.0]
    def watched():
        peaks.append(mapped_megabytes() - before)
        give_back()
    run.give_back_pages = watched
    read(run)
    return max(peaks), len(peaks) - 1

first = relusgd.load_run(sys.argv[1])
print(first.events, first_sentence(first))
del first
run = relusgd.load_run(sys.argv[1])
run.history
for read in (lambda run: run.events, first_sentence):
    print(*peak_of(read, run))
before = mapped_megabytes()
for array in (*run.history.weights, run.history.elbow, run.history.slope):
    array.sum()
filled = mapped_megabytes() - before
run.give_back_pages()
print(filled, mapped_megabytes() - before)
"""


FILM = """
import sys
from pathlib import Path

import relusgd

def mapped_megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssFile:")[2].split()[0]) / 1024

run = relusgd.load_run(sys.argv[1])
run.animate(sys.argv[2], frames=2, size=(480, 360))
# What Python's own files take is there now.
run.give_back_pages()
before = mapped_megabytes()
held = []
def watched(done, of):
    held.append(mapped_megabytes() - before)
run.animate(sys.argv[2], frames=30, size=(480, 360), progress=watched)
print(max(held))
"""


@pytest.fixture(scope="module")
def long_run(tmp_path_factory):
    """A run whose snapshots take 50 MB."""
    config = small(
        network__hidden=[400],
        data__samples=20,
        training__epochs=4000,
        training__batch_size="full",
        training__learning_rate=1e-4,
        snapshots__every=1,
        engine="numpy",
    )
    return relusgd.record(config, tmp_path_factory.mktemp("long") / "run")


def traced_peak(read):
    """The most memory, in bytes, that Python and NumPy hold at a time while `read` is called."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_going_on_holds_two_columns_of_the_metrics_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(number_lines, "BLOCK_BYTES", 2**14)
    monkeypatch.setattr(number_lines, "KEPT_BYTES", 2**14)
    monkeypatch.setattr(recording, "LISTED", 2**10)
    one_step = {"data__samples": 2, "training__batch_size": "full", "engine": "numpy"}
    folder = relusgd.record(tiny(training__epochs=100_000, **one_step), tmp_path / "run").folder
    column_bytes = 8 * 100_001
    assert traced_peak(lambda: Run(folder).metrics) > 8 * column_bytes
    longer = tiny(training__epochs=100_001, **one_step)
    assert traced_peak(lambda: relusgd.record(longer, folder)) < 5 * column_bytes


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_events_and_the_first_sentence_hold_little_of_the_snapshots(long_run):
    command = [sys.executable, "-c", MEMORY, str(long_run.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    *_, events, sentence, whole = done.stdout.splitlines()
    for line in (events, sentence):
        peak, times = map(float, line.split())
        assert times > 5
        assert peak < 12
    filled, left = map(float, whole.split())
    assert filled > 35
    assert left < 5


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_film_holds_little_of_the_snapshots(long_run, tmp_path):
    command = [sys.executable, "-c", FILM, str(long_run.folder), str(tmp_path / "film.gif")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert float(done.stdout) < 20


def test_a_history_that_was_given_back_is_read_again(long_run):
    run = relusgd.load_run(long_run.folder)
    before = run.history.parameters
    run.give_back_pages()
    assert (run.history.parameters == before).all()
