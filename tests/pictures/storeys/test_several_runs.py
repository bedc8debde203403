"""The picture of several runs, each in two storeys, on one clock."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.pictures.look import Look
from relusgd.pictures.painter import Painter
from relusgd.pictures.scene import RunGroup
from relusgd.pictures.view import View


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


@pytest.mark.parametrize("low", [-0.5, -1.0, -2.0, -4.0])
def test_a_label_of_y_at_the_foot_of_its_storey_keeps_clear_of_those_of_time(
    overlapping, make_history, dataset, low
):
    deeper = replace(dataset, y_train=dataset.y_train + low)
    views = [View(make_history(seed=seed), deeper) for seed in range(3)]
    painter = Painter(RunGroup(views, list("abc")), Look(size=(1000, 700)), still=True)
    assert list(overlapping(painter)) == []


@pytest.mark.parametrize("count", [2, 4, 9])
@pytest.mark.parametrize("size", [(640, 448), (1000, 700), (1080, 1080)])
def test_words_never_overlap_nor_leave_the_picture(overlapping, make_group, count, size):
    painter = Painter(make_group(count, every=1000), Look(size=size, title="A title"), still=True)
    assert list(overlapping(painter)) == []
