"""Texts in pictures: short numbers, and nothing that a font cannot draw."""

import pytest

from relusgd.pictures.charts.error_chart import named_ticks
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.number_text import error_text, with_minus_signs
from relusgd.pictures.kit.text_fit import shortened, steady_width, text_width, wrapped


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0140001, "0.0140"),
        (0.5, "0.500"),
        (123.4, "123"),
        (15_243.7, "15,244"),
        (2.6e9, "2.60e9"),
        (1.234e-7, "1.23e−7"),
        (0.0, "0.00"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_errors_are_written_in_three_digits(value, text):
    assert error_text(value) == text


def test_a_title_stands_on_one_line_without_invisible_characters():
    assert drawable("a\nb\tc\x00\u202ed\u200b") == "a b cd"


def test_a_long_title_is_cut_to_its_room():
    title = shortened("long " * 200, 15, 300)
    assert title.endswith("…")
    assert 250 < text_width(title, 15) <= 300


def test_a_title_that_fits_stays_whole():
    assert shortened("elbows", 15, 300) == "elbows"


def test_without_room_nothing_is_written():
    assert shortened("elbows", 15, 3) == ""


def test_numbers_of_equally_many_digits_are_equally_wide():
    widths = {steady_width(number, 24.0) for number in ("1,111", "8,888", "4,071")}
    assert len(widths) == 1


def test_a_line_is_not_broken_beside_an_equals_sign():
    room = text_width("A cluster splits near x =", 20.0) + 1
    assert wrapped("A cluster splits near x = 0.76", 20.0, room, 2) == [
        "A cluster splits near",
        "x = 0.76",
    ]


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("-0.5", "−0.5"),
        ("1e-8", "1e−8"),
        ("rate -.5 and 2e-3", "rate −.5 and 2e−3"),
        ("torch-like", "torch-like"),
        ("20-30", "20-30"),
        ("1.5-2", "1.5-2"),
    ],
)
def test_numbers_in_pictures_have_real_minus_signs(words, drawn):
    assert with_minus_signs(words) == drawn
    assert named_ticks([words], 900.0, 14.0).labels == (drawn,)
