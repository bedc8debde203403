"""Captions: at the frames of their events, long enough to be read, and never two at a time; and
where a film ends."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from command import run as command
from made_trainings import STEPS, made
from small import small

from relusgd.diagnostics.events import Event, find_events
from relusgd.pictures.moments.captions import (
    LATE,
    LONGEST,
    READ,
    captions_of,
    seconds_at_the_end,
    seconds_to_read,
)
from relusgd.runs.events import Events
from relusgd.runs.film_ending import film_ending
from relusgd.runs.record import record

FPS, HOLD = 15.0, 2.0
ROWS = np.arange(151)


def event(name, row, end_row=None):
    return Event(name, row, row, row, end_row, end_row, end_row, {}, "", f"{name} at {row}")


def spans(events, rows=ROWS, fps=FPS):
    """caption → its first frame and its seconds, the last frame's included."""
    texts = captions_of(events, rows, fps, HOLD)
    assert len(texts) == len(rows)
    hold = seconds_at_the_end(texts, fps, HOLD)
    found, frame = {}, 0
    for text, group in groupby(texts):
        length = len(list(group))
        is_last = frame + length == len(rows)
        seconds = length / fps + (hold - 1 / fps if is_last else 0)
        if text:
            assert text not in found
            found[text] = frame, pytest.approx(seconds)
        frame += length
    return found


def test_a_caption_begins_with_its_event_and_stands_while_it_lasts():
    found = spans([event("elbows_gather", 10, 60), event("units_die", 100)])
    assert found == {"elbows_gather at 10": (10, 51 / FPS), "units_die at 100": (100, READ)}


def test_no_caption_stands_longer_than_somebody_looks_at_it():
    assert spans([event("plateau", 0, 150)]) == {"plateau at 0": (0, LONGEST)}


@pytest.mark.parametrize("letters", [20, 43, 70])
def test_a_longer_caption_stands_for_longer(letters):
    """Fifteen letters a second, which is how fast subtitles are read."""
    long = replace(event("units_die", 40), caption="w" * letters)
    found = spans([long, event("units_leave", 43)], fps=10.0)
    frame, seconds = found["w" * letters]
    assert frame == 40
    assert seconds.expected >= letters / 15


def test_of_two_at_one_time_the_heavier_is_told():
    assert spans([event("elbows_leave", 20), event("elbows_gather", 22)]).keys() == {
        "elbows_gather at 22"
    }


def test_a_lighter_one_may_come_a_little_late():
    found = spans([event("elbows_gather", 20, 21), event("units_die", 45)])
    assert found["units_die at 45"][0] == 50
    assert LATE * len(ROWS) >= 50 - 45


def test_of_two_of_one_kind_the_one_of_more_units_is_told():
    one = replace(event("units_die", 20), numbers={"units": 1})
    nine = replace(event("units_die", 24), numbers={"units": 9})
    assert spans([one, nine]).keys() == {nine.caption}


def test_what_happens_at_the_end_is_told_there():
    found = spans([event("most_learned", 149)])
    assert found == {"most_learned at 149": (149, HOLD + 1 / FPS)}


def test_that_only_jitter_is_left_is_told_at_the_last_frame_if_there_is_no_room_before():
    found = spans([event("only_jitter", 140), event("cluster_splits", 119)])
    assert found["cluster_splits at 119"] == (119, 30 / FPS)
    assert found["only_jitter at 140"] == (149, HOLD + 1 / FPS)
    assert spans([event("only_jitter", 100)])["only_jitter at 100"][0] == 100


def test_what_is_told_at_the_end_is_not_told_before_it_is_true():
    last = len(ROWS) - 1
    long = replace(event("nothing_learned", last), caption="w" * 60)
    assert spans([long])["w" * 60][0] == last


@pytest.mark.parametrize("event_row", [100, 149, 150])
def test_the_last_frame_stands_until_its_caption_has_been_read(event_row):
    long = replace(event("only_jitter", event_row), caption="w" * 60)
    texts = captions_of([long], ROWS, FPS, HOLD)
    hold = seconds_at_the_end(texts, FPS, HOLD)
    frames_before = texts.count(long.caption) - 1
    assert hold + frames_before / FPS >= 60 / 15 - 1e-9
    assert hold == HOLD or event_row > 100
    assert seconds_at_the_end(["", long.caption, ""], FPS, HOLD) == HOLD
    assert seconds_at_the_end([], FPS, HOLD) == HOLD


def test_what_the_film_does_not_show_has_no_caption():
    assert spans([event("plateau", 3, 20), event("diverges", 500)], rows=np.arange(50, 201)) == {}


@pytest.mark.parametrize("count", [1, 2, 5, 30])
def test_short_films_have_captions_that_can_be_read(count):
    events = [event("units_die", 0), event("only_jitter", 0), event("plateau", count - 1)]
    for _, seconds in spans(events, rows=np.arange(count), fps=2.0).values():
        assert seconds.expected >= READ


def test_any_events_give_captions_apart_and_in_time():
    """Of a hundred films with events at random."""
    for seed in range(100):
        generator = np.random.RandomState(seed)
        names = generator.choice(["elbows_gather", "units_die", "plateau", "most_learned"], 8)
        begins = generator.randint(0, 300, 8)
        events = [
            event(name, int(begin), int(begin + generator.randint(0, 100)))
            for name, begin in zip(names, begins, strict=True)
        ]
        rows = np.sort(generator.choice(300, 151, replace=False))
        for text, (frame, seconds) in spans(events, rows=rows).items():
            row = int(text.split()[-1])
            assert seconds.expected >= seconds_to_read(text) - 1e-9
            assert row <= rows[frame]
            assert frame - np.searchsorted(rows, row) <= np.ceil(LATE * len(rows))


def course_at_rest():
    """The function moves until about step 1,200, and is still to step 10,000."""
    return made(0.5, slope_change=0.0, offset=np.exp(-STEPS / 200))


def test_a_film_ends_when_nothing_changes_any_more_and_says_so():
    course = course_at_rest()
    events = Events(find_events(course))
    ending = film_ending(course.history, events)
    (settled,) = events.named("only_jitter")
    assert settled.epoch < ending.epoch < 1.4 * settled.epoch
    assert f"from epoch {settled.epoch:,.0f} on the learned function" in ending.note
    assert ending.note.endswith("last_epoch=10000")
    assert ending.note.shell.endswith("--to 10000")


def test_a_film_goes_to_the_end_where_something_happens_until_then():
    course = made(0.5, slope_change=0.0, offset=1 - STEPS / STEPS[-1])
    assert film_ending(course.history, Events(find_events(course))) is None


def test_the_command_says_what_it_left_out_unless_it_is_told_where_to_end(tmp_path):
    run = record(
        small(training__epochs=400, training__learning_rate=0.3, training__momentum=0.5),
        tmp_path / "run",
    )
    ending = film_ending(run.history, run.events)
    assert ending is not None
    out = str(tmp_path / "film.gif")
    drawn = command("animate", str(run.folder), "--out", out, "--frames", "3")
    assert "note: the film ends at epoch" in drawn.stderr
    assert "--to 400" in " ".join(drawn.stderr.split())
    whole = command(
        "animate",
        str(run.folder),
        "--out",
        out,
        "--frames",
        "3",
        "--to",
        "400",
        "--captions",
        "off",
    )
    assert "note" not in whole.stderr
    assert whole.exit_code == 0


def course_that_diverges():
    """The error doubles at every snapshot from the third on."""
    return made(0.5, slope_change=0.0, offset=2.0 ** np.minimum(np.arange(len(STEPS)), 900))


def test_a_film_of_a_training_that_diverges_ends_soon_after_and_says_so():
    course = course_that_diverges()
    events = Events([Event("diverges", 40, *at(40), None, None, None, {}, DIVERGES, "")])
    ending = film_ending(course.history, events)
    assert at(40)[0] < ending.epoch < course.history.epoch[-1] / 2
    assert f"because the training diverges from epoch {at(40)[0]:,.6g} on" in ending.note


DIVERGES = "the training diverges: every step overshoots further"


def at(row):
    """Epoch and step of a row of the made trainings."""
    return float(STEPS[row]), int(STEPS[row])
