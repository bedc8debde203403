"""Brightness and colour of a film's frames, held against the formulas of ITU-R BT.709."""

import numpy as np
import pytest

from relusgd.pictures.encoding.planes import Planes

SIZES = [(2, 2), (6, 4), (500, 360), (1000, 700)]


def random_frame(size, seed):
    width, height = size
    frame = np.random.RandomState(seed).randint(0, 256, (height, width, 4)).astype(np.uint8)
    frame[..., 3] = 255
    return frame


def by_formula(frame):
    """The three planes, one behind the other, before rounding."""
    red, green, blue = np.moveaxis(frame[..., :3].astype(float) / 255, 2, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    to_blue, to_red = (blue - luma) / 1.8556, (red - luma) / 1.5748
    height, width = luma.shape

    def of_squares(plane):
        return plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))

    chroma = [(128 + 224 * of_squares(plane)).ravel() for plane in (to_blue, to_red)]
    return np.concatenate([(16 + 219 * luma).ravel(), *chroma])


@pytest.mark.parametrize("size", SIZES)
def test_brightness_and_colour_are_those_of_the_formula(size):
    frame = random_frame(size, 0)
    assert np.abs(Planes(size).of(frame).ravel() - by_formula(frame)).max() <= 0.51


def test_black_white_and_greys_have_no_colour():
    for value, luma in [(0, 16), (255, 235), (128, 126)]:
        frame = np.full((2, 2, 4), value, dtype=np.uint8)
        frame[..., 3] = 255
        assert Planes((2, 2)).of(frame).tolist() == [[luma] * 2, [luma] * 2, [128, 128]]


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_after_others_is_as_if_it_were_alone(size):
    film, frame = Planes(size), random_frame(size, 0)
    for seed in range(1, 5):
        change = random_frame(size, seed)
        places = np.random.RandomState(seed).rand(*frame.shape[:2]) < 0.05
        frame[places] = change[places]
        assert np.array_equal(film.of(frame), Planes(size).of(frame))
