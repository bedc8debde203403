"""Links that open the lab with what a question is about."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relusgd.errors import InputError
from relusgd.lessons.file_names import LAB, RUNS
from relusgd.lessons.lesson import LabExercise
from relusgd.lessons.reading import settings_of
from relusgd.runs.find import load_run
from relusgd.runs.lab import lab_exercise


def lab_link(asked: LabExercise, folder: Path) -> str:
    """The link of a question, relative to the lesson's folder.

    Raises InputError for a run that the lab does not take.
    """
    exercise = _exercise(asked, folder)
    text = json.dumps(exercise, separators=(",", ":"), ensure_ascii=False)
    packed = base64.urlsafe_b64encode(text.encode()).decode("ascii")
    return f"{LAB}#lab={packed.rstrip('=')}"


def _exercise(asked: LabExercise, folder: Path) -> dict[str, Any]:
    """What the link holds, as docs/lab.md has it."""
    exercise: dict[str, Any] = {}
    if asked.run is not None:
        exercise = _of_run(asked, folder / RUNS / asked.run)
    for section, values in settings_of(asked.config).items():
        if not isinstance(values, Mapping):
            raise InputError(f"{section} is no block of the lab", "data, network or training")
        exercise[section] = {**exercise.get(section, {}), **values}
    network = exercise.get("network", {})
    if isinstance(network.get("hidden"), int):
        network["hidden"] = [network["hidden"]]
    if asked.challenge is not None:
        exercise["challenge"] = {"text": asked.challenge, "number": 0}
    return exercise


def _of_run(asked: LabExercise, folder: Path) -> dict[str, Any]:
    """The points of a run, its network at an epoch, and its training."""
    run = load_run(folder)
    network = run.network() if asked.epoch == "last" else run.network(epoch=asked.epoch)
    return lab_exercise(run.config, run.data, network)
