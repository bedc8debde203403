"""Ticks are round, few and apart; steps and errors have their places."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import even_ticks, fitting_ticks


def boxes(ticks, low, high, room, pixels):
    """Left and right edge of each label along the axis, in pixels."""
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        at, half = (place - low) / (high - low) * room, text_width(label, pixels) / 2
        yield at - half, at + half


def assert_apart(edges):
    edges = list(edges)
    assert all(right < left for (_, right), (left, _) in pairwise(edges)), edges


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(150, 2000))
def test_labels_along_any_axis_stay_apart(low, span, room):
    high = low + span
    if high - low < 1e-9 * max(abs(low), abs(high)):
        return
    ticks = fitting_ticks(low, high, room, 12)
    assert_apart(boxes(ticks, low, high, room, 12))
    assert ticks.labels


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(150, 2000))
def test_labels_along_any_steps_stay_apart(first, steps, room):
    axis = TimeAxis(first, first + steps)
    ticks = axis.ticks(room, 12)
    assert f"{first:,}" in ticks.labels
    assert_apart(boxes(ticks, *axis.limits(), room, 12))


def test_years_are_written_plainly():
    assert even_ticks(1871, 1970, 5).labels == ("1880", "1900", "1920", "1940", "1960")


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ("0.0", "0.5", "1.0")),
        (-0.5, 0.5, ("−0.5", "0.0", "0.5")),
        (0.0, 0.5, ("0.00", "0.25", "0.50")),
        (0.0, 5.0, ("0.0", "2.5", "5.0")),
        (0.0, 50_000.0, ("0", "25,000", "50,000")),
        (0.0, 2e6, ("0", "1e6", "2e6")),
        (0.0, 2e-5, ("0", "1e−5", "2e−5")),
    ],
)
def test_ticks_have_the_decimals_that_they_need(low, high, labels):
    assert even_ticks(low, high, 2).labels == labels


def test_the_first_step_and_the_last_are_at_the_ends_of_the_step_axis():
    axis = TimeAxis(0, 150_000)
    low, high = axis.limits(margin=0.0)
    assert axis.place(np.array([0, 150_000])) == pytest.approx([low, high])
    assert "100,000" in axis.ticks(900, 12).labels


def test_a_single_snapshot_has_a_step_axis():
    axis = TimeAxis(0, 0)
    assert axis.ticks(500, 12).labels == ("0",)


def test_powers_of_ten_mark_an_error_axis():
    axis = ErrorAxis.around([np.array([0.5, 0.02, 0.004])], 0.01)
    assert sorted(axis.ticks(4).labels) == ["0.01", "0.1"]
    assert axis.low < np.log10(0.004)
    assert axis.high > np.log10(0.5)


def test_an_error_axis_within_a_decade_still_has_two_ticks():
    assert len(ErrorAxis.around([np.array([0.31, 0.34])], None).ticks(4).places) >= 2


def test_errors_of_zero_stand_on_the_floor_of_the_axis():
    axis = ErrorAxis.around([np.array([1.0, 0.1, 0.0])], None)
    assert axis.place(np.array([0.0])) == [axis.low]


def test_diverged_errors_do_not_flatten_the_others():
    axis = ErrorAxis.around([np.array([1e200, *np.geomspace(1, 0.01, 30)])], 0.01)
    assert axis.high - axis.low < 12
    assert axis.low < np.log10(0.01)


def test_a_start_is_seen_and_what_diverges_from_it_leaves_through_the_top():
    axis = ErrorAxis.around([np.array([0.5, 1e207, 1e215]), np.array([0.4, 1e207, 1e215])], 0.01)
    assert axis.low < np.log10(0.01)
    assert axis.high < 12
    assert axis.place(np.array([1e207]))[0] == axis.high


def test_a_catapult_of_a_few_steps_is_seen_whole():
    way_down = np.geomspace(0.5, 1e-3, 1000)
    axis = ErrorAxis.around([np.array([1.5, 8, 50, 48, 10, *way_down])], None)
    assert axis.high > np.log10(50)
    spiked = ErrorAxis.around([np.array([1.5, *way_down, 1e30, 1e-3])], None)
    assert spiked.high < 3


def test_without_any_error_there_is_still_an_axis():
    axis = ErrorAxis.around([np.array([np.nan, 0.0])], None)
    assert axis.low < axis.high
    assert axis.ticks(3).labels


def test_results_of_all_sizes_stand_apart_in_whatever_order_they_come():
    results = np.array([7e-30, 7e-5, 1.7e-17, 7e-12])
    axis = ErrorAxis.of_results([results], None)
    np.testing.assert_allclose(axis.place(results), np.log10(results))
    low, high = axis.limits
    assert low < np.log10(7e-30)
    assert high > np.log10(7e-5)


def test_results_of_a_few_runs_that_diverged_do_not_flatten_the_others():
    axis = ErrorAxis.of_results([np.array([1e180, 1e-2, 1e-3, 1e200, 1e-1, np.inf])], None)
    _, high = axis.limits
    assert -1 < high < 0


def test_results_of_as_many_runs_that_diverged_as_of_others_are_all_shown():
    low, high = ErrorAxis.of_results([np.array([1e-3, 1e200])], 1e-4).limits
    assert low < -4
    assert high < 0
    low, high = ErrorAxis.of_results([np.array([1e-3, 1e200])], None).limits
    assert (low < -3, high > 200) == (True, True)


def test_results_have_an_axis_even_if_none_can_be_drawn():
    assert ErrorAxis.of_results([np.array([0.0, np.nan])], None).limits == (-3.0, 0.0)


def test_courses_that_begin_lower_than_others_do_not_cut_them():
    ridge, descent = np.full(3, 7e-30), np.array([0.5, 1e-3, 7e-5])
    later = descent[1:]
    axis = ErrorAxis.around([ridge, descent], None)
    np.testing.assert_allclose(axis.place(later), np.log10(later))
