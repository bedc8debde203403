"""Checks across keys: what the file alone decides but no single key can tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from relusgd.config.schema import Config, CosineSchedule, CsvData, PointsData, TargetData
from relusgd.config.source import Fault, Path, broken_or_below, split_key
from relusgd.errors import InputError
from relusgd.words import counted, exact_number


@dataclass(frozen=True)
class Check:
    """subject: the key that the fault is told of. keys: all the keys that it reads. find: what goes on after the subject, or None."""

    subject: Path
    keys: tuple[Path, ...]
    find: Callable[[Config], str | None]

    def fault(self, config: Config) -> Fault | None:
        text = self.find(config)
        return None if text is None else Fault(self.subject, text, also=self.keys)


CHECKS: list[Check] = []


def check(
    subject: str, *others: str
) -> Callable[[Callable[[Config], str | None]], Callable[[Config], str | None]]:
    """Make a function a check that reads these keys; it is skipped where one of them is faulty by itself."""

    def register(find: Callable[[Config], str | None]) -> Callable[[Config], str | None]:
        CHECKS.append(Check(split_key(subject), tuple(map(split_key, (subject, *others))), find))
        return find

    return register


def cross_faults(config: Config, broken: Collection[Path] = ()) -> Iterator[Fault]:
    """The faults of all checks that read none of the broken paths."""
    for one in CHECKS:
        if not any(broken_or_below(key, broken) for key in one.keys):
            fault = one.fault(config)
            if fault is not None:
                yield fault


@check("data.target", "data.kind")
def _target_can_be_read(config: Config) -> str | None:
    if not isinstance(config.data, TargetData):
        return None
    from relusgd.model.targets import (
        parse_target,
    )  # imports NumPy, which a look at a config should not wait for

    try:
        parse_target(config.data.target)
    except InputError as error:
        return f": {error}"
    return None


@check("data.x", "data.y", "data.kind")
def _points_come_in_pairs(config: Config) -> str | None:
    if not isinstance(config.data, PointsData) or len(config.data.x) == len(config.data.y):
        return None
    return f"has {len(config.data.x):,} values and data.y has {len(config.data.y):,}; every point needs one of each"


@check("data.x", "data.y", "data.kind")
def _columns_differ(config: Config) -> str | None:
    if not isinstance(config.data, CsvData) or config.data.x != config.data.y:
        return None
    return "names the same column as data.y; the positions and the values are two columns"


def _length_fault(values: object, config: Config, what: str) -> str | None:
    width = config.network.hidden[0]
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) == width:
        return None
    return f"has {counted(len(values), what)} for the {counted(width, 'unit')} of network.hidden; give one per unit"


@check("network.elbows", "network.hidden")
def _elbows_fit_the_width(config: Config) -> str | None:
    return _length_fault(config.network.elbows, config, "position")


@check("network.slopes", "network.hidden")
def _slopes_fit_the_width(config: Config) -> str | None:
    return _length_fault(config.network.slopes, config, "slope")


@check("network.slopes", "network.elbows")
def _placed_units_have_a_slope(config: Config) -> str | None:
    """A unit's bias is −elbow·slope: without a slope it has no elbow."""
    slopes = config.network.slopes
    if slopes is None or config.network.elbows == "keep":
        return None
    if not isinstance(slopes, tuple):
        return (
            None
            if slopes
            else "is 0, and a unit without a slope has no elbow to place; give another slope, or elbows: keep"
        )
    flat = [j for j, slope in enumerate(slopes, 1) if slope == 0]
    if not flat:
        return None
    return f"has 0 as item {flat[0]}, and a unit without a slope has no elbow to place; give another slope, or elbows: keep"


@check("network.antisymmetric", "network.hidden")
def _pairs_need_an_even_width(config: Config) -> str | None:
    width = config.network.hidden[-1]
    if not config.network.antisymmetric or width % 2 == 0:
        return None
    return f"pairs the units of the last hidden layer, which has {width:,} (network.hidden); give it an even width"


def _pair_fault(values: object, config: Config, what: str) -> str | None:
    """Units 2i and 2i + 1 of an antisymmetric network with one hidden layer are copies of each other."""
    network = config.network
    if not network.antisymmetric or len(network.hidden) > 1 or not isinstance(values, tuple):
        return None
    for i in range(0, len(values) - 1, 2):
        if values[i] != values[i + 1]:
            texts = exact_number(values[i]), exact_number(values[i + 1])
            return f"must be equal in pairs with antisymmetric: true; items {i + 1} and {i + 2} are the {what} {texts[0]} and {texts[1]}"
    return None


@check("network.elbows", "network.antisymmetric", "network.hidden")
def _elbows_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.elbows, config, "positions")


@check("network.slopes", "network.antisymmetric", "network.hidden")
def _slopes_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.slopes, config, "slopes")


@check("network.balanced", "network.output_scale")
def _balance_needs_signs(config: Config) -> str | None:
    """Balancing keeps the sign of every drawn output weight and gives it another size; 0 has no sign."""
    if not config.network.balanced or config.network.output_scale > 0:
        return None
    return "is true, but network.output_scale: 0 leaves no output weight to balance; give a scale above 0"


@check("training.schedule", "training.learning_rate")
def _cosine_falls(config: Config) -> str | None:
    schedule, rate = config.training.schedule, config.training.learning_rate
    if not isinstance(schedule, CosineSchedule) or schedule.minimum <= rate:
        return None
    return f"falls to a minimum of {exact_number(schedule.minimum)}, which is above training.learning_rate: {exact_number(rate)}"


@check("training.nesterov", "training.momentum")
def _nesterov_needs_momentum(config: Config) -> str | None:
    if not config.training.nesterov or config.training.momentum > 0:
        return None
    return "is true with training.momentum: 0; Nesterov's formula needs a momentum above 0, such as 0.9"


@check("training.layers", "training.method")
def _ridge_solves_the_output_layer(config: Config) -> str | None:
    if config.training.method != "ridge" or config.training.layers != "hidden":
        return None
    return "is hidden, but method: ridge solves the output layer; leave layers out, or train by method: sgd"


@check("snapshots.every", "snapshots.per_decade")
def _one_way_of_recording(config: Config) -> str | None:
    every, per_decade = config.snapshots.every, config.snapshots.per_decade
    if every is not None and per_decade is not None:
        return (
            "and snapshots.per_decade exclude one another; set one of them to null or leave it out"
        )
    if every is None and per_decade is None:
        return "is null, and so is snapshots.per_decade; give one of them"
    return None
