"""How parameters are kept: in one array, a sequence or a mapping; and as one vector."""

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
"""An array, a sequence of arrays, or a mapping of names to arrays."""


@dataclass(frozen=True)
class ParameterLayout:
    """Names and shapes of the arrays. container: the type of what holds them, ndarray if alone."""

    container: type
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, parameters: Structure) -> ParameterLayout:
        if isinstance(parameters, Mapping):
            names = tuple(str(name) for name in parameters)
            return cls(dict, names, _shapes(parameters.values()))
        if isinstance(parameters, list | tuple):
            shapes = _shapes(parameters)
            if any(shapes):  # a list of numbers alone is one vector
                names = tuple(f"array {i}" for i in range(len(parameters)))
                return cls(type(parameters), names, shapes)
        return cls(np.ndarray, ("parameters",), _shapes([parameters]))

    @property
    def bounds(self) -> list[int]:
        """Where the arrays begin and end in the vector."""
        sizes = [math.prod(shape) for shape in self.shapes]
        return list(accumulate(sizes, initial=0))

    def flatten(self, structure: Any, what: str) -> Array:
        """All entries in one vector. Raises InputError when `structure` is laid out otherwise."""
        parts = self._parts(structure)
        shapes = _shapes(parts)
        if shapes != self.shapes:
            raise InputError(
                f"{what} must have the form of the parameters, shapes {_listed(self.shapes)}; "
                f"the shapes are {_listed(shapes)}"
            )
        vectors = [np.asarray(part, dtype=np.float64).ravel() for part in parts]
        return np.concatenate(vectors)

    def _parts(self, structure: Any) -> list[Any]:
        """The arrays in it; those of a mapping by their names, where it has the parameters' names.

        What has another form is found by its shapes.
        """
        if isinstance(structure, Mapping):
            named = {str(name): part for name, part in structure.items()}
            if set(named) == set(self.names):
                return [named[name] for name in self.names]
            return list(structure.values())
        if self.container is np.ndarray:
            return [structure]
        return list(structure)

    def rebuild(self, vector: Array) -> Any:
        """Copies of the arrays, in a container of the kind in which they were given."""
        arrays = []
        places = zip(pairwise(self.bounds), self.shapes, strict=True)
        for (start, stop), shape in places:
            entries = vector[start:stop]
            arrays.append(entries.reshape(shape).copy())
        if self.container is dict:
            return dict(zip(self.names, arrays, strict=True))
        if self.container is np.ndarray:
            return arrays[0]
        return self.container(arrays)

    def choose(self, most: int | None) -> Entries:
        """Entries of the vector, at most this many of each array; the same at every call."""
        generator = np.random.RandomState(0)
        chosen = []
        for start, stop in pairwise(self.bounds):
            entries = np.arange(start, stop)
            if most is not None and len(entries) > most:
                entries = np.sort(generator.choice(entries, most, replace=False))
            chosen.append(entries)
        return np.concatenate(chosen).astype(np.int64)


def _shapes(arrays: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(array) for array in arrays)


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(str(shape) for shape in shapes) or "nothing"
