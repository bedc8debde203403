"""Which columns are x and y."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from relusgd.errors import ConfigError
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.layout import Layout
from relusgd.model.data_file.marks import reads_as_number
from relusgd.model.data_file.names import NAMELESS
from relusgd.model.data_file.rows import DELIMITER_WORDS
from relusgd.words import agreeing, and_list, comma_list, nearest, or_list

KEYS = ("data.x", "data.y")

_NO_NAMES = "the first line must name the columns; it holds numbers"


def choose_columns(
    path: Path,
    layout: Layout,
    x: str | None,
    y: str | None,
    keys: tuple[str, str] = KEYS,
) -> tuple[int, int]:
    """The indices of x and y. None: the column is not named, and the file must leave no choice.

    keys: how messages call what names x and y. Raises ConfigError when a column is missing or
    ambiguous.
    """
    faults: list[str] = []
    for name in (x, y):
        if name is not None:
            faults += _faults(layout, name)
    if x is not None and x == y:
        faults = [*_faults(layout, x), f"x and y name the same column, {x}"]
    # Where neither is there, the first line may be one of data.
    if len(faults) == 2 and all(map(reads_as_number, layout.names)):
        faults = [_NO_NAMES]
    if faults:
        raise ConfigError([f"{path}: {fault}" for fault in faults])
    if x is not None and y is not None:
        return layout.names.index(x), layout.names.index(y)
    return _only_choice(path, layout, x, y, keys)


def find_column(path: Path, layout: Layout, name: str) -> int:
    """The index of a column. Raises ConfigError when it is missing or ambiguous."""
    faults = _faults(layout, name)
    if faults:
        raise ConfigError([f"{path}: {fault}" for fault in faults])
    return layout.names.index(name)


def columns_of_numbers(layout: Layout) -> list[int]:
    """The columns that can be x or y: numbers, or dates for x, and names that are not ambiguous."""
    counts = Counter(layout.names)
    found = []
    for index, name in enumerate(layout.names):
        is_named_alone = name != "" and counts[name] == 1
        if is_named_alone and (layout.holds_numbers(index) or layout.holds_dates(index)):
            found.append(index)
    return found


def _faults(layout: Layout, wanted: str) -> list[str]:
    """The fault of a column that is missing or not the only one of its name, if it is either."""
    count = layout.names.count(wanted)
    if count == 1:
        return []
    if count > 1:
        return [_repeated(layout, wanted)]
    fault = f"there is no column {in_quotes(wanted)};"
    if len(layout.names) == 1:
        return [f"{fault} {_one_column(layout)}"]
    columns = comma_list(map(in_quotes, layout.names))
    near = _near(wanted, [name for name in layout.names if name])
    if near is None:
        return [f"{fault} the columns are {columns}"]
    return [f"{fault} did you mean {in_quotes(near)}? The columns are {columns}"]


def _repeated(layout: Layout, name: str) -> str:
    return f"{layout.names.count(name)} columns are named {in_quotes(name)}; rename one"


def _one_column(layout: Layout) -> str:
    name = in_quotes(layout.names[0])
    delimiters = or_list(list(DELIMITER_WORDS.values()))
    return f"there is one column, {name}; columns are separated by {delimiters}"


def _near(wanted: str, names: Sequence[str]) -> str | None:
    """The name that differs in blanks, signs and the case of letters alone, or else a like one."""
    letters = _letters(wanted)
    for name in names:
        if letters and _letters(name) == letters:
            return name
    return nearest(wanted, names)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _only_choice(
    path: Path,
    layout: Layout,
    x: str | None,
    y: str | None,
    keys: tuple[str, str],
) -> tuple[int, int]:
    """The one way to choose the columns that are not named. Raises ConfigError without one."""
    names = layout.names
    if names and all(map(reads_as_number, names)):
        raise ConfigError([f"{path}: {_NO_NAMES}"])
    usual_x = x or "x"
    usual_y = y or "y"
    if usual_x in names and usual_y in names:
        return find_column(path, layout, usual_x), find_column(path, layout, usual_y)
    numeric = columns_of_numbers(layout)
    given = [names.index(name) for name in (x, y) if name is not None]
    free = _free_columns(layout, numeric, given, needs_x=x is None)
    if len(free) + len(given) != 2:
        missing = _not_given(x, y, keys)
        raise ConfigError([f"{path}: {missing}, and {_why_no_choice(layout, numeric)}"])
    if x is not None:
        return given[0], free[0]
    if y is not None:
        return free[0], given[0]
    # Dates are x: they say where a value stands.
    first, second = sorted(free, key=lambda index: not layout.holds_dates(index))
    return first, second


def _free_columns(
    layout: Layout,
    numeric: Sequence[int],
    given: Sequence[int],
    *,
    needs_x: bool,
) -> list[int]:
    """The columns of numbers that are left to choose from.

    A column without a name, such as that of an index, is x where there is no other.
    """
    nameless = [index for index in numeric if layout.names[index] == NAMELESS]
    free = [index for index in numeric if index not in [*given, *nameless]]
    lacks_one = len(free) + len(given) == 1
    if needs_x and nameless and lacks_one:
        free.insert(0, nameless[0])
    return free


def _not_given(x: str | None, y: str | None, keys: tuple[str, str]) -> str:
    """Which of the keys are missing."""
    unnamed = [key for key, name in zip(keys, (x, y), strict=True) if name is None]
    verb = agreeing(len(unnamed), "is", "are")
    return f"{and_list(unnamed)} {verb} not given"


def _why_no_choice(layout: Layout, numeric: Sequence[int]) -> str:
    """What there is to choose from; numeric: the columns that can be x or y."""
    if len(layout.names) == 1:
        return _one_column(layout)
    columns = [in_quotes(layout.names[index]) for index in numeric]
    if len(columns) >= 2:
        return f"there are {len(columns)} columns of numbers: {comma_list(columns)}"
    for name, count in Counter(layout.names).items():
        if name and count > 1:
            return _repeated(layout, name)
    found = f"{columns[0]} alone holds" if columns else "no column holds"
    all_columns = comma_list(map(in_quotes, layout.names))
    return f"{found} numbers; the columns are {all_columns}"
