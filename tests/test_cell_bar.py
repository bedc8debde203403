"""Progress in the cells of a notebook, by what is sent to it."""

import sys
from types import SimpleNamespace

import pytest
from small import SWEEP, TINY

import relusgd
from relusgd import cell_bar
from relusgd.runs.record import NullObserver


class Notebook:
    """A kernel's shell that keeps what it is asked to show. kernel: as IPython's has it."""

    def __init__(self):
        self.kernel = object()
        self.display_pub = self
        self.shown = []

    def publish(self, data, *, transient, update):
        self.shown.append((data, transient["display_id"], update))

    @property
    def texts(self):
        return [data["text/plain"] for data, _, _ in self.shown]


def ipython_with(shell):
    """The module IPython as far as relusgd and matplotlib ask for it."""
    return SimpleNamespace(get_ipython=lambda: shell, version_info=(9, 0))


@pytest.fixture
def notebook(monkeypatch):
    """This process, as one that runs the cells of a notebook, in which nothing is quick."""
    shell = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", ipython_with(shell))
    monkeypatch.setattr(cell_bar, "QUICK_SECONDS", 0)
    monkeypatch.setattr(cell_bar, "SECONDS_BETWEEN", 0)
    return shell


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return relusgd.record(TINY, tmp_path_factory.mktemp("bar") / "run")


def test_a_bar_is_one_place_that_is_shown_again_and_ends_as_a_line(notebook):
    with cell_bar.cell_bar("frame") as bar:
        bar.move(1, 4)
        bar.move(2, 4, "half")
        bar.move(4, 4)
    assert [update for _, _, update in notebook.shown] == [False, True, True]
    assert len({name for _, name, _ in notebook.shown}) == 1
    first, second, last = notebook.texts
    assert first == "1 of 4 frames"
    assert second.startswith("2 of 4 frames, half, ")
    assert second.endswith(" left")
    assert last.startswith("4 frames in ")
    assert "width:50.0%" in notebook.shown[1][0]["text/html"]
    assert "width:" not in notebook.shown[2][0]["text/html"]


def test_words_are_escaped(notebook):
    with cell_bar.cell_bar("run") as bar:
        bar.move(1, 4, "<b>")
    assert "<b>" not in notebook.shown[0][0]["text/html"]


def test_work_that_is_cut_short_says_so(notebook):
    def work():
        with cell_bar.cell_bar("step") as bar:
            bar.move(1_000, 4_000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert notebook.texts[-1].startswith("stopped after 1,000 of 4,000 steps and ")


def test_quick_work_has_no_bar(notebook, monkeypatch):
    monkeypatch.setattr(cell_bar, "QUICK_SECONDS", 100)
    with cell_bar.cell_bar("step") as bar:
        bar.move(1, 4)
        bar.move(4, 4)
    assert notebook.shown == []


def test_the_pace_does_not_count_what_was_done_before(notebook, monkeypatch):
    clock = iter([0.0, 60.0, 70.0, 70.0])
    monkeypatch.setattr(cell_bar.time, "monotonic", lambda: next(clock))
    with cell_bar.cell_bar("step") as bar:
        bar.move(100, 120)
        bar.move(110, 120)
    assert notebook.texts[:2] == ["100 of 120 steps", "110 of 120 steps, 10.0 s left"]


def test_a_training_shows_its_steps_and_its_error(notebook, tmp_path):
    relusgd.record(TINY, tmp_path / "run", block_steps=1)
    assert "train MSE" in notebook.texts[-2]
    assert " steps in " in notebook.texts[-1]


def test_a_film_shows_its_frames(notebook, run, tmp_path):
    run.animate(tmp_path / "film.gif", frames=3, size=(480, 360))
    assert notebook.texts[-1].startswith("3 frames in ")


def test_a_sweep_counts_its_runs(notebook, monkeypatch, tmp_path):
    moves = []
    monkeypatch.setattr(cell_bar.CellBar, "move", lambda bar, *counts: moves.append(counts))
    sweep = relusgd.run_sweep(SWEEP, tmp_path / "sweep", workers=1)
    assert moves[-1] == (len(sweep.runs), len(sweep.runs))
    assert [done for done, _ in moves] == sorted(done for done, _ in moves)


def test_an_observer_of_ones_own_is_there_in_place_of_the_bar(notebook, run, tmp_path):
    relusgd.record(TINY, tmp_path / "run", block_steps=1, observer=NullObserver())
    seen = []
    run.animate(
        tmp_path / "film.gif", frames=3, size=(480, 360), progress=lambda *at: seen.append(at)
    )
    assert seen[-1] == (3, 3)
    assert notebook.shown == []


@pytest.mark.parametrize("shell", [None, SimpleNamespace(display_pub=None)])
def test_a_script_and_a_terminal_have_no_bar(shell, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "IPython", ipython_with(shell))
    with cell_bar.cell_bar("step") as bar:
        assert bar is None


def test_without_ipython_there_is_no_bar(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    with cell_bar.cell_bar("step") as bar:
        assert bar is None
    assert "IPython" not in sys.modules
