"""In what several configs, or other mappings of keys to values, differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def differing_values(
    mappings: Sequence[Mapping[str, object]],
    missing: object = None,
) -> dict[str, list[object]]:
    """Key → its value in each mapping, for the keys in which the mappings differ.

    The keys are in the order in which the mappings have them. missing: stands for a key that a
    mapping lacks.
    """
    keys = dict.fromkeys(key for mapping in mappings for key in mapping)
    differing = {}
    for key in keys:
        values = [mapping.get(key, missing) for mapping in mappings]
        if any(value != values[0] for value in values):
            differing[key] = values
    return differing
