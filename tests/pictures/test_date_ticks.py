"""Ticks along an axis of dates are whole years, months or days."""

from itertools import pairwise

import pytest

from relusgd.model.data_file.dates import read_date
from relusgd.pictures.kit.date_ticks import OVERHANG, date_ticks
from relusgd.pictures.kit.text_fit import text_width

LETTER = 14.0


@pytest.mark.parametrize(
    ("low", "high", "room", "labels"),
    [
        (1960.2, 1999.3, 400, ["1965", "1970", "1975", "1980", "1985", "1990", "1995"]),
        (1970.0, 1975.9, 400, ["1970", "1971", "1972", "1973", "1974", "1975"]),
        (1000.5, 2000.5, 300, ["1200", "1400", "1600", "1800", "2000"]),
        (2019.9, 2020.9, 500, ["2020-01", "2020-03", "2020-05", "2020-07", "2020-09", "2020-11"]),
        (2020.15, 2020.2, 500, ["2020-02-26", "2020-03-01", "2020-03-06", "2020-03-11"]),
    ],
)
def test_ticks_are_whole_years_months_or_days(low, high, room, labels):
    ticks = date_ticks(low, high, room, LETTER)
    assert list(ticks.labels) == labels
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        assert place == (read_date(label) or float(label))


@pytest.mark.parametrize("room", [60, 150, 400, 900])
@pytest.mark.parametrize("span", [0.003, 0.05, 0.4, 1.7, 9.0, 80.0, 900.0, 7000.0])
def test_labels_stay_apart_and_on_the_axis(span, room):
    low, high = 1950.3, 1950.3 + span
    ticks = date_ticks(low, high, room, LETTER)
    assert all(low <= place <= high for place in ticks.places)
    pixels = [(place - low) / (high - low) * room for place in ticks.places]
    widths = [text_width(label, LETTER) for label in ticks.labels]
    for (left, right), (one, other) in zip(pairwise(pixels), pairwise(widths), strict=True):
        assert right - left >= (one + other) / 2
    for pixel, width in zip(pixels, widths, strict=True):
        assert pixel + width / 2 <= room + OVERHANG * LETTER + 1e-6


@pytest.mark.parametrize(("low", "high"), [(-500.0, 2000.0), (0.0, 0.5), (5000.0, 20_000.0)])
def test_years_beyond_the_calendar_are_plain_numbers(low, high):
    assert date_ticks(low, high, 500, LETTER).places
