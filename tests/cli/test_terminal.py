import pytest

from relusgd.cli.terminal import break_at_commas, sparkline, typed_text, wrapped
from relusgd.words import brief_duration, byte_size, duration, number


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1620, "1.62 kB"),
        (48.7e6, "48.7 MB"),
        (999_999, "1 MB"),
        (3e15, "3,000 TB"),
    ],
)
def test_sizes_are_written_in_the_unit_that_keeps_them_short(size, words):
    assert byte_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (59.9, "59.9 s"),
        (59.96, "1 min 00 s"),
        (61, "1 min 01 s"),
        (7260, "2 h 01 min"),
    ],
)
def test_durations_are_written_as_people_say_them(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.015432, "0.0154"),
        (999.9, "1,000"),
        (23586.4, "23,586"),
        (2.4e290, "2.4e290"),
        (1e-6, "1e-6"),
        (float("nan"), "–"),
    ],
)
def test_numbers_have_three_digits_and_rarely_an_exponent(value, words):
    assert number(value) == words


def test_a_sparkline_goes_down_with_the_logarithm_of_the_error():
    assert sparkline([1.0, 0.1, 0.01]) == "█▅▁"
    assert len(sparkline(list(range(1, 1000)), 16)) == 16
    assert sparkline([float("nan")]) == ""


def test_names_are_broken_at_commas():
    assert (
        break_at_commas("notebook,network.hidden=10,seed=3", 26)
        == "notebook,\nnetwork.hidden=10,seed=3"
    )
    assert break_at_commas("notebook", 4) == "notebook"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ms"),
        (6.13e-5, "61 µs"),
        (0.0021, "2.1 ms"),
        (0.3, "0.3 s"),
        (34.4, "34 s"),
        (720, "12 min"),
    ],
)
def test_short_durations_are_written_in_the_unit_that_fits(seconds, words):
    assert brief_duration(seconds) == words


def test_sentences_are_broken_between_words_alone_and_keep_their_indentation():
    assert (
        wrapped("training.learning_rate is not\n  a-b: known key", 16)
        == "training.learning_rate\nis not\n  a-b: known key"
    )
    assert wrapped("  one two three", 9) == "  one two\n  three"
    assert wrapped("one\n\ntwo", 80) == "one\n\ntwo"


@pytest.mark.parametrize("title", ["żółw ∂", "plain", "三"])
def test_a_title_is_whole_where_the_locale_has_taken_its_bytes_apart(title):
    apart = title.encode().decode("ascii", "surrogateescape")
    assert typed_text(apart) == typed_text(title) == title


def test_a_title_that_is_no_text_can_still_be_drawn():
    assert typed_text("a\udcff") == "a\ufffd"
