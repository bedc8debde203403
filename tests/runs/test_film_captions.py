"""What a film of a run, or of several, says, and of which of them."""

from types import SimpleNamespace

import numpy as np

from relusgd.diagnostics.events.event import Event
from relusgd.model.given_points import points_dataset
from relusgd.model.history import History
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.runs.film_captions import captions_of_runs

POINTS = points_dataset(np.linspace(0, 1, 9), np.linspace(0, 1, 9))


def run_with(events, snapshots, every):
    """A run with a snapshot after every so many epochs, and these events."""
    epochs = every * np.arange(snapshots)
    history = History.from_parameters(epochs, epochs, np.ones((snapshots, 7)), (2,), {})
    return SimpleNamespace(history=history, data=POINTS, events=events)


def event(name, run_row, end_row, every, caption):
    step, end_step = every * run_row, every * end_row
    return Event(name, run_row, step, step, end_row, end_step, end_step, {}, "a sentence", caption)


def test_a_caption_with_a_colon_gets_no_second_one():
    words = "The elbows gather: from 40 places to 7"
    run = run_with([event("gathering", 60, 90, 1, words)], 201, 1)
    views = [View(run.history, run.data)] * 2
    group = RunGroup(views, ["rate 0.02", "rate 0.05"])
    said = captions_of_runs([run, run_with([], 201, 1)], group, np.arange(201), 15.0)
    assert said[60] == f"rate 0.02 · {words}"


def test_a_caption_begins_with_its_run_and_stands_when_the_event_is_shown():
    fine = run_with([event("plateau", 60, 90, 1, "A plateau stands")], 201, 1)
    coarse = run_with([event("units_die", 15, 18, 10, "3 units die")], 21, 10)
    views = [View(run.history, run.data) for run in (fine, coarse)]
    group = RunGroup(views, ["a long title", "another"], ["hidden 40", "hidden 10"])
    said = captions_of_runs([fine, coarse], group, np.arange(201), 15.0)
    assert len(said) == len(group)
    assert said[59] == ""
    assert said[60] == said[75] == "hidden 40 · A plateau stands"
    assert said[150] == "hidden 10 · 3 units die"
    assert set(said) == {"", "hidden 40 · A plateau stands", "hidden 10 · 3 units die"}


def test_a_film_that_ends_at_rest_says_that_nothing_was_learned():
    """It ends long before the training, whose outcome is known at its end."""
    rest = event("only_jitter", 40, 200, 1, "Nothing but jitter from here")
    nothing = event("nothing_learned", 200, 200, 1, "No better than a flat line")
    run = run_with([rest, nothing], 201, 1)
    view = View(run.history, run.data)
    said = captions_of_runs([run], view, np.arange(61), 15.0)
    assert said[60] == "No better than a flat line"
    assert rest.caption not in said
    # Before it has come to rest, nobody knows.
    assert captions_of_runs([run], view, np.arange(31), 15.0)[30] == ""
