"""Words that the font of all pictures lacks: another font of the system writes them, or a box
stands for them.
"""

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from relusgd.pictures.films.painter import Painter, save_still
from relusgd.pictures.kit import fonts
from relusgd.pictures.kit.fonts import FAMILY, NO_GLYPH, drawable, font, lacking_glyphs
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.scenes.view import View

NOBODYS = "\U0001f9ff"
"""A character that neither font has."""


@pytest.fixture
def on_this_system(monkeypatch):
    """Give the system these fonts and no others but those of matplotlib; each draws one character
    as a full square.
    """

    def install(*files):
        listed = [
            entry for entry in font_manager.fontManager.ttflist if entry.name.startswith("DejaVu")
        ]
        monkeypatch.setattr(font_manager.fontManager, "ttflist", listed)
        for file in files:
            font_manager.fontManager.addfont(file)
        for cached in (fonts.stand_ins, text_width):
            cached.cache_clear()

    yield install
    for cached in (fonts.stand_ins, text_width):
        cached.cache_clear()


@pytest.fixture
def square_font(tmp_path):
    """A font file that has 漢 alone, 1 em wide."""
    pen = TTGlyphPen(None)
    for number, corner in enumerate([(0, 0), (0, 1000), (1000, 1000), (1000, 0)]):
        (pen.lineTo if number else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "han"])
    builder.setupCharacterMap({ord("漢"): "han"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "han": square})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "han": (1000, 0)})
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Square Test", "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400, sTypoAscender=1000, usWinAscent=1000)
    builder.setupPost()
    path = tmp_path / "square.ttf"
    builder.save(path)
    return path


def test_another_font_writes_what_the_usual_one_lacks(on_this_system, square_font):
    on_this_system(square_font)
    assert drawable("elbow 漢") == "elbow 漢"
    assert font(20, text="elbow 漢").get_family() == [FAMILY, "Square Test"]
    assert text_width("漢漢漢", 20) - text_width("漢", 20) == pytest.approx(40, abs=1)


def test_without_such_a_font_a_box_stands_for_the_character_and_its_name_is_told(on_this_system):
    on_this_system()
    assert drawable("elbow 漢 α") == f"elbow {NO_GLYPH} α"
    assert lacking_glyphs("漢 elbow 漢 α") == "漢"


def test_what_no_font_has_is_told_once_whatever_stands_around_it(on_this_system, square_font):
    on_this_system(square_font)
    assert lacking_glyphs(f"a{NOBODYS}漢{NOBODYS}") == NOBODYS


def test_plain_words_need_no_other_font():
    assert font(20, text="elbows inside").get_family() == [FAMILY]
    assert lacking_glyphs("αβγ Привет\n\x00\u200b\u0301") == ""


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_title_in_another_font_is_drawn_in_every_format(
    make_history, dataset, on_this_system, square_font, tmp_path, suffix
):
    on_this_system(square_font)
    view, look = View(make_history(2), dataset), Look(size=(480, 360), title="漢 of forty ReLUs")
    save_still(view, 0, tmp_path / f"still{suffix}", look)
    with_square = ink_in_the_title(view, look)
    on_this_system()
    assert with_square > 100 + ink_in_the_title(view, look)


def ink_in_the_title(view, look):
    """The number of dark pixels where the title begins."""
    return np.count_nonzero(
        (Painter(view, look, still=True).full(0)[:25, :80, :3] < 100).all(axis=2)
    )
