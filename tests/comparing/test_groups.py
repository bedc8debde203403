"""Runs that differ in their seeds alone are one row, and its numbers are theirs."""

import json
import math

import numpy as np
import pytest

import relusgd
from relusgd.comparing.groups import Spread
from relusgd.comparing.keys import in_order
from relusgd.comparing.table import to_csv, to_json
from relusgd.errors import RelusgdError
from relusgd.runs.lock import FolderLock
from relusgd.sweeps.rows import Row


def test_a_spread_is_median_ends_mean_and_deviation_of_the_sample():
    assert Spread.of([4.0, 1.0, 1.0]) == Spread(
        median=1.0, lowest=1.0, highest=4.0, mean=2.0, deviation=math.sqrt(3.0)
    )


def test_a_spread_leaves_out_nan_and_without_numbers_there_is_no_spread():
    assert Spread.of([math.inf, 2.0, math.nan]).median == 2.0
    assert math.isnan(Spread.of([2.0]).deviation)
    assert math.isnan(Spread.of([]).median)


def test_every_combination_but_the_seed_is_a_row_and_widths_come_first(sweep):
    comparison = relusgd.compare(sweep)
    assert [group.label for group in comparison.groups] == [
        f"hidden {width}, {way}"
        for width in (4, 6)
        for way in ("all layers", "output layer only", "ridge")
    ]
    assert [[result.seed for result in group.results] for group in comparison.groups] == [
        [0, 1, 2]
    ] * 6


def test_a_row_has_the_median_and_the_ends_of_its_runs_last_errors(sweep):
    table, summary = relusgd.compare(sweep.folder).table, sweep.summary
    for row, (width, case) in enumerate(zip(table["network.hidden"], table["case"], strict=True)):
        errors = summary["test_mse"][
            (summary["network.hidden"] == width) & (summary["case"] == case)
        ]
        assert len(errors) == 3
        assert table["test_mse_median"][row] == sorted(errors)[1]
        assert (table["test_mse_lowest"][row], table["test_mse_highest"][row]) == (
            min(errors),
            max(errors),
        )
        assert table["test_mse_mean"][row] == pytest.approx(sum(errors) / 3)


def test_the_best_row_is_the_one_with_the_lowest_median(sweep):
    table = relusgd.compare(sweep).table
    assert (
        table["best"].tolist()
        == (table["test_mse_median"] == table["test_mse_median"].min()).tolist()
    )


def test_a_sweep_its_folder_and_its_runs_are_the_same_comparison(sweep):
    tables = [
        relusgd.compare(subject).table
        for subject in (sweep, str(sweep.folder), [run.folder for run in sweep.runs])
    ]
    for table in tables[1:]:
        assert list(table) == list(tables[0])
        for name, column in table.items():
            assert np.array_equal(column, tables[0][name], equal_nan=column.dtype.kind == "f"), name


def test_a_run_given_twice_counts_once(sweep):
    assert sum(group.runs for group in relusgd.compare(sweep, sweep.runs[0]).groups) == 18


def test_diverged_runs_are_counted_and_in_no_average(make_run):
    tame = [make_run(seed) for seed in range(2)]
    wild = [make_run(seed, training__learning_rate=1e9) for seed in range(2)]
    comparison = relusgd.compare(tame, wild)
    assert comparison.table["diverged"].tolist() == [0, 2]
    assert np.isnan(comparison.table["test_mse_median"][1])
    assert [group.label for group in comparison.ranked] == ["learning rate 0.02"]
    assert "2 of 4 runs diverged: learning rate 1000000000 (2)." in " ".join(comparison.sentences)


def test_a_failed_run_without_a_folder_is_counted_where_it_belongs(sweep, tmp_path):
    rows = [
        *sweep.rows,
        Row(
            "gone",
            "failed",
            {"network.hidden": 6, "case": "ridge", "seed": 3},
            error="no memory",
        ),
    ]
    comparison = relusgd.compare(relusgd.Sweep(sweep.folder, rows))
    assert comparison.table["failed"].tolist() == [0, 0, 0, 0, 0, 1]
    assert comparison.table["runs"].tolist() == [3, 3, 3, 3, 3, 4]
    assert comparison.failures == {}
    lonely = [
        *sweep.rows,
        Row(
            "gone",
            "failed",
            {"network.hidden": 9, "case": "ridge", "seed": 3},
            error="no memory",
        ),
    ]
    assert relusgd.compare(relusgd.Sweep(sweep.folder, lonely)).failures == {"gone": "no memory"}


def test_a_run_that_was_stopped_half_way_is_named_and_left_out(make_run):
    whole = make_run(0)
    half = make_run(1)
    facts = half.folder / "run.json"
    facts.write_text(facts.read_text().replace('"complete"', '"interrupted"'))
    comparison = relusgd.compare(whole.folder, half.folder, make_run(0, network__hidden=7).folder)
    assert comparison.table["unfinished"].tolist() == [1, 0]
    assert comparison.table["test_mse_median"][0] == whole.metrics["test_mse"][-1]
    assert f"Interrupted: {half.folder} (epoch 10 of 10)" in " ".join(comparison.sentences)
    alone = relusgd.compare(half.folder, make_run(0, network__hidden=7).folder)
    assert alone.table["test_mse_median"][0] == half.metrics["test_mse"][-1]


def test_a_run_that_is_still_training_is_named(make_run):
    whole, growing = make_run(0), make_run(1)
    facts = growing.folder / "run.json"
    facts.write_text(facts.read_text().replace('"complete"', '"running"'))
    lock = FolderLock(growing.folder)
    comparison = relusgd.compare(whole.folder, growing.folder)
    sentences = " ".join(comparison.sentences)
    lock.release()
    assert f"Still training: {growing.folder} (epoch 10 of 10)" in sentences
    assert comparison.table["unfinished"].sum() == 1


def test_damaged_runs_are_named_and_it_is_an_error_only_if_all_are_damaged(make_run):
    good, bad = make_run(0), make_run(1)
    (bad.folder / "metrics.csv").write_text("nonsense\n")
    comparison = relusgd.compare(good.folder, bad.folder)
    assert list(comparison.damaged) == [str(bad.folder)]
    assert sum(group.runs for group in comparison.groups) == 1
    with pytest.raises(RelusgdError, match="none of these runs can be read"):
        relusgd.compare(bad.folder)


def test_few_runs_that_differ_in_their_seeds_alone_are_rows_and_many_are_one(make_run):
    runs = [make_run(seed) for seed in range(10)]
    assert [group.label for group in relusgd.compare(runs[:3]).groups] == [
        "seed 0",
        "seed 1",
        "seed 2",
    ]
    assert [group.label for group in relusgd.compare(runs).groups] == ["all runs"]


def test_runs_that_differ_in_nothing_are_named_by_their_folders(make_run):
    one, other = make_run(0), make_run(0)
    renamed = [
        one.folder.rename(one.folder.with_name("first")),
        other.folder.rename(other.folder.with_name("second")),
    ]
    assert [group.label for group in relusgd.compare(renamed).groups] == ["first", "second"]


def test_keys_that_ridge_regression_ignores_do_not_split_groups(make_run):
    ridge = [
        make_run(seed, training__method="ridge", training__learning_rate=rate)
        for seed, rate in ((0, 0.1), (1, 0.2))
    ]
    comparison = relusgd.compare(ridge, make_run(0, training__layers="output"))
    assert [group.label for group in comparison.groups] == ["ridge", "output layer only"]
    assert list(comparison.varied) == ["training.method"]


def test_errors_are_in_the_units_of_the_data(tmp_path):
    x = np.arange(20)
    (tmp_path / "flow.csv").write_text("x,y\n" + "".join(f"{i},{1000 + 50 * (i % 7)}\n" for i in x))
    values = {
        "data": {"kind": "csv", "path": str(tmp_path / "flow.csv"), "x": "x", "y": "y"},
        "training": {"epochs": 3, "learning_rate": 1e-7},
    }
    runs = [
        relusgd.record(
            relusgd.load_config(values, {"data.standardize": standardize}),
            tmp_path / str(standardize),
        )
        for standardize in (True, False)
    ]
    table = relusgd.compare(runs[0], runs[1]).table
    for row, run in enumerate(runs):
        predicted = run.scaling.y_to_original(run.network()(run.data.x_test))
        expected = np.mean((predicted - run.scaling.y_to_original(run.data.y_test)) ** 2)
        assert table["test_mse_median"][row] == pytest.approx(expected, rel=1e-9)


def test_values_are_listed_in_numerical_order():
    assert in_order([(100,), (10,), (20, 20), (20,)]) == [(10,), (20,), (100,), (20, 20)]
    assert in_order([0.1, 1e-8, 0]) == [0, 1e-8, 0.1]
    assert in_order(["he_normal", "torch", "he_normal"]) == ["he_normal", "torch"]


def test_values_too_long_for_a_line_are_counted(make_run):
    targets = [f"{'x + ' * 20}{last}" for last in (1, 2)]
    labels = [
        group.label
        for group in relusgd.compare([make_run(data__target=target) for target in targets]).groups
    ]
    assert len(set(labels)) == 2
    assert all("…" in label and len(label) < 50 for label in labels)


def test_a_summary_of_another_program_is_reported_and_the_runs_are_compared(make_run, tmp_path):
    make_run(0).folder.rename(tmp_path / "one")
    (tmp_path / "summary.csv").write_text("name,grade\nme,1\n")
    comparison = relusgd.compare(tmp_path)
    assert sum(group.runs for group in comparison.groups) == 1
    assert list(comparison.damaged) == [str(tmp_path / "summary.csv")]


def test_equal_errors_have_no_best(make_run):
    one, other = make_run(0), make_run(0)
    assert relusgd.compare(one, other).best is None


@pytest.mark.parametrize(
    ("cases", "heading"),
    [
        (["slow", "fast"], "case"),
        (["same", "same"], "hidden"),
        ([{"a": [1]}, ["b"]], "hidden"),
        (["\x1b[31m", "=cmd()"], "case"),
    ],
    ids=str,
)
def test_a_case_is_a_name_even_where_run_json_says_otherwise(make_run, cases, heading):
    runs = [make_run(0, network__hidden=width) for width in (3, 4)]
    for run, case in zip(runs, cases, strict=True):
        facts = json.loads((run.folder / "run.json").read_text())
        (run.folder / "run.json").write_text(
            json.dumps({**facts, "sweep": {"case": case, "seed": 0}})
        )
    comparison = relusgd.compare([run.folder for run in runs])
    assert list(comparison.groups[0].words) == [heading]
    assert "\x1b" not in to_csv(comparison)
    assert json.loads(json.dumps(to_json(comparison)))["runs"] == 2


def test_schedules_and_knots_are_values_of_keys(make_run):
    runs = [
        make_run(0, training__schedule={"kind": "step", "every": 5, "factor": 0.5}),
        make_run(0, training__schedule="constant"),
        make_run(0, data__target={"x": [0, 0.5, 1], "y": [0, 1, 0]}),
    ]
    printed = json.loads(json.dumps(to_json(relusgd.compare(runs))))
    assert printed["groups"][0]["keys"]["training.schedule"] == {
        "kind": "step",
        "every": 5,
        "factor": 0.5,
    }
    assert printed["groups"][2]["keys"]["data.target"] == {"x": [0, 0.5, 1], "y": [0, 1, 0]}


def test_a_run_whose_config_is_damaged_is_named_and_the_others_are_compared(make_run):
    good, bad = make_run(0), make_run(1)
    (bad.folder / "config.yaml").write_text("seed: [\n")
    comparison = relusgd.compare(good.folder, bad.folder)
    assert list(comparison.damaged) == [str(bad.folder)]
    assert sum(group.runs for group in comparison.groups) == 1
