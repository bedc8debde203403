"""What a key takes, in words, from its JSON schema; and what a wrong value may have meant."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from relusgd.config.synonyms import value_meant
from relusgd.config.value_types import HUGE
from relusgd.model.data_file.numbers import read_number
from relusgd.words import exact_number, nearest, or_list, shown

Schema = dict[str, Any]


def alternatives(schema: Schema) -> list[Schema]:
    """The schemas of which a value has to fit one."""
    options: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return options


def in_words(schema: Schema) -> str:
    """What fits the schema: "a whole number from 1 to 10, or full"; sections are left out."""
    plain = [option for option in alternatives(schema) if "$ref" not in option]
    return ", or ".join(_option_in_words(option) for option in plain)


def _option_in_words(option: Schema) -> str:
    if "title" in option:
        return str(option["title"])
    choices = named_values(option)
    if choices:
        return or_list(choices)
    match option.get("type"):
        case "integer":
            return f"a whole number from {option['minimum']:,} to {option['maximum']:,}"
        case "number":
            return f"a finite number {_bounds(option)}".rstrip()
        case "string":
            return f"a text of at most {option['maxLength']:,} characters"
        case "boolean":
            return "true or false"
        case "array":
            return "a list of values"
        case "object":
            return "a mapping of keys to values"
    return str(option["type"])


def _bounds(option: Schema) -> str:
    """The bounds of a number, but for those of all numbers."""
    bounds = []
    lowest = option.get("minimum", -HUGE)
    if "exclusiveMinimum" in option:
        bounds.append(f"above {exact_number(option['exclusiveMinimum'])}")
    elif lowest > -HUGE:
        bounds.append(f"of at least {exact_number(lowest)}")
    highest = option.get("maximum", HUGE)
    if "exclusiveMaximum" in option:
        bounds.append(f"below {exact_number(option['exclusiveMaximum'])}")
    elif highest < HUGE:
        bounds.append(f"of at most {exact_number(highest)}")
    return " and ".join(bounds)


def named_values(option: Schema) -> list[str]:
    """The names that an option lists, if it is a list of names."""
    if "const" in option:
        return [option["const"]]
    names: list[str] = option.get("enum", [])
    return names


def refusal(schema: Schema, given: object) -> str:
    """The fault of a value that does not fit: "must be …, not …", and what may be meant."""
    options = alternatives(schema)
    takes_numbers = any(option.get("type") == "number" for option in options)
    if takes_numbers and isinstance(given, int | float):
        # Whoever gave a number need not hear that an expression is taken, too.
        options = [option for option in options if not _is_text(option)]
    expected = in_words({"anyOf": options})
    hint = _hint(schema, given)
    return f"must be {expected}, not {shown(given)}{hint}"


def _is_text(option: Schema) -> bool:
    """Whether an alternative takes any text, not only some names."""
    return "maxLength" in option


def length_refusal(schema: Schema, count: int) -> str:
    """The fault of a list that is too short or too long."""
    low, high = schema["minItems"], schema["maxItems"]
    return f"must be {in_words(schema)}, at least {low} and at most {high:,}; it has {count:,}"


def _hint(schema: Schema, given: object) -> str:
    """What a value that does not fit may have meant; empty where nothing is known."""
    options = alternatives(schema)
    types = {option.get("type") for option in options}
    if isinstance(given, str):
        choices: list[str] = []
        for option in options:
            choices += named_values(option)
        return choice_hint(given, choices) or _list_hint(given, types) or _number_hint(given, types)
    if not isinstance(given, int | float):
        return ""
    takes_numbers = bool(types & {"integer", "number"})
    takes_texts = any(_is_text(option) for option in options)
    if takes_texts and not takes_numbers:
        return f"; write '{shown(given)}' in quotes"
    is_huge = not isinstance(given, bool) and HUGE < abs(given) < math.inf
    if is_huge and "number" in types:
        return f" (at most {exact_number(HUGE)} in size)"
    return ""


def choice_hint(given: object, choices: list[str]) -> str:
    """The choice that a text stands for in other tools, or is most like."""
    if not isinstance(given, str):
        return ""
    meant = value_meant(given, choices) or nearest(given, choices)
    return f"; did you mean {meant}?" if meant else ""


def _list_hint(given: str, types: set[object]) -> str:
    """For a text such as 10,20 that would be a list but for its brackets."""
    if "array" not in types or "," not in given or len(given) > 1000:
        return ""
    bracketed = f"[{given.strip()}]"
    try:
        items = json.loads(bracketed)
    except (ValueError, RecursionError):
        return ""
    if not all(isinstance(item, int | float) for item in items):
        return ""
    return f"; did you mean the list {bracketed}?"


def _number_hint(given: str, types: set[object]) -> str:
    """For a text that would be a number but for its separators, or would be several numbers.

    What a separator means is not guessed: everything that it could mean is named.
    """
    if not types & {"integer", "number"} or len(given) > 40:
        return ""
    text = given.strip()
    numbers = _readings(text)
    if "number" not in types:
        numbers = [number for number in numbers if number.is_integer()]
    meanings = [exact_number(number) for number in numbers]
    if meanings == [text]:
        return f"; write {text} without quotes"
    if _are_numbers(re.split(r"[,;\s]+", text)):
        meanings.append("several values, which stand in a sweep's grid")
    return f"; it could be {or_list(meanings)}" if meanings else ""


def _are_numbers(parts: list[str]) -> bool:
    return len(parts) > 1 and all(read_number(part) is not None for part in parts)


def _readings(text: str) -> list[float]:
    """What a text means as a number, with a decimal point and with a decimal comma."""
    joined = text.replace("_", "").replace(" ", "")
    readings = read_number(joined)
    if readings is None:
        return []
    numbers = [number for number in readings if number is not None and math.isfinite(number)]
    return list(dict.fromkeys(numbers))
