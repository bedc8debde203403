"""The words that people and programs write where there is no value."""

from __future__ import annotations

MISSING_WORDS = frozenset(
    {
        *("", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "+nan", "nat", "null"),
        *("none", "nil", "missing", "-", "--", "---", "–", "—", ".", "..", "…", "...", "?", "*"),
    }
)
"""In small letters."""


def is_missing(cell: str) -> bool:
    """Whether a cell without surrounding blanks holds no value."""
    return len(cell) <= 8 and cell.lower() in MISSING_WORDS
