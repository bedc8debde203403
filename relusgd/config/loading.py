"""From a YAML file, or a dict, and overrides to a Config, with every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from pydantic import ValidationError

from relusgd.config.checks import cross_faults
from relusgd.config.faults import Broken, translate
from relusgd.config.overrides import with_case, with_overrides, without
from relusgd.config.schema import Config
from relusgd.config.shipped import shipped_configs
from relusgd.config.source import (
    FAULTS_TOLD,
    Fault,
    Origin,
    Path,
    Places,
    broken_or_below,
    split_key,
)
from relusgd.config.sweep_checks import sweep_faults, varied_paths
from relusgd.config.values import plain
from relusgd.config.yaml_reader import Document, read_file, read_yaml
from relusgd.errors import ConfigError, InputError
from relusgd.words import did_you_mean, nearest, shown, shown_key

ROUNDS = 4
"""Taking out what is faulty can lay one more fault bare: a block whose needed key is gone."""


CONFIGS = FilePath("configs")
"""Where a clone of relusgd, and many a project, keeps its configs."""

Source = str | FilePath | Mapping[str, object]


def load_config(
    source: Source,
    overrides: Mapping[str, object] | None = None,
    *,
    case: str | None = None,
    typed: bool = False,
) -> Config:
    """Read and check a config.

    source: a YAML file, or its content as a mapping. overrides: dotted key → value, such as {"training.epochs": 100}.
    case: the name of a case of the file's sweep; its keys are set, and the sweep is left out. typed: overrides and case are
    options of the command line, and faults name them so.
    Raises ConfigError with every fault of the file, of the overrides, and between keys.
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
    resolved = {key: resolve_key(config, split_key(key), values) for key in overrides or {}}
    config._origin = Origin(origin.stem, origin.folder, resolved, case, places.keys_only())
    return config


def _read(source: Source) -> tuple[Document, Places, Origin]:
    if isinstance(source, Mapping):
        try:
            document = Document(plain(source), is_empty=False)
        except ValueError as error:
            document = Document({}, faults=[Fault((), str(error))])
        return document, Places("config"), Origin()
    file = FilePath(source)
    document = read_yaml(_read_bytes(file))
    return document, Places(shown_path(file), document.lines), Origin(file.stem, file.parent)


def shown_path(file: FilePath) -> str:
    """The path as it was given, without characters that a terminal would act on."""
    return "".join(character if character.isprintable() else "?" for character in str(file))


def _read_bytes(file: FilePath) -> bytes:
    try:
        return read_file(file)
    except InputError as error:
        raise ConfigError(
            [f"{shown_path(file)}{error.message.removeprefix(str(file))}"], _files_nearby(file)
        ) from None


def _files_nearby(file: FilePath) -> str | None:
    """A config with a name like this one's: in the same folder, in configs/, or among those that come with relusgd."""
    try:
        found = {
            other.stem: other
            for folder in (CONFIGS, file.parent)
            for other in folder.glob("*.y*ml")
        }
        near = nearest(file.stem, found)
    except (OSError, ValueError):
        return None
    if near:
        return f"did you mean {found[near]}?"
    name = nearest(file.stem, shipped_configs())
    return (
        f"{name} comes with relusgd; relusgd new {name}.yaml --from {name} copies it"
        if name
        else None
    )


def _top_faults(document: Document) -> list[Fault]:
    """The faults of a file that holds no mapping at all."""
    if document.faults:
        return document.faults
    if document.is_empty:
        return [Fault((), "the config is empty; `seed: 0` alone is a whole config", line=1)]
    return [
        Fault(
            (),
            f"a config is a mapping of keys such as `seed: 0`, not {shown(document.value)}",
            line=1,
        )
    ]


def _take_case(values: dict[str, object], case: str, places: Places) -> dict[str, object]:
    """The values with this case of the sweep. Raises ConfigError when there is no such case."""
    sweep = values.get("sweep")
    cases = sweep.get("cases") if isinstance(sweep, dict) else None
    if not isinstance(cases, dict) or not cases:
        raise _no_cases(case, places, is_sweep=isinstance(sweep, dict))
    bundle, place = cases.get(case), places.find(("sweep", "cases"))
    if case not in cases:
        raise ConfigError(
            [
                f"{places.name_case(case)}: no such case at {place}{did_you_mean(case, map(shown_key, cases))}"
            ]
        )
    if not isinstance(bundle, dict):
        raise ConfigError(
            [
                f"{places.find(('sweep', 'cases', case))}: sweep.cases.{shown_key(case)} must be a mapping of keys to values"
            ]
        )
    return with_case(values, bundle, case, places)


def _no_cases(case: str, places: Places, *, is_sweep: bool) -> ConfigError:
    """The error for a case of a config that has none."""
    if is_sweep:
        missing = f"the sweep of {places.find(('sweep',))} has no cases"
        hint = "relusgd sweep trains all of its runs; relusgd train with --set sweep=null in place of the case trains one run without it"
    else:
        missing, hint = (
            f"{places.label} describes no sweep, and so has no cases",
            "leave the case out",
        )
    return ConfigError([f"{places.name_case(case)}: {missing}"], hint)


def check_values(
    values: dict[str, object], broken: Iterable[Path] = ()
) -> tuple[Config | None, list[Fault]]:
    """The config that these values make, and every fault; broken: paths that are known to be faulty.

    With faults, what is faulty is taken out and the checks across keys still run on the rest; the config is then None. After
    more faults than are told nothing else is looked at.
    """
    unread = set(broken)
    if len(unread) > FAULTS_TOLD:
        return None, []
    remaining = _without_all(values, unread)
    config, found = _validate(remaining)
    faults = [one.fault for one in found if not broken_or_below(one.fault.path, unread)]
    if len(found) > FAULTS_TOLD:
        return None, faults
    removed = unread | {one.fault.path for one in found}
    rest, partial = found, config
    for _ in range(ROUNDS):
        if partial is not None:
            break
        removed |= {one.remove for one in rest}
        remaining = _without_all(remaining, {one.remove for one in rest})
        partial, rest = _validate(remaining)
    if partial is not None:
        faults += cross_faults(partial, removed | varied_paths(partial.sweep))
        faults += sweep_faults(partial.sweep, remaining) if partial.sweep else ()
    return (None if faults or unread else config), faults


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
    """The value of a key, or the block of it, as the config has it; what lies in a sweep is given as written."""
    found: object = config
    for part in path:
        if isinstance(found, Mapping):
            return _written(values, path)
        found = getattr(found, str(part))
    return found


def _written(values: object, path: Path) -> object:
    for part in path:
        values = values[str(part)] if isinstance(values, Mapping) else None
    return values
