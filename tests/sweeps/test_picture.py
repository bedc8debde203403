"""What stands where in summary.png, and that it is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from boxes import overlapping_pairs
from PIL import Image

from relusgd.pictures.charts.sweep import (
    QuantileBuilder,
    QuantilePicture,
    SweepBuilder,
    SweepPicture,
)
from relusgd.pictures.kit.look import LIGHT, Look
from relusgd.pictures.kit.stills import draw_sheet
from relusgd.runs.result import RunResult
from relusgd.sweeps.picture import draw_summary, find_roles, scene_of
from relusgd.sweeps.rows import Row


def rows_of(seeds=2, **values):
    """Rows over every combination of these values; the error is 0.01 for the first, 0.02 for the
    second, …
    """
    settings = [{}]
    for key, listed in values.items():
        settings = [{**row, key.replace("__", "."): value} for row in settings for value in listed]
    settings = [{**row, "seed": seed} for row in settings for seed in range(seeds)]
    return [
        Row(str(i), "complete", varied, result_with(test_mse=0.01 * (i + 1)))
        for i, varied in enumerate(settings)
    ]


def result_with(test_mse, train_mse=0.1):
    return RunResult(
        outcome="learned",
        reason="",
        epochs=1,
        steps=1,
        train_mse=train_mse,
        test_mse=test_mse,
        dead_units=0,
        always_on_units=0,
        breakpoints=0,
        best_test_mse=test_mse,
        best_epoch=1,
    )


def test_the_number_with_the_most_values_stands_along_the_axis():
    rows = rows_of(
        network__hidden=[(10,), (20,)], training__penalty=[1e-3, 0, 1e-8], case=["a", "b"]
    )
    roles = find_roles(rows)
    assert (roles.x_key, roles.colour_key) == ("training.penalty", "case")
    assert roles.panel_keys == ("network.hidden",)
    assert roles.x_values == (0, 1e-8, 1e-3)
    assert roles.colours == ("a", "b")


def test_keys_are_named_in_the_words_of_people():
    rows = rows_of(
        network__hidden=[(10,), (20,), (40,)],
        training__learning_rate=[0.1, 0.2],
        training__momentum=[0, 0.9],
    )
    scene = scene_of("s", rows)
    assert {panel.chart.x_name for panel in scene.panels} == {"hidden units"}
    assert scene.names_title == "learning rate"
    assert [panel.title for panel in scene.panels] == ["momentum 0", "momentum 0.9"]


def test_points_of_one_value_stand_close_to_its_tick():
    scene = scene_of("s", rows_of(network__hidden=[(10,), (20,)], case=["a", "b", "c", "d"]))
    sheet = draw_sheet(lambda sheet: SweepBuilder(sheet, scene).draw(), Look())
    (axes,) = sheet.figure.axes
    medians = [line.get_xdata() for line in axes.lines if line.get_linestyle() == "-"]
    assert len(medians) == 4
    offsets = np.array(medians) - [0.0, 1.0]
    first, last = axes.get_xlim()
    assert np.abs(offsets).max() / (last - first) * axes.bbox.width < 15
    assert offsets.mean() == pytest.approx(0.0, abs=1e-9)


def test_the_names_of_a_single_panel_stand_at_the_ends_of_their_lines_and_touch_nothing():
    """The errors of all cases end almost alike."""
    rows = rows_of(network__hidden=[(10,), (20,)], case=["first", "second", "third", "fourth"])
    rows = [replace(row, result=result_with(0.01 + 1e-5 * i)) for i, row in enumerate(rows)]
    scene = scene_of("s", rows)
    sheet = draw_sheet(lambda sheet: SweepBuilder(sheet, scene).draw(), Look())
    sheet.canvas.draw()
    (axes,) = sheet.figure.axes
    names = [text for text in sheet.figure.texts if text.get_text() in (*scene.names, "case")]
    assert len(names) == 5
    boxes = [name.get_window_extent() for name in names]
    assert list(overlapping_pairs(boxes)) == []
    ends = axes.transData.transform((1.0, axes.get_ylim()[0]))[0]
    for name, box in zip(names, boxes, strict=True):
        assert ends < box.x0 < ends + 60, name
        assert box.x1 <= 1000
    for name in names[:-1]:
        colour = sheet.run_colour(list(scene.names).index(name.get_text()))
        assert name.get_color() == colour


def test_summaries_have_neither_frame_nor_grid():
    for rows in (rows_of(network__hidden=[(10,), (20,)]), rows_of(seeds=5)):
        scene = scene_of("s", rows)
        builder = SweepBuilder if isinstance(scene, SweepPicture) else QuantileBuilder
        sheet = draw_sheet(lambda sheet, b=builder, s=scene: b(sheet, s).draw(), Look())
        (axes,) = sheet.figure.axes
        assert not any(spine.get_visible() for spine in axes.spines.values())
        assert not any(line.get_visible() for line in axes.get_xgridlines())


def test_the_name_of_x_stands_close_under_the_axis():
    scene = scene_of("s", rows_of(network__hidden=[(10,), (20,)]))
    sheet = draw_sheet(lambda sheet: SweepBuilder(sheet, scene).draw(), Look())
    sheet.canvas.draw()
    (axes,) = sheet.figure.axes
    (name,) = (text for text in sheet.figure.texts if text.get_text() == "hidden units")
    assert 0 < axes.bbox.y0 - name.get_window_extent().y1 < 32


def test_names_stand_along_the_axis_when_no_number_varies():
    roles = find_roles(rows_of(case=["b", "a"], network__hidden=[(10, 10), (5,), (7,)]))
    assert roles.x_key == "network.hidden"
    assert roles.x_values == ((10, 10), 5, 7)
    assert not roles.is_numeric


def test_the_median_and_the_range_are_those_of_the_seeds():
    scene = scene_of("s", rows_of(seeds=3, network__hidden=[(10,), (20,)]))
    (series,) = scene.panels[0].chart.series
    assert series.middle.tolist() == pytest.approx([0.02, 0.05])
    assert series.low.tolist() == pytest.approx([0.01, 0.04])
    assert series.high.tolist() == pytest.approx([0.03, 0.06])
    assert scene.panels[0].chart.places == ["10", "20"]
    assert scene.panels[0].dots[0].x.tolist() == [0, 0, 0, 1, 1, 1]


def test_runs_without_a_result_are_counted_where_they_belong():
    rows = rows_of(case=["tame", "wild"])
    rows[2:] = [replace(row, status="diverged") for row in rows[2:]]
    scene = scene_of("s", rows)
    assert scene.panels[0].dots[0].lost == {1: 2}
    assert scene.panels[0].dots[0].x.tolist() == [0, 0]
    assert "2 without result" in scene.note


def test_seeds_alone_are_shown_as_quantiles():
    scene = scene_of("s", rows_of(seeds=5))
    assert isinstance(scene, QuantilePicture)
    assert sorted(scene.errors) == pytest.approx([0.01, 0.02, 0.03, 0.04, 0.05])


def test_without_test_points_the_training_error_is_shown():
    without_test_points = result_with(test_mse=np.nan)
    rows = [
        replace(row, result=without_test_points) for row in rows_of(network__hidden=[(1,), (2,)])
    ]
    assert scene_of("s", rows).error == "training error"


def test_no_picture_is_drawn_without_results(tmp_path):
    rows = [replace(row, status="failed") for row in rows_of(case=["a", "b"])]
    assert not draw_summary("s", rows, tmp_path / "summary.png")
    assert not (tmp_path / "summary.png").exists()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"case": ["a", "b"]},
        {"network__hidden": [(5,), (10,), (10, 10)], "case": ["a", "b"]},
        {
            "training__penalty": [0, 1e-6, 1.0],
            "case": ["a", "b"],
            "network__hidden": [(5,), (6,)],
            "training__momentum": [0, 0.9],
        },
        {"network__hidden": [(width,) for width in range(1, 61)]},
    ],
)
def test_pictures_of_none_to_four_varied_keys_are_drawn(values, tmp_path):
    rows = rows_of(**values)
    assert draw_summary("a sweep", rows, tmp_path / "summary.png")
    with Image.open(tmp_path / "summary.png") as image:
        assert image.size == (1000, 700)
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    first = [int(LIGHT.runs[0][start : start + 2], 16) for start in (1, 3, 5)]
    first_colour = np.abs(pixels.astype(int) - first).sum(axis=1) < 30
    assert first_colour.sum() > 30
    scene = scene_of("a sweep", rows)
    if isinstance(scene, SweepPicture):
        assert sum(len(dots.x) for panel in scene.panels for dots in panel.dots) == len(rows)
