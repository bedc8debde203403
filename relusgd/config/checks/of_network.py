"""Checks of the initial network: a value for each unit, and keys that exclude one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from relusgd.config.checks.check import check, width_fault
from relusgd.config.schema import Config
from relusgd.config.start import RunStart, hidden_widths
from relusgd.config.value_types import HUGE
from relusgd.words import counted, exact_number, shown


def _length_fault(values: object, config: Config, what: str) -> str | None:
    """The fault of a list that has not one value for each unit of the first layer."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        return None
    width = config.network.hidden[0]
    if len(values) == width:
        return None
    given = counted(len(values), what)
    units = counted(width, "unit")
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
    theirs = shown(list(found))
    ours = shown(list(wanted))
    return (
        f"has the hidden layers {theirs}, and network.hidden is {ours}; "
        f"set network.hidden to {theirs}"
    )


@check("network.start", "network.output_bias")
def _start_has_no_frozen_output_bias(config: Config) -> str | None:
    start = config.network.start
    if config.network.output_bias or start is None or isinstance(start, RunStart):
        return None
    layers = len(start) // 2
    output_bias = start[f"bias_{layers}"]
    (offset,) = cast("tuple[float]", output_bias)
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
    pairs = zip(values[::2], values[1::2], strict=False)
    for pair, (first, second) in enumerate(pairs, start=1):
        if first != second:
            numbers = f"{exact_number(first)} and {exact_number(second)}"
            items = f"items {2 * pair - 1} and {2 * pair} are the {what} {numbers}"
            return f"must be equal in pairs with antisymmetric: true; {items}"
    return None


@check("network.elbows", "network.antisymmetric", "network.hidden")
def _elbows_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.elbows, config, "positions")


@check("network.slopes", "network.antisymmetric", "network.hidden")
def _slopes_are_equal_in_pairs(config: Config) -> str | None:
    return _pair_fault(config.network.slopes, config, "slopes")


@check("network.hidden_scale", "network.hidden")
def _hidden_scale_is_positive_at_this_width(config: Config) -> str | None:
    scale = config.hidden_scale
    if 0 < scale <= HUGE:
        return None
    return width_fault(config.network.hidden_scale, scale, config, "above 0")


@check("network.output_scale", "network.hidden")
def _output_scale_is_a_scale_at_this_width(config: Config) -> str | None:
    scale = config.output_scale
    if 0 <= scale <= HUGE:
        return None
    return width_fault(config.network.output_scale, scale, config, "of at least 0")


@check("network.balanced", "network.output_scale", "network.hidden")
def _balance_needs_signs(config: Config) -> str | None:
    """Balancing keeps the sign of an output weight and gives it another size; 0 has no sign."""
    if not config.network.balanced or config.output_scale != 0:
        return None
    reason = "network.output_scale: 0 leaves no output weight to balance"
    return f"is true, but {reason}; give a scale above 0"
