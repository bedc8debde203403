"""The config of a run, which thousands of runs of a sweep have in common but for the seed."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from relusgd.config import Config, load_config
from relusgd.config.loading import check_values, shown_path
from relusgd.config.source import Origin, Places
from relusgd.config.yaml_reader import MAX_BYTES, read_yaml
from relusgd.errors import ConfigError, RelusgdError
from relusgd.files import read_bounded
from relusgd.run_files.folder import CONFIG
from relusgd.run_files.folder_errors import unreadable

SEED = re.compile(rb"seed: (0|[1-9][0-9]{0,18})\n")
"""The first line of config.yaml. No other key is checked together with it."""

LONGEST_KEPT = 10_000
"""Texts up to this length are kept."""


def read_config(folder: Path) -> Config:
    """The config of a run, every default filled in. Raises RelusgdError when it is damaged."""
    path = folder / CONFIG
    try:
        # Loading would wait at a pipe for ever, and report what the system refuses as a fault of
        # the config.
        text = read_bounded(path, MAX_BYTES)
        return _kept_config(path, text) or load_config(path)
    except ConfigError as error:
        raise RelusgdError(f"{error.message}\nthe run folder is damaged") from None
    except (OSError, RelusgdError) as error:
        raise unreadable(path, "the config of a run", error) from None


def _kept_config(path: Path, text: bytes) -> Config | None:
    """The config of this text, if one that differs in the seed alone is known; None otherwise."""
    seed = SEED.match(text)
    if seed is None or len(text) > LONGEST_KEPT:
        return None
    kept = _config_but_for_seed(text[seed.end() :])
    if kept is None:
        return None
    config, places = kept
    found = config.model_copy(update={"seed": int(seed[1])})
    own_places = Places(shown_path(path), places.lines)
    found._origin = Origin(path.stem, path.parent, places=own_places)
    return found


@lru_cache(maxsize=256)
def _config_but_for_seed(text: bytes) -> tuple[Config, Places] | None:
    """The config of all lines below the seed's, and their places; None where it has a fault."""
    document = read_yaml(b"seed: 0\n" + text)
    if document.faults or not isinstance(document.value, dict):
        return None
    config, _ = check_values(document.value)
    if config is None:
        return None
    places = Places("", document.lines).keys_only()
    return config, places
