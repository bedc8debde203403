"""The story of a run on two storeys: numbered functions above, lines across the paths below."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.text import Text

from relusgd.diagnostics.events.event import Event
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.spread_apart import spread_apart
from relusgd.pictures.kit.stills import draw_sheet
from relusgd.pictures.kit.text_fit import text_width, wrapped
from relusgd.pictures.moments.named_moments import names_of_moments
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.empty_storey import NO_ELBOWS
from relusgd.pictures.storeys.numbered_moments import (
    MomentsBuilder,
    draw_moments,
    save_moments,
)


class Drawn:
    """What `overlapping` needs of a painter."""

    def __init__(self, view, look, events=()):
        self.sheet = draw_moments(view, look, events)

    def full(self, _):
        self.sheet.canvas.draw()


def event(name, row, end_row=None, caption="It happened"):
    return Event(name, row, 0.0, 0, end_row, None, None, {}, caption, caption)


def built(view, look=None, events=()):
    made = []

    def draw(sheet):
        made.append(MomentsBuilder(sheet, view, events))
        made[0].draw_still()

    return draw_sheet(draw, look or Look()), made[0]


SIZES = [(480, 360), (640, 448), (1000, 700), (1080, 1080), (600, 1200), (1600, 900)]


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (300,)], ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_words_never_overlap_nor_leave_the_picture(
    overlapping, make_history, standardised, hidden, size
):
    history = make_history(snapshots=40, hidden=hidden, every=1000)
    data = replace(standardised, y_name="a flow", x_name="year " * 20)
    told = [event("elbows_gather", 9, 12, "A long caption that says what happens " * 3)]
    look = Look(size=size, title="A title")
    assert list(overlapping(Drawn(View(history, data), look, told))) == []


def test_moments_go_from_start_to_end_and_lines_stand_at_their_steps(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    sheet, builder = built(view)
    assert (builder.moments[0], builder.moments[-1]) == (0, 39)
    assert len(builder.moments) == 6
    lines = next(axes for axes in sheet.figure.axes if axes.get_xlim() == (0.0, 1.0))
    heights = [line.get_ydata()[0] for line in lines.lines]
    assert heights == pytest.approx(builder.time.place(view.history.step[builder.moments]))
    labels = [text.get_text() for text in sheet.figure.findobj(Text)]
    for row in builder.moments[1:]:
        assert f"{view.history.step[row]:,}" in labels


def test_functions_and_lines_have_the_same_numbers(make_history, dataset):
    sheet, builder = built(View(make_history(snapshots=40), dataset))
    numbers = [text for text in sheet.figure.texts if text.get_bbox_patch() is not None]
    border = builder.boxes.lower.top / 700
    above = [text for text in numbers if text.get_position()[1] > border + 0.01]
    below = [text for text in numbers if text not in above]
    assert sorted(text.get_text() for text in above) == list("123456")
    downwards = sorted(below, key=lambda text: -text.get_position()[1])
    assert [text.get_text() for text in downwards] == list("123456")


def test_every_function_is_that_of_its_moment(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    sheet, builder = built(view)
    drawn = [line.get_ydata() for axes in sheet.figure.axes for line in axes.lines]
    for row in builder.moments:
        y = view.curve(row).y
        assert any(len(y) == len(line) and np.allclose(y, line) for line in drawn), row


def test_events_name_the_moments_that_show_them(make_history, dataset):
    view = View(make_history(snapshots=41), dataset)
    moments = [0, 5, 20, 40]
    told = [
        event("units_die", 21, caption="A unit dies"),
        event("elbows_gather", 4, 18, "They gather"),
        event("only_jitter", 30, caption="Jitter from here"),
        event("nothing_learned", 40, caption="Nothing was learned"),
    ]
    names = names_of_moments(view, moments, told)
    assert names == ["", "They gather", "A unit dies", "Nothing was learned"]


def test_a_run_that_diverges_is_told_so_at_the_first_moment_that_shows_it(make_history, dataset):
    view = View(make_history(snapshots=41), dataset)
    told = [event("units_die", 6, caption="Units die"), event("diverges", 6, caption="It diverges")]
    assert names_of_moments(view, [0, 20, 40], told) == ["", "It diverges", ""]


def test_what_is_said_of_a_moment_is_its_event_or_else_its_error(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    sheet = draw_moments(view, Look(), [event("catapult", 0, caption="It is thrown up first")])
    said = {text.get_text() for text in sheet.figure.findobj(Text)}
    assert "It is thrown up first" in said
    assert sum(words.startswith("test error ") for words in said) == 5


def test_short_words_leave_the_storeys_more_room(make_history, dataset):
    view = View(make_history(snapshots=30), dataset)
    long = [event("catapult", 0, caption="word " * 20)]
    widths = []
    for events in ([], long):
        sheet, builder = built(view, events=events)
        widths.append(builder.boxes.upper.width)
        rightmost = max(text.get_window_extent().x1 for text in sheet.figure.findobj(Text))
        assert rightmost > sheet.width - 2.0 * sheet.scale.text
    assert widths[0] > 1.05 * widths[1]


@pytest.mark.parametrize("snapshots", [1, 2])
def test_a_run_of_few_snapshots_has_a_story(make_history, dataset, tmp_path, snapshots):
    for suffix in (".png", ".svg", ".pdf"):
        save_moments(View(make_history(snapshots=snapshots), dataset), tmp_path / f"s{suffix}")


def test_without_units_there_are_functions_alone(make_history, dataset, overlapping):
    view = View(make_history(snapshots=40), dataset)
    assert list(overlapping(Drawn(view, replace(Look(), show=frozenset())))) == []


def test_places_are_moved_apart_within_the_height_in_their_order():
    moved = spread_apart(np.array([5.0, 5.0, 6.0, 90.0, 99.0]), 10.0, 100.0)
    assert np.diff(moved) == pytest.approx(np.maximum(np.diff(moved), 10.0))
    assert moved.min() >= 0.0
    assert moved.max() <= 100.0
    free = np.array([70.0, 10.0, 40.0])
    assert spread_apart(free, 10.0, 100.0) == pytest.approx(free)
    assert np.diff(spread_apart(np.full(30, 50.0), 10.0, 100.0)) == pytest.approx(100 / 29)


def test_words_are_wrapped_and_the_last_line_is_cut():
    lines = wrapped("one two three four five six", 10.0, 60.0, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(text_width(line, 10.0) <= 60 for line in lines)
    assert wrapped("one", 10.0, 60.0, 2) == ["one"]


def test_a_function_above_the_picture_is_led_to_its_number_under_the_errors(make_history, dataset):
    history = make_history(snapshots=20)
    for number in range(10):
        history.biases[-1][10 + number] = 20.0 ** (number + 1)
    view = View(history, dataset)
    sheet, builder = built(view)
    corner = builder.corner
    lines = [artist for artist in sheet.figure.artists if isinstance(artist, Line2D)]
    leads = [line for line in lines if len(line.get_xdata()) == 3]
    heights = [line.get_ydata()[0] * sheet.height for line in leads]
    assert corner.right == builder.boxes.upper.right
    assert max(heights) < corner.bottom


def test_no_line_crosses_the_words_in_an_empty_storey(make_history, dataset):
    history = make_history(snapshots=20)
    biases = [-5 * history.slope, *history.biases[1:]]
    elbow = np.full_like(history.elbow, 5.0)
    outside = replace(history, elbow=elbow, biases=tuple(biases))
    sheet, _ = built(View(outside, dataset))
    (words,) = [text for text in sheet.figure.texts if text.get_text() == NO_ELBOWS]
    assert words.get_zorder() > max(axes.get_zorder() for axes in sheet.figure.axes)
    assert words.get_bbox_patch().get_facecolor()[3] == 1.0


def test_the_end_is_not_where_something_goes_on_from(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    told = [event("only_jitter", 38, caption="Nothing but jitter from here")]
    assert names_of_moments(view, [0, 10, 39], told) == ["", "", ""]
    assert names_of_moments(view, [0, 37, 39], told)[1] == "Nothing but jitter from here"
