"""What run.json says, and what it may say: a file that somebody sent is checked before anything leans on it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from relusgd.errors import RelusgdError
from relusgd.files import read_bounded, write_whole
from relusgd.runs.damage import unreadable
from relusgd.training.descent import Engine, KernelName

FORMAT = 1
"""The format version of run folders that this version writes; it reads this one and all before."""

FACTS = "run.json"
MAX_BYTES = 1_000_000
ENGINES, KERNELS = get_args(Engine), get_args(KernelName)
STATUSES = ("running", "complete", "interrupted", "diverged", "failed")

Check = Callable[[Any], bool]


def read_facts(folder: Path) -> dict[str, Any]:
    """What run.json says. Raises RelusgdError when it is no run.json, or one of a newer format."""
    path = folder / FACTS
    try:
        facts = json.loads(read_bounded(path, MAX_BYTES))
        version = facts["format"]
        if not is_count(version) or version < 1:
            raise TypeError(f"its format is {str(version)[:40]!r}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError, RelusgdError) as error:
        raise unreadable(path, "the facts of a run", error) from None
    if version > FORMAT:
        raise RelusgdError(
            f"{path}: written by a newer relusgd (format {version}, this one reads up to {FORMAT})",
            "upgrade relusgd to read it",
        )
    wrong = [key for key, check in CHECKS.items() if not check(facts.get(key))]
    if facts.get("status") == "diverged" and not facts.get("divergence"):
        wrong.append("divergence")
    if wrong:
        raise RelusgdError(
            f"{path}: what it says about {', '.join(wrong)} is missing or no such thing; the run folder is damaged"
        )
    return dict(facts)


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Replace run.json. Raises OSError."""
    write_whole(folder / FACTS, facts_text(facts), durable=True)


def facts_text(facts: Mapping[str, Any]) -> str:
    """What stands in run.json."""
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
        and math.isfinite(value)
    )


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_scaling(value: object) -> bool:
    """Whether this is a Scaling whose deviations can be divided by and squared."""
    keys = {"x_mean", "x_deviation", "y_mean", "y_deviation"}
    if (
        not isinstance(value, dict)
        or value.keys() != keys
        or not all(map(is_number, value.values()))
    ):
        return False
    return bool(1e-150 < value["x_deviation"] < 1e150 and 1e-150 < value["y_deviation"] < 1e150)


def has(**checks: Check) -> Check:
    """A check that a value is a mapping in which each of these keys passes its own check."""
    return lambda value: (
        isinstance(value, dict) and all(check(value.get(key)) for key, check in checks.items())
    )


def absent_or(check: Check) -> Check:
    return lambda value: value is None or check(value)


def is_versions(value: object) -> bool:
    return isinstance(value, dict) and "relusgd" in value and all(map(is_text, value.values()))


CHECKS: dict[str, Check] = {
    "status": lambda value: value in STATUSES,
    "engine": lambda value: value in ENGINES,
    "kernel": lambda value: value in KERNELS,
    "versions": is_versions,
    "scaling": is_scaling,
    "counts": has(
        **dict.fromkeys(
            (
                "training_points",
                "test_points",
                "parameters",
                "steps_per_epoch",
                "epochs",
                "steps",
                "snapshots",
            ),
            is_count,
        )
    ),
    "timings": has(seconds=is_number),
    "divergence": absent_or(has(message=is_text, hint=is_text)),
    "csv_sha256": absent_or(is_text),
}
