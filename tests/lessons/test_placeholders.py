"""Placeholders: what they are, how they are filled, and what is none."""

import pytest

from relusgd.errors import InputError
from relusgd.lessons.placeholders import Placeholder, filled, placeholders_in, split_text


def test_a_placeholder_names_a_run_and_asks_an_expression():
    (found,) = placeholders_in("It is {small: train_mse / line_mse}.")
    assert found == Placeholder(
        "small", "train_mse / line_mse", "last", "three digits", "{small: train_mse / line_mse}"
    )


@pytest.mark.parametrize(
    ("written", "at"),
    [("at 0", 0), ("at 200", 200), ("at last", "last"), ("at second half", "second half")],
)
def test_it_may_say_at_which_snapshots(written, at):
    (found,) = placeholders_in(f"{{small {written}: sharpness}}")
    assert (found.source, found.at) == ("small", at)


def test_the_folder_of_a_run_of_a_sweep_is_a_source():
    (found,) = placeholders_in("{many/network.hidden=10,case=all,seed=0 at 0: feature_rank}")
    assert found.source == "many/network.hidden=10,case=all,seed=0"


def test_a_placeholder_may_go_on_in_the_next_line():
    (found,) = placeholders_in("{ways: groups/hidden 10, all layers/\n  test_mse/median}")
    assert found.asked == "groups/hidden 10, all layers/ test_mse/median"


def test_values_are_written_in_the_format_that_is_asked_for():
    text = "{a: x}, {a: x | two digits}, {a: x | four digits}, {a: x | exact}, {a: name}"
    values = dict.fromkeys(placeholders_in(text), -1234.5678)
    values[placeholders_in("{a: name}")[0]] = "4x³ + 2x"
    assert filled(text, values) == "−1,235, −1,200, −1235, −1234.5678, 4x³ + 2x"


def test_a_brace_that_is_written_twice_is_a_brace():
    assert list(split_text("{{x: 1}}")) == ["", "{", "x: 1", "}", ""]
    assert filled("a set {{1, 2}}", {}) == "a set {1, 2}"


@pytest.mark.parametrize("text", ["{", "a } b", "{small}", "{: x}", "{small: }", "{small: {x}}"])
def test_a_brace_that_opens_no_placeholder_is_refused(text):
    with pytest.raises(InputError, match="a brace itself is written twice"):
        placeholders_in(text)


def test_an_unknown_format_is_told_with_what_is_near():
    with pytest.raises(InputError, match="did you mean two digits"):
        placeholders_in("{small: x | two digit}")
