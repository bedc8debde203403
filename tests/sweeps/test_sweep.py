import csv

import numpy as np
import pytest
from runs.harness import few_descriptors
from small import SWEEP, TINY

import relusgd
from relusgd.config import load_config
from relusgd.config.values import FrozenMapping
from relusgd.errors import InputError, RelusgdError
from relusgd.runs.film import animate
from relusgd.runs.record import record
from relusgd.sweeps.rows import Row

SHORT = SWEEP | {
    "training": {"epochs": 6, "batch_size": 4},
    "snapshots": {"every": 2},
    "engine": "auto",
}
CASES = {
    "all": {"training.layers": "all"},
    "wild": {"training.learning_rate": 1e9},
    "ridge": {"training.method": "ridge"},
}


def wild_sweep(overrides=None, case=None):
    """Two widths × three cases × two seeds; one of the cases diverges."""
    sweep = SWEEP["sweep"] | {"cases": CASES, "repeat": 2}
    return load_config(SHORT | {"sweep": sweep}, overrides or {}, case=case)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return relusgd.run_sweep(wild_sweep(), tmp_path_factory.mktemp("sweep") / "small")


def test_the_summary_has_a_line_for_every_run(sweep):
    with (sweep.folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert ",".join(lines[0]) == (
        "run,status,network.hidden,case,seed,epochs,steps,train_mse,test_mse,best_test_mse,best_epoch,dead_units,breakpoints,seconds,"
        "engine,outcome,reason,error"
    )
    assert [line["run"] for line in lines] == sweep.summary["run"].tolist()
    assert len(lines) == 12
    for line, run in zip(lines, sweep.runs, strict=True):
        assert line["run"] == run.folder.name
        assert float(line["train_mse"]) == run.metrics["train_mse"][-1]
        assert float(line["best_test_mse"]) == np.min(run.metrics["test_mse"])
        assert int(line["network.hidden"]) == run.config.network.hidden[0]
        assert int(line["seed"]) == run.config.seed


def test_a_diverged_run_is_a_result(sweep):
    summary = sweep.summary
    wild = summary["case"] == "wild"
    assert set(summary["status"][wild]) == {"diverged"}
    assert all("training diverged in epoch" in error for error in summary["error"][wild])
    assert set(summary["status"][~wild]) == {"complete"}
    assert set(summary["error"][~wild]) == {""}


def test_the_table_of_a_loaded_sweep_is_that_of_the_sweep_that_ran(sweep):
    loaded = relusgd.load_sweep(sweep.folder)
    assert list(loaded.summary) == list(sweep.summary)
    for name, column in loaded.summary.items():
        assert np.array_equal(column, sweep.summary[name], equal_nan=column.dtype.kind == "f"), name
    assert loaded.varied == ("network.hidden", "case", "seed")
    assert loaded.summary["network.hidden"].dtype == np.int64


def test_a_sweep_without_its_summary_is_in_the_order_of_what_varies(sweep, tmp_path):
    config = load_config({**SHORT, "sweep": {"grid": {"network.hidden": [5, 10, 40]}, "repeat": 2}})
    swept = relusgd.run_sweep(config, tmp_path / "s")
    (tmp_path / "s" / "summary.csv").unlink()
    assert (
        relusgd.load_sweep(tmp_path / "s").summary["run"].tolist() == swept.summary["run"].tolist()
    )


def test_last_and_stack_give_the_arrays_of_all_runs(sweep):
    chosen = sweep.select({"network.hidden": 5, "case": "all"})
    assert chosen.last("elbow").shape == (2, 5)
    assert chosen.stack("elbow").shape == (2, 4, 5)
    assert np.array_equal(chosen.stack("elbow")[:, -1], chosen.last("elbow"))
    assert np.array_equal(chosen.last("elbow")[1], chosen.runs[1].history.elbow[-1])
    assert chosen.stack("test_mse").shape == (2, 4)


def test_runs_that_do_not_fit_together_are_not_stacked(sweep):
    with pytest.raises(
        InputError, match=r"not the same shape in all runs: \(3,\) in .* and \(5,\) in "
    ):
        sweep.last("elbow")
    with pytest.raises(InputError, match="hidden is not a column"):
        sweep.select({"hidden": 5})
    with pytest.raises(InputError, match="no run of"):
        sweep.select({"network.hidden": 6})
    with pytest.raises(InputError, match="elbows is not an array"):
        sweep.last("elbows")


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"a": [1, 3]}, "1 3"),
        ({"a": np.array([1, 3])}, "1 3"),
        ({"a": {3, 1}}, "1 3"),
        ({"a": (1.0, 3)}, "1 3"),
        ({"a": range(1, 4, 2)}, "1 3"),
        ({"a": np.int64(2)}, "2"),
        ({"a": [1, 99]}, "1"),
        ({"a": [2]}, "2"),
        ({"a": [1, [1, 2]]}, "1 12"),
        ({"a": [1, 2]}, "12"),
        ({"a": [3, 2], "case": ["x", "y"]}, "2 3"),
        ({"a": {"kind": "cosine"}}, "cosine"),
        ({"a": [{"kind": "cosine"}, 1]}, "1 cosine"),
    ],
)
def test_runs_are_chosen_by_values_lists_arrays_and_sets(settings, names):
    values = {"1": 1, "2": (2,), "3": 3, "12": (1, 2), "cosine": FrozenMapping({"kind": "cosine"})}
    rows = [Row(name, "complete", {"a": a, "case": "x"}) for name, a in values.items()]
    chosen = relusgd.Sweep("folder", rows).select(settings)
    assert [row.run for row in chosen.rows] == names.split()


def test_what_no_config_can_hold_is_no_setting():
    sweep = relusgd.Sweep("folder", [Row("1", "complete", {"a": 1})])
    with pytest.raises(InputError, match="a must be numbers, text, lists or mappings"):
        sweep.select({"a": object()})
    with pytest.raises(InputError, match="no run of folder has a = "):
        sweep.select({"a": np.array([2, 3])})


def test_each_run_is_the_one_that_train_makes(sweep, tmp_path):
    config = wild_sweep({"network.hidden": 5, "seed": 1}, case="all")
    alone = record(config, tmp_path / "alone")
    swept = sweep.folder / "network.hidden=5,case=all,seed=1"
    for path in (alone.folder / "snapshots").glob("*.npy"):
        assert path.read_bytes() == (swept / "snapshots" / path.name).read_bytes()
    for name in ("config.yaml", "data.csv", "metrics.csv", "checkpoint.npz"):
        assert (alone.folder / name).read_bytes() == (swept / name).read_bytes()


def test_all_ways_of_training_share_one_initial_network(sweep):
    chosen = sweep.select({"network.hidden": 5, "seed": 0})
    first = [run.history.weights[0][0] for run in chosen.runs]
    assert np.array_equal(first[0], first[1])
    assert np.array_equal(first[0], first[2])


def test_more_seeds_train_only_what_is_new(tmp_path):
    config = load_config({**SHORT, "sweep": {"repeat": 2}})
    relusgd.run_sweep(config, tmp_path / "s")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").rglob("run.json")}
    sweep = relusgd.run_sweep(load_config({**SHORT, "sweep": {"repeat": 3}}), tmp_path / "s")
    assert len(sweep.runs) == 3
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_folder_without_runs_is_not_a_sweep(tmp_path):
    with pytest.raises(InputError, match="holds no runs of a sweep"):
        relusgd.load_sweep(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        relusgd.load_sweep(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is not a folder"):
        relusgd.load_sweep(tmp_path / "file")


def test_no_spreadsheet_makes_a_formula_of_a_name_in_the_summary(tmp_path):
    cases = {
        "=1+1": {"training.layers": "all"},
        "-2": {"training.layers": "output"},
        "@a": {"training.batch_size": 3},
    }
    config = load_config(
        {**SHORT, "sweep": {"grid": {"network.slopes": [-1.5]}, "cases": cases}},
        {"network.hidden": 3},
    )
    sweep = relusgd.run_sweep(config, tmp_path / "s")
    with (sweep.folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert sorted(line["case"] for line in lines) == ["'-2", "'=1+1", "'@a"]
    assert {line["network.slopes"] for line in lines} == {"-1.5"}
    assert sorted(relusgd.load_sweep(sweep.folder).summary["case"]) == ["-2", "=1+1", "@a"]
    assert (
        relusgd.run_sweep(config, tmp_path / "s").summary["case"].tolist()
        == sweep.summary["case"].tolist()
    )


HEADER = "run,status,network.hidden,seed,error\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "does not begin with the columns run, status"),
        ("run,status\n" + "x" * 200_000 + ",failed\n", "field larger than field limit"),
        ("run,status\na,failed\rb,failed\n", "new-line character"),
        ('run,status\na,"failed\n', "unexpected end of data"),
        (HEADER + "a,failed,3,1,\nb,failed\n", "line 3 has 2 cells, and there are 5 columns"),
        (HEADER + "a,failed,3,1,,,\n", "line 2 has 7 cells"),
        (
            "run,status," + ",".join(map(str, range(3000))) + "\n" + "a,b\n" * 1000,
            "line 2 has 2 cells, and there are 3,002 columns",
        ),
        ("run,status\n" + "\n" * 4_000_001, "more than 4,000,000 lines"),
        ("run,status\n\udcff,failed\n", "utf-8"),
    ],
)
def test_a_file_that_is_not_a_summary_is_refused_in_a_sentence(content, problem, tmp_path):
    (tmp_path / "summary.csv").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(
        RelusgdError, match=rf"summary\.csv: cannot be read as the table of a sweep \(.*{problem}"
    ):
        relusgd.load_sweep(tmp_path)


@pytest.mark.parametrize("seed", [10**30, -(10**30), 10**400])
def test_a_number_that_no_array_holds_stays_text(seed, tmp_path):
    (tmp_path / "summary.csv").write_text(
        f"{HEADER}a,failed,3,{seed},\nb,failed,3,-1,\nc,failed,,2,\n"
    )
    assert relusgd.load_sweep(tmp_path).summary["seed"].tolist() == [str(seed), "-1", "2"]


def test_any_number_of_runs_is_read_with_few_open_files(tmp_path):
    many = {**TINY, "training": {"epochs": 1, "batch_size": 2}, "sweep": {"repeat": 150}}
    relusgd.run_sweep(many, tmp_path / "many", workers=1)
    with few_descriptors(5):
        sweep = relusgd.load_sweep(tmp_path / "many")
        assert sweep.last("elbow").shape == (150, 3)
        assert sweep.stack("weight_2").shape == (150, 2, 3, 1)
        assert sweep.last("test_mse").shape == (150,)
        histories = [run.history for run in sweep.runs]
        assert relusgd.compare(sweep).run_count == 150
        film = animate(sweep.runs[:9], tmp_path / "nine.gif", frames=2)
    assert film.stat().st_size > 1000
    last = np.stack([history.elbow[-1] for history in histories])
    assert np.array_equal(sweep.last("elbow"), last)
