"""Words for people: numbers, amounts, lists, values, and what somebody may have meant by a name.

Every sentence and table of relusgd takes its words from here. Nothing heavy is imported, so that
the command line starts at once.
"""

from relusgd.words.amounts import (
    agreeing,
    below,
    brief_duration,
    byte_size,
    counted,
    counted_part,
    duration,
    ratio_words,
)
from relusgd.words.lists import (
    and_list,
    as_sentence,
    comma_list,
    or_list,
    with_capital,
    without_capital,
)
from relusgd.words.names import (
    did_you_mean,
    natural_order,
    nearest,
)
from relusgd.words.numbers import (
    DASH,
    SUPERSCRIPTS,
    dimensions,
    exact_number,
    index_ranges,
    number,
    number_range,
    plain_significant,
    rounded_number,
    short_exponent,
    significant,
    superscript,
)
from relusgd.words.values import (
    cut_short,
    quoted,
    shown,
    shown_key,
    shown_kind,
    value_text,
)

__all__ = [
    "DASH",
    "SUPERSCRIPTS",
    "agreeing",
    "and_list",
    "as_sentence",
    "below",
    "brief_duration",
    "byte_size",
    "comma_list",
    "counted",
    "counted_part",
    "cut_short",
    "did_you_mean",
    "dimensions",
    "duration",
    "exact_number",
    "index_ranges",
    "natural_order",
    "nearest",
    "number",
    "number_range",
    "or_list",
    "plain_significant",
    "quoted",
    "ratio_words",
    "rounded_number",
    "short_exponent",
    "shown",
    "shown_key",
    "shown_kind",
    "significant",
    "superscript",
    "value_text",
    "with_capital",
    "without_capital",
]
