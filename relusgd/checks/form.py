"""How parameters are arranged: one array, several in a sequence, or several by name; and all of them as one vector."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from relusgd.checks.differences import Entries
from relusgd.errors import InputError
from relusgd.model.network import Array

Structure = Array | Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """Names and shapes of the arrays, and the kind of what holds them."""

    kind: type
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, parameters: Structure) -> Form:
        kind: type = np.ndarray
        names, arrays = ["parameters"], list[Any]([parameters])
        if isinstance(parameters, Mapping):
            kind, names, arrays = (
                dict,
                [str(name) for name in parameters],
                list(parameters.values()),
            )
        elif isinstance(parameters, list | tuple) and not all(
            np.ndim(part) == 0 for part in parameters
        ):
            kind, names, arrays = (
                type(parameters),
                [f"array {i}" for i in range(len(parameters))],
                list(parameters),
            )
        return cls(kind, tuple(names), tuple(np.shape(array) for array in arrays))

    @property
    def bounds(self) -> list[int]:
        """Where the arrays begin and end in the vector."""
        return list(accumulate((math.prod(shape) for shape in self.shapes), initial=0))

    def flatten(self, structure: Any, what: str) -> Array:
        """All entries in one vector. Raises InputError when the structure has another form."""
        parts = self._parts(structure)
        found = tuple(np.shape(part) for part in parts)
        if found != self.shapes:
            wanted, given = (
                ", ".join(str(shape) for shape in shapes) or "nothing"
                for shapes in (self.shapes, found)
            )
            raise InputError(
                f"{what} must have the form of the parameters, shapes {wanted}; the shapes are {given}"
            )
        return np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in parts])

    def _parts(self, structure: Any) -> list[Any]:
        if isinstance(structure, Mapping):
            named = {str(name): part for name, part in structure.items()}
            return (
                [named[name] for name in self.names]
                if set(named) == set(self.names)
                else list(structure.values())
            )
        return [structure] if self.kind is np.ndarray else list(structure)

    def rebuild(self, vector: Array) -> Any:
        """The arrays, copies, in what holds them."""
        bounds = self.bounds
        arrays = [
            vector[bounds[k] : bounds[k + 1]].reshape(shape).copy()
            for k, shape in enumerate(self.shapes)
        ]
        if self.kind is dict:
            return dict(zip(self.names, arrays, strict=True))
        return arrays[0] if self.kind is np.ndarray else self.kind(arrays)

    def choose(self, most: int | None) -> Entries:
        """Entries of the vector, at most so many of each array."""
        bounds, generator = self.bounds, np.random.RandomState(0)
        chosen = [np.arange(start, stop) for start, stop in pairwise(bounds)]
        if most is not None:
            chosen = [
                part if len(part) <= most else np.sort(generator.choice(part, most, replace=False))
                for part in chosen
            ]
        return np.concatenate(chosen).astype(np.int64)
