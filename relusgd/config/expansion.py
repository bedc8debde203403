"""From the config of a sweep to the configs of its runs.

There is a run for every combination of the grid's values, the cases and the seeds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Literal

from relusgd.config.dumping import dump, written
from relusgd.config.loading import check_values, resolve_key
from relusgd.config.naming import assignment, assignment_with_digits, join_name
from relusgd.config.overrides import move_lines, with_settings, without
from relusgd.config.schema import Config, SweepSection
from relusgd.config.section import BESIDE_THE_RUN
from relusgd.config.source import Path, Places, split_key
from relusgd.config.value_types import LARGEST_SEED
from relusgd.errors import ConfigError

AutoEngine = Literal["numpy", "compiled"]
"""What `engine: auto` may stand for."""


@dataclass(frozen=True)
class PlannedRun:
    """A run of a sweep.

    name: that of its folder, such as "network.hidden=10,case=ridge,seed=0".
    varied: dotted key → value as the config has it, of the keys that the sweep varies, in
    alphabetical order; then `case` where there are cases; then `seed`.
    auto: what `engine: auto` stands for in all runs of the sweep, where that is known.
    """

    name: str
    varied: Mapping[str, object]
    config: Config
    auto: AutoEngine | None = None


@dataclass(frozen=True)
class Combination:
    """The runs of a sweep that differ in nothing but the seed.

    varied: as in PlannedRun, without `seed`. config: that of the first seed. twins: the settings
    that an earlier value of the sweep has but for capital letters, such as "case=sgd" after SGD.
    """

    varied: Mapping[str, object]
    config: Config
    seeds: Sequence[int]
    twins: Collection[str] = ()

    @property
    def settings(self) -> list[str]:
        """The beginning of the runs' names, in parts."""
        return [self._setting(key, value) for key, value in self.varied.items()]

    def _setting(self, key: str, value: object) -> str:
        setting = assignment(key, value)
        if setting in self.twins:
            return assignment_with_digits(key, value)
        return setting

    def runs(self, auto: AutoEngine | None = None) -> Iterator[PlannedRun]:
        """One run per seed. auto: as in PlannedRun."""
        settings = self.settings
        for seed in self.seeds:
            config = self.config
            if seed != config.seed:
                config = config.model_copy(update={"seed": seed})
            name = join_name([*settings, f"seed={seed}"])
            yield PlannedRun(name, {**self.varied, "seed": seed}, config, auto)


Shard = tuple[int, int]
"""(K, N): the K-th of every N runs, from 1 on."""


def planned_runs(config: Config, shard: Shard | None = None) -> list[PlannedRun]:
    """All runs of a sweep; a config without a sweep is one run.

    The grid's keys vary slowest, then the cases, the seeds fastest. Raises ConfigError with every
    fault that a run's config has by itself or between its keys.
    """
    found = combinations(config)
    return list(chain.from_iterable(chosen_runs(found, shard)))


def chosen_runs(
    found: Iterable[Combination],
    shard: Shard | None,
    auto: AutoEngine | None = None,
) -> Iterator[list[PlannedRun]]:
    """The runs of each combination, or those of them that are in the shard; auto: of all of them.

    A shard counts through the runs of all combinations.
    """
    number, count = shard or (1, 1)
    skipped = number - 1
    for combination in found:
        runs = list(combination.runs(auto))
        yield runs[skipped::count]
        skipped = (skipped - len(runs)) % count


def combinations(config: Config) -> list[Combination]:
    """Every combination of the grid's values and the cases, with its seeds.

    Raises ConfigError as `planned_runs`.
    """
    sweep = config.sweep or SweepSection()
    base = written(config)
    for key in BESIDE_THE_RUN:
        base = without(base, (key,))
    places = _places_by_case(config.origin.places)
    grid = {key: sweep.grid[key] for key in sorted(sweep.grid) if key != "seed"}
    faults: list[str] = []
    found: list[Combination] = []
    for values in product(*grid.values()):
        settings = dict(zip(grid, values, strict=True))
        for case in sweep.cases or [None]:
            case_places = places.get(case, places[None])
            combination, wrong = _combine(config, base, settings, case, case_places)
            faults += wrong
            if combination is not None:
                found.append(combination)
    twins = _case_twins(found)
    found = [replace(one, twins=twins) for one in found]
    faults += _repeated(config, found)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    _check_seeds(config, found)
    return found


def _case_twins(found: Sequence[Combination]) -> frozenset[str]:
    """The settings that an earlier one equals but for capital letters.

    A disk that ignores case would hold SGD and sgd in one folder. The earlier one keeps its name,
    so that another value at the end leaves all folders where they are.
    """
    first: dict[str, str] = {}
    twins: set[str] = set()
    for combination in found:
        for setting in combination.settings:
            earlier = first.setdefault(setting.lower(), setting)
            if setting != earlier:
                twins.add(setting)
    return frozenset(twins)


def _repeated(config: Config, found: Sequence[Combination]) -> Iterator[str]:
    """The faults of values that are written differently and mean the same, such as 10 and [10]."""
    seen = set()
    for combination in found:
        name = join_name(combination.settings)
        if name in seen:
            yield config.origin.fault("sweep", f"describes the run {name} twice")
        seen.add(name)


def _combine(
    config: Config,
    base: dict[str, object],
    settings: dict[str, object],
    case: str | None,
    places: Places,
) -> tuple[Combination | None, list[str]]:
    """The combination of these settings and this case, or its faults.

    places: those of the sweep's config, without those of other cases.
    """
    sweep = config.sweep or SweepSection()
    bundle = {} if case is None else sweep.cases[case]
    places = _places_of_run(places, settings, bundle, case)
    values = with_settings(base, {**settings, **bundle})
    checked, faults = check_values(values)
    if checked is None:
        return None, places.sentences(faults)
    checked._origin = replace(config.origin, case=case, places=places)
    varied: dict[str, object] = {}
    for key in settings:
        value = resolve_key(checked, split_key(key))
        varied[key] = dump(value)
    if case is not None:
        varied["case"] = case
    seeds = _seeds(checked, sweep)
    return Combination(varied, checked, seeds), []


def _seeds(config: Config, sweep: SweepSection) -> Sequence[int]:
    listed = sweep.grid.get("seed")
    if listed is None:
        return range(config.seed, config.seed + sweep.repeat)
    # The sweep's checks let only whole numbers pass, some of them written as floats such as 1e5.
    return [int(seed) for seed in listed if isinstance(seed, int | float)]


def _check_seeds(config: Config, found: Sequence[Combination]) -> None:
    highest = max(max(combination.seeds) for combination in found)
    if highest > LARGEST_SEED:
        text = f"counts the seeds up to {highest:,}; the largest is {LARGEST_SEED:,}"
        fault = config.origin.fault("sweep.repeat", text)
        raise ConfigError([fault])


def _places_by_case(places: Places) -> dict[str | None, Places]:
    """Case → its places and those outside of all cases; None → the latter alone.

    A run carries its places along: those of all other cases would be too many.
    """
    outside: dict[Path, int] = {}
    by_case: dict[str, dict[Path, int]] = {}
    for path, line in places.lines.items():
        match path:
            case ("sweep", "cases", case, *_):
                by_case.setdefault(str(case), {})[path] = line
            case _:
                outside[path] = line
    found: dict[str | None, Places] = {None: replace(places, lines=outside)}
    for case, inside in by_case.items():
        found[case] = replace(places, lines={**outside, **inside})
    return found


def _places_of_run(
    places: Places,
    settings: Mapping[str, object],
    bundle: Mapping[str, object],
    case: str | None,
) -> Places:
    """Where a run's values come from: what varies, from the sweep's block or the command line."""
    lines = dict(places.lines)
    overrides = dict(places.overrides)
    sources: dict[str, Path] = {}
    for key in settings:
        sources[key] = ("sweep", "grid", key)
    for key in bundle:
        sources[key] = ("sweep", "cases", str(case), key)
    for key, source in sources.items():
        target = split_key(key)
        move_lines(lines, source, target)
        option = places.override_of(source)
        overrides.pop(target, None)
        if option is not None:
            overrides[target] = option
    return replace(places, lines=lines, overrides=overrides)
