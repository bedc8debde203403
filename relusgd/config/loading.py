"""From a YAML file, or a dict, and overrides to a Config, with every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from pydantic import ValidationError

from relusgd.advice import Advice
from relusgd.config.checks import cross_faults
from relusgd.config.data_given import refuse_data
from relusgd.config.dumping import written
from relusgd.config.faults import Broken, translate
from relusgd.config.keys import value_at
from relusgd.config.overrides import with_case, with_overrides, without
from relusgd.config.schema import Config
from relusgd.config.shipped import shipped_configs
from relusgd.config.source import (
    MOST_FAULTS,
    Fault,
    Origin,
    Path,
    Places,
    broken_or_below,
    split_key,
)
from relusgd.config.sweep_checks import sweep_faults, varied_paths
from relusgd.config.target_text import explain_targets
from relusgd.config.values import NotPlainError, plain
from relusgd.config.yaml_reader import Document, read_file, read_yaml
from relusgd.errors import ConfigError, InputError
from relusgd.words import did_you_mean, nearest, shown, shown_key, shown_kind

ROUNDS = 4
"""How often faulty values are removed: that can cause a new fault, such as a missing key."""

CONFIGS = FilePath("configs")
"""Where a clone of relusgd, and many other projects, keep their configs."""

Source = str | FilePath | Mapping[str, object]


def load_config(
    source: Config | Source,
    overrides: Mapping[str, object] | None = None,
    *,
    case: str | None = None,
    typed: bool = False,
) -> Config:
    """Read and check a config.

    source: a YAML file, its content as a mapping (with NumPy's numbers and arrays, if you like), or
    a Config to change.
    overrides: dotted key → value, such as {"training.epochs": 100}.
    case: the name of a case of the file's sweep; its keys are set, and the sweep is left out.
    typed: overrides and case are options of the command line, and faults name them so.
    Raises ConfigError with every fault of the file, of the overrides, and between keys, and
    TypeError for another kind of source.
    """
    document, places, origin = _read(source)
    places = replace(places, typed=typed)
    values = document.value
    if not isinstance(values, dict):
        raise ConfigError(places.sentences(_top_faults(document)))
    if case is not None:
        values = _take_case(values, case, places)
    values = with_overrides(values, overrides or {}, places)
    config, faults = check_values(values, document.broken)
    faults = [*document.faults, *faults]
    if config is None or faults:
        raise ConfigError(places.sentences(faults))
    set_now: dict[str, object] = {}
    for key in overrides or {}:
        set_now[key] = resolve_key(config, split_key(key), values)
    config._origin = replace(
        origin,
        overrides={**origin.overrides, **set_now},
        case=case or origin.case,
        places=places.keys_only(),
    )
    return config


def as_config(source: Config | Source) -> Config:
    """The config itself, or the one that `load_config` makes of a dict or a file. Raises as it."""
    return source if isinstance(source, Config) else load_config(source)


def _read(source: Config | Source) -> tuple[Document, Places, Origin]:
    """What a source holds, where its values are written, and where it comes from."""
    if isinstance(source, Config):
        origin = source.origin
        places = replace(origin.places, overrides=dict(origin.places.overrides))
        return Document(written(source), is_empty=False), places, origin
    if isinstance(source, Mapping):
        try:
            document = Document(plain(source), is_empty=False)
        except NotPlainError as error:
            document = Document({}, faults=[Fault(error.path, error.text)])
        return document, Places("config"), Origin()
    if not isinstance(source, str | FilePath):
        raise TypeError(
            "a config is a dict, the path of a YAML file or a relusgd.Config, "
            f"not {shown_kind(source)}"
        )
    file = FilePath(source)
    data = _read_bytes(file)
    document = read_yaml(data)
    refuse_data(file, shown_path(file), data, document)
    if document.faults:
        explain_targets(document, data.decode(errors="replace"))
    return document, Places(shown_path(file), document.lines), Origin(file.stem, file.parent)


def shown_path(file: FilePath) -> str:
    """The path as it was given, without characters that a terminal would act on."""
    text = str(file)
    if text.isprintable():
        return text
    shown = [character if character.isprintable() else "?" for character in text]
    return "".join(shown)


def _read_bytes(file: FilePath) -> bytes:
    try:
        return read_file(file)
    except InputError as error:
        problem = error.message.removeprefix(str(file))
        fault = f"{shown_path(file)}{problem}"
        raise ConfigError([fault], _files_nearby(file)) from None


def _files_nearby(file: FilePath) -> str | None:
    """A hint at a config of a similar name: in the same folder, in configs/, or a shipped one."""
    try:
        others = [*CONFIGS.glob("*.y*ml"), *file.parent.glob("*.y*ml")]
    except (OSError, ValueError):
        return None
    by_stem = {other.stem: other for other in others}
    near = nearest(file.stem, by_stem)
    if near:
        return f"did you mean {by_stem[near]}?"
    shipped = shipped_configs()
    name = nearest(file.stem, shipped)
    if name is None:
        return None
    return Advice(
        f"{name} comes with relusgd: {str(shipped[name])!r}",
        f"{name} comes with relusgd; relusgd new {name}.yaml --from {name} copies it",
    )


def _top_faults(document: Document) -> list[Fault]:
    """The faults of a file that does not hold a mapping."""
    if document.faults:
        return document.faults
    if document.is_empty:
        return [Fault((), "the config is empty; `seed: 0` alone is a whole config", line=1)]
    text = f"a config is a mapping of keys such as `seed: 0`, not {shown(document.value)}"
    return [Fault((), text, line=1)]


def _take_case(values: dict[str, object], case: str, places: Places) -> dict[str, object]:
    """The values with this case of the sweep. Raises ConfigError when there is no such case."""
    sweep = values.get("sweep")
    cases = value_at(sweep, ("cases",))
    if not isinstance(cases, dict) or not cases:
        raise _no_cases(case, places, is_sweep=isinstance(sweep, dict))
    if case not in cases:
        place = places.find(("sweep", "cases"))
        hint = did_you_mean(case, map(shown_key, cases))
        raise ConfigError([f"{places.name_case(case)}: no such case at {place}{hint}"])
    bundle = cases[case]
    if not isinstance(bundle, dict):
        fault = Fault(("sweep", "cases", case), "must be a mapping of keys to values")
        raise ConfigError([places.sentence(fault)])
    return with_case(values, bundle, case, places)


def _no_cases(case: str, places: Places, *, is_sweep: bool) -> ConfigError:
    """The error for a case of a config that has none."""
    if is_sweep:
        missing = f"the sweep of {places.find(('sweep',))} has no cases"
        hint: str = Advice(
            'relusgd.run_sweep trains all of its runs; {"sweep": None} among the overrides,'
            " in place of the case, leaves one run without it",
            "relusgd sweep trains all of its runs; relusgd train with --set sweep=null"
            " in place of the case trains one run without it",
        )
    else:
        missing = f"{places.label} describes no sweep, and so has no cases"
        hint = "leave the case out"
    return ConfigError([f"{places.name_case(case)}: {missing}"], hint)


def check_values(
    values: dict[str, object],
    broken: Iterable[Path] = (),
) -> tuple[Config | None, list[Fault]]:
    """The config that these values make, and every fault; the config is None if there is any.

    broken: paths that are known to be faulty. Faulty values are removed, so that the checks between
    keys still run on the rest. If there are more faults than a message shows, these checks are left
    out.
    """
    unread = set(broken)
    if len(unread) > MOST_FAULTS:
        return None, []
    readable = _without_all(values, unread)
    config, invalid = _validate(readable)
    faults = [one.fault for one in invalid if not broken_or_below(one.fault.path, unread)]
    if len(invalid) > MOST_FAULTS:
        return None, faults
    faults += _faults_between_keys(config, readable, invalid, unread)
    if faults or unread:
        return None, faults
    return config, []


def _faults_between_keys(
    config: Config | None,
    values: dict[str, object],
    invalid: list[Broken],
    broken: set[Path],
) -> Iterator[Fault]:
    """The faults of the checks between keys, on the part of the config that is right by itself."""
    broken = broken | {one.fault.path for one in invalid}
    for _ in range(ROUNDS):
        if config is not None:
            break
        removed = {one.remove for one in invalid}
        broken |= removed
        values = _without_all(values, removed)
        config, invalid = _validate(values)
    if config is None:
        return
    yield from cross_faults(config, broken | varied_paths(config.sweep))
    if config.sweep:
        yield from sweep_faults(config.sweep, values)


def _validate(values: dict[str, object]) -> tuple[Config | None, list[Broken]]:
    try:
        return Config.model_validate(values), []
    except ValidationError as error:
        return None, translate(error, values)


def _without_all(values: dict[str, object], paths: Iterable[Path]) -> dict[str, object]:
    for path in paths:
        values = without(values, path) if path else {}
    return values


def resolve_key(config: Config, path: Path, values: object = None) -> object:
    """The value of a key, or its block, as the config has it.

    A key inside a grid or a case has the value that `values` has for it.
    """
    value: object = config
    for part in path:
        if isinstance(value, Mapping):
            return value_at(values, path)
        value = getattr(value, str(part))
    return value
