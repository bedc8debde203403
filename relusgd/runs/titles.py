"""What tells several runs apart, in words: titles of panels, and the names of their pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from relusgd.config import Config, flatten
from relusgd.config.differences import differing_values
from relusgd.config.naming import join_name, name_text
from relusgd.config.overrides import LENGTHS
from relusgd.config.training_section import Training
from relusgd.model.history import History
from relusgd.model.points import Dataset
from relusgd.pictures.kit.number_text import with_minus_signs
from relusgd.training.optimizers import OPTIMIZERS, unused_keys
from relusgd.training.plan import Plan
from relusgd.words import value_text

WAY = ("training.method", "training.layers")
"""The keys that say which way a run is trained."""

FIRST = (*WAY, "network.hidden", "training.learning_rate", "seed")
"""The keys that a person thinks of first."""

IGNORED = ("snapshots.", "engine", "sweep")
"""Keys that change what is recorded, or what computes it, but not the network."""

WORDS = {"all": "all layers", "output": "output layer only", "hidden": "hidden layers only"}
SHORT_WORDS = {
    "all layers": "all",
    "output layer only": "output",
    "hidden layers only": "hidden layers",
}


UNSET = {"network.slopes": "drawn", "network.output_weights": "drawn"}
"""What null means for these keys, in a word; for the others it is none."""


class RecordedRun(Protocol):
    """What titles and pictures need of a run."""

    @property
    def folder(self) -> Path: ...

    @property
    def config(self) -> Config: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def history(self) -> History: ...

    @property
    def plan(self) -> Plan: ...


def differing_keys(runs: Sequence[RecordedRun]) -> dict[str, list[object]]:
    """Dotted key → its value in each run, for the keys in which runs differ; FIRST come first."""
    configs = [flatten(run.config) for run in runs]
    return known_first(differing_values(configs))


def known_first(differing: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """The differing keys, FIRST before all others, without the IGNORED ones."""
    ordered = {}
    for key in (*FIRST, *differing):
        if key in differing and not key.startswith(IGNORED):
            ordered[key] = differing[key]
    return ordered


def panel_titles(runs: Sequence[RecordedRun]) -> tuple[list[str], list[str]]:
    """Two titles for each run: of all keys in which the runs differ, and of as few as possible.

    Runs that these keys do not tell apart get the words of their folders. Keys that
    the method of a run does not use are left out.
    """
    parts = _title_parts(runs)
    titles = [", ".join(part.values()) for part in parts]
    if len(set(titles)) < len(runs):
        words = folder_words(runs)
        return words, words

    def suffice(keys: Sequence[str]) -> bool:
        have_words = [any(key in part for key in keys) for part in parts]
        if not all(have_words):
            return False
        short_titles = {_short_title(part, keys) for part in parts}
        return len(short_titles) == len(runs)

    keys_of_parts = [key for part in parts for key in part]
    kept = _as_few(keys_of_parts, suffice)
    usual = _usual_way(parts)
    short_titles = []
    for part in parts:
        is_unusual = part.get("way") != usual
        names_its_way = is_unusual and "way" not in kept
        keys = ["way", *kept] if names_its_way else kept
        short_titles.append(_short_title(part, keys))
    return titles, short_titles


def _usual_way(parts: Sequence[Mapping[str, str]]) -> str | None:
    """How most of the runs were trained; the others say how they were, even in a short title."""
    ways = [part.get("way") for part in parts]
    return max(ways, key=ways.count)


def _title_parts(runs: Sequence[RecordedRun]) -> list[dict[str, str]]:
    """For each run: key → its words in a title, for the keys that mean something to the run."""
    differing = differing_keys(runs)
    ways = ways_of(runs)
    differ_in_way = any(key in differing for key in WAY)
    parts = []
    for number, run in enumerate(runs):
        part = {}
        if differ_in_way:
            part["way"] = ways[number]
        method = run.config.training.method
        unused = {f"training.{key}" for key in unused_keys(method)}
        for key, values in differing.items():
            value = values[number]
            if key in WAY or key in unused:
                continue
            # Of epochs, steps and time, the run has one.
            is_other_length = key in LENGTHS and value is None
            if is_other_length:
                continue
            part[key] = f"{_name_of(key)} {_title_words(key, value)}"
        parts.append(part)
    return parts


def _name_of(key: str) -> str:
    """The name of a dotted key in a title: learning rate, for training.learning_rate."""
    _, _, last = key.rpartition(".")
    return last.replace("_", " ")


def ways_of(runs: Sequence[RecordedRun]) -> list[str]:
    """How each run was trained: by ridge, or on which layers, and by which method if that differs.

    SGD on all layers is called SGD where ridge is the only other way.
    """
    trainings = [run.config.training for run in runs]
    descents = [training for training in trainings if training.method != "ridge"]
    methods = {training.method for training in descents}
    layers = {training.layers for training in descents}
    has_ridge = len(descents) < len(runs)
    only_all_layers = layers == {"all"}
    differ_in_method = len(methods) > 1
    differ_in_layers = len(layers) > 1
    differ_in_method_alone = differ_in_method and not differ_in_layers
    method_says_enough = differ_in_method_alone or (only_all_layers and has_ridge)

    def way(training: Training) -> str:
        if training.method == "ridge":
            return "ridge"
        title = OPTIMIZERS[training.method].title
        if method_says_enough:
            return title
        words = WORDS[training.layers]
        return f"{title} on {words}" if differ_in_method else words

    return [way(training) for training in trainings]


def folder_words(runs: Sequence[RecordedRun]) -> list[str]:
    """The names of the runs' folders without the parts between commas that all of them have.

    Folders of the same name are told apart by the folders that they are in.
    """
    paths = [run.folder.resolve() for run in runs]
    names = [path.name for path in paths]
    have_equal_names = len(set(names)) < len(set(paths))
    if have_equal_names:
        common = _common_folder(paths)
        return [os.path.relpath(path, common) for path in paths]
    parts_of_names = [name.split(",") for name in names]
    first_parts = set(parts_of_names[0])
    shared = first_parts.intersection(*parts_of_names)
    words = []
    for name, parts in zip(names, parts_of_names, strict=True):
        own = [part for part in parts if part not in shared]
        words.append(",".join(own) or name)
    return words


def _common_folder(paths: Sequence[Path]) -> str:
    """The nearest folder in which all of these are."""
    return os.path.commonpath([path.parent for path in paths])


def _title_words(key: str, value: object) -> str:
    """A value as pictures write numbers: 30,000 and −0.5. A seed is a name, and stays as typed."""
    if value is None:
        return UNSET.get(key, "none")
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    is_seed = _name_of(key) == "seed"
    if is_whole and not is_seed:
        return f"{value:,}".replace("-", "−")
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return _list_words(value, [_title_words(key, item) for item in value])
    return with_minus_signs(value_words(value))


def value_words(value: object) -> str:
    """A value in words: a text without quotes, widths as 20×20, other lists as (0.3, 0.5)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return _list_words(value, [value_text(item) for item in value])
    return value_text(value)


def _list_words(values: Sequence[object], words: Sequence[str]) -> str:
    """Whole numbers are widths of layers: 20×20. Others, such as elbows, are no factors."""
    if all(isinstance(value, int) for value in values):
        return "×".join(words)
    listed = ", ".join(words)
    return f"({listed})"


def _short_title(part: Mapping[str, str], keys: Sequence[str]) -> str:
    """A title of some of its keys, in short words if there are several."""
    words = [part[key] for key in keys if key in part]
    if len(words) == 1:
        return words[0]
    short_words = [SHORT_WORDS.get(word, word) for word in words]
    return ", ".join(short_words)


def picture_place(runs: Sequence[RecordedRun], stem: str, suffix: str) -> Path:
    """Where the picture of several runs goes: in their nearest common folder.

    It is named by the values of the keys that differ: outputs/animation,network.hidden=10+20.gif.
    Keys that only go with others, such as the learning rate of a way of training, are left out.
    Runs that differ in nothing give the names of their folders.
    """
    folders = [run.folder.resolve() for run in runs]
    differing = differing_keys(runs)
    if differing:
        keys = sorted(telling_keys(differing))
        parts = [_name_part(key, differing[key]) for key in keys]
    else:
        names = [folder.name for folder in folders]
        parts = ["+".join(names)]
    name = join_name([stem, *parts])
    common = os.path.relpath(_common_folder(folders))
    return Path(common) / f"{name}{suffix}"


def _name_part(key: str, values: Sequence[object]) -> str:
    """A key and its values, each once, as a part of a file's name."""
    texts = [name_text(key, value) for value in values]
    different = dict.fromkeys(texts)
    joined = "+".join(different)
    return f"{key}={joined}"


def telling_keys(differing: Mapping[str, Sequence[object]]) -> list[str]:
    """As few of the keys, the first of them preferred, as tell as many runs apart as all do."""

    def count_distinct(keys: Sequence[str]) -> int:
        columns = [[repr(value) for value in differing[key]] for key in keys]
        rows = zip(*columns, strict=True)
        return len(set(rows))

    most = count_distinct(list(differing))
    return _as_few(list(differing), lambda keys: count_distinct(keys) == most)


def _as_few(keys: Sequence[str], suffice: Callable[[Sequence[str]], bool]) -> list[str]:
    """As few of the keys as suffice; the last ones are left out first."""
    kept = list(dict.fromkeys(keys))
    for key in reversed(kept.copy()):
        fewer = [other for other in kept if other != key]
        if fewer and suffice(fewer):
            kept = fewer
    return kept
