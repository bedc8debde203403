"""The config: YAML in, a checked and frozen `Config` out.

`schema` says what every key takes; `loading` is the way from a file and overrides to a Config;
`expansion` goes from a sweep's config to the configs of its runs. Also here: the names of run
folders, which a config decides, and the shipped files. Nothing here trains, draws, or reads the
points; whatever needs them, such as a batch larger than the data, is found elsewhere.
"""

from __future__ import annotations

from relusgd.config.choices import choices_of
from relusgd.config.data_section import CsvData, PointsData, TargetData
from relusgd.config.dumping import config_to_yaml, flatten
from relusgd.config.expansion import PlannedRun, planned_runs
from relusgd.config.json_schema import json_schema
from relusgd.config.keys import is_switch, key_named, known_keys
from relusgd.config.loading import Source, as_config, load_config
from relusgd.config.naming import default_folder, default_sweep_folder
from relusgd.config.overrides import parse_overrides
from relusgd.config.schema import Config
from relusgd.config.shipped import copy_shipped, describe_shipped, shipped_configs
from relusgd.config.training_section import CosineSchedule, StepSchedule

__all__ = [
    "Config",
    "CosineSchedule",
    "CsvData",
    "PlannedRun",
    "PointsData",
    "Source",
    "StepSchedule",
    "TargetData",
    "as_config",
    "choices_of",
    "config_to_yaml",
    "copy_shipped",
    "default_folder",
    "default_sweep_folder",
    "describe_shipped",
    "flatten",
    "is_switch",
    "json_schema",
    "key_named",
    "known_keys",
    "load_config",
    "parse_overrides",
    "planned_runs",
    "shipped_configs",
]
