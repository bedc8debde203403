"""What tells several runs apart, in words: titles of panels, and the names of their pictures."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from relusgd.config import flatten
from relusgd.config.naming import join_name, name_text
from relusgd.runs.run import Run
from relusgd.words import value_text

WAY = ("training.method", "training.layers")
FIRST = (*WAY, "network.hidden", "training.learning_rate", "seed")
"""The keys that a person thinks of first."""

SILENT = ("snapshots.", "engine", "sweep")
"""What is recorded and what computes it make no other network."""

SHORT_WORDS = {
    "all layers": "all",
    "output layer only": "output",
    "hidden layers only": "hidden layers",
}
WORDS = {"all": "all layers", "output": "output layer only", "hidden": "hidden layers only"}


def differing_keys(runs: Sequence[Run]) -> dict[str, list[object]]:
    """Dotted key → its value in each run, for the keys in which runs differ; the best known first."""
    flat = [flatten(run.config) for run in runs]
    keys = [*FIRST, *dict.fromkeys(key for values in flat for key in values if key not in FIRST)]
    table = {
        key: [values.get(key) for values in flat] for key in keys if not key.startswith(SILENT)
    }
    return {
        key: values for key, values in table.items() if any(value != values[0] for value in values)
    }


def panel_titles(runs: Sequence[Run]) -> tuple[list[str], list[str]]:
    """A title for each run out of the keys in which they differ, and a short one out of as few as tell all apart.

    Runs that these do not tell apart get the words of their folders. With ridge regression the keys of SGD say nothing.
    """
    parts = _title_parts(runs)
    if len({", ".join(part.values()) for part in parts}) < len(runs):
        return folder_words(runs), folder_words(runs)
    kept = list(dict.fromkeys(key for part in parts for key in part))
    for key in reversed(kept.copy()):
        fewer = [other for other in kept if other != key]
        if all(any(name in part for name in fewer) for part in parts) and len(
            {_joined(part, fewer) for part in parts}
        ) == len(runs):
            kept = fewer
    return [", ".join(part.values()) for part in parts], [_joined(part, kept) for part in parts]


def _title_parts(runs: Sequence[Run]) -> list[dict[str, str]]:
    differing, ways = differing_keys(runs), ways_of(runs)
    parts = []
    for number, run in enumerate(runs):
        is_ridge = run.config.training.method == "ridge"
        part = {"way": ways[number]} if any(key in differing for key in WAY) else {}
        for key, values in differing.items():
            unused = key.startswith("training.") and (is_ridge != (key == "training.penalty"))
            if key not in WAY and not unused:
                part[key] = (
                    f"{key.split('.')[-1].replace('_', ' ')} {_title_words(key, values[number])}"
                )
        parts.append(part)
    return parts


def ways_of(runs: Sequence[Run]) -> list[str]:
    """How each run was trained: by ridge, or on which layers; SGD where ridge alone is another way than all layers."""
    trainings = [run.config.training for run in runs]
    descents = [training.layers for training in trainings if training.method == "sgd"]
    words = {"all": "SGD"} if set(descents) == {"all"} and len(descents) < len(runs) else WORDS
    return [
        "ridge" if training.method == "ridge" else words[training.layers] for training in trainings
    ]


def folder_words(runs: Sequence[Run]) -> list[str]:
    """What tells the names of the runs' folders apart: without the parts between commas that all of them have.

    Folders of the same name are told apart by the folders that they are in.
    """
    paths = [run.folder.resolve() for run in runs]
    names = [path.name for path in paths]
    if len(set(names)) < len(set(paths)):
        above = os.path.commonpath([path.parent for path in paths])
        return [os.path.relpath(path, above) for path in paths]
    split = [name.split(",") for name in names]
    shared = set.intersection(*map(set, split))
    return [
        ",".join(part for part in parts if part not in shared) or name
        for parts, name in zip(split, names, strict=True)
    ]


def _title_words(key: str, value: object) -> str:
    """A value as the picture writes numbers: 30,000 and −0.5; a seed is a name, and stays as it is typed."""
    if isinstance(value, int) and not isinstance(value, bool) and key.split(".")[-1] != "seed":
        return f"{value:,}".replace("-", "−")
    words = value_words(value)
    return (
        words
        if isinstance(value, str)
        else re.sub(r"(?<![\w.])-(?=[\d.])|(?<=\de)-(?=\d)", "−", words)
    )


def value_words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return "×".join(value_text(item) for item in value)
    return value_text(value)


def _joined(part: Mapping[str, str], keys: Sequence[str]) -> str:
    words = [part[key] for key in keys if key in part]
    return ", ".join(SHORT_WORDS.get(word, word) for word in words) if len(words) > 1 else words[0]


def picture_place(runs: Sequence[Run], stem: str, suffix: str) -> Path:
    """Where the picture of several runs goes: their nearest common folder; named by the values of the keys that differ.

    outputs/animation,network.hidden=10+20+40.gif; runs that differ in nothing give the names of their folders. Of keys that
    only go with others, such as the learning rate of a way of training, the name says nothing.
    """
    folder = Path(
        os.path.relpath(os.path.commonpath([run.folder.resolve().parent for run in runs]))
    )
    differing = differing_keys(runs)
    if not differing:
        return (
            folder
            / f"{join_name([stem, '+'.join(run.folder.resolve().name for run in runs)])}{suffix}"
        )
    telling = sorted(telling_keys(differing))
    parts = [
        f"{key}={'+'.join(dict.fromkeys(name_text(key, value) for value in differing[key]))}"
        for key in telling
    ]
    return folder / f"{join_name([stem, *parts])}{suffix}"


def telling_keys(differing: Mapping[str, Sequence[object]]) -> list[str]:
    """As few of the keys, the best known first, as tell as many runs apart as all do."""

    def groups(keys: Sequence[str]) -> int:
        return len(
            {
                tuple(repr(differing[key][number]) for key in keys)
                for number in range(len(next(iter(differing.values()))))
            }
        )

    kept = list(differing)
    for key in reversed(kept.copy()):
        fewer = [other for other in kept if other != key]
        if fewer and groups(fewer) == groups(list(differing)):
            kept = fewer
    return kept
