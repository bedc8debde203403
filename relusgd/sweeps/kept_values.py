"""A few values that took long to make, kept for the next run that needs the same ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class KeptValues(Generic[Value]):
    """Values by what they were made of. most: before one more would be kept, all are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[object, Value] = {}

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        """The value for this key, which is made where none is kept."""
        if key not in self._values:
            made = make()
            if len(self._values) >= self._most:
                self.forget()
            self._values[key] = made
        return self._values[key]

    def forget(self) -> None:
        """Forget all values."""
        self._values.clear()
