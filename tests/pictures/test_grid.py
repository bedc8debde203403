"""Several runs in one picture: shared axes, one clock, words that never touch."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from relusgd.errors import InputError
from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.sheet import Box
from relusgd.pictures.kit.stack import GridShape
from relusgd.pictures.moments.frames import choose_frames
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.error_panel import ErrorPanel
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

SMALL = Look(size=(480, 360), layout="panels")


@pytest.fixture
def make_group(make_history, dataset):
    def make(count=3, **given):
        views = [View(make_history(seed=seed, **given), dataset) for seed in range(count)]
        return RunGroup(
            views,
            [f"hidden {10 * seed}, learning rate 0.0{seed}" for seed in range(count)],
            [f"hidden {seed}" for seed in range(count)],
        )

    return make


@pytest.fixture
def uneven(make_history, dataset):
    """A run of 8 snapshots every 5 epochs, and one that ends at epoch 1, as ridge does."""
    views = [
        View(make_history(), dataset),
        View(make_history(snapshots=2, every=1, steps_per_epoch=1), dataset),
    ]
    return RunGroup(views, ["sgd", "ridge"])


def test_every_frame_of_several_runs_is_the_full_draw_pixel_by_pixel(uneven):
    painter = Painter(uneven, SMALL)
    for moment in range(len(uneven)):
        assert np.array_equal(painter.frame(moment), painter.full(moment)), moment


def test_a_moment_shows_the_last_snapshot_until_then_and_a_run_that_has_ended_stands(uneven):
    assert uneven.clock.tolist() == [0, 1, 5, 10, 15, 20, 25, 30, 35]
    assert uneven.rows(uneven.views[0]).tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7]
    assert uneven.rows(uneven.views[1]).tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 1]


def test_single_steps_stand_at_their_place_on_the_common_clock(make_history, dataset):
    fine = make_history(snapshots=3, every=1, steps_per_epoch=5, first_steps=3)
    coarse = make_history(snapshots=3, every=1, steps_per_epoch=2, first_steps=1)
    group = RunGroup([View(fine, dataset), View(coarse, dataset)], ["fine", "coarse"])
    assert group.clock.tolist() == [0, 0.2, 0.4, 0.5, 0.6, 1, 2]
    assert group.rows(group.views[1]).tolist() == [0, 0, 0, 1, 1, 2, 3]
    painter = Painter(group, SMALL)
    painter.full(3)
    panel = next(part for part in painter._parts if isinstance(part, ErrorPanel))
    halfway = group.time_axis.place(np.array([0.5]))[0]
    assert {curve.past.get_xdata()[-1] for curve in panel.curves} == {halfway}
    drawn = panel.curves[0]._band.x
    np.testing.assert_allclose(
        drawn[:4], group.time_axis.place(np.array([0, 0.2, 0.4, 0.6])), atol=1e-12
    )


@pytest.mark.parametrize("moment", [2, 4, -1])
def test_the_line_of_a_run_ends_where_the_run_does_and_that_of_one_solution_is_a_level(
    moment, make_history, dataset
):
    views = [
        View(make_history(snapshots=count, every=every, steps_per_epoch=steps), dataset)
        for count, every, steps in ((8, 5, 2), (3, 5, 2), (2, 1, 1))
    ]
    group = RunGroup(views, ["long", "short", "ridge"])
    painter = Painter(group, SMALL)
    painter.full(moment)
    panel = next(part for part in painter._parts if isinstance(part, ErrorPanel))
    now, ended = (
        group.time_axis.place(group.clock[[moment]])[0],
        group.time_axis.place(np.array([10]))[0],
    )
    assert [curve.past.get_xdata()[-1] for curve in panel.curves] == [now, min(now, ended), now]
    assert [curve.dot.get_xdata()[0] for curve in panel.curves] == [now, min(now, ended), now]
    lines = panel.axes.get_lines()
    assert [line.get_xdata()[0] for line in lines if line.get_marker() == "|"] == [ended]


def test_panels_share_their_axes(make_group):
    painter = Painter(make_group(4), SMALL)
    limits = {
        panel._part._axes.get_xlim() + panel._part._axes.get_ylim()
        for panel in painter._parts
        if _is_curve(panel)
    }
    assert len(limits) == 1


def _is_curve(part):
    return isinstance(getattr(part, "_part", None), CurvePanel)


@pytest.mark.parametrize("spacing", ["log", "linear", "motion"])
def test_frames_of_several_runs_are_distinct_moments(uneven, spacing):
    chosen = choose_frames(uneven, 5, spacing)
    assert len(chosen) == 5
    assert (np.diff(chosen) > 0).all()
    assert (chosen[0], chosen[-1]) == (0, len(uneven) - 1)


@pytest.mark.parametrize("count", [2, 3, 4, 6, 9])
@pytest.mark.parametrize("size", [(640, 448), (1000, 700), (1600, 900)], ids=str)
def test_words_over_several_runs_never_overlap(overlapping, make_group, count, size):
    assert (
        list(
            overlapping(
                Painter(
                    make_group(count, every=1000),
                    replace(SMALL, size=size, title="A title"),
                    still=True,
                )
            )
        )
        == []
    )


def test_a_panel_says_which_run_it_is(make_group):
    words = [
        text.get_text()
        for text in Painter(make_group(2), SMALL, still=True).sheet.figure.findobj(Text)
    ]
    assert "hidden 10, learning rate 0.01" in words


def test_ten_runs_are_refused(make_group):
    with pytest.raises(InputError, match="10 runs do not fit"):
        make_group(10)


@pytest.mark.parametrize(
    ("count", "shape"), [(2, (1, 2)), (3, (1, 3)), (4, (2, 2)), (6, (2, 3)), (9, (3, 3))]
)
def test_a_wide_picture_has_its_panels_in_rows(count, shape):
    assert GridShape.best(count, Box(0, 0, 900, 450)) == GridShape(*shape)
