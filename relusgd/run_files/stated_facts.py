"""What run.json states, before `runs.facts` makes a typed table of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from relusgd.errors import RelusgdError
from relusgd.files import read_bounded
from relusgd.model.scaling import Scaling, is_usable_deviation
from relusgd.run_files.folder_errors import damaged, unreadable
from relusgd.words import shown

FORMAT = 2
"""The format of run folders that this version writes; it reads this one and all earlier ones.

Since format 2 there are snapshots within epochs, and optimizers other than SGD.
"""

FACTS = "run.json"
MAX_BYTES = 1_000_000

_NUMBERS = TypeAdapter(dict[str, Annotated[float, Field(strict=True, gt=-1e300, lt=1e300)]])
_COUNT = TypeAdapter(Annotated[int, Field(strict=True, ge=1, lt=2**63)])


def read_stated(folder: Path) -> dict[str, Any]:
    """The content of run.json, of which only the format is checked.

    Raises RelusgdError when it is damaged, or of a newer format.
    """
    path = folder / FACTS
    try:
        stated: dict[str, Any] = json.loads(read_bounded(path, MAX_BYTES))
        found = stated["format"]
        if type(found) is not int or found < 1:
            raise TypeError(f"its format is {shown(found)}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError, RelusgdError) as error:
        raise unreadable(path, "the facts of a run", error) from None
    if found > FORMAT:
        raise RelusgdError(
            f"{path}: written by a newer relusgd (format {shown(found)}, "
            f"this one reads up to {FORMAT})",
            "upgrade relusgd to read it",
        )
    return stated


def scaling_of(stated: object) -> Scaling:
    """A Scaling whose deviations can be divided by and squared. Raises ValueError for any other."""
    numbers = _NUMBERS.validate_python(stated)
    if numbers.keys() != {entry.name for entry in fields(Scaling)}:
        raise ValueError("a scaling has two means and two deviations")
    for name in ("x_deviation", "y_deviation"):
        if not is_usable_deviation(numbers[name]):
            raise ValueError(f"{name} is out of range")
    return Scaling(**numbers)


@dataclass(frozen=True)
class SnapshotUnits:
    """By what the arrays of a run are read: the scaling of their numbers, the steps of an epoch,
    and how many snapshots there are.
    """

    scaling: Scaling
    steps_per_epoch: int
    snapshots: int


def read_units(folder: Path) -> SnapshotUnits:
    """By what the arrays of a run are read. Raises RelusgdError when run.json is damaged."""
    stated = read_stated(folder)
    try:
        counts = stated["counts"]
        return SnapshotUnits(
            scaling_of(stated["scaling"]),
            _COUNT.validate_python(counts["steps_per_epoch"]),
            _COUNT.validate_python(counts["snapshots"]),
        )
    except (ValidationError, ValueError, KeyError, TypeError):
        problem = "what it says about scaling and counts is missing or of the wrong kind"
        raise damaged(folder / FACTS, problem) from None
