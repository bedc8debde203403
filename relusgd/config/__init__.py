"""The config: YAML in, a checked and frozen `Config` out.

`schema` says what every key takes; `loading` is the way from a file and overrides to a Config;
`expansion` goes from a sweep's config to the configs of its runs. Also here: the names of run
folders, which a config decides, and the shipped files. Nothing here trains, draws, or reads the
points; whatever needs them, such as a batch larger than the data, is found elsewhere.
"""

from __future__ import annotations

from relusgd.config.dumping import config_to_yaml, flatten
from relusgd.config.expansion import Combination, PlannedRun, combinations, planned_runs
from relusgd.config.json_schema import json_schema
from relusgd.config.keys import key_named, known_keys
from relusgd.config.loading import load_config
from relusgd.config.naming import (
    assignment,
    default_folder,
    join_name,
    name_text,
    run_name,
    stem_text,
)
from relusgd.config.overrides import parse_override, parse_overrides, parse_value
from relusgd.config.schema import (
    Config,
    CosineSchedule,
    CsvData,
    KnotsTarget,
    PointsData,
    StepSchedule,
    SweepSection,
    TargetData,
)
from relusgd.config.shipped import copy_shipped, describe_shipped, shipped_configs
from relusgd.config.source import Origin
from relusgd.words import value_text

__all__ = [
    "Combination",
    "Config",
    "CosineSchedule",
    "CsvData",
    "KnotsTarget",
    "Origin",
    "PlannedRun",
    "PointsData",
    "StepSchedule",
    "SweepSection",
    "TargetData",
    "assignment",
    "combinations",
    "config_to_yaml",
    "copy_shipped",
    "default_folder",
    "describe_shipped",
    "flatten",
    "join_name",
    "json_schema",
    "key_named",
    "known_keys",
    "load_config",
    "name_text",
    "parse_override",
    "parse_overrides",
    "parse_value",
    "planned_runs",
    "run_name",
    "shipped_configs",
    "stem_text",
    "value_text",
]
