"""The spread of functions: bias² and variance by their definitions, bands, words, a picture."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

import relusgd
from relusgd.comparing.function_picture import scene, shared_points
from relusgd.comparing.functions import LEARNED, functions_of
from relusgd.errors import InputError

WIDTHS = {
    "data": {
        "target": "exp(sin(2*pi*x))",
        "samples": 15,
        "positions": "even",
        "noise": 0.3,
        "seed": None,
    },
    "network": {"elbows": "even", "slopes": 1},
    "training": {"method": "ridge"},
    "sweep": {"grid": {"network.hidden": [1, 5, 12]}, "repeat": 6},
}


@pytest.fixture(scope="module")
def widths(tmp_path_factory):
    config = relusgd.load_config(WIDTHS)
    sweep = relusgd.run_sweep(config, tmp_path_factory.mktemp("functions") / "widths")
    return relusgd.compare(sweep)


def test_bias_and_variance_take_the_mean_error_of_the_runs_apart(widths):
    for spread in functions_of(widths).spreads:
        runs = [result.run for result in spread.group.counted]
        truth = runs[0].data.target(spread.x)
        errors = [np.mean((run.predict(spread.x) - truth) ** 2) for run in runs]
        assert spread.bias_squared + spread.variance == pytest.approx(np.mean(errors))
        assert spread.total == pytest.approx(np.mean(errors) + 0.09)
        middle = np.median([run.predict(spread.x) for run in runs], axis=0)
        assert spread.median_error == pytest.approx(np.mean((middle - truth) ** 2))


def test_a_band_is_two_deviations_or_two_quantiles(widths):
    (first, *_) = functions_of(widths).spreads
    low, high = first.limits
    assert_allclose(high - low, 4 * np.std(first.values, axis=0))
    (first, *_) = functions_of(widths, (10, 90)).spreads
    assert_allclose(first.limits, np.quantile(first.values, [0.1, 0.9], axis=0))
    with pytest.raises(InputError, match="around the median, not 60,90"):
        functions_of(widths, (60, 90))


def test_narrow_networks_are_biased_and_wide_ones_vary(widths):
    spreads = functions_of(widths).spreads
    assert [spread.group.label for spread in spreads] == ["hidden 1", "hidden 5", "hidden 12"]
    assert spreads[0].bias_squared > 5 * spreads[0].variance
    assert spreads[2].variance > 5 * spreads[2].bias_squared
    sentences = widths.functions().sentences
    assert any("bias² + variance is least for hidden 5" in sentence for sentence in sentences)


def test_references_spread_beside_the_learned_functions(tmp_path):
    values = {
        "data": {"kind": "points", "x": [-0.8, -0.4, 0, 0.4, 0.8], "y": [-0.6, -1, 0, 1, 0.6]},
        "network": {"hidden": 12},
        "training": {"batch_size": "full", "epochs": 300},
        "snapshots": {"every": 300},
        "sweep": {"repeat": 4},
    }
    sweep = relusgd.run_sweep(relusgd.load_config(values), tmp_path / "few")
    comparison = relusgd.compare(sweep)
    functions = functions_of(comparison, references="linearized,spline")
    assert functions.kinds == [LEARNED, "linearized", "spline"]
    learned, linearized, spline = functions.spreads
    run = sweep.runs[1]
    at = learned.x
    assert_allclose(linearized.values[1], run.references("linearized")["linearized"](at))
    assert spline.variance == 0
    assert np.isnan(learned.bias_squared)
    sentences = comparison.functions(references="linearized,spline").sentences
    assert "The reference spline is one function for all runs." in sentences
    ratio = np.sqrt(linearized.variance / learned.variance)
    assert any(f"spread {ratio:.3g}" in sentence for sentence in sentences)
    picture = scene(functions)
    (panel,) = picture.panels
    assert [band.name for band in panel.bands] == ["learned", "linearised", "spline"]
    assert panel.points is not None
    assert picture.chart is None


def test_the_picture_has_the_errors_over_the_width_and_no_points_that_differ(widths, tmp_path):
    functions = functions_of(widths)
    picture = scene(functions)
    assert [panel.title for panel in picture.panels] == ["hidden 1", "hidden 5", "hidden 12"]
    assert all(panel.points is None for panel in picture.panels)
    assert shared_points(functions.spreads[0].group) is None
    bias, variance, both = (series.middle for series in picture.chart.series)
    assert_allclose(bias + variance, both)
    assert picture.chart.places == ["1", "5", "12"]
    assert picture.chart.level == pytest.approx(0.09)
    out = widths.functions().plot(tmp_path / "spread.png", size=(600, 500))
    with Image.open(out) as image:
        assert image.size == (600, 500)


def test_the_table_has_a_line_for_every_row_and_x(widths):
    table = widths.functions().table
    assert len(table["x"]) == 3 * 1001
    assert set(table["network.hidden"]) == {1, 5, 12}
    assert_allclose(table["upper"] - table["mean"], 2 * table["deviation"])


def test_functions_that_are_not_finite_are_left_out_and_counted(widths, monkeypatch):
    from relusgd.comparing import functions as module

    of_run = module._function

    def function(run, kind, x):
        values = of_run(run, kind, x)
        return values + np.inf if run.config.seed == 2 else values

    monkeypatch.setattr(module, "_function", function)
    functions = functions_of(widths)
    assert [len(spread.values) for spread in functions.spreads] == [5, 5, 5]
    sentences = widths.functions().sentences
    assert "Left out, because they are not finite: 1 function, learned for hidden 1." in sentences


def test_quantities_are_those_of_the_last_networks(widths, tmp_path):
    from relusgd.comparing.measured import measured_groups
    from relusgd.comparing.measured_picture import scene as measured_scene

    measured = measured_groups(widths, "slope_variation, path_norm")
    for row in measured.rows:
        runs = [result.run for result in row.group.counted]
        expected = [run.diagnose().values["path_norm"] for run in runs]
        assert row.values["path_norm"] == pytest.approx(expected)
        assert row.spread("path_norm").median == pytest.approx(np.median(expected))
    table = widths.measure("path_norm")
    assert list(table["network.hidden"]) == [1, 5, 12]
    with pytest.raises(InputError, match="did you mean path_norm"):
        widths.measure("path_nrom")
    with pytest.raises(InputError, match="a picture shows one quantity, and 2 are given"):
        measured_scene(measured)
    picture = measured_scene(measured_groups(widths, "path_norm"))
    (series,) = picture.charts[0].series
    assert_allclose(series.middle, table["path_norm_median"])
    assert picture.charts[0].places == ["1", "5", "12"]
