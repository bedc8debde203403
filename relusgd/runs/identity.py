"""What makes two runs the same run, and what training does with the folder that it finds."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from relusgd.config import Config, flatten
from relusgd.errors import InputError
from relusgd.runs.facts import FACTS
from relusgd.runs.folder import CONFIG
from relusgd.runs.lock import LOCK
from relusgd.runs.run import Run
from relusgd.training import Plan


class Found(Enum):
    """What training finds in its folder."""

    NOTHING = auto()
    COMPLETE = auto()
    DIVERGED = auto()
    UNFINISHED = auto()
    SHORTER = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Difference:
    """One key in which two runs differ, with both values in words."""

    key: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.key}: {self.found} → {self.wanted}"


def look_into(folder: Path) -> Run | None:
    """The run in a folder, or None when there is no folder or an empty one.

    Raises InputError when something stands there that is no run, which is never touched.
    """
    if not folder.exists() and not folder.is_symlink():
        return None
    if folder.is_dir():
        names = {path.name for path in folder.iterdir()} - {LOCK}
        if not names:
            return None
        if CONFIG in names and FACTS in names:
            return Run(folder)
    kind = "a folder, but no run" if folder.is_dir() else "not a folder"
    raise InputError(
        f"{folder} is {kind}; relusgd does not touch it", "choose another place with --out"
    )


def judge(run: Run | None, plan: Plan) -> tuple[Found, list[Difference]]:
    """What the folder's run is to a plan; the differences when it is another run."""
    if run is None:
        return Found.NOTHING, []
    differences = run_differences(run, plan)
    only_longer = [difference.key for difference in differences] == ["training.epochs"]
    if only_longer and run.status == "diverged" and plan.epochs > int(run.metrics["epoch"][-1]):
        return Found.DIVERGED, []
    if only_longer and extends(run, plan):
        return Found.SHORTER, differences
    if differences:
        return Found.OTHER, differences
    if run.status in ("complete", "diverged"):
        run.check_sizes()
    if run.status == "diverged":
        return Found.DIVERGED, []
    return (Found.COMPLETE if run.status == "complete" else Found.UNFINISHED), []


def extends(run: Run, plan: Plan) -> bool:
    """Whether the plan is the same training for more epochs: what was recorded is the beginning of the longer run."""
    if (
        plan.is_ridge
        or plan.epochs <= run.config.training.epochs
        or plan.descent.schedule.kind == "cosine"
    ):
        return False
    recorded = run.metrics["epoch"]
    last = int(recorded[-1])
    return plan.recording.count(last) == len(recorded) and plan.recording.is_beginning(
        recorded, last
    )


def run_differences(run: Run, plan: Plan) -> list[Difference]:
    """The keys of their identities in which a folder's run and a plan differ."""
    found, wanted = (
        identity(run.config, run.data.digest, run.facts.engine),
        identity(plan.config, plan.dataset.digest, plan.engine),
    )
    if plan.config.engine == "auto":
        wanted["engine"] = found["engine"]
    keys = [*found, *(key for key in wanted if key not in found)]
    return [
        Difference(key, _words(found.get(key)), _words(wanted.get(key)))
        for key in keys
        if found.get(key) != wanted.get(key)
    ]


def identity(config: Config, digest: str | None, engine: str) -> dict[str, Any]:
    """The keys that make a run what it is: a CSV counts by its content, the engine by the one that ran."""
    keys = {key: value for key, value in flatten(config).items() if not key.startswith("sweep")}
    if digest is not None:
        keys.pop("data.path", None)
        keys["data (SHA-256 of the CSV)"] = digest[:12]
    return {**keys, "engine": engine}


def _words(value: object) -> str:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = "null" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def refusal(folder: Path, command: str, differences: list[Difference]) -> InputError:
    """The error for a folder that holds another run, with two commands to copy."""
    lines = "\n".join(f"  {difference}" for difference in differences)
    fresh = free_name(folder)
    hint = f"to replace it:     {command} --overwrite\nto keep both runs: {command} --out {shlex.quote(str(fresh))}"
    return InputError(f"{folder} holds another run:\n{lines}", hint)


def free_name(folder: Path) -> Path:
    """The folder's name with the first number, from 2 on, under which nothing stands yet."""
    number = 2
    while folder.with_name(f"{folder.name}-{number}").exists():
        number += 1
    return folder.with_name(f"{folder.name}-{number}")
