"""Checks between keys of one config.

A new check is a function below with `@check(subject, other keys it reads)`. Its name says what must
hold; it returns the fault, or None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from relusgd.config.data_section import CsvData, PointsData, TargetData
from relusgd.config.of_width import words_at_width
from relusgd.config.overrides import LENGTHS
from relusgd.config.schema import Config
from relusgd.config.source import Fault, Path, broken_or_below, split_key
from relusgd.config.start import RunStart, hidden_widths
from relusgd.config.training_section import CosineSchedule
from relusgd.config.value_types import HUGE, MOST_STEPS
from relusgd.errors import InputError
from relusgd.words import counted, exact_number, shown

Find = Callable[[Config], str | None]


@dataclass(frozen=True)
class Check:
    """One check.

    subject: the key that the fault names. keys: all the keys that the check reads.
    find: returns the text of the fault, which follows the subject, or None.
    """

    subject: Path
    keys: tuple[Path, ...]
    find: Find

    def fault(self, config: Config) -> Fault | None:
        text = self.find(config)
        return None if text is None else Fault(self.subject, text, also=self.keys)


CHECKS: list[Check] = []


def check(subject: str, *others: str) -> Callable[[Find], Find]:
    """Make a function a check that reads these keys.

    It is skipped where one of the keys is faulty by itself.
    """

    def register(find: Find) -> Find:
        keys = tuple(split_key(key) for key in (subject, *others))
        CHECKS.append(Check(keys[0], keys, find))
        return find

    return register


def cross_faults(config: Config, broken: Collection[Path] = ()) -> Iterator[Fault]:
    """The faults of all checks that read none of the broken paths."""
    for one in CHECKS:
        if not broken or not any(broken_or_below(key, broken) for key in one.keys):
            fault = one.fault(config)
            if fault is not None:
                yield fault


@check("data.target", "data.kind")
def _target_can_be_read(config: Config) -> str | None:
    if not isinstance(config.data, TargetData):
        return None
    # Imported here because it loads NumPy, which no other check needs.
    from relusgd.model.targets import parse_target

    try:
        parse_target(config.data.target)
    except InputError as error:
        return f": {error}"
    return None


@check("data.x", "data.y", "data.kind")
def _points_come_in_pairs(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, PointsData) or len(data.x) == len(data.y):
        return None
    counts = f"has {len(data.x):,} values and data.y has {len(data.y):,}"
    return f"{counts}; every point needs one of each"


@check("data.test_x", "data.test_y", "data.kind")
def _test_points_come_in_pairs(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, PointsData) or (data.test_x is None and data.test_y is None):
        return None
    if data.test_x is None:
        return "is missing; test points need both test_x and test_y, or neither"
    if data.test_y is None:
        return "is given without test_y; test points need both, or neither"
    if len(data.test_x) == len(data.test_y):
        return None
    counts = f"has {len(data.test_x):,} values and data.test_y has {len(data.test_y):,}"
    return f"{counts}; every test point needs one of each"


@check("data.train_domain", "data.domain", "data.kind")
def _training_points_lie_in_the_domain(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, TargetData) or data.train_domain is None:
        return None
    (low, high), (first, last) = data.domain, data.train_domain
    if low <= first and last <= high:
        return None
    leaves = f"{shown(list(data.train_domain))} leaves data.domain: {shown(list(data.domain))}"
    return f": {leaves}; give a part of the domain, or widen data.domain"


@check("data.x", "data.y", "data.kind")
def _columns_differ(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, CsvData) or data.x is None or data.x != data.y:
        return None
    return "names the same column as data.y; the positions and the values are two columns"


def _length_fault(values: object, config: Config, what: str) -> str | None:
    width = config.network.hidden[0]
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) == width:
        return None
    given, units = counted(len(values), what), counted(width, "unit")
    return f"has {given} for the {units} of network.hidden; give one per unit"


@check("network.elbows", "network.hidden")
def _elbows_fit_the_width(config: Config) -> str | None:
    return _length_fault(config.network.elbows, config, "position")


@check("network.slopes", "network.hidden")
def _slopes_fit_the_width(config: Config) -> str | None:
    return _length_fault(config.network.slopes, config, "slope")


@check("network.output_weights", "network.hidden")
def _output_weights_fit_the_width(config: Config) -> str | None:
    if config.network.output_weights is None:
        return None
    layers = len(config.network.hidden)
    if layers > 1:
        return f"is for one hidden layer, and network.hidden has {layers}; leave it out"
    return _length_fault(config.network.output_weights, config, "output weight")


@check("network.output_weights", "network.antisymmetric", "network.balanced")
def _output_weights_are_chosen_once(config: Config) -> str | None:
    """Both switches choose output weights of their own."""
    network = config.network
    switches = {"antisymmetric": network.antisymmetric, "balanced": network.balanced}
    chosen = [name for name, is_on in switches.items() if is_on]
    if network.output_weights is None or not chosen:
        return None
    return f"is given, and {chosen[0]}: true chooses output weights too; leave one of them out"


@check("network.output_offset", "network.output_bias", "network.antisymmetric")
def _an_offset_needs_an_output_bias(config: Config) -> str | None:
    network = config.network
    if network.output_offset is None:
        return None
    if not network.output_bias:
        return "is given, but output_bias: false leaves no output bias; leave one of them out"
    if not network.antisymmetric or network.output_offset == 0:
        return None
    offset = f"is {exact_number(network.output_offset)}"
    return f"{offset}, but antisymmetric: true begins with the function 0; leave one of them out"


@check("network.start", "network.hidden")
def _start_has_the_same_layers(config: Config) -> str | None:
    """A run is read by `training.prepare`, which asks the same of it."""
    start = config.network.start
    if start is None or isinstance(start, RunStart):
        return None
    return layers_fault(hidden_widths(start), config.network.hidden)


def layers_fault(found: Sequence[int], wanted: Sequence[int]) -> str | None:
    """The fault of a network to begin with that has other hidden layers."""
    if tuple(found) == tuple(wanted):
        return None
    layers = f"has the hidden layers {shown(list(found))}, and network.hidden is"
    return f"{layers} {shown(list(wanted))}; set network.hidden to {shown(list(found))}"


@check("network.start", "network.output_bias")
def _start_has_no_frozen_output_bias(config: Config) -> str | None:
    start = config.network.start
    if config.network.output_bias or start is None or isinstance(start, RunStart):
        return None
    (offset,) = cast("tuple[float]", start[f"bias_{len(start) // 2}"])
    return output_bias_fault(offset)


def output_bias_fault(offset: float) -> str | None:
    """The fault of a network to begin with that has an output bias where there shall be none."""
    if offset == 0:
        return None
    bias = f"has the output bias {exact_number(offset)}"
    return f"{bias}, and output_bias: false leaves none; set network.output_bias to true"


@check("network.slopes", "network.elbows")
def _placed_units_have_a_slope(config: Config) -> str | None:
    """A unit's bias is −elbow·slope: without a slope it has no elbow."""
    slopes = config.network.slopes
    if slopes is None or config.network.elbows == "keep":
        return None
    reason = "and a unit without a slope has no elbow to place; give another slope, or elbows: keep"
    if slopes == 0:
        return f"is 0, {reason}"
    if isinstance(slopes, tuple) and 0 in slopes:
        return f"has 0 as item {slopes.index(0) + 1}, {reason}"
    return None


@check("network.antisymmetric", "network.hidden")
def _pairs_need_an_even_width(config: Config) -> str | None:
    width = config.network.hidden[-1]
    if not config.network.antisymmetric or width % 2 == 0:
        return None
    layer = f"the last hidden layer, which has {width:,} (network.hidden)"
    return f"pairs the units of {layer}; give it an even width"


def _pair_fault(values: object, config: Config, what: str) -> str | None:
    """In an antisymmetric network with one hidden layer, units 2i and 2i + 1 are copies."""
    network = config.network
    if not network.antisymmetric or len(network.hidden) > 1 or not isinstance(values, tuple):
        return None
    for i in range(0, len(values) - 1, 2):
        if values[i] != values[i + 1]:
            pair = f"{exact_number(values[i])} and {exact_number(values[i + 1])}"
            items = f"items {i + 1} and {i + 2} are the {what} {pair}"
            return f"must be equal in pairs with antisymmetric: true; {items}"
    return None


@check("network.elbows", "network.antisymmetric", "network.hidden")
def _elbows_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.elbows, config, "positions")


@check("network.slopes", "network.antisymmetric", "network.hidden")
def _slopes_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.slopes, config, "slopes")


def _width_fault(written: object, value: float, config: Config, wanted: str) -> str:
    """The fault of an expression in width whose value its key does not take."""
    given = f"{written} is {exact_number(value)} at width {config.width:,}"
    return f": {given}; it must be a finite number {wanted}"


@check("network.hidden_scale", "network.hidden")
def _hidden_scale_is_positive_at_this_width(config: Config) -> str | None:
    scale = config.hidden_scale
    if 0 < scale <= HUGE:
        return None
    return _width_fault(config.network.hidden_scale, scale, config, "above 0")


@check("network.output_scale", "network.hidden")
def _output_scale_is_a_scale_at_this_width(config: Config) -> str | None:
    scale = config.output_scale
    if 0 <= scale <= HUGE:
        return None
    return _width_fault(config.network.output_scale, scale, config, "of at least 0")


@check("training.learning_rate", "network.hidden")
def _learning_rate_is_positive_at_this_width(config: Config) -> str | None:
    if _has_learning_rate(config):
        return None
    rate = config.training.learning_rate
    return _width_fault(rate, config.learning_rate, config, "above 0")


def _has_learning_rate(config: Config) -> bool:
    """Whether the learning rate is one; an expression in width may give anything."""
    return 0 < config.learning_rate < math.inf


@check("network.balanced", "network.output_scale", "network.hidden")
def _balance_needs_signs(config: Config) -> str | None:
    """Balancing keeps the sign of an output weight and gives it another size; 0 has no sign."""
    if not config.network.balanced or config.output_scale != 0:
        return None
    reason = "network.output_scale: 0 leaves no output weight to balance"
    return f"is true, but {reason}; give a scale above 0"


@check("training.epochs", "training.steps", "training.time")
def _one_length_is_given(config: Config) -> str | None:
    training = config.training
    lengths = (training.epochs, training.steps, training.time)
    given = [key for key, length in zip(LENGTHS, lengths, strict=True) if length is not None]
    if len(given) == 1:
        return None
    if not given:
        return "is null, and so are training.steps and training.time; give one of them"
    others = [key for key in given if key != LENGTHS[0]]
    if len(given) == len(others):
        return f"gives way to one of training.steps and training.time; {_LEAVE_OUT}"
    return f"and {' and '.join(others)} exclude one another; {_LEAVE_OUT}"


_LEAVE_OUT = "give one of the three and leave the others out"


@check("training.time", "training.learning_rate", "network.hidden")
def _time_is_not_too_long(config: Config) -> str | None:
    if config.training.time is None or not _has_learning_rate(config):
        return None
    if config.total_steps(1) <= MOST_STEPS:
        return None
    rate = words_at_width(config.training.learning_rate, config.width)
    return f"at learning rate {rate} is more than {MOST_STEPS:,} steps; give a shorter time"


@check("training.schedule", "training.learning_rate", "network.hidden")
def _cosine_falls(config: Config) -> str | None:
    schedule = config.training.schedule
    if not isinstance(schedule, CosineSchedule) or not _has_learning_rate(config):
        return None
    if schedule.minimum <= config.learning_rate:
        return None
    rate = words_at_width(config.training.learning_rate, config.width)
    minimum = f"falls to a minimum of {exact_number(schedule.minimum)}"
    return f"{minimum}, which is above training.learning_rate: {rate}"


@check("training.momentum", "training.method")
def _momentum_is_part_of_the_method(config: Config) -> str | None:
    training = config.training
    if not training.momentum or training.method in ("sgd", "rmsprop", "ridge"):
        return None
    own = "it has its own in training.betas"
    reason = "it moves every parameter by the learning rate" if training.method == "sign" else own
    text = f"is {exact_number(training.momentum)}, but method: {training.method} takes none"
    return f"{text}, {reason}; leave it out, or train by method: sgd"


@check("training.weight_decay", "training.method")
def _weight_decay_is_part_of_the_method(config: Config) -> str | None:
    training = config.training
    if not training.weight_decay or training.method != "sign":
        return None
    text = f"is {exact_number(training.weight_decay)}, but method: sign takes none"
    return f"{text}; leave it out, or train by method: adamw"


@check("training.nesterov", "training.momentum", "training.method")
def _nesterov_needs_momentum(config: Config) -> str | None:
    if not config.training.nesterov:
        return None
    if config.training.method not in ("sgd", "ridge"):
        text = f"is true, but method: {config.training.method} has no such formula"
        return f"{text}; leave it out, or train by method: sgd"
    if config.training.momentum > 0:
        return None
    need = "Nesterov's formula needs a momentum above 0, such as 0.9"
    return f"is true with training.momentum: 0; {need}"


@check("training.layers", "training.method")
def _ridge_solves_the_output_layer(config: Config) -> str | None:
    if config.training.method != "ridge" or config.training.layers != "hidden":
        return None
    reason = "method: ridge solves the output layer"
    return f"is hidden, but {reason}; leave layers out, or train by method: sgd"


@check("snapshots.every", "snapshots.per_decade", "snapshots.first_steps")
def _something_is_recorded(config: Config) -> str | None:
    snapshots = config.snapshots
    if snapshots.every or snapshots.per_decade or snapshots.first_steps:
        return None
    return "is null, and so is snapshots.per_decade; give one of them, or first_steps"
