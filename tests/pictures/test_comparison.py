"""Groups side by side: their functions, other seeds behind, errors beneath; words never touch."""

import numpy as np
import pytest
from matplotlib.text import Text

from relusgd.errors import InputError
from relusgd.pictures.charts.comparison import (
    ComparisonPanel,
    ComparisonPicture,
    draw_comparison,
    panel_scales,
    save_comparison,
)
from relusgd.pictures.charts.error_chart import Chart, Series, named_ticks
from relusgd.pictures.kit.look import LIGHT, Look
from relusgd.pictures.scenes.view import View


def series(colour, *, points=False, count=8):
    x, error = (
        np.arange(count) * (1.0 if points else 5.0),
        np.geomspace(0.5, 0.02, count) * (colour + 1),
    )
    return Series(
        x,
        error,
        0.7 * error,
        1.4 * error,
        colour,
        points=points,
        best=count - 1 if points else None,
    )


@pytest.fixture
def make_comparison(make_history, dataset):
    def make(count, columns=None, charts=1, places=(), seeds=2):
        panels = [
            ComparisonPanel(
                (
                    f"hidden {10 * number}, output layer only",
                    f"hidden {10 * number}, output",
                    f"{number}, output",
                ),
                View(make_history(seed=number), dataset),
                number if columns is None else number // columns,
                [View(make_history(seed=50 + seed), dataset) for seed in range(seeds)],
                (("test", f"0.00{number}12"), ("diverged", "1/5"), ("best", "")),
                best=number == 1,
            )
            for number in range(count)
        ]
        all_series = [series(colour, points=bool(places)) for colour in range(3)]
        chart = Chart(all_series, "penalty" if places else "epoch", places, 0.01)
        return ComparisonPicture(panels, [chart] * charts, columns)

    return make


class _Drawn:
    """What the check for touching words wants of a painter."""

    def __init__(self, sheet):
        self.sheet = sheet

    def full(self, index):
        self.sheet.canvas.draw()


@pytest.mark.parametrize("size", [(640, 480), (1000, 700), (1600, 900)], ids=str)
@pytest.mark.parametrize(
    "shape",
    [
        {"count": 1},
        {"count": 2},
        {"count": 3, "places": ["0", "1e-8", "1e-7", "1e-6", "1e-5", "0.0001", "0.001", "0.01"]},
        {"count": 5},
        {"count": 9, "columns": 3, "charts": 3},
        {"count": 16, "columns": 4, "charts": 4},
    ],
    ids=lambda shape: "-".join(f"{key}{value}" for key, value in shape.items() if key != "places"),
)
def test_words_never_overlap(overlapping, make_comparison, shape, size):
    sheet = draw_comparison(make_comparison(**shape), Look(size=size, title="A title"))
    assert list(overlapping(_Drawn(sheet))) == []


def test_titles_are_all_long_or_all_short(make_comparison):
    for size in ((640, 480), (1600, 900)):
        words = [
            text.get_text()
            for text in draw_comparison(make_comparison(4), Look(size=size)).figure.findobj(Text)
        ]
        titles = [[title in words for title in panel.titles] for panel in make_comparison(4).panels]
        assert len({tuple(level) for level in titles}) == 1
        assert any(titles[0])


def test_seeds_lie_behind_the_function_that_is_shown(make_comparison):
    figure = draw_comparison(make_comparison(2, seeds=3)).figure
    panel = figure.axes[0]
    faint = [
        line
        for line in panel.lines
        if line.get_alpha() is not None
        and line.get_color() in LIGHT.runs
        and line.get_linestyle() == "-"
    ]
    assert len(faint) == 3
    strong = max(panel.lines, key=lambda line: line.get_zorder())
    assert all(
        line.get_color() == strong.get_color() and line.get_zorder() < strong.get_zorder()
        for line in faint
    )


def test_the_chart_shows_the_median_and_the_band(make_comparison):
    axes = draw_comparison(make_comparison(2)).figure.axes[-1]
    wanted = series(0)
    lines = [line for line in axes.lines if len(line.get_xdata()) == 8]
    np.testing.assert_allclose(lines[0].get_ydata(), np.log10(wanted.middle))
    edges = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert edges.min() == pytest.approx(np.log10(wanted.low.min()))
    assert edges.max() == pytest.approx(np.log10(wanted.high.max()))


def test_panels_share_axes_unless_their_data_lie_far_apart(make_history, dataset, standardised):
    near = [View(make_history(seed=seed), dataset) for seed in range(2)]
    one, other = panel_scales(near)
    assert one is other
    far = panel_scales([*near, View(make_history(), standardised)])
    assert far[0].x == (0.0, 1.0)
    assert far[2].x == (1900.0, 1940.0)


def test_of_names_that_would_touch_some_are_left_out():
    assert named_ticks(["one", "two"], 500, 14).labels == ("one", "two")
    assert named_ticks([f"name {number}" for number in range(20)], 300, 14).labels.count("") >= 14


def test_too_many_panels_are_refused(make_comparison):
    with pytest.raises(InputError, match="17 panels do not fit"):
        make_comparison(17)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_every_format_is_written_the_same_twice(make_comparison, tmp_path, suffix):
    for name in ("one", "two"):
        save_comparison(make_comparison(2), tmp_path / f"{name}{suffix}", Look(size=(480, 360)))
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
