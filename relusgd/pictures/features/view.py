"""What a picture shows of the features of a snapshot: curves over x, and singular values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal, TypeVar

import numpy as np

from relusgd.diagnostics.features import Features
from relusgd.evenly_chosen import evenly_chosen
from relusgd.gradients.jacobian import jacobian
from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import (
    Array,
    Booleans,
    Integers,
    Network,
    Range,
    layer_parameters,
    parameter_count,
)
from relusgd.model.scaling import Scaling
from relusgd.words import agreeing

Chosen = TypeVar("Chosen")

Kind = Literal["weight", "bias", "output weight"]

MOST_CURVES = 60
"""Of more parameters of one kind, so many are drawn, evenly chosen."""

MOST_ROWS = 4
"""Of a deep network so many layers are drawn, the first and the last among them."""

OUTPUT_LAYER = "output layer"
"""The name of its singular values; those of hidden layers are layer 1, layer 2, …"""

EVEN_POSITIONS = 200
MOST_POSITIONS = 1500
"""Curves go through every elbow. Where that is more than so many positions, even ones are taken."""

PART_NUMBERS = 2**22
"""Positions × parameters of the derivatives that are evaluated at once."""


@dataclass(frozen=True, eq=False)
class Family:
    """The parameters of one kind whose derivatives are drawn alike.

    symbol: ∂f/∂w. nouns: what one of them is called, and several. where: of which layer.
    entries: their places in the vector of all parameters.
    """

    kind: Kind
    symbol: str
    nouns: tuple[str, str]
    where: str
    entries: Integers

    @property
    def drawn(self) -> Integers:
        """The entries whose curves are drawn."""
        return self.entries[evenly_chosen(len(self.entries), MOST_CURVES)]

    def place_of(self, unit: int) -> int | None:
        """Where the curve of this unit is among those drawn; with one hidden layer alone."""
        places = np.flatnonzero(self.drawn == self.entries[0] + unit)
        return int(places[0]) if len(places) else None

    @property
    def caption(self) -> str:
        """What the curves are: ∂f/∂w of 40 slopes."""
        count, drawn = len(self.entries), len(self.drawn)
        number = f"{count:,}" if drawn == count else f"{drawn:,} of {count:,}"
        singular, plural = self.nouns
        noun = agreeing(count, singular, plural)
        return f"{self.symbol} of {number} {noun}{self.where}"


FamilyRow = tuple[Family, ...]
"""The families of one panel."""


def family_rows(hidden: Sequence[int], columns: slice) -> list[FamilyRow]:
    """The families of the parameters that count, as rows of panels from the input on.

    With one hidden layer each kind has its own panel, in deep networks each layer. The output bias
    has no curve: its derivative is 1 everywhere.
    """
    layers = range(1, len(hidden) + 2)
    by_layer = [_layer_families(hidden, layer, columns) for layer in layers]
    if len(hidden) == 1:
        return [(family,) for family in chain.from_iterable(by_layer)]
    rows = [families for families in by_layer if families]
    return _some_of(rows, MOST_ROWS)


def _some_of(listed: Sequence[Chosen], most: int) -> list[Chosen]:
    """At most so many of them, the first and the last among them."""
    return [listed[place] for place in evenly_chosen(len(listed), most)]


def _layer_families(hidden: Sequence[int], layer: int, columns: slice) -> FamilyRow:
    """The weights and biases of one layer, as far as they count."""
    place = layer_parameters(hidden, layer)
    is_output = layer == len(hidden) + 1
    # The weights of a layer come first, its biases last.
    biases = 1 if is_output else hidden[layer - 1]
    first_bias = place.stop - biases
    weights = np.arange(place.start, first_bias)
    families = [_weight_family(hidden, layer, weights)]
    if not is_output:
        families.append(_bias_family(hidden, layer, np.arange(first_bias, place.stop)))
    kept = [replace(family, entries=_counted(family.entries, columns)) for family in families]
    return tuple(family for family in kept if len(family.entries))


def _weight_family(hidden: Sequence[int], layer: int, entries: Integers) -> Family:
    if layer == len(hidden) + 1:
        return Family("output weight", "∂f/∂v", ("output weight", "output weights"), "", entries)
    if len(hidden) == 1:
        return Family("weight", "∂f/∂w", ("slope", "slopes"), "", entries)
    return Family("weight", "∂f/∂w", ("weight", "weights"), f" of layer {layer}", entries)


def _bias_family(hidden: Sequence[int], layer: int, entries: Integers) -> Family:
    if len(hidden) == 1:
        return Family("bias", "∂f/∂b", ("hidden bias", "hidden biases"), "", entries)
    return Family("bias", "∂f/∂b", ("bias", "biases"), f" of layer {layer}", entries)


def _counted(entries: Integers, columns: slice) -> Integers:
    """Those entries that are among the columns."""
    is_counted = (entries >= columns.start) & (entries < columns.stop)
    return entries[np.flatnonzero(is_counted)]


@dataclass(frozen=True, eq=False)
class FeatureView:
    """The features of one snapshot, ready to be drawn.

    x: positions in original units, shape (k,). curves: for every family the derivatives there,
    shape (drawn, k). principal: ψ_1 … there, each with the largest size 1, shape (K, k), nan for
    flat ones. spectra: by name, of all and of layers, the singular values that are not flat.
    is_learned: for all, which directions are learned to more than a half; None where nothing is
    known.
    """

    x: Array
    curves: tuple[Array, ...]
    principal: Array
    spectra: Mapping[str, Array]
    is_learned: Booleans | None
    rank: int
    effective_rank: float
    condition: float

    @classmethod
    def of(
        cls,
        found: Features,
        rows: Sequence[FamilyRow],
        by_layer: Mapping[int, Features],
        learned: Array | None,
        top: int,
        domain: Range,
        scaling: Scaling,
    ) -> FeatureView:
        """What is drawn of these features.

        learned: the share of every direction that is learned. top: how many principal features are
        drawn. domain: in network units.
        """
        x = curve_positions(found.network, *domain)
        drawn = [family.drawn for family in chain.from_iterable(rows)]
        principal = found.principal(x, top).T
        return cls(
            x=scaling.x_to_original(x),
            curves=_curves(found.network, x, drawn),
            principal=_scaled(principal, min(top, found.rank)),
            spectra=_spectra(found, by_layer),
            is_learned=None if learned is None else learned[: found.rank] > 0.5,
            rank=found.rank,
            effective_rank=found.effective_rank,
            condition=found.condition,
        )

    def with_signs(self, signs: Array) -> FeatureView:
        """The same with principal features times these signs, shape (K,)."""
        return replace(self, principal=self.principal * signs[:, None])


def _spectra(found: Features, by_layer: Mapping[int, Features]) -> dict[str, Array]:
    """The singular values that are not flat, by name: of all, and of a few of several layers."""
    spectra = {"all": found.singular_values[: found.rank]}
    if len(by_layer) < 2:
        return spectra
    output_layer = len(found.network.hidden) + 1
    for layer in _some_of([*by_layer], MOST_ROWS):
        name = OUTPUT_LAYER if layer == output_layer else f"layer {layer}"
        of_layer = by_layer[layer]
        spectra[name] = of_layer.singular_values[: of_layer.rank]
    return spectra


def leading_unit(found: Features) -> int | None:
    """The unit of one hidden layer that bends f most, v·abs(w), among the training points.

    None in deep networks, of a single unit, and where no unit has its elbow there.
    """
    network, x = found.network, found.x
    if len(network.hidden) > 1 or network.hidden[0] == 1:
        return None
    is_inside = (network.elbow > x[0]) & (network.elbow < x[-1])
    bend = np.where(is_inside, np.abs(network.slope_change), -1.0)
    unit = int(np.argmax(bend))
    return unit if is_inside[unit] else None


def curve_positions(network: Network, low: float, high: float) -> Array:
    """Positions from low to high between which every derivative is a straight line.

    Both sides of every place where a unit switches, because derivatives jump there, and even ones
    between.
    """
    places = network.elbow if len(network.hidden) == 1 else breakpoints(network).x
    inside = places[(places > low) & (places < high)]
    even = np.linspace(low, high, EVEN_POSITIONS)
    if 2 * len(inside) + len(even) > MOST_POSITIONS:
        return np.linspace(low, high, MOST_POSITIONS)
    nearby = 1e-9 * (high - low)
    return np.unique(np.concatenate([even, inside - nearby, inside + nearby]))


def _curves(network: Network, x: Array, chosen: Sequence[Integers]) -> tuple[Array, ...]:
    """The derivatives at x by the chosen parameters of every family."""
    entries = np.concatenate(chosen)
    if len(network.hidden) == 1:
        values = _unit_curves(network, x, entries)
    else:
        values = np.empty((len(x), len(entries)))
        size = max(1, PART_NUMBERS // parameter_count(network.hidden))
        for start in range(0, len(x), size):
            part = slice(start, start + size)
            values[part] = jacobian(network, x[part])[:, entries]
    stops = np.cumsum([len(of_family) for of_family in chosen])
    families = np.split(values, stops[:-1], axis=1)
    return tuple(family.T for family in families)


def _unit_curves(network: Network, x: Array, entries: Integers) -> Array:
    """The derivatives by these slopes, hidden biases and output weights of one hidden layer.

    Those of a unit do not depend on the other units, so that the network of these units alone has
    them, too.
    """
    kind, unit = np.divmod(entries, network.hidden[0])
    units, place = np.unique(unit, return_inverse=True)
    weights = network.weights[0][:, units], network.weights[1][units]
    few = Network(weights, (network.bias[units], network.biases[1]))
    columns = kind * len(units) + place
    return jacobian(few, x)[:, columns]


def _scaled(principal: Array, rank: int) -> Array:
    """Every feature divided by its largest size; nan for those beyond the rank."""
    largest = np.abs(principal).max(axis=1, keepdims=True)
    scaled = principal / np.where(largest > 0, largest, 1.0)
    scaled[rank:] = np.nan
    return scaled
