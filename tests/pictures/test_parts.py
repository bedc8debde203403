"""Parts of pictures that change from frame to frame."""

import numpy as np

from relusgd.pictures.kit.parts import moving_bars
from relusgd.pictures.kit.plain_matplotlib import Figure, FigureCanvasAgg


def ink_of_bars(height):
    """How dark each column of pixels is under five black bars of this height, in pixels."""
    figure = Figure(figsize=(1, 1), dpi=50)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 5), ylim=(0, 50), frame_on=False)
    axes.set_axis_off()
    bars = moving_bars(axes, 0, (0, 5), color="black")
    bars.set_data(np.full(5, height), np.arange(6.0), 0)
    canvas.draw()
    brightness = np.asarray(canvas.buffer_rgba())[..., 0].astype(float)
    return (255 - brightness).sum(axis=0) / 255


def test_bars_have_as_much_ink_as_they_are_high_below_a_pixel_too():
    for height in (0.2, 0.4, 0.6, 1.5):
        ink = ink_of_bars(height)[1:-1]
        np.testing.assert_allclose(ink, height, atol=0.02)
