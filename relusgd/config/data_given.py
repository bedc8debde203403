"""A data file where a config is expected: what it is, and how it gets a config."""

from __future__ import annotations

from pathlib import Path

from relusgd.advice import Advice
from relusgd.config.new_file import HOLDS_DATA, hint_for_data
from relusgd.config.schema import Config
from relusgd.config.yaml_reader import Document
from relusgd.errors import ConfigError
from relusgd.model.data_file.content import other_kind
from relusgd.model.data_file.recognition import holds_table, is_named_as_data, is_named_as_table

YAML_SUFFIXES = (".yaml", ".yml")


def refuse_data(file: Path, label: str, data: bytes, document: Document) -> None:
    """Raise ConfigError if this file, which was read as YAML, is data and no config.

    label: the file's name in messages. data: its content, or the beginning of it.
    """
    if _is_config(file, document):
        return
    hint = _way_to_a_config(file)
    kind = other_kind(data)
    if kind is not None and file.suffix.lower() not in YAML_SUFFIXES:
        raise ConfigError([f"{label} is {kind}"], hint)
    if is_named_as_table(file) or holds_table(data):
        raise ConfigError([f"{label} {HOLDS_DATA}"], hint)


def _is_config(file: Path, document: Document) -> bool:
    """Whether the file is meant as a config, be it a faulty one."""
    if not isinstance(document.value, dict):
        return False
    return not is_named_as_data(file) or bool(Config.model_fields.keys() & document.value.keys())


def _way_to_a_config(file: Path) -> Advice:
    config = f'{{"data": {{"kind": "csv", "path": {str(file)!r}}}}}'
    return Advice(f"a dict is a config too: {config}", hint_for_data(file))
