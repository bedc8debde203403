"""The picture of several runs, each in two storeys, on one clock."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.pictures.films.painter import Painter, still_figure
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.stack import GridShape
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.moments.captions import caption_of_run
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import write_heights
from relusgd.pictures.storeys.caption import READ_EASILY, Caption
from relusgd.pictures.storeys.empty_storey import (
    NO_ELBOWS,
    NO_ELBOWS_IN_SHORT,
    say_that_it_is_empty,
)
from relusgd.pictures.storeys.error_corner import corner_size


@pytest.fixture
def make_group(make_history, dataset):
    def make(count, **given):
        views = [View(make_history(seed=seed, **given), dataset) for seed in range(count)]
        titles = [f"hidden {10 * seed}, learning rate 0.0{seed}" for seed in range(count)]
        return RunGroup(views, titles, [f"hidden {seed}" for seed in range(count)])

    return make


def test_every_frame_is_the_full_draw_and_a_run_that_has_ended_stands(make_history, dataset):
    long = View(make_history(), dataset)
    short = View(make_history(snapshots=2, every=1, steps_per_epoch=1), dataset)
    painter = Painter(RunGroup([long, short], ["sgd", "ridge"]), Look(size=(640, 448)))
    frames = [painter.frame(moment) for moment in (0, 1, 5, 8)]
    for moment, frame in zip((0, 1, 5, 8), frames, strict=True):
        assert np.array_equal(frame, painter.full(moment)), moment
    right = slice(360, None)
    below_the_counter = slice(60, None)
    one, other = (frame[below_the_counter, right] for frame in frames[2:])
    assert np.array_equal(one, other)


def test_a_label_keeps_clear_of_those_of_another_axis():
    """The lowest label of y and the first one of time stand one over the other."""
    with plain_style:
        sheet = Sheet(Look())
        ticks = Ticks((0.0, 1.0), ("bottom", "top"))
        place, letter = Box(100, 200, 300, 100), sheet.scale.text
        for gap, kept in ((1.2, ["top"]), (1.4, ["bottom", "top"])):
            before = len(sheet.figure.texts)
            others = [200 - gap * letter]
            heights = write_heights(sheet, place, (0.0, 1.0), ticks, others)
            assert [text.get_text() for text in sheet.figure.texts[before:]] == kept
            assert heights == [*others, *([200.0] if len(kept) == 2 else []), 300.0]


@pytest.mark.parametrize("count", [2, 4, 9])
@pytest.mark.parametrize("size", [(640, 448), (1000, 700), (1080, 1080)])
def test_words_never_overlap_nor_leave_the_picture(overlapping, make_group, count, size):
    painter = Painter(make_group(count, every=1000), Look(size=size, title="A title"), still=True)
    assert list(overlapping(painter)) == []


def test_numbers_of_errors_stay_over_their_own_run(make_history, dataset):
    """That of a run that diverged is wide: 4.19e147."""
    history = make_history()
    history.metrics["train_mse"][4:] = 4.19e147
    view = View(history, dataset)
    with plain_style:
        sheet = Sheet(Look())
        for storey_width in (200, 300, 800):
            storey = Box(100, 200, storey_width, 200)
            width, _ = corner_size(sheet, storey, view)
            pixels = TICK_LETTERS * sheet.scale.text
            assert width >= text_width("train error 4.19e147", pixels)
        usual = View(make_history(), dataset)
        least, _ = corner_size(sheet, Box(100, 200, 100, 200), usual)
        assert least >= text_width("train error 0.00678", pixels)


def test_places_in_a_grid_have_names():
    names = [GridShape(3, 3).place_name(number) for number in range(9)]
    assert names == [
        *("top left", "top middle", "top right"),
        *("middle left", "middle", "middle right"),
        *("bottom left", "bottom middle", "bottom right"),
    ]
    assert [GridShape(1, 2).place_name(number) for number in range(2)] == ["left", "right"]
    assert [GridShape(2, 1).place_name(number) for number in range(2)] == ["top", "bottom"]
    assert GridShape(3, 2).place_name(3) == "middle right"


@pytest.mark.parametrize("size", [(640, 480), (1000, 700), (500, 1000)])
@pytest.mark.parametrize("count", [2, 4, 9])
def test_no_caption_is_cut_however_long_the_titles_of_runs_are(make_group, count, size):
    """The titles of three keys leave no room, and the place of a run says whose caption it is."""
    group = make_group(count)
    titles = [f"hidden 40, learning rate 0.0{number}, batch size 20" for number in range(count)]
    words = "A cluster of 12 units near x = 0.761 splits"
    captions = [""] * len(group)
    captions[1] = caption_of_run(titles[1], words)
    script = Script(np.arange(len(group)), captions=captions)
    painter = Painter(RunGroup(group.views, titles), Look(size=size), script=script)
    caption = next(part for part in painter._parts if isinstance(part, Caption))
    caption.show(1)
    said = caption.moving[0].get_text()
    place, _, rest = said.partition(" · ")
    assert rest == words
    assert place in {"right", "bottom", "top right", "top middle"}
    if size == (1000, 700):
        assert caption._pixels >= READ_EASILY * painter.sheet.scale.text


def test_a_caption_names_its_run_by_its_title_where_there_is_room(make_group):
    group = make_group(2)
    captions = [caption_of_run("hidden 1", "3 units die")] * len(group)
    script = Script(np.arange(len(group)), captions=captions)
    painter = Painter(group, Look(), script=script)
    caption = next(part for part in painter._parts if isinstance(part, Caption))
    caption.show(0)
    assert caption.moving[0].get_text() == "hidden 1 · 3 units die"


@pytest.mark.parametrize("count", [2, 9])
def test_an_empty_lower_storey_says_why(make_history, dataset, count):
    views = [View(make_history(seed=seed, snapshots=3), dataset) for seed in range(count)]
    outside = make_history(snapshots=3)
    elbow = np.full_like(outside.elbow, 5.0)
    biases = (-5 * outside.slope, *outside.biases[1:])
    views[1] = View(replace(outside, elbow=elbow, biases=biases), dataset)
    titles = [f"seed {seed}" for seed in range(count)]
    figure = still_figure(RunGroup(views, titles), -1, Look(size=(640, 480)))
    said = [text.get_text() for text in figure.texts]
    assert said.count(NO_ELBOWS) == 1


def test_a_narrow_empty_storey_says_it_in_short():
    with plain_style:
        sheet = Sheet(Look())
        say_that_it_is_empty(sheet, Box(100, 200, 120, 80), sheet.scale.text)
    (text,) = sheet.figure.texts
    assert text.get_text() == NO_ELBOWS_IN_SHORT
    assert text_width(text.get_text(), sheet.scale.text) < 120
