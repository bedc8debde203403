import re

import pytest

from relusgd.config import config_to_yaml, load_config, planned_runs
from relusgd.errors import ConfigError

COURSE = {
    "training": {"epochs": 10},
    "sweep": {
        "grid": {"network.hidden": [10, 20]},
        "cases": {"all": {"training.learning_rate": 0.02}, "ridge": {"training.method": "ridge"}},
        "repeat": 2,
    },
}


def names(config, **overrides):
    return [run.name for run in planned_runs(load_config(config, overrides))]


def test_every_combination_is_a_run_with_the_seeds_fastest():
    assert names(COURSE) == [
        "network.hidden=10,case=all,seed=0",
        "network.hidden=10,case=all,seed=1",
        "network.hidden=10,case=ridge,seed=0",
        "network.hidden=10,case=ridge,seed=1",
        "network.hidden=20,case=all,seed=0",
        "network.hidden=20,case=all,seed=1",
        "network.hidden=20,case=ridge,seed=0",
        "network.hidden=20,case=ridge,seed=1",
    ]


def test_a_run_has_the_config_that_a_file_with_its_values_has():
    last = planned_runs(load_config(COURSE))[-1]
    same = load_config(
        {"seed": 1, "network": {"hidden": 20}, "training": {"epochs": 10, "method": "ridge"}}
    )
    assert last.config == same
    assert config_to_yaml(last.config) == config_to_yaml(same)
    assert last.varied == {"network.hidden": (20,), "case": "ridge", "seed": 1}


def test_more_seeds_and_values_leave_the_names_of_the_runs_that_were():
    more = {**COURSE["sweep"], "grid": {"network.hidden": [5, 10, 20]}, "repeat": 3}
    assert set(names(COURSE)) < set(names({**COURSE, "sweep": more}))


def test_names_differ_in_more_than_capital_letters():
    cases = {name: {"seed": 0} for name in ("SGD", "sgd", "Sgd", "adam")}
    first, *others, last = names({"sweep": {"cases": cases}})
    assert (first, last) == ("case=SGD,seed=0", "case=adam,seed=0")
    assert len({name.lower() for name in (first, *others, last)}) == 4
    assert all(re.fullmatch(r"case=[Ss]gd~[0-9a-f]{6},seed=0", name) for name in others)

    columns = {"kind": "csv", "path": "t.csv", "x": "Year", "y": "y"}
    grid = {"data.x": ["Year", "year"], "data.y": ["v", "V~b"]}
    of_columns = names({"data": columns, "sweep": {"grid": grid}})
    assert of_columns[0].startswith("data.x=Year,data.y=v,")
    assert len({name.lower() for name in of_columns}) == 4


def test_seeds_go_on_from_the_configs_own():
    assert names({"seed": 7, "sweep": {"repeat": 2}}) == ["seed=7", "seed=8"]
    assert names({"seed": 7}) == ["seed=7"]


def test_seeds_may_be_listed_in_the_grid():
    assert names({"sweep": {"grid": {"seed": [3, 1e5], "training.momentum": [0, 0.5]}}}) == [
        "training.momentum=0,seed=3",
        "training.momentum=0,seed=100000",
        "training.momentum=0.5,seed=3",
        "training.momentum=0.5,seed=100000",
    ]


def test_a_schedule_and_a_kind_of_data_can_vary():
    points = {"data.kind": "points", "data.x": [0, 1], "data.y": [1, 2]}
    grid = {"training.schedule": ["constant", {"kind": "cosine", "minimum": 0}]}
    constant, cosine = planned_runs(load_config({"sweep": {"grid": grid, "cases": {"p": points}}}))
    assert constant.config.training.schedule == "constant"
    assert cosine.config.training.schedule.kind == "cosine"
    assert cosine.config.data.kind == "points"


def test_a_fault_between_two_keys_is_reported_with_the_line_of_the_sweep(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "network:\n  elbows: [0.1, 0.2]\nsweep:\n  grid:\n    network.hidden: [2, 3, 4]\n"
    )
    with pytest.raises(ConfigError) as caught:
        planned_runs(load_config(tmp_path / "s.yaml"))
    assert len(caught.value.faults) == 2
    assert all("3" in fault or "4" in fault for fault in caught.value.faults)
    assert all(
        fault.startswith(f"{tmp_path / 's.yaml'}:2: network.elbows")
        for fault in caught.value.faults
    )


def test_a_fault_in_the_grid_of_the_command_line_names_the_option():
    with pytest.raises(ConfigError) as caught:
        planned_runs(
            load_config(
                {"network": {"elbows": [0.1, 0.2], "hidden": 2}},
                {"sweep.grid.network.hidden": [2, 3]},
                typed=True,
            )
        )
    assert caught.value.faults == (
        "--grid network.hidden: network.elbows has 2 positions for the 3 units of "
        "network.hidden; give one per unit",
    )
    with pytest.raises(ConfigError, match=r"^--grid network.hidden: must be"):
        load_config({}, {"sweep.grid.network.hidden": [0]}, typed=True)


def test_values_that_mean_the_same_are_not_run_twice():
    with pytest.raises(ConfigError, match=r"describes the run network\.hidden=10 twice"):
        planned_runs(load_config({"sweep": {"grid": {"network.hidden": [10, [10]]}}}))


def test_seeds_that_would_leave_64_bits_are_refused():
    with pytest.raises(ConfigError, match="counts the seeds up to"):
        planned_runs(load_config({"seed": 2**64 - 2, "sweep": {"repeat": 3}}))


def test_a_run_carries_the_places_of_its_own_case_alone(tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text(
        "sweep:\n  cases:\n"
        + "".join(f"    c{i}: {{training.momentum: 0.{i:03}}}\n" for i in range(300))
    )
    runs = planned_runs(load_config(file))
    assert len(runs) == 300
    for number, run in enumerate(runs, start=3):
        assert run.config.origin.places.lines[("training", "momentum")] == number
        assert len(run.config.origin.places.lines) < 10
