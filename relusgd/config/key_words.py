"""Keys of the config as people say them: hidden units, learning rate."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = {"network.hidden": "hidden units"}
"""Keys whose last part alone says too little, and their words."""


def key_words(key: str, others: Iterable[str] = ()) -> str:
    """A dotted key in words: its last part, or all of it where another of the keys ends the same.

    training.learning_rate is "learning rate"; beside network.seed, training.seed is "training
    seed". The key itself may be one of the others.
    """
    if key in WORDS:
        return WORDS[key]
    _, _, last = key.rpartition(".")
    for other in others:
        _, _, other_last = other.rpartition(".")
        if other != key and other_last == last:
            return key.replace(".", " ").replace("_", " ")
    return last.replace("_", " ")
