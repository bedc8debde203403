from __future__ import annotations

import pytest

from relusgd.config import load_config
from relusgd.errors import ConfigError


def faults_of(sweep: object, **keys: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config({**keys, "sweep": sweep})
    return [fault.removeprefix("config: sweep.") for fault in caught.value.faults]


def test_a_case_may_change_the_kind_of_the_data() -> None:
    cases = {
        "flow": {"data.kind": "csv", "data.path": "flow.csv"},
        "sine": {"data.target": "sin(6*x)"},
    }
    assert load_config({"sweep": {"cases": cases}}, case="flow").data.kind == "csv"
    assert load_config({"sweep": {"cases": cases}}).sweep is not None


def test_a_grid_may_change_the_kind_of_the_data() -> None:
    grid = {"data.kind": ["target", "csv"], "data.path": ["a.csv"]}
    assert load_config({"sweep": {"grid": grid}}).sweep is not None


@pytest.mark.parametrize(
    ("sweep", "sentence"),
    [
        ({"grid": {"network.hidden": [0]}}, "grid.network.hidden: must be a whole number from 1"),
        ({"grid": {"network": [1]}}, "grid.network is not a known key"),
        ({"grid": {"sweep.repeat": [1]}}, "grid.sweep.repeat cannot vary the sweep itself"),
        ({"grid": {"data.path": ["a.csv"]}}, "grid.data.path: belongs to kind: csv"),
        ({"grid": {"seed": []}}, "grid: 'seed' must be a list of values, at least 1"),
        (
            {"grid": {"seed": [1, 2]}, "repeat": 2},
            "grid.seed lists seeds, but repeat counts them up too",
        ),
        (
            {"grid": {"network.hidden": [[2, 3], [2, 3]]}},
            "grid.network.hidden lists [2, 3] twice, as items 1 and 2",
        ),
        (
            {"cases": {"a": {"training.epoch": 1}}},
            "cases.a.training.epoch is not a known key; did you mean training.epochs?",
        ),
        (
            {"cases": {"a": {"training.epochs": -1}}},
            "cases.a.training.epochs: must be a whole number",
        ),
        (
            {"cases": {"a": {"seed": 1}}, "repeat": 3},
            "cases.a.seed is set, but repeat counts the seeds up",
        ),
        ({"repeat": 0}, "repeat must be a whole number from 1"),
        ({"grids": {}}, "grids is not a known key; did you mean grid?"),
    ],
)
def test_a_faulty_sweep_is_told_without_running_it(sweep: object, sentence: str) -> None:
    faults = faults_of(sweep)
    assert [fault[: len(sentence)] for fault in faults] == [sentence]


def test_a_fault_of_the_base_is_not_told_for_every_value() -> None:
    faults = faults_of({"grid": {"network.hidden": [1, 2, 3]}}, seed=-1)
    assert [fault.split()[1] for fault in faults] == ["seed"]


def test_what_only_a_run_can_decide_is_left_to_the_run() -> None:
    sweep = {"grid": {"network.hidden": [2, 3]}}
    assert (
        load_config({"network": {"hidden": 2, "elbows": [0.1, 0.2]}, "sweep": sweep}).sweep
        is not None
    )
