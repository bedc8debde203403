"""Numbers that may also be expressions in the width, such as 0.2/width**0.5.

`width` is that of the first hidden layer. A Config keeps the text; `at_width` gives the number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from relusgd.config.section import Text
from relusgd.errors import InputError
from relusgd.words import exact_number, nearest

KEYS = ("network.hidden_scale", "network.output_scale", "training.learning_rate")
"""The keys that take such expressions."""

_WITHOUT_LETTERS = re.compile(r"[^A-Za-z]*([eE][^A-Za-z]*)?")
_NUMERAL = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*")


def _readable(text: str) -> str:
    """The text itself, if it is an expression in width.

    Raises ValueError in words, and PydanticCustomError for what is no expression at all.
    """
    # Imported here because it loads NumPy, which no config of plain numbers needs.
    from relusgd.model.expression_parser import IN_WIDTH, parse_expression

    is_other_word = _NAME.fullmatch(text) and nearest(text, IN_WIDTH.names) is None
    if _NUMERAL.fullmatch(text) or is_other_word:
        raise _no_expression()
    try:
        parse_expression(text, IN_WIDTH)
    except InputError as error:
        if _WITHOUT_LETTERS.fullmatch(text):
            raise _no_expression() from None
        raise ValueError(f": {error.message}") from None
    return text


def _no_expression() -> PydanticCustomError:
    """For a word, or a number in another notation, such as 0,02: it is told as any wrong value."""
    return PydanticCustomError("no_expression", "is no expression in width")


WidthExpression = Annotated[
    Text,
    AfterValidator(_readable),
    Field(title="an expression in width such as 0.2/width**0.5"),
]


@lru_cache(maxsize=1000)
def at_width(value: float | str, width: int) -> float:
    """The number that stands in a config, or that its expression gives at this width.

    It may be nan or infinite; the config's checks refuse that.
    """
    if not isinstance(value, str):
        return value
    from relusgd.model.expression_parser import IN_WIDTH, parse_expression

    return float(parse_expression(value, IN_WIDTH)(width))


def words_at_width(value: float | str, width: int) -> str:
    """0.02, or an expression with its value: 0.2/width**0.5 = 0.0316."""
    if not isinstance(value, str):
        return exact_number(value)
    rounded = float(f"{at_width(value, width):.6g}")
    return f"{value} = {exact_number(rounded)}"
