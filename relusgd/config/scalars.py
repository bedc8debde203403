"""Plain scalars by the core schema of YAML 1.2, section 10.3.

`1e-3` is a number; `yes`, `on`, `1_000`, `1:30` and dates are text.
"""

from __future__ import annotations

import re

MAX_DIGITS = 4000

NULL = re.compile(r"|~|null|Null|NULL")
TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
NAN = re.compile(r"\.(nan|NaN|NAN)")


def resolve(text: str) -> object:
    """The value of a plain scalar. Raises ValueError for a number of too many digits."""
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text) or FALSE.fullmatch(text):
        return text[0] in "tT"
    if text[0] not in "+-.0123456789":
        return text
    return _resolve_number(text)


def _resolve_number(text: str) -> object:
    """The int or float that this is, or else the text itself."""
    for pattern, base in ((INTEGER, 10), (OCTAL, 8), (HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            if len(text) > MAX_DIGITS:
                raise ValueError("too many digits")
            return int(text, base)
    if FLOAT.fullmatch(text):
        return float(text)
    if INFINITE.fullmatch(text) or NAN.fullmatch(text):
        return float(text.replace(".", "", 1))  # YAML writes -.inf, Python -inf
    return text
