"""`--set KEY=V1,V2`: the error offers the sweep over these values."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from relusgd.errors import ConfigError
from relusgd.words import shown_key


@contextmanager
def offering_a_sweep(
    config: Path,
    changes: Sequence[str],
    grids: Sequence[str] = (),
) -> Iterator[None]:
    """Let the error about a --set of several values end with the line that sweeps over them.

    config: the config or run folder as it was typed. changes, grids: the --set and --grid options.
    """
    try:
        yield
    except ConfigError as error:
        several = [change for change in changes if _is_at_fault(change, error)]
        others = [change for change in changes if change not in several]
        path = config / "config.yaml" if config.is_dir() else config
        grids = [*grids, *map(_as_grid, several)]
        if not several or not _can_be_swept(path, others, grids):
            raise
        words = ["relusgd", "sweep", str(path)]
        for change in others:
            words += ["--set", change]
        for grid in grids:
            words += ["--grid", grid]
        line = shlex.join(words)
        raise ConfigError(error.faults, f"to train with each of several values:  {line}") from None


def _is_at_fault(change: str, error: ConfigError) -> bool:
    """Whether a KEY=VALUE has several values and is what an error complains about."""
    from relusgd.config.overrides import has_several_values

    key, _, value = change.partition("=")
    place = f"--set {shown_key(key.strip())}: "
    is_named = any(fault.startswith(place) for fault in error.faults)
    return is_named and has_several_values(_without_brackets(value))


def _as_grid(change: str) -> str:
    key, _, value = change.partition("=")
    return f"{key}={_without_brackets(value)}"


def _without_brackets(value: str) -> str:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return value[1:-1]
    return value


def _can_be_swept(config: Path, changes: Sequence[str], grids: Sequence[str]) -> bool:
    from relusgd.config import load_config, parse_overrides
    from relusgd.config.overrides import parse_grids

    try:
        overrides = parse_overrides(changes)
        listed = parse_grids(grids)
        overrides |= {f"sweep.grid.{key}": values for key, values in listed.items()}
        load_config(config, overrides, typed=True)
    except ConfigError:
        return False
    return True
