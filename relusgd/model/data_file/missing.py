"""The words that people and programs write where there is no value."""

from __future__ import annotations

from string import ascii_lowercase

MISSING_WORDS = frozenset(
    {
        *("", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "+nan", "nat", "null"),
        *("none", "nil", "missing", "unknown", "undefined", "\\n", "(null)", "#n/a n/a"),
        *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "nan(ind)", "-nan(ind)"),
        *("no data", "nodata", "no_data", "no value", "not available", "blank", "empty"),
        *("[null]", "<null>", "(missing)", "(blank)", "(empty)"),
        *("#nv", "#n/d", "#n/b", "n/d", "n/v", "k.a.", "k. a.", "n.v.", "s/d", "s.d."),
        *("-", "--", "---", "–", "—", ".", "..", "…", "...", "?", "*"),
        *("._", *(f".{letter}" for letter in ascii_lowercase)),
    }
)
"""In small letters. Excel's #N/A is #NV in German, #N/D in French; SAS and Stata have .a to .z."""

LONGEST_WORD = max(map(len, MISSING_WORDS))


def is_missing(cell: str) -> bool:
    """Whether a cell without surrounding blanks holds no value."""
    return len(cell) <= LONGEST_WORD and cell.lower() in MISSING_WORDS
