"""Errors over time: quantiles of groups at shared steps, sentences and a picture of them."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import relusgd
from relusgd.comparing.course_picture import _thinned, arrange, scene
from relusgd.comparing.courses import Courses, _course, checked_band, courses_of, quantile
from relusgd.comparing.findings.courses import course_findings
from relusgd.comparing.groups import Group, Result
from relusgd.errors import InputError

INF = float("inf")


def result(steps, errors, status="complete"):
    """One of a run with these errors, as far as courses look at it."""
    metrics = {"step": np.array(steps), "test_mse": np.array(errors), "train_mse": np.array(errors)}
    run = SimpleNamespace(
        metrics=metrics,
        original_metrics=metrics,
        config=SimpleNamespace(training=SimpleNamespace(method="sgd")),
        facts=SimpleNamespace(counts=SimpleNamespace(steps_per_epoch=2)),
    )
    return Result(run, status, None, "", 0, 0, (0, 0, 0, 0), {})


def course(*results):
    return _course(Group({}, {}, list(results)), ["test_mse", "train_mse"])


def findings_of(one):
    """The sentences about a single course, by topic."""
    compared = SimpleNamespace(error="test_mse", error_name="test error", comparable=True)
    courses = Courses(compared, "steps", (25.0, 75.0), [one], [])
    return {finding.topic: finding.text for finding in course_findings(courses)}


@pytest.mark.parametrize("percent", [0, 10, 25, 50, 62.5, 75, 100])
def test_quantiles_of_finite_errors_are_numpys(percent):
    values = np.random.default_rng(0).random((6, 4))
    assert_allclose(quantile(values, percent), np.quantile(values, percent / 100, axis=0))


def test_an_infinite_error_is_the_largest():
    values = np.array([[3.0], [1.0], [INF], [2.0], [INF]])
    quantiles = [quantile(values, percent)[0] for percent in (0, 25, 50, 62.5, 75, 100)]
    assert quantiles == [1, 2, 3, INF, INF, INF]


def test_the_end_of_a_course_is_the_median_of_the_comparison(sweep):
    comparison = relusgd.compare(sweep)
    courses = courses_of(comparison, "steps")
    assert [one.group for one in courses.courses] == comparison.groups
    for one in courses.courses:
        for name in ("test_mse", "train_mse"):
            assert quantile(one.errors[name], 50)[-1] == one.group.median(name)
            every = [result.run.original_metrics[name] for result in one.group.counted]
            assert_allclose(quantile(one.errors[name], 25), np.quantile(every, 0.25, axis=0))


def test_runs_are_joined_at_the_steps_that_all_of_them_recorded():
    one = course(result([0, 2, 4, 8], [4, 3, 2, 1]), result([0, 4, 6, 8], [8, 6, 5, 4]))
    assert one.steps.tolist() == [0, 4, 8]
    assert one.epochs.tolist() == [0, 2, 4]
    assert one.errors["test_mse"].tolist() == [[4, 2, 1], [8, 6, 4]]
    assert course(result([0], [1]), result([2], [1])) is None


def test_a_diverged_run_is_infinite_from_where_it_ended():
    one = course(result([0, 2, 4], [3, 2, 1]), result([0, 2], [5, 90], "diverged"))
    assert one.errors["test_mse"].tolist() == [[3, 2, 1], [5, 90, INF]]
    assert one.diverged == 1
    text = findings_of(course(*[result([0, 2], [3, 1])] * 3, result([0], [3], "diverged")))
    assert text["median_or_mean"].startswith("Median or mean? 1 of the 4 runs of all runs diverged")
    assert "The median, 1, needs only that more than half" in text["median_or_mean"]
    assert "1 run diverged, and counts with an infinite error" in text["diverged"]


def test_unfinished_runs_count_only_where_none_is_complete():
    whole, started = result([0, 2, 4], [3, 2, 1]), result([0, 2], [9, 9], "interrupted")
    assert course(whole, started).errors["test_mse"].tolist() == [[3, 2, 1]]
    assert course(started).steps.tolist() == [0, 2]


def test_why_no_mean_is_said_with_the_runs_own_numbers():
    errors = [0.01, 0.01, 0.02, 0.02, 0.94]
    text = findings_of(course(*(result([0, 2], [1, error]) for error in errors)))["median_or_mean"]
    assert "median test error 0.02 and the mean 0.2, 10 times as much: 4 of them" in text
    assert "the worst run has 94 % of the sum" in text
    assert "0.2 ± 0.414, which begins below 0" in text
    assert "quartiles, 0.01 and 0.02, say where 50 % of the runs are" in text
    alike = findings_of(course(*(result([0, 2], [1, error]) for error in (1, 1.01, 1.02))))
    assert "alike, as in all rows" in alike["median_or_mean"]


def test_few_runs_that_differ_in_their_seeds_alone_are_one_row(make_run):
    runs = [make_run(seed=seed) for seed in range(3)]
    assert len(relusgd.compare(runs).groups) == 3
    over = relusgd.compare(runs).over("epochs")
    assert over.courses.courses[0].errors["test_mse"].shape == (3, 11)
    assert over.table["epoch"].tolist() == list(range(11))


def test_the_table_has_a_line_per_row_and_moment_with_the_mean_beside(sweep):
    comparison = relusgd.compare(sweep)
    table = comparison.over("steps", band=(10, 90)).table
    lengths = {len(column) for column in table.values()}
    assert lengths == {sum(len(one.steps) for one in courses_of(comparison, "steps").courses)}
    assert list(table)[:1] == ["label"]
    assert list(table)[-8:] == [
        f"{name}_{part}"
        for name in ("test_mse", "train_mse")
        for part in ("lower", "median", "upper", "mean")
    ]
    assert (table["test_mse_lower"] <= table["test_mse_median"]).all()
    last = table["label"] == comparison.groups[0].label
    assert table["test_mse_mean"][last][-1] == comparison.table["test_mse_mean"][0]


def test_ridge_is_solved_at_once_and_stays(sweep):
    courses = courses_of(relusgd.compare(sweep), "epochs")
    ridge = next(one for one in courses.courses if one.is_ridge)
    solved = ridge.at("test_mse", 50, "epochs", 1)
    assert ridge.at("test_mse", 50, "epochs", 20) == solved == ridge.group.median("test_mse")
    assert 20 in courses.chosen_times


@pytest.mark.parametrize("band", [(75, 25), (25,), (60, 90), (-1, 50), (25, 101), (50, 50)])
def test_what_is_no_band_around_the_median_is_refused(band):
    with pytest.raises(InputError, match="two quantiles in percent around the median"):
        checked_band(band)


def test_one_heading_makes_the_panels_and_another_the_colours(sweep):
    courses = courses_of(relusgd.compare(sweep), "steps")
    arranged = arrange(courses)
    assert list(arranged.panels) == ["hidden 4", "hidden 6"]
    assert set(arranged.names) == {"all", "output", "ridge"} or len(arranged.names) == 3
    picture = scene(courses)
    assert [row.error for row in picture.rows] == ["test error", "training error"]
    ends = {chart.time.last for chart in picture.charts}
    assert len(ends) == 1
    assert picture.note == "median and quartiles of 3 runs each"


def test_a_line_ends_where_the_median_becomes_infinite_and_its_band_stays_open():
    diverged = result([0], [3], "diverged")
    one = course(result([0, 2], [3, 1]), diverged, diverged)
    compared = SimpleNamespace(
        error="test_mse", error_name="test error", comparable=True, groups=[one.group]
    )
    one.group.words["hidden"] = "5"
    picture = scene(Courses(compared, "steps", (25.0, 75.0), [one], []), SimpleNamespace(title="t"))
    series = picture.rows[0].charts[0].series[0]
    assert_array_equal(series.middle, [3, np.nan])
    assert np.isinf(series.high[-1])


def test_of_many_moments_a_line_keeps_the_first_and_the_last():
    x = np.arange(100_001.0)
    kept = _thinned(x, 100_000.0)
    assert len(kept) <= 400
    assert (kept[0], kept[-1]) == (0, 100_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_has_the_size_and_the_paper_of_its_look(sweep, tmp_path, theme):
    over = relusgd.compare(sweep).over("steps")
    path = over.plot(tmp_path / "over.png", theme=theme, size=(600, 420))
    with Image.open(path) as picture:
        assert picture.size == (600, 420)
        brightness = picture.convert("L").getpixel((2, 2))
    assert (brightness > 200) == (theme == "light")
