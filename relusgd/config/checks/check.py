"""What a check is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from relusgd.config.schema import Config
from relusgd.config.source import Fault, Path, broken_or_below, split_key
from relusgd.words import exact_number

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
        is_skipped = broken and any(broken_or_below(key, broken) for key in one.keys)
        if is_skipped:
            continue
        fault = one.fault(config)
        if fault is not None:
            yield fault


def width_fault(written: object, value: float, config: Config, wanted: str) -> str:
    """The fault of an expression in width whose value its key does not take."""
    given = f"{written} is {exact_number(value)} at width {config.width:,}"
    return f": {given}; it must be a finite number {wanted}"
