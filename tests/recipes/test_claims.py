"""Claims: what is expected of the numbers of runs, and when they hold."""

import math

import pytest

from relusgd.errors import InputError
from relusgd.recipes.claims import MeasuredRun, judge
from relusgd.recipes.recipe import Claim


def claim(**keys):
    return Claim.model_validate({"quantity": "train_mse", "value": 1.0, **keys})


def runs(numbers, key="network.hidden", places=None, seed=0):
    """A run for each number, along one key."""
    places = places or [(2,), (4,), (8,), (16,)]
    return [
        MeasuredRun(seed, {key: place}, (number,))
        for place, number in zip(places, numbers, strict=False)
    ]


def verdict(one, measured):
    (found,) = judge([one], measured)
    return found


@pytest.mark.parametrize(
    ("keys", "numbers", "margin"),
    [
        ({"tolerance": 0.1}, [1.0, 1.05], 0.05),
        ({"tolerance": 0.1}, [1.0, 1.25], -0.15),
        ({"relation": "below"}, [0.5, 0.75], 0.25),
        ({"relation": "below"}, [0.5, 1.5], -0.5),
        ({"relation": "above"}, [1.5, 3.0], 0.5),
        ({"relation": "above"}, [1.0, 3.0], -math.ulp(0.0)),
        ({"relation": "below"}, [1.0], -math.ulp(0.0)),
        ({"tolerance": 0.1}, [1.0, math.nan], -math.inf),
    ],
)
def test_every_run_has_to_hold_and_the_worst_is_the_margin(keys, numbers, margin):
    found = verdict(claim(**keys), runs(numbers))
    assert found.margin == pytest.approx(margin)
    assert found.holds == (margin >= 0)


def test_an_exponent_is_the_slope_of_a_line_through_the_logarithms():
    one = claim(over="network.hidden", relation="exponent", value=-0.5, tolerance=0.01)
    numbers = [3 * width**-0.5 for width in (2, 4, 8, 16)]
    assert verdict(one, runs(numbers)).measured == (pytest.approx(-0.5),)
    assert not verdict(one, runs([3.0, 2.9, 2.8, 2.7])).holds


def test_a_ratio_is_that_of_neighbours():
    one = claim(over="network.hidden", relation="ratio", value=2, tolerance=0.1)
    assert verdict(one, runs([8.0, 4.0, 2.05])).measured == pytest.approx((2.0, 4 / 2.05))
    assert verdict(one, runs([8.0, 4.0, 2.05])).holds
    assert not verdict(one, runs([8.0, 4.0, 3.0])).holds


def test_a_ratio_to_zero_is_infinite_and_warns_nobody():
    one = claim(over="network.hidden", relation="ratio", value=2, tolerance=0.1)
    found = verdict(one, runs([8.0, 4.0, 0.0]))
    assert found.measured == (2.0, math.inf)
    assert not found.holds


@pytest.mark.parametrize(
    ("direction", "numbers", "holds"),
    [
        ("falling", [3.0, 2.0, 1.0], True),
        ("falling", [3.0, 2.0, 2.0], False),
        ("falling", [3.0, 4.0, 1.0], False),
        ("rising", [1.0, 2.0, 3.0], True),
        ("rising", [1.0, 2.0, 2.0], False),
    ],
)
def test_a_monotone_relation_is_strict(direction, numbers, holds):
    one = claim(over="network.hidden", relation="monotone", value=direction)
    assert verdict(one, runs(numbers)).holds == holds


def test_runs_along_an_axis_are_compared_seed_by_seed():
    one = claim(over="network.hidden", relation="monotone", value="falling")
    both = runs([3.0, 2.0], seed=0) + runs([30.0, 20.0], seed=1)
    assert verdict(one, both).holds
    assert not verdict(one, runs([3.0, 2.0], seed=0) + runs([2.0, 3.0], seed=1)).holds


def test_along_cases_the_order_is_that_of_the_file():
    one = claim(over="cases", relation="monotone", value="rising")
    assert verdict(one, runs([1.0, 2.0, 3.0], key="case", places=["z", "a", "m"])).holds


@pytest.mark.parametrize(
    ("take", "expected"), [("mean", 2.0), ("median", 1.0), ("smallest", 0.0), ("largest", 5.0)]
)
def test_over_seeds_one_number_stands_for_all(take, expected):
    numbers = [MeasuredRun(seed, {}, (number,)) for seed, number in enumerate([0.0, 5.0, 1.0])]
    assert verdict(claim(over="seeds", take=take), numbers).measured == (expected,)


def test_a_claim_that_is_about_nothing_is_an_error():
    about_8 = claim(where={"network.hidden": [8]})
    nobody = [MeasuredRun(0, {"network.hidden": (2,)}, (None,))]
    with pytest.raises(InputError, match=r"is about no run: none has network.hidden"):
        judge([about_8], nobody)
    over_rate = claim(over="training.learning_rate", relation="ratio")
    with pytest.raises(InputError, match=r"training\.learning_rate does not vary"):
        judge([over_rate], runs([1.0, 2.0]))
