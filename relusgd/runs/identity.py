"""What makes two runs the same run, and how a planned run relates to the one in its folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from relusgd.advice import Advice, advice, in_shell, join, setting
from relusgd.config import Config, flatten, of_width
from relusgd.config.differences import differing_values
from relusgd.config.overrides import LENGTHS
from relusgd.config.start import RunStart
from relusgd.errors import InputError
from relusgd.runs.run import Run
from relusgd.training import Plan
from relusgd.training.start import parameters_digest
from relusgd.words import cut_short, value_text

RATE = "training.learning_rate"
WITHIN_A_RUN = "training.schedule and training.warmup change the rate within one run"
"""Advice where two runs differ in their rates."""


class Found(Enum):
    """What training finds in its folder.

    COMPLETE, DIVERGED, UNFINISHED: the same run, in this state. SHORTER: the same training for
    fewer steps, which can be continued. OTHER: another run.
    """

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


def compare_with_plan(run: Run | None, plan: Plan) -> tuple[Found, list[Difference]]:
    """Compare the run in a folder with a plan.

    The differences are those of another run, or of a shorter one.
    """
    if run is None:
        return Found.NOTHING, []
    differences = run_differences(run, plan)
    if differences and all(difference.key in LENGTHS for difference in differences):
        if plan.steps == planned_steps(run) and not plan.is_ridge:
            differences = []
        elif run.status == "diverged" and _was_cut_short(run, plan):
            return Found.DIVERGED, []
        elif _extends(run, plan):
            return Found.SHORTER, differences
    if differences:
        return Found.OTHER, differences
    if run.status not in ("complete", "diverged"):
        return Found.UNFINISHED, []
    run.check_sizes()
    found = Found.COMPLETE if run.status == "complete" else Found.DIVERGED
    return found, []


def _was_cut_short(run: Run, plan: Plan) -> bool:
    """Whether a diverged run ended before its last step, so that a longer one ends there too."""
    last = int(run.moments["step"][-1])
    return last < planned_steps(run) and plan.steps > last


def _extends(run: Run, plan: Plan) -> bool:
    """Whether the plan is the same training for more steps.

    Then the snapshots that are recorded are the first ones of the longer run.
    """
    if plan.is_ridge or plan.steps <= planned_steps(run):
        return False
    if plan.descent.schedule.kind == "cosine":
        return False  # its rates depend on the number of epochs
    recorded = run.moments["step"]
    last = int(recorded[-1])
    if plan.recording.count(last) != len(recorded):
        return False
    return plan.recording.is_beginning(recorded, last)


def planned_steps(run: Run) -> int:
    """The steps that a run takes from start to end."""
    if run.config.training.method == "ridge":
        return 1
    return run.config.total_steps(run.facts.counts.steps_per_epoch)


def run_differences(run: Run, plan: Plan) -> list[Difference]:
    """The keys of their identities in which a folder's run and a plan differ."""
    found = _identity(run.config, run.data.digest, start_digest(run), run.facts.engine)
    wanted = _identity(plan.config, plan.dataset.digest, plan.start_sha256, plan.engine)
    if plan.config.engine == "auto":
        wanted["engine"] = found["engine"]
    widths = (run.config.width, plan.config.width)
    differences = []
    for key, values in differing_values([found, wanted]).items():
        if not _are_one_number(key, values, widths):
            before, after = _both_words(key, values, widths)
            differences.append(Difference(key, before, after))
    return differences


def _are_one_number(key: str, values: Sequence[Any], widths: Sequence[int]) -> bool:
    """Whether two ways of writing a number, such as 0.005 and 0.2/width, give the same one."""
    if key not in of_width.KEYS:
        return False
    before, after = map(of_width.at_width, values, widths)
    return before == after


def _both_words(key: str, values: Sequence[Any], widths: Sequence[int]) -> list[str]:
    if key in of_width.KEYS:
        return list(map(of_width.words_at_width, values, widths))
    return [_words(value) for value in values]


def _identity(
    config: Config,
    digest: str | None,
    start: str | None,
    engine: str,
) -> dict[str, object]:
    """The keys that make a run what it is.

    A CSV counts by its content, a network to begin with by its parameters, and the engine is the
    one that ran.
    """
    keys: dict[str, object] = {}
    for key, value in flatten(config).items():
        if not key.startswith("sweep"):
            keys[key] = value
    if digest is not None:
        keys.pop("data.path", None)
        keys["data (SHA-256 of the CSV)"] = digest[:12]
    if start is not None:
        keys.pop("network.start", None)
        keys["network.start (SHA-256 of its parameters)"] = start[:12]
    keys["engine"] = engine
    return keys


def _words(value: object) -> str:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if value is None or isinstance(value, tuple | Mapping):
        return cut_short(value_text(value))
    return cut_short(str(value))


def start_digest(run: Run) -> str | None:
    """The SHA-256 of the parameters that the run's config gives it to begin with."""
    if run.config.network.start is None:
        return None
    if run.facts.start is not None:
        return run.facts.start.sha256
    return parameters_digest(run.network(step=0))


def other_run_error(run: Run, command: str, differences: Sequence[Difference]) -> InputError:
    """The error for a folder that holds another run, with the commands to copy."""
    folder = run.folder
    free = free_folder_name(folder)
    fresh = shlex.quote(str(free))
    elsewhere = without_option(command, "--out")
    replacing = Advice(
        f"relusgd.record(config, {str(folder)!r}, overwrite=True)",
        f"{command} --overwrite",
    )
    keeping_both = Advice(
        f"relusgd.record(config, {str(free)!r})",
        f"{elsewhere} --out {fresh}",
    )
    ways = [
        advice("to replace it:     {}", replacing),
        advice("to keep both runs: {}", keeping_both),
    ]
    if run.status != "diverged" and _is_trained_otherwise(differences):
        going_on = Advice(
            f"relusgd.record(relusgd.load_config(config, {{'network.start': "
            f"{{'run': {str(folder)!r}}}}}), {str(free)!r})",
            f"{elsewhere} {_start_options(run)} --out {fresh}",
        )
        ways.append(advice("to go on from it:  {}", going_on))
    if any(difference.key == RATE for difference in differences):
        ways.append(Advice(WITHIN_A_RUN, WITHIN_A_RUN))
    lines = "\n".join(f"  {difference}" for difference in differences)
    return InputError(f"{folder} holds another run:\n{lines}", join("\n", ways))


def _start_options(run: Run) -> str:
    """What makes a command begin with the run's last network."""
    folder = value_text(str(run.folder))
    settings = {"network.start.run": folder, "network.start.epoch": "last"}
    start = run.config.network.start
    if start is not None and not isinstance(start, RunStart):
        # The parameters that the config holds would stand beside these keys.
        settings = {"network.start": f"{{run: {folder}, epoch: last}}"}
    options = [in_shell(setting(key, value)) for key, value in settings.items()]
    return " ".join(options)


def _is_trained_otherwise(differences: Sequence[Difference]) -> bool:
    """Whether both runs have the same network, which is trained in another way."""
    keys = [difference.key for difference in differences]
    is_of_training = [key.startswith("training.") for key in keys]
    return any(is_of_training) and not any(key.startswith("network.") for key in keys)


def without_option(command: str, option: str) -> str:
    """A command as a shell reads it, without an option and its value."""
    if option not in command:
        return command
    kept = []
    words = iter(shlex.split(command))
    for word in words:
        if word == option:
            next(words, None)
        elif not word.startswith(f"{option}="):
            kept.append(word)
    return shlex.join(kept)


def free_folder_name(folder: Path) -> Path:
    """The folder's name with the first number, from 2 on, under which nothing stands yet."""
    folder = folder if folder.name else folder.resolve()  # `.` has no name
    number = 2
    while folder.with_name(f"{folder.name}-{number}").exists():
        number += 1
    return folder.with_name(f"{folder.name}-{number}")
