"""Lines that are made once and moved are drawn as lines that are made anew."""

import numpy as np
import pytest

from relusgd.pictures.kit.moving_lines import MovingLines
from relusgd.pictures.kit.plain_matplotlib import (
    Figure,
    FigureCanvasAgg,
    LineCollection,
    plain_style,
)


def picture(draw):
    with plain_style:
        figure = Figure(figsize=(2, 2), dpi=100)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        draw(axes)
        canvas.draw()
        return np.array(canvas.buffer_rgba())


def random_lines(count, points, seed):
    random = np.random.RandomState(seed)
    return random.rand(count, points, 2), 4 * random.rand(count), random.rand(count, 4)


@pytest.mark.parametrize("counts", [[5, 3, 9, 0, 4], [1, 40, 2]])
@pytest.mark.parametrize("points", [2, 3])
def test_moved_lines_are_drawn_as_new_ones(counts, points):
    def moved(axes):
        lines = MovingLines(axes, 2.0)
        for seed, count in enumerate(counts):
            lines.show(*random_lines(count, points, seed))

    def new(axes):
        places, widths, colours = random_lines(counts[-1], points, len(counts) - 1)
        lines = LineCollection(places, linewidths=widths, colors=colours, zorder=2.0)
        axes.add_collection(lines, autolim=False)

    assert np.array_equal(picture(moved), picture(new))


def test_lines_of_a_frame_do_not_change_with_the_array_they_came_from():
    places, widths, colours = random_lines(3, 2, 0)

    def draw(axes):
        given = places.copy()
        MovingLines(axes, 2.0).show(given, widths, colours)
        given[:] = 0

    assert np.array_equal(
        picture(draw), picture(lambda axes: MovingLines(axes, 2.0).show(places, widths, colours))
    )
