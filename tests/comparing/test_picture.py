"""Which groups stand where in the picture, and what is drawn of their errors."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import relusgd
from relusgd.comparing.picture import panel_titles, run_course, scene
from relusgd.pictures.kit.axis import TimeAxis


def test_groups_that_differ_in_two_keys_are_rows_and_columns_with_a_chart_below_each(sweep):
    picture = scene(relusgd.compare(sweep))
    assert picture.columns == 2
    assert [panel.titles[0] for panel in picture.panels] == [
        f"hidden {width}, {way}"
        for way in ("all layers", "output layer only", "ridge")
        for width in (4, 6)
    ]
    assert [panel.colour for panel in picture.panels] == [0, 0, 1, 1, 2, 2]
    assert len(picture.charts) == 2
    assert all(len(panel.others) == 2 for panel in picture.panels)
    assert sum(panel.best for panel in picture.panels) == 1


def test_a_panel_shows_the_run_with_the_median_error(sweep):
    comparison = relusgd.compare(sweep)
    panels = {panel.titles[0]: panel for panel in scene(comparison).panels}
    for group in comparison.groups:
        history = panels[group.label].view.history
        assert history.metrics["test_mse"][-1] == group.spreads["test_mse"].median


def test_the_chart_has_the_median_over_seeds_at_every_epoch(sweep):
    comparison = relusgd.compare(sweep)
    series = scene(comparison).charts[0].series[0]
    errors = np.array([result.run.metrics["test_mse"] for result in comparison.groups[0].results])
    np.testing.assert_allclose(series.x, [0, 4, 8, 12, 16, 20], atol=1e-9)
    np.testing.assert_array_equal(series.middle, np.median(errors, axis=0))
    np.testing.assert_array_equal(series.low, errors.min(axis=0))
    np.testing.assert_array_equal(series.high, errors.max(axis=0))


def test_the_ridge_solution_is_drawn_from_epoch_1_to_the_end(sweep):
    comparison = relusgd.compare(sweep)
    series = scene(comparison).charts[0].series[2]
    assert series.x.tolist() == [1, 20]
    assert series.middle.tolist() == [comparison.groups[2].spreads["test_mse"].median] * 2


def test_a_run_that_is_shorter_ends_where_it_ends(make_run):
    short, long = make_run(0, training__epochs=4), make_run(0, training__epochs=8)
    series = scene(relusgd.compare(short, long)).charts[0].series
    assert [one.x[-1] for one in series] == pytest.approx([4, 8])


def test_the_best_of_many_penalties_are_shown_above_error_against_penalty(penalties, make_run):
    comparison = relusgd.compare(penalties)
    picture = scene(comparison)
    assert len(comparison.groups) == 10
    assert [panel.titles[0] for panel in picture.panels] == [
        optimum.groups[optimum.best].label for optimum in comparison.optima
    ]
    (chart,) = picture.charts
    assert chart.places == ["0", "1e-6", "0.001", "1", "100"]
    for series, optimum in zip(chart.series, comparison.optima, strict=True):
        assert series.x.tolist() == [0, 1, 2, 3, 4]
        assert series.middle.tolist() == optimum.medians
        assert series.best == optimum.best


def test_the_best_groups_are_shown_when_not_all_fit(make_run):
    ways = [
        ("torch", "uniform"),
        ("torch", "even"),
        ("he_normal", "uniform"),
        ("he_normal", "keep"),
        ("normal", "even"),
    ]
    runs = [
        make_run(network__init=init, network__elbows=elbows, network__hidden=width)
        for init, elbows in ways
        for width in (3, 4)
    ]
    comparison = relusgd.compare(runs)
    picture = scene(comparison)
    assert [panel.titles[0] for panel in picture.panels] == [
        group.label for group in comparison.ranked[:9]
    ]
    assert picture.note == "the best 9 of 10"


def test_the_best_of_many_widths_is_shown_above_error_against_width(make_run):
    comparison = relusgd.compare([make_run(network__hidden=width) for width in range(2, 12)])
    picture = scene(comparison)
    assert [panel.titles[0] for panel in picture.panels] == [comparison.best.label]
    assert picture.charts[0].places == [str(width) for width in range(2, 12)]
    assert picture.note == "at the best number of hidden units"


def test_solutions_without_a_training_curve_get_one_position_each(make_run):
    runs = [
        make_run(training__method="ridge", network__init=init) for init in ("torch", "he_normal")
    ]
    (chart,) = scene(relusgd.compare(runs)).charts
    assert chart.places == ["torch", "he_normal"]
    assert [series.x.tolist() for series in chart.series] == [[0], [1]]


def test_a_diverged_group_has_a_panel_that_says_so_and_no_curve(make_run):
    picture = scene(relusgd.compare(make_run(), make_run(training__learning_rate=1e9)))
    assert ("diverged", "1/1") in picture.panels[1].numbers
    assert [series.colour for series in picture.charts[0].series] == [0]


def test_without_a_single_error_there_is_no_chart(make_run):
    assert (
        scene(
            relusgd.compare(
                make_run(training__learning_rate=1e9), make_run(training__learning_rate=1e10)
            )
        ).charts
        == []
    )


def test_many_snapshots_are_thinned_to_what_can_be_seen(make_run):
    comparison = relusgd.compare(make_run(training__epochs=2000))
    x, errors = run_course(comparison.groups[0].results[0], "test_mse", TimeAxis(0.0, 2000.0))
    assert len(x) == len(errors) < 401
    assert x[0] < 10
    assert x[-1] == pytest.approx(2000, rel=0.02)


@pytest.mark.parametrize(
    "keys",
    [{"training__epochs": 0}, {"network__hidden": [4, 3]}, {"data__test_samples": 0}],
    ids=str,
)
def test_unusual_runs_are_drawn_too(make_run, tmp_path, keys):
    comparison = relusgd.compare(
        make_run(0, **keys),
        make_run(0, network__hidden=7, **{k: v for k, v in keys.items() if "hidden" not in k}),
    )
    assert (
        comparison.plot(tmp_path / "picture.png", size=(480, 360), theme="dark")
        == tmp_path / "picture.png"
    )
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (480, 360)


def test_titles_keep_their_headings_where_values_alone_would_say_nothing():
    """Nobody reads 40, 0.01, 20; of "10, ridge" the number is clear."""
    three = SimpleNamespace(
        label="hidden 40, learning rate 0.01, batch size 20",
        words={"hidden": "40", "learning rate": "0.01", "batch size": "20"},
    )
    assert panel_titles(three)[2:] == ("hidden 40, rate 0.01, batch 20",) * 2
    two = SimpleNamespace(
        label="hidden 10, output layer only",
        words={"hidden": "10", "training": "output layer only"},
    )
    assert panel_titles(two)[1:] == ("hidden 10, output", "hidden 10, output", "10, output")
