"""Scales and rates that are expressions in the width of the first hidden layer."""

import math
from pathlib import Path

import pytest

from relusgd.config import config_to_yaml, json_schema, load_config, planned_runs
from relusgd.config.naming import run_name
from relusgd.config.overrides import parse_overrides
from relusgd.errors import ConfigError
from relusgd.training import prepare

LAW = "0.2/width**0.5"


def test_an_expression_is_its_value_at_the_width_of_the_first_layer():
    config = load_config(
        {
            "network": {"hidden": [16, 3], "hidden_scale": "1/width", "output_scale": "width - 16"},
            "training": {"learning_rate": LAW},
        }
    )
    assert config.learning_rate == 0.2 / 4
    assert (config.hidden_scale, config.output_scale) == (1 / 16, 0)
    assert config.training.learning_rate == LAW


def test_a_training_by_an_expression_is_that_by_its_numbers():
    written = {"network.hidden_scale": "8/width", "network.output_scale": "width**-0.5"}
    numbers = {"network.hidden_scale": 0.5, "network.output_scale": 0.25}
    plans = [
        prepare(
            load_config({"network": {"hidden": 16}}, {**scales, "training.learning_rate": rate})
        )
        for scales, rate in [(written, "0.04/sqrt(width)"), (numbers, 0.01)]
    ]
    first, second = (plan.initial.parameters().tolist() for plan in plans)
    assert first == second
    assert plans[0].largest_rate == plans[1].largest_rate == 0.01


def test_a_sweep_over_widths_has_its_law_in_one_line():
    config = load_config(
        {
            "training": {"learning_rate": "0.8/width"},
            "sweep": {"grid": {"network.hidden": [10, 20, 40]}},
        }
    )
    rates = [run.config.learning_rate for run in planned_runs(config)]
    assert rates == [0.08, 0.04, 0.02]


def test_the_config_of_a_run_keeps_the_expression(tmp_path: Path):
    file = tmp_path / "config.yaml"
    config = load_config({"training": {"learning_rate": LAW}})
    file.write_text(config_to_yaml(config))
    assert load_config(file) == config


@pytest.mark.parametrize(
    "option", ["{key}={law}", "{key}='{law}'", '{key}="{law}"', " {key} = {law} "]
)
def test_a_set_of_an_expression_is_read_in_any_quotes(option: str):
    text = option.format(key="training.learning_rate", law=LAW)
    config = load_config({}, parse_overrides([text]))
    assert config.training.learning_rate == LAW
    assert run_name(config) == run_name(load_config({}, {"training.learning_rate": LAW}))


def test_a_folder_is_named_by_the_expression_without_signs_that_need_quotes():
    names = {
        run_name(load_config({}, {"training.learning_rate": law})) for law in (LAW, "0.2/width")
    }
    assert len(names) == 2
    assert all(name.startswith("run,training.learning_rate=0.2-width") for name in names)
    assert not any(set(name) & set("*/() ") for name in names)


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        ("0.2/widht", "at character 5: 'widht' is not known; did you mean width?"),
        ("0.2/n**0.5", "'n' is not known; write 0.2/width**0.5"),
        ("0.2/hidden", "'hidden' is not known; the variable is width"),
        ("0.2/np.sqrt(width)", "write 0.2/sqrt(width)"),
        ("2 width", "a product is written 2*width"),
        ("width - 50", "width - 50 is -10 at width 40; it must be a finite number above 0"),
        ("1/(width - 40)", "is .inf at width 40"),
        ("log(0 - width)", "is .nan at width 40"),
        ("fast", "or an expression in width such as 0.2/width**0.5, not 'fast'"),
        ("0,02", "it could be 0.02 or several values"),
        ("0.02", "write 0.02 without quotes"),
    ],
)
def test_what_gives_no_rate_is_refused_with_what_to_write(value: str, phrase: str):
    with pytest.raises(ConfigError) as caught:
        load_config({}, {"training.learning_rate": value})
    assert phrase in caught.value.faults[0]
    assert len(caught.value.faults) == 1


def test_an_output_scale_of_0_is_a_scale_and_a_hidden_scale_of_0_is_none():
    assert load_config({"network": {"output_scale": "width - 40"}}).output_scale == 0
    with pytest.raises(ConfigError, match="hidden_scale: width - 40 is 0 at width 40"):
        load_config({"network": {"hidden_scale": "width - 40"}})


def test_a_law_that_fails_at_one_width_of_a_sweep_is_told_with_the_width():
    sweep = {"grid": {"network.hidden": [10, 20]}}
    config = load_config({"training": {"learning_rate": "0.1*(width - 10)"}, "sweep": sweep})
    with pytest.raises(ConfigError, match=r"is 0 at width 10; it must be"):
        planned_runs(config)


def test_rules_between_keys_read_the_value():
    rate = {"training.learning_rate": "0.4/width"}
    with pytest.raises(
        ConfigError, match=r"which is above training.learning_rate: 0.4/width = 0.01"
    ):
        load_config({}, {**rate, "training.schedule": {"kind": "cosine", "minimum": 0.02}})
    assert load_config({}, {**rate, "training.time": 1}).total_steps(5) == math.ceil(1 / 0.01)
    with pytest.raises(ConfigError, match=r"output_scale: 0 leaves no output weight"):
        load_config({"network": {"balanced": True, "output_scale": "width - 40"}})


def test_the_schema_takes_numbers_and_texts_alike():
    options = json_schema()["$defs"]["Training"]["properties"]["learning_rate"]["anyOf"]
    assert [option["type"] for option in options] == ["number", "string"]
