"""A config whose points come from a CSV: its columns, what is said, and where a fault is."""

import pytest

from relusgd.config import config_to_yaml, load_config
from relusgd.errors import ConfigError
from relusgd.runs.record import record
from relusgd.training import prepare


def csv_config(tmp_path, content, **data):
    (tmp_path / "t.csv").write_text(content)
    file = tmp_path / "t.yaml"
    keys = "".join(f", {key}: {value}" for key, value in data.items())
    file.write_text(
        f"data: {{kind: csv, path: t.csv, test_fraction: 0{keys}}}\n"
        "network: {hidden: 3}\ntraining: {epochs: 2}\n"
    )
    return load_config(file)


def test_the_columns_that_were_not_named_are_in_the_config_of_the_run(tmp_path):
    config = csv_config(tmp_path, "year,flow\n1,2\n2,3\n3,5\n")
    plan = prepare(config)
    assert (plan.config.data.x, plan.config.data.y) == ("year", "flow")
    assert plan.config.origin == config.origin
    named = csv_config(tmp_path, "year,flow\n1,2\n2,3\n3,5\n", x="year", y="flow")
    assert config_to_yaml(plan.config) == config_to_yaml(named)


def test_naming_the_columns_afterwards_is_the_same_run(tmp_path):
    content = "year,flow\n1,2\n2,3\n3,5\n"
    run = record(csv_config(tmp_path, content), tmp_path / "run")
    again = record(csv_config(tmp_path, content, x="year", y="flow"), tmp_path / "run")
    assert again.metrics["train_mse"].tolist() == run.metrics["train_mse"].tolist()
    assert (run.data.x_name, run.data.y_name) == ("year", "flow")


def test_skipped_rows_are_noted_in_the_plan(tmp_path):
    plan = prepare(csv_config(tmp_path, "x,y\n1,2\n2,NA\n3,5\n", missing="skip"))
    assert plan.dataset.notes == ("1 of 3 rows is left out: 'y' is missing in line 3",)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("https://example.org/flow.csv", "is an address on the web, and relusgd reads files alone"),
        ("file:///home/me/flow.csv", "write the path alone, without file://"),
    ],
)
def test_addresses_are_named_as_not_read(path, words):
    with pytest.raises(ConfigError) as caught:
        prepare({"data": {"kind": "csv", "path": path}})
    assert words in caught.value.message
    assert "data.path" in caught.value.message
