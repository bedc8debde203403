from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from relusgd.config import config_to_yaml, json_schema, known_keys, load_config, shipped_configs
from relusgd.config.yaml_reader import read_yaml

BAD = Path(__file__).parents[1] / "bad_configs"
VALIDATOR = Draft202012Validator(json_schema())

SINGLE_KEY_DEFECTS = [
    "unknown_key",
    "unknown_block",
    "key_of_another_kind",
    "points_without_kind",
    "unknown_kind",
    "unknown_choice",
    "null_for_a_number",
    "block_is_a_number",
    "text_for_a_number",
    "boolean_for_a_number",
    "fraction_for_a_whole_number",
    "huge_integer",
    "huge_width",
    "no_layers",
    "negative_seed",
    "seed_of_65_bits",
    "zero_learning_rate",
    "batch_of_unknown_name",
    "domain_of_three",
    "text_among_elbows",
    "schedule_without_factor",
    "unknown_schedule",
    "csv_without_path",
    "number_as_target",
    "knots_without_y",
    "sweep_of_an_unknown_key",
    "sweep_without_a_list",
]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema(), allow_nan=False)) == json_schema()


@pytest.mark.parametrize("file", shipped_configs().values(), ids=lambda file: file.stem)
def test_a_shipped_config_fits_the_schema(file: Path) -> None:
    VALIDATOR.validate(read_yaml(file.read_bytes()).value)


@pytest.mark.parametrize(
    "source",
    [
        {
            "data": {"kind": "points", "x": [1], "y": [2]},
            "network": {"hidden": 1, "elbows": [0.5], "slopes": [1], "output_weights": [2]},
        },
        {
            "network": {
                "hidden": 1,
                "start": {"weight_1": 1, "bias_1": [2], "weight_2": [[3]], "bias_2": 4},
            },
        },
        {"network": {"start": {"run": "outputs/a", "epoch": 3}}},
        {
            "data": {"kind": "csv", "path": "a.csv"},
            "training": {"schedule": {"kind": "cosine"}, "batch_size": "full"},
        },
        {
            "data": {"target": {"x": [0, 1], "y": [0, 1]}},
            "snapshots": {"per_decade": 5},
            "training": {"epochs": 1e5},
        },
        {
            "sweep": {
                "grid": {"network.hidden": [1, [2, 3]]},
                "cases": {"a": {"training.method": "ridge"}},
                "repeat": 3,
            }
        },
    ],
)
def test_what_loads_fits_the_schema_as_written_and_as_resolved(source: dict[str, object]) -> None:
    VALIDATOR.validate(source)
    VALIDATOR.validate(read_yaml(config_to_yaml(load_config(source))).value)


@pytest.mark.parametrize("name", SINGLE_KEY_DEFECTS)
def test_a_defect_of_a_single_key_does_not_fit(name: str) -> None:
    assert not VALIDATOR.is_valid(read_yaml((BAD / f"{name}.yaml").read_bytes()).value)


def test_every_key_has_a_description_and_every_optional_one_its_default() -> None:
    schema = json_schema()
    blocks = [schema, *schema["$defs"].values()]
    for block in blocks:
        for key, described in block["properties"].items():
            assert described.get("description"), key
            assert key in block.get("required", []) or "default" in described, key


def test_the_schema_has_every_known_key() -> None:
    schema = json_schema()
    names = {key for block in [schema, *schema["$defs"].values()] for key in block["properties"]}
    assert {key.split(".")[-1] for key in known_keys()} <= names
