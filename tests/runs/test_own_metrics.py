"""Metrics of a caller's own: columns of metrics.csv that everything reads."""

import csv
import json

import numpy as np
import pytest
from command import run as command
from small import TINY, tiny

import relusgd
from relusgd.advice import in_shell
from relusgd.errors import StoppedError
from relusgd.run_files.metrics_table import TABLE, read_metrics
from relusgd.runs.record import NullObserver


def variation(network):
    return relusgd.total_variation(network, (0, 1))


def middle(network):
    return network([0.5])[0]


METRICS = {"variation": variation, "middle": middle}


class StopAfterTwoBlocks(NullObserver):
    blocks = 0

    def block(self, plan, block):
        self.blocks += 1

    def signal(self):
        return 15 if self.blocks == 2 else None


def interrupted(folder, metrics=None):
    with pytest.raises(StoppedError):
        relusgd.record(TINY, folder, metrics=metrics, observer=StopAfterTwoBlocks(), block_steps=3)
    return relusgd.load_run(folder)


def test_a_metric_is_a_column_with_a_value_for_every_snapshot(tmp_path):
    run = relusgd.record(TINY, tmp_path / "run", metrics=METRICS)
    assert list(run.metrics)[-2:] == ["variation", "middle"]
    for name, metric in METRICS.items():
        expected = [metric(run.history.network(index)) for index in range(len(run.history))]
        assert np.array_equal(run.metrics[name], expected)
        assert np.array_equal(run.history.metrics[name], expected)
        assert np.array_equal(run.column(name), expected)
    with (run.folder / TABLE).open() as file:
        assert float(list(csv.DictReader(file))[-1]["middle"]) == run.metrics["middle"][-1]


def test_everything_else_of_the_run_is_as_without(tmp_path):
    plain = relusgd.record(TINY, tmp_path / "plain")
    run = relusgd.record(TINY, tmp_path / "run", metrics=METRICS)
    for file in [*(plain.folder / "snapshots").iterdir(), plain.folder / "checkpoint.npz"]:
        assert file.read_bytes() == (run.folder / file.relative_to(plain.folder)).read_bytes()
    without = [line.split(",")[:8] for line in (run.folder / TABLE).read_text().splitlines()]
    assert (plain.folder / TABLE).read_text().splitlines() == [",".join(row) for row in without]


def test_an_interrupted_run_goes_on_with_the_same_metrics_in_any_order(tmp_path):
    whole = relusgd.record(TINY, tmp_path / "whole", metrics=METRICS)
    interrupted(tmp_path / "run", METRICS)
    backwards = dict(reversed(METRICS.items()))
    relusgd.record(TINY, tmp_path / "run", metrics=backwards)
    assert (tmp_path / "run" / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()
    longer = relusgd.record(tiny(training__epochs=10), tmp_path / "run", metrics=METRICS)
    anew = relusgd.record(tiny(training__epochs=10), tmp_path / "anew", metrics=METRICS)
    assert (longer.folder / TABLE).read_bytes() == (anew.folder / TABLE).read_bytes()


def test_a_run_is_not_continued_without_its_metrics(tmp_path):
    folder = tmp_path / "run"
    before = interrupted(folder, METRICS)
    table = (folder / TABLE).read_bytes()
    for metrics in (None, {"middle": middle}, {**METRICS, "third": middle}):
        with pytest.raises(relusgd.InputError) as caught:
            relusgd.record(TINY, folder, metrics=metrics)
        assert "variation and middle" in caught.value.message
        assert f"relusgd.record(config, '{folder}', metrics=" in in_shell(caught.value.hint)
    result = command("train", folder)
    assert result.exit_code == 2
    assert "go on in Python" in result.stderr
    assert (folder / TABLE).read_bytes() == table
    assert relusgd.load_run(folder).status == before.status == "interrupted"


def test_a_run_without_metrics_gets_none_on_the_way(tmp_path):
    interrupted(tmp_path / "run")
    with pytest.raises(relusgd.InputError, match="other metrics of your own: none, not middle"):
        relusgd.record(TINY, tmp_path / "run", metrics={"middle": middle})
    relusgd.record(TINY, tmp_path / "run")
    with pytest.raises(relusgd.InputError, match="other metrics of your own: none, not middle"):
        relusgd.record(TINY, tmp_path / "run", metrics={"middle": middle})
    run = relusgd.record(TINY, tmp_path / "run", overwrite=True, metrics={"middle": middle})
    assert run.own_metrics == ("middle",)


def test_a_complete_run_is_confirmed_without_its_metrics(tmp_path):
    run = relusgd.record(TINY, tmp_path / "run", metrics=METRICS)
    assert relusgd.record(TINY, run.folder).own_metrics == ("variation", "middle")
    assert relusgd.record(TINY, run.folder, metrics={"middle": middle}).status == "complete"
    assert command("train", run.folder, "-q").exit_code == 0


@pytest.mark.parametrize(
    "name",
    ["", "a b", "1st", "épsilon", "train_mse", "step", "run", "weight_1", "a,b", "x" * 61, 3],
)
def test_a_name_that_no_column_can_have_is_refused(name, tmp_path):
    with pytest.raises(relusgd.InputError, match="cannot be the name of a metric"):
        relusgd.record(TINY, tmp_path / "run", metrics={name: middle})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [[1.0, 2.0], "3", None, 1j, {}])
def test_what_is_no_number_is_refused_before_anything_is_written(value, tmp_path):
    with pytest.raises(relusgd.RelusgdError, match=r"metric mine gave .*; a number is expected"):
        relusgd.record(TINY, tmp_path / "run", metrics={"mine": lambda _: value})
    assert not (tmp_path / "run").exists()


def test_what_is_no_function_is_refused(tmp_path):
    with pytest.raises(relusgd.InputError, match="the metric mine is 3, and a function"):
        relusgd.record(TINY, tmp_path / "run", metrics={"mine": 3})


@pytest.mark.parametrize("value", [True, 3, np.float32(0.5), np.array(2), float("nan"), np.inf])
def test_every_kind_of_number_is_taken(value, tmp_path):
    run = relusgd.record(TINY, tmp_path / "run", metrics={"mine": lambda _: value})
    assert np.array_equal(run.metrics["mine"], np.full(len(run.history), value), equal_nan=True)


def test_a_metric_that_fails_on_the_way_leaves_a_run_that_can_go_on(tmp_path):
    calls = []

    def fails_late(network):
        calls.append(network)
        if len(calls) == 5:
            raise ZeroDivisionError("late")
        return middle(network)

    with pytest.raises(relusgd.RelusgdError, match="metric middle failed at step 12: ZeroDivision"):
        relusgd.record(TINY, tmp_path / "run", metrics={"middle": fails_late}, block_steps=3)
    assert relusgd.load_run(tmp_path / "run").status == "interrupted"
    run = relusgd.record(TINY, tmp_path / "run", metrics={"middle": middle})
    whole = relusgd.record(TINY, tmp_path / "whole", metrics={"middle": middle})
    assert (run.folder / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()


def test_a_metric_cannot_change_the_training(tmp_path):
    def changes(network):
        network.weights[0][:] = 0.0
        return 1.0

    with pytest.raises(relusgd.RelusgdError, match="read-only"):
        relusgd.record(TINY, tmp_path / "run", metrics={"mine": changes})


def test_show_pictures_and_comparisons_take_such_runs(tmp_path):
    run = relusgd.record(TINY, tmp_path / "run", metrics=METRICS)
    other = relusgd.record(tiny(network__hidden=4), tmp_path / "other", metrics={"middle": middle})
    assert "variation" in command("show", run.folder).stdout
    shown = json.loads(command("show", run.folder, "--json").stdout)
    assert shown["own_metrics"]["middle"] == run.metrics["middle"][-1]
    assert run.plot(size=(480, 360)).exists()
    comparison = relusgd.compare(run, other)
    ends = [one.metrics["middle"][-1] for one in (run, other)]
    assert np.array_equal(comparison.table["middle"], ends)
    assert np.array_equal(
        comparison.table["variation"], [run.metrics["variation"][-1], np.nan], equal_nan=True
    )
    assert "variation" in comparison._repr_html_()
    assert "middle" in command("compare", run.folder, other.folder).stdout


@pytest.mark.parametrize("header", ["a b", "a,a", "epoch", "<b>", "", "run"])
def test_a_table_with_names_that_cannot_be_is_damaged(header, tmp_path):
    run = relusgd.record(TINY, tmp_path / "run", metrics={"middle": middle})
    path = run.folder / TABLE
    columns = header.count(",")
    lines = path.read_text().replace("middle", header).splitlines()
    path.write_text("\n".join([lines[0], *(line + ",1" * columns for line in lines[1:])]) + "\n")
    with pytest.raises(relusgd.RelusgdError, match="the run folder is damaged"):
        read_metrics(run.folder)
