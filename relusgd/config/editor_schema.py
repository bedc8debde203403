"""The JSON schema that stands beside a new config, by which an editor checks and completes it.

A config names the schema in its modeline. The schema stands in the same folder, so that an editor
finds it without a network, and in another place when both are moved. An editor calls a schema that
is not there an error, so where it cannot stand, no config names it.
"""

from __future__ import annotations

import json
from pathlib import Path

from relusgd.config.json_schema import TITLE, schema_text
from relusgd.config.new_file import is_taken
from relusgd.durable import sync_file, sync_folder
from relusgd.errors import RelusgdError
from relusgd.files import read_bounded, write_new, write_whole

SCHEMA_FILE = "relusgd.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The comment by which editors with yaml-language-server find the schema of a config."""

LARGEST_SCHEMA = 1_000_000
"""Bytes of a file that may be the schema of another version of relusgd."""


def write_new_config(target: Path, text: str) -> list[Path]:
    """Write a config where none may stand yet, and beside it the schema that its modeline names.

    Gives the further files that were written. Where something else has the name of the schema, the
    config is written without its modeline. Raises RelusgdError when the disk refuses; no config is
    then written.
    """
    schema = target.with_name(SCHEMA_FILE)
    try:
        names_schema = MODELINE in text
        is_made = names_schema and place_schema(schema)
        kept = text if _is_schema(schema) else text.replace(MODELINE, "")
        _write_whole_or_not(target, kept.encode())
    except OSError as error:
        place = error.filename or target
        raise RelusgdError(f"{place}: {error.strerror or error}") from error
    return [schema] if is_made else []


def _write_whole_or_not(target: Path, content: bytes) -> None:
    """Write a file where none may stand yet; where the disk refuses, leave none. Raises OSError."""
    try:
        write_new(target, [content])
        sync_file(target)
        sync_folder(target.parent)
    except FileExistsError:
        raise
    except OSError:
        target.unlink(missing_ok=True)
        raise


def place_schema(schema: Path) -> bool:
    """Write the schema where there is none, or one of another version; whether it was written.

    Raises OSError.
    """
    if is_taken(schema) and not _is_schema(schema):
        return False
    text = schema_text()
    if is_taken(schema) and schema.read_text(encoding="utf-8") == text:
        return False
    write_whole(schema, text)
    return True


def _is_schema(file: Path) -> bool:
    """Whether this is a schema of configs, of any version of relusgd."""
    try:
        value = json.loads(read_bounded(file, LARGEST_SCHEMA))
    except (OSError, RelusgdError, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("title") == TITLE
