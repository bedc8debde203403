"""What carries meaning in a picture can be told from its paper, and one thing from another."""

from dataclasses import asdict
from itertools import combinations

import numpy as np
import pytest

from relusgd.graphs.picture import RED
from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.contrast import (
    LEAST_OPACITY,
    MEANINGFUL,
    blended_contrast,
    contrast,
    least_opacity,
)
from relusgd.pictures.kit.look import THEMES, Look
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.marks import looks_of, sign_colours
from relusgd.pictures.scenes.view import View

WORDS = 4.5

NOT_MEANINGFUL = {"paper", "grid", "active"}
"""The fill of the active strip has an edge that carries the meaning."""

IN_ONE_PICTURE = ("ink", "data", "learned", "positive", "negative", "train", "test")
DIFFERENT = 20.0
"""A distance in CIELAB: about ten times what is just noticed side by side."""


def meaningful(theme):
    for name, colour in asdict(theme).items():
        if name in NOT_MEANINGFUL:
            continue
        for each in [colour] if isinstance(colour, str) else colour:
            yield name, each


def hexadecimal(channels):
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#777777", 1.0), ("#1f78b4", "#ffffff", 4.77)],
)
def test_the_contrast_is_that_of_wcag(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_every_meaningful_colour_stands_out_from_the_paper(theme):
    for name, colour in meaningful(theme):
        assert contrast(colour, theme.paper) >= MEANINGFUL, (name, colour)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_words_stand_out_more(theme):
    """Words stand in the colours of the things that they name; "training points" is faint."""
    for name, colour in meaningful(theme):
        if name != "data":
            assert contrast(colour, theme.paper) >= WORDS, (name, colour)
    for name, red in RED.items():
        assert contrast(red, THEMES[name].paper) >= WORDS


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_the_palest_use_of_a_colour_stands_out(theme):
    for name, colour in meaningful(theme):
        opacity = least_opacity(colour, theme.paper)
        assert opacity >= LEAST_OPACITY
        assert blended_contrast(colour, theme.paper, opacity) >= MEANINGFUL, (name, colour)


@pytest.mark.parametrize("theme", THEMES)
def test_the_weakest_unit_at_the_first_epoch_stands_out(make_history, dataset, theme):
    painter = Painter(View(make_history(hidden=(12,)), dataset), Look(theme=theme, layout="panels"))
    painter.show(0)
    panel = next(part for part in painter._parts if isinstance(part, CurvePanel))
    paper = THEMES[theme].paper
    for *channels, opacity in panel._lines.get_colors():
        assert blended_contrast(hexadecimal(channels), paper, opacity) >= MEANINGFUL - 0.02


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_units_of_either_sign_stand_out_at_every_strength(theme, strength):
    paper = THEMES[theme].paper
    sheet = Sheet(Look(theme=theme, layout="panels"))
    for sign in (-1.0, 0.0, 1.0):
        (colour,) = sign_colours(sheet, np.array([sign]), np.array([strength]))
        drawn = blended_contrast(hexadecimal(colour[:3]), paper, colour[3])
        assert drawn >= MEANINGFUL - 0.02


@pytest.mark.parametrize("theme", THEMES)
def test_what_a_legend_explains_stands_out(theme):
    paper = THEMES[theme].paper
    for name, look in looks_of(Sheet(Look(theme=theme, layout="panels")), None).items():
        colour = look.get("color") or look["markerfacecolor"]
        if colour == "none":
            colour = look["markeredgecolor"]
        assert blended_contrast(colour, paper, look.get("alpha", 1.0)) >= MEANINGFUL, name


def lab(colour):
    """CIELAB coordinates of a colour, for white D65."""
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(to_xyz @ linear / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distances(colours):
    for one, other in combinations(colours, 2):
        yield one, other, float(np.linalg.norm(lab(one) - lab(other)))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_a_colour_has_one_meaning_in_a_picture(theme):
    colours = [getattr(theme, name) for name in IN_ONE_PICTURE]
    in_pictures = [
        [*colours, *theme.layers],
        [*theme.runs, theme.ink, theme.data, theme.positive, theme.negative],
    ]
    for shown in in_pictures:
        for one, other, distance in distances(shown):
            assert distance > DIFFERENT, (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_data_are_grey_and_the_first_layer_has_one_colour(theme):
    red, green, blue = (int(theme.data[start : start + 2], 16) for start in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 25
    assert theme.data != theme.train
    assert theme.neutral == theme.layers[0]
