"""The lab: the page on which a network is built and trained, begun with a config or a run."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relusgd.ceil_div import ceil_div
from relusgd.config import Config, TargetData
from relusgd.config.data_section import KnotsTarget
from relusgd.config.training_section import Schedule
from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.model.network import Array, Network
from relusgd.model.points import Dataset
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.pages.lab_page import lab_html
from relusgd.runs.place import check_file_place, check_page_name
from relusgd.words import counted

MOST_UNITS, MOST_LAYERS, MOST_POINTS, LARGEST_SEED = 250, 6, 5_000, 2**53
"""What the page takes; `assets/lab/exercise.js` has the same bounds."""

TRAINING_KEYS = (
    "layers",
    "sampling",
    "label_noise",
    "input_noise",
    "momentum",
    "nesterov",
    "betas",
    "epsilon",
    "alpha",
    "weight_decay",
    "decay_biases",
    "method",
    "batch_size",
    "warmup",
    "penalty",
)


@dataclass(frozen=True)
class LabTexts:
    """What the page says. intro: above the picture; challenges: as docs/lab.md has them."""

    title: str = "relusgd lab"
    intro: str = ""
    challenges: str = ""


def write_lab(
    out: str | Path,
    exercise: Mapping[str, Any] | None = None,
    texts: LabTexts | None = None,
    theme: str | None = None,
) -> DrawnFile:
    """Write the page of the lab, and give its path.

    exercise: what it begins with, as `lab_exercise` gives it; None is the notebook's network before
    its training. Raises InputError where no page can
    be written, OSError when writing fails; the page appears whole or not at all.
    """
    path = Path(out)
    check_file_place(path)
    check_page_name(path)
    texts = texts or LabTexts()
    page = lab_html(
        texts.title,
        exercise=exercise,
        theme=theme,
        intro=texts.intro,
        challenges=texts.challenges,
    )
    write_whole(path, page)
    return DrawnFile(path)


def lab_exercise(config: Config, dataset: Dataset, network: Network) -> dict[str, Any]:
    """Data, network and training in the names of a config, as docs/lab.md has them.

    Raises InputError for a network or points beyond the bounds of the lab.
    """
    _check_bounds(config, dataset, network)
    start = {
        "hidden": list(network.hidden),
        "output_bias": config.network.output_bias,
        "start": doubles_in_base64(network.parameters()),
    }
    return {
        "data": _data(config, dataset),
        "network": start,
        "training": lab_training(config, len(dataset.x_train)),
    }


def lab_training(config: Config, points: int) -> dict[str, Any]:
    """The training of a config on so many points, as the page's own engine takes it."""
    training = config.training
    values = {key: getattr(training, key) for key in TRAINING_KEYS}
    values["betas"] = list(training.betas)
    values["learning_rate"] = config.learning_rate
    values["seed"] = config.training_seed
    values["schedule"] = _schedule(training.schedule)
    values["epochs"] = max(_epochs(config, points), 1)
    return values


def _schedule(schedule: Schedule) -> str | dict[str, Any]:
    return schedule if isinstance(schedule, str) else schedule.model_dump()


def _epochs(config: Config, points: int) -> int:
    """The epochs of a training, the last of which may be cut short."""
    size = config.training.batch_size
    steps_per_epoch = 1 if size == "full" else ceil_div(points, size)
    return ceil_div(config.total_steps(steps_per_epoch), steps_per_epoch)


def doubles_in_base64(row: Array) -> str:
    """Doubles in the base64 that addresses may hold, little-endian."""
    little_endian = row.astype("<f8").tobytes()
    return base64.urlsafe_b64encode(little_endian).decode("ascii").rstrip("=")


def _check_bounds(config: Config, dataset: Dataset, network: Network) -> None:
    widest = max(network.hidden)
    points = max(len(dataset.x_train), len(dataset.x_test))
    seed = max(config.training_seed, config.data_seed)
    what = None
    if widest > MOST_UNITS or len(network.hidden) > MOST_LAYERS:
        has = f"{counted(len(network.hidden), 'layer')} of up to {counted(widest, 'unit')}"
        what = f"up to {MOST_LAYERS} layers of {MOST_UNITS} units; this network has {has}"
    elif points > MOST_POINTS:
        what = f"up to {MOST_POINTS:,} points; there are {points:,}"
    elif seed > LARGEST_SEED:
        what = f"seeds up to 2^53; one is {seed}"
    if what:
        raise InputError(
            f"the lab takes {what}",
            "a run of every size can be looked at with its page (view)",
        )


def _data(config: Config, dataset: Dataset) -> dict[str, Any]:
    target = lab_target(config)
    if target is None:
        return _points(dataset, standardize=bool(config.data.standardize))
    return target


def lab_target(config: Config) -> dict[str, Any] | None:
    """The data of a config whose points the lab samples from a target; None of others."""
    data = config.data
    # The lab draws the points of a target itself, but no bootstrap sample of them.
    if not isinstance(data, TargetData) or data.bootstrap:
        return None
    target = data.target
    written: Any = target
    if isinstance(target, KnotsTarget):
        written = {"x": list(target.x), "y": list(target.y)}
    values = {
        "kind": "target",
        "target": written,
        "domain": list(data.domain),
        "samples": data.samples,
        "positions": data.positions,
        "noise": data.noise,
        "test_samples": data.test_samples,
        "standardize": data.standardize,
        "seed": config.data_seed,
    }
    if data.train_domain is not None:
        values["train_domain"] = list(data.train_domain)
    return values


def _points(dataset: Dataset, *, standardize: bool) -> dict[str, Any]:
    columns = dataset.in_original_units.columns
    names = ("x", "y", "test_x", "test_y")
    return {
        "kind": "points",
        **{name: column.tolist() for name, column in zip(names, columns, strict=True)},
        "domain": list(dataset.domain),
        "standardize": standardize,
        "names": [dataset.x_name[:200], dataset.y_name[:200]],
    }
