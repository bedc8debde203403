"""Words over lines, with a rim of paper around their letters."""

import numpy as np
import pytest

from relusgd.pictures.kit.haloed_text import rim_shifts
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.kit.sheet import Sheet


def ends(is_there):
    """The first and the last column of a picture in which something is, shape (height, width)."""
    columns = np.flatnonzero(is_there.any(axis=0))
    return int(columns[0]), int(columns[-1])


@pytest.mark.parametrize("letters", [8.0, 9.3, 11.0, 14.0])
def test_the_rim_is_as_wide_behind_the_last_letter_as_before_the_first(letters):
    """Outlines of letters are wider than letters that stand at whole pixels."""
    with plain_style:
        sheet = Sheet(Look(size=(640, 480)))
        text = sheet.text_over_lines(
            100, 200, "learned function", pixels=letters, colour="#ff0000", zorder=3
        )
        sheet.figure.patch.set_facecolor("#0000ff")
        sheet.figure.canvas.draw()
        pixels = np.asarray(sheet.figure.canvas.buffer_rgba()).astype(int)
    red, green = pixels[..., 0], pixels[..., 1]
    first_letter, last_letter = ends(red - green > 60)
    # Neither the letters nor what is behind the paper has any green.
    first_paper, last_paper = ends(green > 60)
    assert 1 <= first_letter - first_paper <= text.rim + 1
    assert 1 <= last_paper - last_letter <= text.rim + 1


def test_the_rim_is_the_letters_in_the_colour_of_the_paper_at_every_place_around():
    """Pasted from one picture, and the same as if they were written there one after the other."""
    with plain_style:
        haloed, written = [Sheet(Look(size=(640, 480))) for _ in range(2)]
        look = {"pixels": 11.0, "zorder": 3}
        text = haloed.text_over_lines(100.3, 200.6, "function", colour="#ff0000", **look)
        for right, up in rim_shifts(text.rim):
            place = 100.3 + right, 200.6 + up
            written.text(*place, "function", colour=written.colours.paper, **look)
        written.text(100.3, 200.6, "function", colour="#ff0000", **look)
        pictures = []
        for sheet in (haloed, written):
            sheet.figure.patch.set_facecolor("#0000ff")
            sheet.figure.canvas.draw()
            pictures.append(np.asarray(sheet.figure.canvas.buffer_rgba()).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 2
    assert (pictures[0] != pictures[0][0, 0]).any()
