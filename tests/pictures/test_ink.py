"""What is drawn on paper, without the paper."""

import numpy as np

from relusgd.pictures.kit.ink import Ink, canvas_pixels
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.sheet import Sheet

PAPER = np.uint32(0xFFFFFFFF)
DRAWN = np.array([PAPER, 5, PAPER, PAPER, 7, 7], dtype=np.uint32)


def test_ink_on_new_paper_is_the_picture():
    pixels = np.full(len(DRAWN), PAPER)
    Ink(DRAWN, PAPER).put(pixels)
    assert np.array_equal(pixels, DRAWN)


def test_ink_on_another_picture_leaves_what_is_beside_it():
    other = np.arange(6, dtype=np.uint32)
    Ink(DRAWN, PAPER).put(other)
    assert other.tolist() == [0, 5, 2, 3, 7, 7]


def test_ink_up_to_a_place_is_the_picture_until_there():
    for stop in range(len(DRAWN) + 1):
        pixels = np.full(len(DRAWN), PAPER)
        Ink(DRAWN, PAPER).put(pixels, stop=stop)
        assert np.array_equal(pixels[:stop], DRAWN[:stop])
        assert (pixels[stop:] == PAPER).all()


def test_ink_on_a_picture_is_what_differs_from_it():
    before = np.array([1, 2, 3, 4], dtype=np.uint32)
    after = np.array([1, 9, 3, 8], dtype=np.uint32)
    pixels = np.zeros(4, dtype=np.uint32)
    Ink(after, before).put(pixels)
    assert pixels.tolist() == [0, 9, 0, 8]


def test_the_picture_may_change_after_its_ink_was_taken():
    drawn = DRAWN.copy()
    ink = Ink(drawn, PAPER)
    drawn[:] = 0
    pixels = np.full(len(DRAWN), PAPER)
    ink.put(pixels)
    assert np.array_equal(pixels, DRAWN)


def test_what_is_written_to_the_pixels_of_a_canvas_stands_on_it():
    canvas = Sheet(Look(size=(480, 360))).canvas
    canvas.draw()
    canvas_pixels(canvas)[480 * 3 + 7] = np.array([10, 20, 30, 255], np.uint8).view(np.uint32)[0]
    assert np.asarray(canvas.buffer_rgba())[3, 7].tolist() == [10, 20, 30, 255]
