"""The elbows of many runs over time, as a density."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import draw_sheet
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.elbows_of_many import ElbowsBuilder, save_elbows


def builder_of(views, look=None):
    made = []

    def draw(sheet):
        made.append(ElbowsBuilder(sheet, views))
        made[0].draw()

    return draw_sheet(draw, look or Look(size=(640, 448))), made[0]


def density_of(builder, view):
    height = builder.lower.height
    first, last = builder.time.limits(0.01)
    heights = first + (np.arange(height) + 0.5) / height * (last - first)
    up, down = np.zeros((2, height, 250))
    builder._add(view, heights, up, down)
    return up, down


def test_each_row_of_time_is_the_snapshot_before_it(make_history, dataset):
    view = View(make_history(), dataset)
    _, builder = builder_of([view])
    up, down = density_of(builder, view)
    start = view.bends(0, 250)
    middle = len(up) // 40 + 1
    assert up[middle] == pytest.approx(start.up)
    assert down[middle] == pytest.approx(start.down)
    shown = {round(float(row.sum()), 9) for row in up if row.any()}
    recorded = {round(float(view.bends(row, 250).up.sum()), 9) for row in range(len(view))}
    assert shown <= recorded


def test_a_run_that_has_ended_adds_nothing_after_its_end(make_history, dataset):
    long, short = View(make_history(), dataset), View(make_history(snapshots=2), dataset)
    _, builder = builder_of([long, short])
    up, down = density_of(builder, short)
    last_row = np.flatnonzero((up + down).any(axis=1)).max()
    share = builder.time.place(short.clock[-1:])[0] / builder.time.place(long.clock[-1:])[0]
    assert last_row / len(up) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("hidden", [(1,), (5, 4), (300,)])
def test_runs_of_any_width_are_drawn_in_every_format(make_history, dataset, hidden, tmp_path):
    views = [View(make_history(hidden=hidden, seed=seed), dataset) for seed in range(3)]
    for suffix in (".png", ".svg"):
        save_elbows(views, tmp_path / f"elbows{suffix}", Look(size=(480, 360), theme="dark"))


def test_functions_of_many_runs_are_dark_only_where_many_lie_on_each_other(make_history, dataset):
    view = View(make_history(), dataset)

    def opacity(runs):
        sheet, _ = builder_of([view] * runs)
        (functions,) = (
            lines
            for lines in sheet.figure.findobj(LineCollection)
            if len(lines.get_segments()) == runs
        )
        return functions.get_alpha()

    few, many = opacity(5), opacity(500)
    assert many < few / 5
    assert 1 - (1 - many) ** 50 > few  # a tenth of them together


def test_it_says_how_many_runs_there_are(make_history, dataset):
    sheet, _ = builder_of([View(make_history(seed=seed), dataset) for seed in range(12)])
    words = [text.get_text() for text in sheet.figure.findobj(Text)]
    assert "Elbows of 12 runs over time, and their last functions" in words


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (600, 1200)])
def test_it_says_what_its_colours_mean(make_history, dataset, size):
    view = View(make_history(), replace(dataset, x_name="a long name of x " * 9))
    sheet, builder = builder_of([view, view], Look(size=size))
    texts = {text.get_text(): text for text in sheet.figure.findobj(Text)}
    up, down = texts["bends up"], texts["bends down"]
    assert up.get_color() == sheet.colours.positive
    assert down.get_color() == sheet.colours.negative
    (x_name,) = [text for words, text in texts.items() if words.startswith("a long")]
    assert x_name.get_window_extent().x1 < up.get_window_extent().x0
    assert down.get_window_extent().x1 <= builder.lower.right + 1


def test_a_density_of_deep_networks_has_one_colour_and_no_words_for_two(make_history, dataset):
    sheet, _ = builder_of([View(make_history(hidden=(5, 4)), dataset)])
    assert "bends up" not in {text.get_text() for text in sheet.figure.findobj(Text)}


def test_the_solution_of_a_run_without_steps_stands_to_the_end(make_history, dataset):
    """Ridge regression has two snapshots: it neither ends at once nor fades in one row."""
    ridge = View(make_history(snapshots=2, every=1, steps_per_epoch=1), dataset)
    for views in ([ridge], [ridge, View(make_history(), dataset)]):
        _, builder = builder_of(views)
        up, down = density_of(builder, ridge)
        middle_of_start = len(up) // 40 + 1
        assert up[middle_of_start] == pytest.approx(ridge.bends(0, 250).up)
        assert up[-1] == pytest.approx(ridge.bends(1, 250).up)
        assert down[-1] == pytest.approx(ridge.bends(1, 250).down)
        solved = np.isclose(up, up[-1]).all(axis=1)
        assert solved.mean() > 0.4
