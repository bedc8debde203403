"""Dates that are years with fractions, written as dates again."""

from datetime import date, datetime, timedelta

import pytest

from relusgd.model.data_file.dates import as_year, date_text


def test_every_day_of_eight_years_comes_back():
    for number in range(8 * 365):
        day = date(1999, 1, 1) + timedelta(days=number)
        assert date_text(as_year(datetime(day.year, day.month, day.day))) == day.isoformat()


def test_a_month_is_written_without_its_day():
    assert date_text(2020.72, with_day=False) == "2020-09"


@pytest.mark.parametrize("year", [-3.25, 12345.5])
def test_a_year_outside_the_calendar_stays_a_number(year):
    assert date_text(year) == f"{year:.2f}"
