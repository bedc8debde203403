"""The words that people and programs write where there is no value."""

from __future__ import annotations

MISSING_WORDS = frozenset(
    {
        *("", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "+nan", "nat", "null"),
        *("none", "nil", "missing", "unknown", "undefined", "\\n", "(null)", "#n/a n/a"),
        *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "nan(ind)", "-nan(ind)"),
        *("-", "--", "---", "–", "—", ".", "..", "…", "...", "?", "*"),
    }
)
"""In small letters."""

LONGEST_WORD = max(map(len, MISSING_WORDS))


def is_missing(cell: str) -> bool:
    """Whether a cell without surrounding blanks holds no value."""
    return len(cell) <= LONGEST_WORD and cell.lower() in MISSING_WORDS
