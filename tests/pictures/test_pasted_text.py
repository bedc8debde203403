"""Words that films paste are those that matplotlib sets."""

import numpy as np
import pytest

from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.pasted_text import PastedText, pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Line2D, Text, plain_style
from relusgd.pictures.kit.sheet import Sheet

LOOK = Look(size=(480, 360))


def drawn(words, *, pasted, opacity=None, **options):
    with plain_style:
        sheet = Sheet(LOOK, pasted_numbers=pasted)
        text = sheet.text(40.3, 121.6, words, pixels=17.0, colour="#8e3fb8", **options)
        shown = pasted_in_films(sheet, text)
        shown.set_alpha(opacity)
        sheet.canvas.draw()
        return np.array(sheet.canvas.buffer_rgba()).astype(int)


@pytest.mark.parametrize("opacity", [None, 1.0, 0.5, 0.07, 0.0])
@pytest.mark.parametrize("options", [{}, {"bold": True, "ha": "center"}], ids=["plain", "bold"])
def test_a_pasted_text_is_the_text_pixel_by_pixel_at_any_opacity(options, opacity):
    words = "true function, gjpqy ↓ 0.25"
    pasted = drawn(words, pasted=True, opacity=opacity, **options)
    written = drawn(words, pasted=False, opacity=opacity, **options)
    # Opacities are rounded to a 255th on the way.
    assert np.abs(pasted - written).max() <= 2
    assert (written != 255).any() == (opacity != 0.0)


@pytest.mark.parametrize("size", [(480, 360), (3840, 2160)])
def test_a_rim_of_paper_parts_words_from_what_they_cross(size):
    found = []
    for pasted in (True, False):
        with plain_style:
            sheet = Sheet(Look(size=size), pasted_numbers=pasted)
            x, y, pixels = 0.1 * size[0] + 0.3, 0.5 * size[1], sheet.scale.text
            bar = Line2D(
                [0, 1], [0.5 + 0.35 * pixels / size[1]] * 2, lw=pixels, color="k", zorder=1
            )
            sheet.figure.add_artist(bar)
            written = sheet.text_over_lines(x, y, "llll", pixels=pixels, colour="#8e3fb8", zorder=2)
            pasted_in_films(sheet, written)
            sheet.canvas.draw()
            found.append(np.array(sheet.canvas.buffer_rgba()).astype(int))
            width = written.get_window_extent(sheet.canvas.get_renderer()).x1 - x
    assert np.abs(found[0] - found[1]).max() <= 2
    row = found[1][size[1] - round(y + 0.35 * pixels)]
    assert (row[round(0.9 * x), :3] == 0).all()
    beside = row[round(x) : round(x + width), :3]
    is_dark = (beside < 60).all(axis=1)
    assert not is_dark.any()


def test_other_words_are_other_pictures_and_none_are_nothing():
    with plain_style:
        sheet = Sheet(LOOK, pasted_numbers=True)
        pasted = pasted_in_films(sheet, sheet.text(40, 100, "", pixels=17.0))
        assert isinstance(pasted, PastedText)
        frames = []
        for words in ("", "one", "two", "one"):
            pasted.set_text(words)
            sheet.canvas.draw()
            frames.append(np.array(sheet.canvas.buffer_rgba()))
    assert (frames[0] == 255).all()
    assert not np.array_equal(frames[1], frames[2])
    assert np.array_equal(frames[1], frames[3])


def test_stills_have_the_text_itself():
    with plain_style:
        sheet = Sheet(LOOK)
        assert isinstance(pasted_in_films(sheet, sheet.text(4, 4, "a", pixels=17.0)), Text)
