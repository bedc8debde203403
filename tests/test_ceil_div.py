"""Division of whole numbers, rounded up."""

from math import ceil

from relusgd.ceil_div import ceil_div


def test_a_quotient_with_a_rest_is_rounded_up_and_one_without_is_kept():
    for number in range(200):
        for divisor in range(1, 30):
            assert ceil_div(number, divisor) == ceil(number / divisor)


def test_whole_numbers_that_no_double_holds_are_divided_exactly():
    assert ceil_div(10**30 + 1, 10) == 10**29 + 1
    assert ceil_div(10**30, 10) == 10**29
