from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.advice import in_shell
from relusgd.config import (
    Config,
    CosineSchedule,
    CsvData,
    PointsData,
    load_config,
    parse_overrides,
    shipped_configs,
)
from relusgd.config.data_section import KnotsTarget
from relusgd.config.source import split_key
from relusgd.errors import ConfigError


def faults_of(
    source: object, overrides: dict[str, object] | None = None, case: str | None = None
) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(source, overrides, case=case)
    return caught.value.faults


@pytest.fixture
def course(tmp_path: Path) -> Path:
    file = tmp_path / "course.yaml"
    file.write_text(
        "training:\n  epochs: 500\nsweep:\n  grid: {network.hidden: [10, 20]}\n  cases:\n"
        "    all: {training.learning_rate: 0.02}\n    ridge:\n      training.method: ridge\n     "
        " training.penalty: 1e-3\n  repeat: 5\n"
    )
    return file


# What a config says


def test_notebook_yaml_is_the_defaults() -> None:
    assert load_config(shipped_configs()["notebook"]) == load_config({"seed": 0}) == Config()


def test_the_defaults_are_those_of_the_notebook() -> None:
    config = Config()
    assert (config.data.kind, config.data.samples, config.data.noise, config.data.seed) == (
        "target",
        200,
        0.1,
        1,
    )
    assert (config.network.hidden, config.network.init, config.network.elbows) == (
        (40,),
        "torch",
        "uniform",
    )
    assert (config.training.epochs, config.training.batch_size, config.training.learning_rate) == (
        30000,
        40,
        0.02,
    )
    assert (config.snapshots.every, config.engine, config.sweep) == (1, "auto", None)


def test_a_number_without_fraction_is_whole() -> None:
    config = load_config(
        {"training": {"epochs": 1e5}, "network": {"hidden": [2e1, 3]}, "seed": 1e19}
    )
    assert (config.training.epochs, config.network.hidden, config.seed) == (100000, (20, 3), 10**19)
    assert type(config.training.epochs) is int


def test_a_single_width_is_a_list_of_one() -> None:
    assert load_config({"network": {"hidden": 20}}) == load_config({"network": {"hidden": [20]}})


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    "key",
    [
        "seed",
        "training.epochs",
        "training.learning_rate",
        "network.slopes",
        "training.batch_size",
        "network.hidden",
    ],
)
def test_a_boolean_is_not_a_number(key: str, value: bool) -> None:
    assert faults_of({}, {key: value})[0].startswith(f"overrides: {key} must be")


def test_seeds_that_are_null_are_the_top_level_seed() -> None:
    config = load_config({"seed": 7, "data": {"seed": None}})
    assert (config.network_seed, config.training_seed, config.data_seed) == (7, 7, 7)


def test_seeds_that_are_given_are_their_own() -> None:
    config = load_config(
        {"seed": 7, "data": {"seed": 0}, "network": {"seed": 2}, "training": {"seed": 0}}
    )
    assert (config.network_seed, config.training_seed, config.data_seed) == (2, 0, 0)


def test_the_largest_seed_has_64_bits() -> None:
    assert load_config({"seed": 2**64 - 1}).network_seed == 2**64 - 1


def test_knots_points_and_schedules_are_objects() -> None:
    config = load_config(
        {
            "data": {"target": {"x": [0, 1], "y": [2, 3]}},
            "training": {"schedule": {"kind": "cosine"}},
        }
    )
    assert config.data.target == KnotsTarget(x=(0.0, 1.0), y=(2.0, 3.0))
    assert config.training.schedule == CosineSchedule(kind="cosine", minimum=0.0)
    assert load_config({"data": {"kind": "points", "x": [1], "y": [2]}}).data == PointsData(
        kind="points", x=(1.0,), y=(2.0,)
    )


def test_per_decade_takes_the_place_of_every() -> None:
    snapshots = load_config({"snapshots": {"per_decade": 10}}).snapshots
    assert (snapshots.every, snapshots.per_decade) == (None, 10)


def length(config) -> tuple[object, ...]:
    return config.training.epochs, config.training.steps, config.training.time


def test_steps_or_time_take_the_place_of_epochs() -> None:
    assert length(load_config({"training": {"steps": 7}})) == (None, 7, None)
    assert length(load_config({"training": {"time": 0.5}})) == (None, None, 0.5)
    assert length(load_config({"training": {"steps": None}})) == (30000, None, None)


def test_a_length_that_is_set_takes_the_place_of_the_one_in_the_file() -> None:
    written = {"training": {"epochs": 9, "layers": "output"}}
    by_steps = load_config(written, {"training.steps": 7})
    assert (length(by_steps), by_steps.training.layers) == ((None, 7, None), "output")
    assert length(load_config({"training": {"steps": 7}}, {"training.epochs": 9})) == (
        9,
        None,
        None,
    )
    assert length(load_config(written, {"training.time": 2})) == (None, None, 2)
    with pytest.raises(ConfigError, match=r"training\.epochs and training\.time exclude"):
        load_config({}, {"training.epochs": 9, "training.time": 2})


def test_time_is_learning_rate_times_steps_rounded_up() -> None:
    for time, rate, steps in [(1.1, 0.1, 11), (0.3, 0.1, 3), (1, 0.3, 4), (0, 0.1, 0)]:
        config = load_config({"training": {"time": time, "learning_rate": rate}})
        assert config.total_steps(5) == steps


def test_what_is_said_of_snapshots_unites() -> None:
    both = load_config({"snapshots": {"every": 5, "per_decade": 10}}).snapshots
    assert (both.every, both.per_decade) == (5, 10)
    singles = load_config({"snapshots": {"first_steps": 10}}).snapshots
    assert (singles.every, singles.first_steps) == (1, 10)
    alone = load_config({"snapshots": {"every": None, "first_steps": 10}}).snapshots
    assert (alone.every, alone.per_decade) == (None, None)


def test_a_csv_path_is_relative_to_the_config(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text("data: {kind: csv, path: measured/flow.csv}\n")
    config = load_config(file)
    assert isinstance(config.data, CsvData)
    assert config.csv_path == tmp_path / "measured" / "flow.csv"
    assert (config.data.x, config.data.y, config.data.test_fraction) == (None, None, 0.2)


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    at_home = load_config({"data": {"kind": "csv", "path": "~/flow.csv"}})
    assert at_home.csv_path == tmp_path / "flow.csv"
    nobodys = load_config({"data": {"kind": "csv", "path": "~nobody-of-that-name/flow.csv"}})
    assert nobodys.csv_path == Path("~nobody-of-that-name/flow.csv")


def test_numpy_values_and_paths_are_plain_values() -> None:
    source = {
        "seed": np.int64(3),
        "data": {"kind": "points", "x": np.array([1.0, 2.0]), "y": (np.float32(0.5), 1)},
    }
    assert load_config(source) == load_config(
        {"seed": 3, "data": {"kind": "points", "x": [1, 2], "y": [0.5, 1]}}
    )


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().seed = 3


def test_equal_configs_have_equal_hashes(course: Path) -> None:
    assert hash(load_config(course)) == hash(load_config(str(course)))
    assert len({load_config(course), load_config(course, {"seed": 1}), Config()}) == 3


def test_a_config_travels_to_another_process(course: Path) -> None:
    config = load_config(course, {"seed": 3})
    copy = pickle.loads(pickle.dumps(config))
    assert copy == config
    assert (copy.origin.stem, copy.origin.places.find(split_key("training.epochs"))) == (
        "course",
        f"{course}:2",
    )


def test_the_notebook_is_shipped() -> None:
    assert shipped_configs()["notebook"].name == "notebook.yaml"


# Overrides and cases


def test_an_override_counts_more_than_the_file(course: Path) -> None:
    config = load_config(course, {"training.epochs": 7, "network.init": "normal", "sweep": None})
    assert (config.training.epochs, config.network.init, config.sweep) == (7, "normal", None)


def test_overrides_are_kept_as_the_config_has_them(course: Path) -> None:
    config = load_config(
        course,
        parse_overrides(
            ["training.epochs=1e3", "network.hidden=5", "data.target={x: [0, 1], y: [0, 1]}"]
        ),
    )
    assert config.origin.overrides == {
        "training.epochs": 1000,
        "network.hidden": (5,),
        "data.target": KnotsTarget(x=(0.0, 1.0), y=(0.0, 1.0)),
    }


def test_keys_of_a_schedule_can_be_set_one_by_one() -> None:
    config = load_config(
        {},
        parse_overrides(
            [
                "training.schedule.factor=.5",
                "training.schedule.kind=step",
                "training.schedule.every=10",
            ]
        ),
    )
    assert config == load_config(
        {"training": {"schedule": {"kind": "step", "every": 10, "factor": 0.5}}}
    )


def test_a_block_is_set_before_keys_in_it() -> None:
    overrides = {"training.epochs": 5, "training": {"momentum": 0.5}}
    assert load_config({}, overrides) == load_config({"training": {"epochs": 5, "momentum": 0.5}})


def test_the_order_of_overrides_does_not_matter() -> None:
    overrides = {"data": {"kind": "csv", "path": "a.csv"}, "data.x": "year", "seed": 4}
    assert load_config({}, overrides) == load_config({}, dict(reversed(overrides.items())))


def test_a_case_is_merged_and_the_sweep_left_out(course: Path) -> None:
    config = load_config(course, case="ridge")
    assert (
        config.training.method,
        config.training.penalty,
        config.training.epochs,
        config.sweep,
    ) == ("ridge", 1e-3, 500, None)
    assert (config.origin.case, config.origin.overrides) == ("ridge", {})


def test_an_override_counts_more_than_a_case(course: Path) -> None:
    assert load_config(course, {"training.penalty": 1}, case="ridge").training.penalty == 1


def test_a_fault_in_a_case_is_reported_at_its_line(course: Path) -> None:
    course.write_text(course.read_text().replace("1e-3", "much"))
    assert faults_of(course, case="ridge")[0].startswith(f"{course}:9: training.penalty must be")


def test_an_unknown_case_is_reported_with_the_nearest_name(course: Path) -> None:
    assert faults_of(course, case="rigde") == (
        f"case rigde: no such case at {course}:5; did you mean ridge?",
    )


def test_a_case_needs_a_sweep() -> None:
    assert faults_of({}, case="ridge") == (
        "case ridge: config describes no sweep, and so has no cases",
    )


def test_a_sweep_without_cases_and_no_sweep_give_different_messages() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config({"sweep": {"repeat": 2}}, case="ridge")
    assert caught.value.faults == ("case ridge: the sweep of config has no cases",)
    assert caught.value.hint is not None
    assert "--set sweep=null" in in_shell(caught.value.hint)


@pytest.mark.parametrize("key", ["training.learning_rat", "seed.x", "data.kind"])
def test_overrides_of_the_command_line_are_named_as_options_and_those_of_python_are_not(
    key: str,
) -> None:
    told = {}
    for typed in (False, True):
        with pytest.raises(ConfigError) as caught:
            load_config({}, {key: "points"}, typed=typed)
        told[typed] = caught.value.faults
    assert all(fault.startswith(f"overrides: {key}") for fault in told[False])
    assert all(fault.startswith(f"--set {key}: ") for fault in told[True])


def test_a_sweep_is_read_and_kept(course: Path) -> None:
    sweep = load_config(course).sweep
    assert sweep is not None
    assert dict(sweep.grid) == {"network.hidden": (10, 20)}
    assert dict(sweep.cases["ridge"]) == {"training.method": "ridge", "training.penalty": 1e-3}
    assert sweep.repeat == 5


def test_one_grid_key_can_be_set(course: Path) -> None:
    sweep = load_config(course, {"sweep.grid.network.hidden": [5], "sweep.repeat": 2}).sweep
    assert sweep is not None
    assert (dict(sweep.grid), sweep.repeat) == ({"network.hidden": (5,)}, 2)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "training.learning_rat",
            1,
            "overrides: training.learning_rat is not a known key; did you mean learning_rate?",
        ),
        (
            "learning_rate",
            1,
            "overrides: learning_rate is not a known key; did you mean training.learning_rate?",
        ),
        ("foo.bar", 1, "overrides: foo.bar: foo is not a known key; known: seed, data"),
        ("seed.x", 1, "overrides: seed.x: seed must be a whole number"),
        (
            "training..epochs",
            1,
            "overrides: training..epochs: training. is not a known key; known: method",
        ),
        ("data.kind", "points", "overrides: data.kind: data.x is missing; kind: points needs it"),
        (
            "training",
            None,
            "overrides: training has nothing below it; write keys such as method, layers, epochs",
        ),
        (
            "seed",
            object(),
            "overrides: seed must be numbers, text, lists or mappings, not an object of type "
            "object",
        ),
        (
            "network.hidden",
            "10,20",
            "overrides: network.hidden must be a whole number from 1 to 100,000,000, or a list "
            "of widths such as [40] or [20, 20], "
            "not '10,20'; did you mean the list [10,20]?",
        ),
        (
            "network.hidden",
            "1,000",
            "overrides: network.hidden must be a whole number from 1 to 100,000,000, or a list "
            "of widths",
        ),
        (
            "training.schedule",
            {"kind": "cosine", "every": 3},
            "overrides: training.schedule: training.schedule.every belongs to kind: step;"
            " this schedule is of kind: cosine",
        ),
        (
            "data.target",
            True,
            "overrides: data.target must be a text of at most 1,000 characters, not true;"
            " write 'true' in quotes",
        ),
        (
            "data.target",
            "a\ud800",
            "overrides: data.target must hold no control characters; 'a\\ud800' does",
        ),
        ("data.domain", [0, 1, 2], "overrides: data.domain must be two numbers [low, high]"),
        ("data.domain", [0, "a"], "overrides: data.domain: item 2 of the list must be a finite"),
        (
            "network.elbows",
            [0.5],
            "overrides: network.elbows has 1 position for the 40 units of network.hidden",
        ),
    ],
)
def test_a_fault_of_an_override_names_the_override(key: str, value: object, words: str) -> None:
    assert any(fault.startswith(words) for fault in faults_of({"seed": 1}, {key: value}))


def test_a_fault_in_a_block_and_a_key_that_are_both_set_names_the_key() -> None:
    assert faults_of({}, {"training": {"momentum": 0.5}, "training.epochs": -1})[0].startswith(
        "overrides: training.epochs must be"
    )


def test_keys_of_another_kind_are_reported_when_the_kind_is_set() -> None:
    faults = faults_of(
        {"data": {"noise": 0.2, "samples": 5}}, {"data.kind": "csv", "data.path": "a.csv"}
    )
    assert sorted(faults) == [
        "config: data.noise belongs to kind: target; this data is of kind: csv",
        "config: data.samples belongs to kind: target; this data is of kind: csv",
    ]


# Faults


def test_faults_between_keys_are_reported_together_with_faults_of_single_keys() -> None:
    faults = faults_of(
        {
            "seed": -1,
            "network": {"hidden": 3, "elbows": [1]},
            "training": {"method": "ridge", "layers": "hidden"},
        }
    )
    assert [fault.split(" ")[1] for fault in faults] == [
        "seed",
        "network.elbows",
        "training.layers",
    ]


def test_a_fault_that_follows_from_another_is_not_reported() -> None:
    faults = faults_of(
        {
            "network": {"hidden": "wide", "elbows": [1, 2], "antisymmetric": True},
            "training": {"momentum": "x", "nesterov": True},
        }
    )
    assert [fault.split(" ")[1] for fault in faults] == ["network.hidden", "training.momentum"]


def test_a_key_with_a_tag_is_not_reported_as_missing_too(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text("data:\n  kind: csv\n  path: !file flow.csv\n")
    assert faults_of(file) == (
        f"{file}:3: data.path: the tag !file is not accepted; a config holds plain values",
    )


def test_an_interval_of_no_width_is_reported_as_such() -> None:
    assert faults_of({"data": {"domain": [1, 1]}}) == (
        "config: data.domain must be two numbers [low, high] with low < high, not [1, 1]",
    )


def test_a_length_fault_names_both_lengths() -> None:
    assert "has 2 slopes for the 40 units" in faults_of({"network": {"slopes": [1, 2]}})[0]


def test_one_slope_of_zero_cannot_place_elbows_but_can_keep_them() -> None:
    assert "network.slopes is 0" in faults_of({"network": {"slopes": 0}})[0]
    assert load_config({"network": {"slopes": 0, "elbows": "keep"}}).network.slopes == 0


def test_pairs_need_an_even_last_layer_alone() -> None:
    assert load_config(
        {"network": {"hidden": [3, 4], "antisymmetric": True, "elbows": [0.1, 0.2, 0.3]}}
    )
    assert "which has 3" in faults_of({"network": {"hidden": [4, 3], "antisymmetric": True}})[0]


def test_slopes_of_a_pair_are_equal() -> None:
    assert load_config({"network": {"hidden": 4, "antisymmetric": True, "slopes": [1, 1, -2, -2]}})
    assert (
        "slopes 1 and 2"
        in faults_of({"network": {"hidden": 2, "antisymmetric": True, "slopes": [1, 2]}})[0]
    )


@pytest.mark.parametrize(
    "number",
    [10**400, -(10**400), 10**5000, 1e308, -1e308],
    ids=["1e400", "-1e400", "1e5000", "1e308", "-1e308"],
)
@pytest.mark.parametrize(
    "key",
    [
        "seed",
        "data.noise",
        "network.hidden",
        "network.slopes",
        "training.momentum",
        "data.domain",
        "engine",
        "data.target",
    ],
)
def test_faults_with_huge_numbers_are_short_sentences(key: str, number: float) -> None:
    faults = faults_of({}, {key: number})
    assert len(faults) == 1
    assert len(faults[0]) < 250


def test_any_positive_learning_rate_is_legal() -> None:
    assert load_config({"training": {"learning_rate": 1e308}}).training.learning_rate == 1e308
    assert load_config({"training": {"learning_rate": 5e-324}}).training.learning_rate == 5e-324


def test_minus_zero_is_zero() -> None:
    assert (
        str(load_config({"network": {"elbow_range": [-0.0, 1]}}).network.elbow_range)
        == "(0.0, 1.0)"
    )


def test_very_many_faults_are_cut_short() -> None:
    faults = faults_of({f"key{i}": i for i in range(500)})
    assert len(faults) == 101
    assert faults[-1] == "config: and 400 faults more"


def test_a_missing_file_is_reported_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "notebook.yaml").write_text("seed: 0\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "notbook.yaml")
    assert caught.value.faults == (f"{tmp_path / 'notbook.yaml'}: there is no such file",)
    assert caught.value.hint == f"did you mean {tmp_path / 'notebook.yaml'}?"


def test_a_folder_is_not_a_config(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == (f"{tmp_path}: this is a folder; a YAML file was expected",)


def test_an_impossible_path_is_a_fault() -> None:
    assert "cannot be read" in faults_of("no\0file.yaml")[0]
    assert "cannot be read" in faults_of("x" * 5000)[0]


def test_a_dict_with_keys_that_are_no_text_is_a_fault() -> None:
    assert faults_of({"network": {1: 2}}) == ("config: network has the key 1, which must be text",)


def test_a_dict_that_contains_itself_is_a_fault() -> None:
    endless: dict[str, object] = {}
    endless["training"] = endless
    assert faults_of(endless) == (
        "config: training.training.training.training is nested more than 50 levels deep",
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["target", "csv", "points", "step", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "x", "y", "path", "grid", "cases", "every", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "seed",
        "data",
        "network",
        "training",
        "snapshots",
        "engine",
        "sweep",
        "hidden",
        "target",
        "schedule",
        "kind",
        "repeat",
        "grid",
    ]
)


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), max_size=4))
def test_any_mapping_gives_a_config_or_faults(source: dict[str, object]) -> None:
    faults: tuple[str, ...] = ("config: none",)
    try:
        load_config(source)
    except ConfigError as error:
        faults = error.faults
    assert all(fault.startswith("config: ") for fault in faults)


# Places


def test_places_of_keys_are_lines_overrides_or_the_file(course: Path) -> None:
    origin = load_config(course, {"seed": 4, "data": {"noise": 0.5}}).origin
    places = {
        key: origin.places.find(split_key(key))
        for key in ("training.epochs", "training.momentum", "seed", "data.noise", "engine")
    }
    assert places == {
        "training.epochs": f"{course}:2",
        "training.momentum": f"{course}:1",
        "seed": "overrides: seed",
        "data.noise": "overrides: data",
        "engine": str(course),
    }
    assert (origin.label, origin.stem, origin.folder) == (str(course), "course", course.parent)


def test_a_fault_found_later_can_be_reported_with_its_place(course: Path) -> None:
    origin = load_config(course, {"seed": 4}).origin
    assert (
        origin.fault("training.epochs", "must be less")
        == f"{course}:2: training.epochs must be less"
    )
    assert origin.fault("seed", "must be less") == "overrides: seed must be less"
    assert load_config({}).origin.fault("data.target", ": no") == "config: data.target: no"


@pytest.mark.parametrize("line", ["k{}: 1", "k{}: !x 1"])
def test_checking_ends_after_more_faults_than_are_reported(line, tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text(
        "\n".join(line.format(number) for number in range(101)) + "\ntraining: {nesterov: true}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert len(caught.value.faults) == 101
    assert caught.value.faults[-1] == f"{file}: and 1 faults more"
