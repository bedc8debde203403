"""Characters and spellings of other notations, as Python has them: π as pi, x² as x**2."""

from __future__ import annotations

import re
import unicodedata

CHARACTERS = {
    **dict.fromkeys("×·⋅∙∗•", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("−–—‐‑", "-"),
    **dict.fromkeys("“”„‟‘’", ""),
    "π": " pi ",
    "τ": " tau ",
    "√": " sqrt ",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∧": " and ",
    "∨": " or ",
    "¬": " not ",
    "⌊": " floor(",
    "⌋": ")",
    "⌈": " ceil(",
    "⌉": ")",
    "½": "(1/2)",
    "¼": "(1/4)",
    "¾": "(3/4)",
}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

LATEX = [
    (r"\\(?:left|right|,|;|!|\s)|\$", " "),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\sqrt\{([^{}]*)\}", r" sqrt(\1)"),
    (r"\\(?:operatorname|mathrm|text)\{([^{}]*)\}", r" \1"),
    (r"\\(?:cdot|times)\b", "*"),
    (r"\\lfloor\b", " floor("),
    (r"\\lceil\b", " ceil("),
    (r"\\r(?:floor|ceil)\b", ")"),
    (r"\\[lr]vert\b", "|"),
    (r"\\leq?\b", "<="),
    (r"\\geq?\b", ">="),
    (r"\\([A-Za-z]+)", r" \1 "),
]

SPELLINGS = [
    (r"^\s*(['\"])(.*)\1\s*$", r"\2"),
    (r"[;\s]+$", ""),
    (r"^\s*return\b", ""),
    (r"^\s*=(?!=)", ""),  # a spreadsheet's formula
    (r"^\s*(?:y|f|g|h)\s*=(?!=)", ""),
    (r"^\s*[fgh]\s*\(\s*(\w)\s*\)\s*=(?!=)", r"lambda \1: "),
    (r"^\s*\(?\s*(\w)\s*\)?\s*(?:->|=>|↦|→)", r"lambda \1: "),
    (r"^\s*if\s*\(", "IF("),
    (r"&&", " and "),
    (r"!(?!=)", " not "),
    (r"<>", "!="),
    (r"=<", "<="),
    (r"=>", ">="),
    (r"={3,}", "=="),
    (r"(?<![<>=!])=(?!=)", "=="),
    (r"(?<=\d)_(?=\d)", ""),
    (r"(?<=[\w)])\s+mod\s+", "%"),
]


class NotOursError(Exception):
    """A text that has no certain meaning in our notation."""


def spelled(text: str) -> str:
    """The text in Python's signs and names, where other ones are known to mean the same."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda run: f"**{run[0].translate(SUPERSCRIPTS)}", text)
    text = "".join(CHARACTERS.get(character, character) for character in text)
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text:
        for pattern, replacement in LATEX:
            text = re.sub(pattern, replacement, text)
    for pattern, replacement in SPELLINGS:
        text = re.sub(pattern, replacement, text)
    return _without_question_mark(text)


def _without_question_mark(text: str) -> str:
    """C's choice, `condition ? a : b`, as Python's."""
    condition, mark, rest = text.partition("?")
    if not mark:
        return text
    chosen, colon, other = rest.partition(":")
    if not colon:
        raise NotOursError
    return f"({chosen}) if ({condition}) else ({_without_question_mark(other)})"
