"""docs/config.md has every key of the models, and its defaults are theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from relusgd.config import (
    Config,
    CosineSchedule,
    CsvData,
    PointsData,
    StepSchedule,
    TargetData,
    load_config,
)
from relusgd.config.schema import SweepSection
from relusgd.errors import ConfigError
from relusgd.model.expressions import CONSTANTS, FUNCTIONS
from relusgd.model.targets import NAMED_TARGETS
from relusgd.words import value_text

TEXT = (Path(__file__).parents[2] / "docs" / "config.md").read_text()
SECTIONS: dict[str, type[BaseModel]] = {
    "Top level": Config,
    "kind: target": TargetData,
    "kind: points": PointsData,
    "kind: csv": CsvData,
    "network": type(Config().network),
    "training": type(Config().training),
    "schedule: step": StepSchedule,
    "schedule: cosine": CosineSchedule,
    "snapshots": type(Config().snapshots),
    "sweep": SweepSection,
}


def text_below(title: str) -> str:
    """What stands below this title, up to the next one."""
    return re.split(r"^#+ ", TEXT.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> dict[str, str]:
    """Key → default, as the table below this title says."""
    return dict(
        re.findall(r"^\| `(\w+)` \|(?: `?(.*?)`?)?? \|", text_below(title), flags=re.MULTILINE)
    )


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_stands_in_its_table_with_its_default(title: str) -> None:
    fields = SECTIONS[title].model_fields
    defaults = {
        key: ""
        if field.is_required() or isinstance(field.default, BaseModel)
        else value_text(field.default)
        for key, field in fields.items()
    }
    assert rows(title) == defaults


def test_every_function_and_named_target_is_described() -> None:
    described = set(re.findall(r"`(\w+)[`(]", text_below("kind: target")))
    assert {*FUNCTIONS, *CONSTANTS, *NAMED_TARGETS} <= described


def test_the_example_loads(tmp_path: Path) -> None:
    file = tmp_path / "sine.yaml"
    file.write_text(re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)[0])
    assert load_config(file).training.epochs == 10000


def test_the_faults_shown_in_the_document_are_the_ones_reported() -> None:
    shown = re.findall(r"^sine\.yaml:\d+: (.*)$", TEXT, flags=re.MULTILINE)
    with pytest.raises(ConfigError) as caught:
        load_config({"network": {"hiden": 20}, "training": {"learning_rate": -0.1}})
    assert [fault.removeprefix("config: ") for fault in caught.value.faults] == shown
