"""The lines of references: where they are, that they move, and what the legend calls them."""

import numpy as np
import pytest
from matplotlib.text import Text

from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.look import THEMES, Look
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.reference_lines import DASHES
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

SMALL = Look(size=(480, 360), layout="panels")
X = np.linspace(0, 1, 11)
FIXED = ReferenceCurve("line", "least-squares line", "line", X, lambda _: 0.5 * X)
MOVING = ReferenceCurve(
    "linearized", "linearised network", "linearised", X, lambda row: row + 0 * X, moves=True
)


@pytest.fixture
def view(make_history, dataset):
    return View(make_history(), dataset, [FIXED, MOVING])


def lines_of(painter):
    """The lines of the first panel by their colour."""
    panel = next(part for part in painter._parts if isinstance(part, CurvePanel))
    return {line.get_color(): line for line in panel._axes.lines}


def colour(name):
    return THEMES["light"].references[list(DASHES).index(name)]


@pytest.mark.parametrize("theme", THEMES)
def test_every_frame_is_the_full_draw_pixel_by_pixel(view, theme):
    painter = Painter(view, Look(size=(480, 360), theme=theme, layout="panels"))
    for index in (0, 5, 2):
        np.testing.assert_array_equal(painter.frame(index), painter.full(index))


def test_one_that_moves_goes_with_the_snapshot(view):
    painter = Painter(view, SMALL)
    lines = lines_of(painter)
    np.testing.assert_array_equal(lines[colour("line")].get_ydata(), 0.5 * X)
    for index in (3, 1):
        painter.show(index)
        np.testing.assert_array_equal(lines[colour("linearized")].get_ydata(), np.full(11, index))


def test_far_away_it_is_cut_and_what_is_not_finite_is_left_out(make_history, dataset):
    y = np.array([np.inf, -1e300, np.nan, *np.zeros(8)])
    wild = ReferenceCurve("linearized", "linearised network", "linearised", X, lambda _: y, True)
    painter = Painter(View(make_history(), dataset, [wild]), SMALL)
    painter.frame(0)
    drawn = lines_of(painter)[colour("linearized")].get_ydata()
    assert np.isnan(drawn[2])
    assert np.all(np.abs(np.delete(drawn, 2)) < 1e9)


def test_the_legend_names_each_once(view, make_history, dataset):
    other = View(make_history(seed=1), dataset, [FIXED])
    painter = Painter(
        RunGroup([view, other], ["one", "two"]), Look(size=(1400, 700), layout="panels")
    )
    words = [text.get_text() for text in painter.sheet.figure.findobj(Text)]
    assert words.count("least-squares line") + words.count("line") == 1
    assert words.count("linearised network") + words.count("linearised") == 1


def test_they_do_not_change_the_limits_of_y(view, make_history, dataset):
    assert view.y_limits == View(make_history(), dataset).y_limits


def test_each_has_a_colour_and_a_dash_of_its_own():
    assert len({str(dash) for dash in DASHES.values()}) == len(DASHES)
    for theme in THEMES.values():
        assert len(set(theme.references)) == len(theme.references) == len(DASHES)
