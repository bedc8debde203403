"""Data files as people have them: read exactly, or refused in a sentence that says why."""

import hashlib
import os
import re
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.harness import faults_of, read_points

from relusgd.errors import InputError
from relusgd.model.data_file.columns import read_columns, read_positions


def values(path, **options):
    """x and y as they stand in the file."""
    columns = read_columns(path, **{"x": "x", "y": "y", **options})
    return columns.x.tolist(), columns.y.tolist()


def refusal(path, **options):
    """The one sentence that refuses a file, without its path."""
    (fault,) = faults_of(path, **options)
    return fault.replace(str(path), "")


# What is read


@pytest.mark.parametrize(
    "content",
    [
        "x,y\n2,20\n1,10\n3,-30.5\n",
        "\ufeffx,y\r\n2,20\r\n1,10\r\n3,-30.5\r\n",
        "x;y\n2;20\n1;10\n3;-30.5",
        "x;y\n2,0;20,0\n1,0;10,0\n3,0;-30,5",
        "x\ty\n2\t20\n1\t10\n3\t-30,5",
        "x|y\n2|20\n1|10\n3|-30.5",
        "x | y\n2 | 20\n1 | 10\n3 | -30.5\n",
        "x y\n2 20\n1 10\n3 -30.5\n",
        "  x      y\n  2   20.0\n\n  1   10.0\n  3  -30.5  \n",
        "x  y\n2 \t20\n1\t 10\n3   -30.5\n",
        ' x , y \n\n 2 , 20\n"1","10"\n   \n3,-3.05e1\n\n',
        "name,y,x,note\na,20,2,\nb,10,1,\nc,-30.5,3,ok\n",
        "x,y\r2,20\r1,10\r3,-30.5\r",
        'x,y,"a;b;c;d"\n2,20,\n1,10,\n3,-30.5,;\n',
        '"a;b,c";x;y\n1;2;20\n,;1;10\n;3;-30.5\n',
        "x,y,\n2,20,\n1,10,\n3,-30.5,\n",
        "x,y\n2,20,\n1,10,\n3,-30.5,,,\n",
        "x,y\n2,20\n,\n1,10\n,\n3,-30.5\n,\n",
        ",x,y\n0,2,20\n1,1,10\n2,3,-30.5\n",
        '"x" "y"\n"1" 2 20\n"2" 1 10\n"3" 3 -30.5\n',
        '"x","y"\n"Mazda RX4",2,20\n"Fiat 128",1,10\n"Volvo",3,-30.5\n',
        "x\ty\n1\t2\t20\n2\t1\t10\n3\t3\t-30.5\n",
        "# measured by hand\n# on a Monday\nx,y\n2,20\n1,10\n# later\n3,-30.5\n",
        "# x y\n2 20\n1 10\n3 -30.5\n",
        "% x, y\n2, 20\n1, 10\n3, -30.5\n",
        "Flow of the Nile, in 10^8 m³\n\nSource: Cobb, 1978\nx,y\n2,20\n1,10\n3,-30.5\n",
        "x,y\n(s),(m)\n2,20\n1,10\n3,-30.5\n",
        "x,y\ns,m/s\n2,20\n1,10\n3,-30.5\n",
        "x,y\n2,20\n1,10\n3,\u221230.5\n",
        "x;y\n2;20\n1;10\n3;\u2212\u200930,5\n",
        "x,y\n2,20\n1,10\n3,- 30.5\n",
        'x, "y"\n2, "20"\n1, "10"\n3, "-30.5"\n',
        "x\ty\n2\t\t20\n1\t\t10\n3\t\t-30.5\n",
        "'x'\t'y'\n2\t20\n1\t10\n3\t-30.5\n",
        "\ufeff\ufeffx\u200b,\u202ay\n2,20\n1,10\n3,-30.5\n",
        '" x\t","y\n"\n2,20\n1,10\n3,-30.5\n',
        "x,y\n2,20\n1,10\n3,-30.5\n\x1a",
        "| x | y |\n|---|--:|\n| 2 | 20 |\n| 1 | 10 |\n| 3 | -30.5 |\n",
        " x | y\n---+---\n 2 | 20\n 1 | 10\n 3 | -30.5\n",
        "+---+---+\n| x | y |\n+---+---+\n| 2 | 20 |\n| 1 | 10 |\n| 3 | -30.5 |\n+---+---+\n",
        "+---+---+\n| x | y |\n+===+===+\n| 2 | 20 |\n+---+---+\n| 1 | 10 |\n| 3 | -30.5 |\n",
        'Set:,"R1"\nTime:,"1996"\n=====\n,"x","y",\n\n"UK","2","20",\n"B","1","10",\n"C","3","-30.5",\n',
        "Series: L1\nAge: 16 years\n\nid,x,y,\nL1,2,20\nL1,1,10\nL1,3,-30.5\n",
        "sep=;\nx;y\n2;20\n1;10\n3;-30,5\n",
    ],
)
def test_a_file_is_read_whatever_its_delimiter_line_ends_and_further_columns(write, content):
    dataset = read_points(write(content))
    np.testing.assert_array_equal(dataset.x_train, [1, 2, 3])
    np.testing.assert_array_equal(dataset.y_train, [10, 20, -30.5])
    assert dataset.domain == (1.0, 3.0)


def test_a_header_below_other_lines_and_a_line_of_units_are_noted(write):
    columns = read_columns(write("A title\n\nx,y\n(s),(m)\n1,2\n3,4\n"), "x", "y")
    assert columns.notes == (
        "line 4 holds units and no data: '(s)', '(m)'",
        "the columns are named in line 3",
    )


def test_an_ordinary_file_is_read_without_a_word(write):
    assert read_columns(write("x,y\n1,2\n"), "x", "y").notes == ()


def test_many_rows_are_the_numbers_that_stand_there(write):
    """More rows than are read at a time."""
    draw = np.random.RandomState(0)
    x, y = draw.randn(2, 10_000)
    rows = [f"{a!r},{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    read_x, read_y = values(write("x,y\n" + "\n".join(rows)))
    np.testing.assert_array_equal(read_x, x)
    np.testing.assert_array_equal(read_y, y)


def test_a_fault_far_below_is_named_with_its_line(write):
    rows = [f"{i},{i}" for i in range(10_000)]
    rows[8999] = "8999,two"
    rows[123] = '123,"4\n"'
    assert refusal(write("x,y\n" + "\n".join(rows))).startswith(":9002: 'y' is 'two'")


def test_the_digest_is_the_sha_256_of_the_content(write):
    path = write("x,y\n1,2\n")
    assert read_points(path).digest == hashlib.sha256(b"x,y\n1,2\n").hexdigest()


# Points and commas

COMMA_FILE, SEMICOLON_FILE, TAB_FILE = ",", ";", "\t"
REFUSED = None


@pytest.mark.parametrize(
    ("delimiter", "cells", "numbers"),
    [
        # a number in one way alone
        (COMMA_FILE, ["1.5", "2"], [1.5, 2]),
        (COMMA_FILE, ["1,5", "2"], [1.5, 2]),
        (COMMA_FILE, ["1,234,567"], [1234567]),
        (COMMA_FILE, ["1,234.5"], [1234.5]),
        (COMMA_FILE, ["1.234,5"], [1234.5]),
        (COMMA_FILE, ["1.234.567"], [1234567]),
        (COMMA_FILE, ["0,188", "1234,567"], [0.188, 1234.567]),
        (COMMA_FILE, ["3,188e2"], [318.8]),
        (SEMICOLON_FILE, ["1,5", "2", "-,25"], [1.5, 2, -0.25]),
        (SEMICOLON_FILE, ["1.234,56", "1.234.567", "0,5"], [1234.56, 1234567, 0.5]),
        (SEMICOLON_FILE, ["1,234.56", "0.5"], [1234.56, 0.5]),
        (TAB_FILE, ["1,5", "2"], [1.5, 2]),
        # apostrophes and thin blanks can only be between groups; what else there is is decimal
        (COMMA_FILE, ["1'234", "1'234'567.5"], [1234, 1234567.5]),
        (COMMA_FILE, ["1’234"], [1234]),
        (SEMICOLON_FILE, ["1'234,567"], [1234.567]),
        (TAB_FILE, ["1\u202f234", "1\u00a0234,5"], [1234, 1234.5]),
        # a comma before three digits
        (COMMA_FILE, ["3,188"], REFUSED),
        (COMMA_FILE, ["3,188", "12.5"], REFUSED),
        (COMMA_FILE, ["3,188", "1,234,567"], REFUSED),
        (COMMA_FILE, ["3,188", "12,5"], REFUSED),
        ("|", ["3,188"], REFUSED),
        (SEMICOLON_FILE, ["3,188"], [3.188]),
        (TAB_FILE, ["3,188", "12,5"], [3.188, 12.5]),
        (SEMICOLON_FILE, ["3,188", "12.5"], REFUSED),
        (SEMICOLON_FILE, ["3,188", "1,234,567"], REFUSED),
        (TAB_FILE, ["3,188", "1,234.5"], REFUSED),
        # a point before three digits
        (COMMA_FILE, ["1.234"], [1.234]),
        (TAB_FILE, ["1.234", "800"], [1.234, 800]),
        ("|", ["1.234"], [1.234]),
        (COMMA_FILE, ["1.234", "1.234.567"], REFUSED),
        (COMMA_FILE, ["1.234", "3,14"], REFUSED),
        (TAB_FILE, ["1.234", "3,14"], REFUSED),
        (TAB_FILE, ["1.234", "3,188"], REFUSED),
        (SEMICOLON_FILE, ["1.234", "1.234,5"], REFUSED),
        (SEMICOLON_FILE, ["1.234", "800"], REFUSED),
        (SEMICOLON_FILE, ["1.234", "0.5"], [1.234, 0.5]),
        (SEMICOLON_FILE, ["1.234", "1234.567"], [1.234, 1234.567]),
        (SEMICOLON_FILE, ["0.123", "1.234"], [0.123, 1.234]),
        # both are decimal signs
        (COMMA_FILE, ["1.5", "1,5"], REFUSED),
        (SEMICOLON_FILE, ["1.5", "1,5"], REFUSED),
        (SEMICOLON_FILE, ["1,234.5", "1.234,5"], REFUSED),
        # no groups of three
        (COMMA_FILE, ["1,23,456"], REFUSED),
        (COMMA_FILE, ["12,34.5"], REFUSED),
        (SEMICOLON_FILE, ["1.23.456"], REFUSED),
        (COMMA_FILE, ["1'23"], REFUSED),
        (COMMA_FILE, ["1'234’567"], REFUSED),
        (COMMA_FILE, ["0,123,456"], REFUSED),
    ],
)
def test_no_separator_is_guessed(write, delimiter, cells, numbers):
    rows = [f'{i}{delimiter}"{cell}"' for i, cell in enumerate(cells)]
    path = write("\n".join([f"x{delimiter}y", *rows]))
    if numbers is not REFUSED:
        assert values(path) == (list(range(len(cells))), numbers)
        return
    assert re.match(r":\d+: 'y' (is|has) ['\"]", refusal(path))


def test_the_other_column_shows_what_a_point_means(write):
    assert values(write("x;y\n1.234;0.5\n2.345;0.7\n"))[0] == [1.234, 2.345]
    assert "could be 1.234 (decimal point) or 1234 (decimal comma)" in refusal(
        write("x\ty\n1.234\t0,5\n")
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            'x,y\n1,5\n2,"3,188"\n',
            ":3: 'y' is '3,188', which could be 3188 (decimal point) or 3.188 (decimal comma); "
            "say which with data.decimal: point or comma",
        ),
        (
            "x;y\n1;1.234.567\n2;1.234\n",
            ":3: 'y' is '1.234', which could be 1.234 (decimal point) or 1234 (decimal comma); "
            "say which with data.decimal: point or comma",
        ),
        (
            "x;y\n1;1.5\n2;2\n3;1,5\n",
            ":2: 'y' has '1.5' and, in line 4, '1,5': one decimal sign is needed; "
            "write all numbers the same way",
        ),
    ],
)
def test_both_readings_are_named(write, content, fault):
    assert refusal(write(content)) == fault


@pytest.mark.parametrize(
    ("decimal", "cells", "numbers"),
    [
        ("point", ["3,188", "1.234"], [3188, 1.234]),
        ("comma", ["3,188", "1.234", "1.234.567"], [3.188, 1234, 1234567]),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_config_says_what_a_file_does_not(write, delimiter, decimal, cells, numbers):
    rows = [f'{i}{delimiter}"{cell}"' for i, cell in enumerate(cells)]
    path = write("\n".join([f"x{delimiter}y", *rows]))
    assert values(path, decimal=decimal)[1] == numbers


def test_a_cell_that_is_no_number_with_the_decimal_sign_of_the_config_is_refused(write):
    path = write("x,y\n1,1.5\n2,25\n")
    assert refusal(path, decimal="comma") == (
        ":2: 'y' is '1.5', which is no number with data.decimal: comma"
    )


# Missing cells

AIR = "x,y\n1,41\n2,NA\n3,\n4,18\n5,?\n6,.\n7,n/a\n8,null\n"


def test_missing_cells_are_counted_with_their_lines_and_the_key(write):
    assert refusal(write(AIR)) == (
        ":3: 'y' is missing (NA, empty, ?, ., n/a, null) in 6 of 8 rows: lines 3, 4, 6, 7, 8, …; "
        "fill them in, or leave these rows out with data.missing=skip"
    )


def test_a_number_that_may_stand_for_a_missing_value_is_told_and_kept(write):
    columns = read_columns(write("x,y\n1,4.1\n2,-999\n3,3.5\n4,-999\n5,2.2\n"), "x", "y")
    assert columns.notes == (
        "'y' is -999 in 2 rows, far from its other values (2.2 … 4.1); where it stands for no "
        "value, leave the cell empty",
    )
    assert list(columns.y) == [4.1, -999, 3.5, -999, 2.2]


@pytest.mark.parametrize(
    "cells", ["-999 -998 -997", "98 99 100", "1 1000 99", "5 5 5", "-999 -999 -999"]
)
def test_a_nine_among_its_like_is_a_value(write, cells):
    rows = "".join(f"{x},{y}\n" for x, y in enumerate(cells.split()))
    assert read_columns(write(f"x,y\n{rows}"), "x", "y").notes == ()


def test_a_single_missing_cell_has_its_line(write):
    assert refusal(write("x,y\n1,2\n3,\n")) == (
        ":3: 'y' is missing (empty); fill it in, or leave the row out with data.missing=skip"
    )


def test_rows_without_x_or_y_are_left_out_and_counted_once(write):
    path = write("x,y,z\n1,41,\n2,NA,\n,5,\n,NaN,1\n4,18,\n")
    columns = read_columns(path, "x", "y", missing="skip")
    assert (columns.x.tolist(), columns.y.tolist()) == ([1, 4], [41, 18])
    assert columns.left_out == 3
    assert columns.notes == (
        "3 of 5 rows are left out: 'x' is missing in lines 4, 5 and 'y' is missing in lines 3, 5",
    )


def test_skipping_does_not_skip_what_is_wrong(write):
    assert refusal(write("x,y\n1,NA\n2,two\n"), missing="skip").startswith(":3: 'y' is 'two'")


def test_a_file_of_which_nothing_is_left_is_refused(write):
    assert "'y' is missing in line 2; no row is left" in refusal(
        write("x,y\n1,NA\n"), missing="skip"
    )


@pytest.mark.parametrize(
    "word",
    [
        *("", "NA", "n/a", "#N/A", "<NA>", "NaN", "null", "None", "-", "–", ".", "..", "?", "*"),
        *("no data", "NoData", "not available", "(missing)", "[null]", "#NV", "#N/D", "k.A."),
        *(".a", ".Z", "._"),
    ],
)
def test_the_words_of_other_programs_for_nothing_are_known(write, word):
    path = write(f"x,y\n1,2\n2,{word}\n")
    assert values(path, missing="skip") == ([1], [2])


# Dates


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2019-01-01", 2019),
        ("2019-07-02", 2019 + 182 / 365),
        ("2020-07-02", 2020.5),
        ("2020/07/02", 2020.5),
        ("2020-7-2", 2020.5),
        ("2019-12-31T12:00", 2019 + 364.5 / 365),
        ("2019-12-31 12:00:00.000", 2019 + 364.5 / 365),
        ("2020-07-02T02:00:00+02:00", 2020.5),
        ("2020-07-02 00:00Z", 2020.5),
        ("2019-03", 2019 + 59 / 365),
        ("2019M03", 2019 + 59 / 365),
        ("2020Q3", 2020 + 182 / 366),
        ("2020-Q3", 2020 + 182 / 366),
        ("Jul 2 2020", 2020.5),
        ("July 2, 2020", 2020.5),
        ("Jul-2-2020", 2020.5),
        ("2 Jul 2020", 2020.5),
        ("02-JUL-2020", 2020.5),
        ("2. July 2020", 2020.5),
        ("2020-Jul-02", 2020.5),
        ("2 Jul 2020 12:00", 2020 + 183.5 / 366),
        ("Sept. 2019", 2019 + 243 / 365),
        ("2019 May", 2019 + 120 / 365),
        ("2020.07.02", 2020.5),
        ("Thu, 2 Jul 2020 02:00:00 +0200", 2020.5),
        ("Thursday July 2nd 2020", 2020.5),
        ("2020-07-02 12:00 am", 2020.5),
        ("2020-07-02 12:00 PM", 2020 + 183.5 / 366),
        ("2020-07-02 00:00:00 UTC", 2020.5),
        ("2020-07-02 00:00:00,000", 2020.5),
        ("20200702T000000Z", 2020.5),
        ("2020-184", 2020.5),
        ("07/2020", 2020 + 182 / 366),
        ("Q3 2020", 2020 + 182 / 366),
        ("3Q2020", 2020 + 182 / 366),
        ("2020-W27-4", 2020.5),
        ("2019-W01", 2018 + 364 / 365),
    ],
)
def test_dates_are_years_with_fractions(write, cell, year):
    columns = read_columns(write(f'x,y\n"{cell}",1\n2021-01-01,2\n'), "x", "y")
    assert columns.x.tolist() == pytest.approx([year, 2021], abs=1e-12)
    assert columns.is_dated


def test_days_are_even_within_a_year(write):
    days = [date(2021, 1, 1) + timedelta(days=i) for i in range(365)]
    x, _ = values(write("x,y\n" + "".join(f"{day},1\n" for day in days)))
    np.testing.assert_allclose(x, 2021 + np.arange(365) / 365, rtol=0, atol=1e-12)


def test_what_many_cells_have_in_common_is_said_once(write):
    cells = ["1.250", "3.250", "4.250"]
    path = write("x;y\n" + "".join(f"{i};{cell}\n" for i, cell in enumerate(cells)) + "9;two\n")
    assert [fault.partition(":")[2] for fault in faults_of(path)] == [
        "2: 'y' is '1.250', which could be 1.25 (decimal point) or 1250 (decimal comma); "
        "say which with data.decimal: point or comma (the same for 2 more cells)",
        "5: 'y' is 'two', which is not a number",
    ]


def test_an_hour_is_shown_with_the_digits_that_it_needs(write):
    (note,) = read_columns(write("date,y\n2010-01-01 01:00,1\n2010-01-01 02:00,2\n")).notes
    assert note.endswith("2010-01-01 01:00 is 2010.000114")


def test_that_dates_are_read_as_years_is_said_once(write):
    path = write("x,y\n2019-01-01,1\n2020-07-02,2\n2021,3\n")
    assert read_columns(path, "x", "y").notes == (
        "the dates in 'x' are read as years: 2020-07-02 is 2020.5",
    )


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("03/04/2020", "could be 2020-04-03 (the day first) or 2020-03-04 (the month first)"),
        ("3.4.2020", "could be 2020-04-03 (the day first) or 2020-03-04 (the month first)"),
        ("13/04/2020", "is '13/04/2020', a date; write 2020-04-13"),
        ("04/13/2020", "is '04/13/2020', a date; write 2020-04-13"),
        ("4/4/2020 10:00", "a date; write 2020-04-04"),
        ("03/04/20", "four digits of the year"),
        ("Jan 1 00", "dates are read as 2020-03-31 or 2020-03"),
        ("31 Feb 2000", "dates are read as 2020-03-31 or 2020-03"),
        ("12-Mar-99", "dates are read as 2020-03-31 or 2020-03"),
        ("2020-02-30", "no date of the calendar"),
        ("2020-13", "no date of the calendar"),
        ("2. Juli 2020", "dates are read as 2020-03-31 or 2020-03"),
        ("2 de julio de 2020", "dates are read as 2020-03-31 or 2020-03"),
        ("2020年7月2日", "dates are read as 2020-03-31 or 2020-03"),
        ("3Q20", "dates are read as 2020-03-31 or 2020-03"),
        ("2020-07-02 13:00 PM", "no date of the calendar"),
        ("2020-366-1", "not a number"),
        ("12:30", "a time of day"),
        ("12", "is '12', a number among dates"),
        ("2020.07", "is '2020.07', a number among dates"),
    ],
)
def test_other_dates_are_refused_with_what_they_could_mean(write, cell, words):
    path = write(f"x,y\n2020-01-01,1\n2020-01-02,2\n{cell},3\n")
    fault = refusal(path)
    assert fault.startswith(":4: 'x' is ")
    assert words in fault


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["01.04.2020", "13.04.2020", "2.5.2020"], "the day first"),
        (["01/04/2020 06:00", "13/04/2020 12:00", "02/05/2020 18:30"], "the day first"),
        (["04/01/2020", "04/13/2020", "05/02/2020"], "the month first"),
        (["4-1-2020", "4-13-2020", "5-2-2020"], "the month first"),
    ],
)
def test_a_column_tells_which_number_of_its_dates_is_the_day(write, cells, order):
    written = read_columns(write("x,y\n2020-04-01,1\n2020-04-13,2\n2020-05-02,3\n"))
    rows = "\n".join(f"{cell};{1.5 * place}" for place, cell in enumerate(cells))
    read = read_columns(write(f"Datum;Wert\n{rows}\n"))
    np.testing.assert_allclose(read.x, written.x, rtol=0, atol=0.8 / 366)
    assert (read.x_name, read.y_name, read.is_dated) == ("Datum", "Wert", True)
    assert f"are read as years, {order}: {cells[1]} is 2020." in read.notes[-1]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("03.04.2020 04.05.2020", "write the one that is meant (the same for 1 more cell)"),
        ("13.04.2020 04.13.2020", "a date; write 2020-04-13"),
        ("13.04.2020 2020-05-02", "a date; write 2020-04-13"),
        ("13.04.2020 31.02.2020", "write 2020-02-31"),
    ],
)
def test_where_the_dates_of_a_column_tell_no_order_they_are_refused(write, cells, words):
    rows = "".join(f"{cell},{place}\n" for place, cell in enumerate(cells.split()))
    assert words in refusal(write(f"x,y\n{rows}"))


def test_eight_digits_are_a_number_or_a_date(write):
    path = write("x,y\n20200301,1\n20200302,2\n20200401,3\n")
    assert refusal(path) == (
        ":2: 'x' is '20200301', which could be a number or the date 2020-03-01; "
        "name the column date, or write numbers with a point (20200301.0)"
    )
    path = write("x,y\n20200301.0,1\n20200302.0,2\n20200401.0,3\n")
    assert values(path)[0] == [20200301, 20200302, 20200401]
    assert values(write("x,y\n20200301,1\n20200399,2\n20200401,3\n"))[0][1] == 20200399


@pytest.mark.parametrize(
    ("first", "second", "date"),
    [
        ("202007", "202101", "2020-07"),
        ("2020184", "2021001", "2020-07-02"),
        ("2020070200", "2021010100", "2020-07-02 00:00"),
        ("202007020000", "202101010000", "2020-07-02 00:00"),
        ("20200702000000", "20210101000000", "2020-07-02 00:00"),
    ],
)
def test_other_digits_that_are_dates_are_read_or_refused_alike(write, first, second, date):
    rows = f"{first},1\n{second},2\n,3\n{second},4\n"
    columns = read_columns(write(f"yyyymm,y\n{rows}"), missing="skip")
    year = 2020 + 182 / 366 if first == "202007" else 2020.5
    assert columns.x.tolist() == pytest.approx([year, 2021, 2021], abs=1e-12)
    (doubt,) = faults_of(write(f"x,y\n{rows}"), missing="skip")
    assert f"is '{first}', which could be a number or the date {date}; name the" in doubt
    assert values(write(f"x,y\n{rows}{int(first) + 0.5},5\n"), missing="skip")[0][0] == int(first)


def test_dates_of_six_digits_without_their_century_are_refused(write):
    words = "could be a number or a date; write its year with four digits, or write numbers with a"
    assert words in refusal(write("date,y\n200101,1\n200115,2\n200131,3\n"), x="date")
    assert values(write("x,y\n200101,1\n200115,2\n200131,3\n"))[0] == [200101, 200115, 200131]


def test_seasons_are_not_taken_for_months(write):
    assert refusal(write("year,y\n2009/10,1\n2010/11,2\n2011/12,3\n"), x="year") == (
        ":2: 'year' is '2009/10', which could be the month 2009-10 or the time from 2009 to 2010; "
        "write months with their day (2009-10-01), or years alone (2009)"
    )
    months = read_columns(write("year,y\n2009/10,1\n2009/11,2\n2009/12,3\n"))
    assert months.is_dated


@pytest.mark.parametrize("name", ["date", "DATE", "obs_date", "Datum", "YYYYMMDD"])
def test_eight_digits_are_a_date_where_the_name_of_the_column_says_so(write, name):
    path = write(f"{name},y\n20200702,1\n20190101,2\n,3\n20190702,4\n")
    columns = read_columns(path, missing="skip")
    assert columns.x.tolist() == [2020.5, 2019, 2019 + 182 / 365]
    assert columns.notes[-1] == f"the dates in '{name}' are read as years: 20200702 is 2020.5"
    assert read_columns(write("date,y\n20200702,1\n20209999,2\n"), "date", "y").x[0] == 20200702


def test_dates_are_x_and_nothing_else(write):
    path = write("x,y\n1,2020-01-01\n2,2020-01-02\n")
    assert refusal(path) == (
        ":2: 'y' is '2020-01-01', a date; dates are read as x alone (the same for 1 more cell)"
    )


# Which columns


@pytest.mark.parametrize(
    ("content", "given", "names"),
    [
        ("year,flow\n1,2\n", {}, ("year", "flow")),
        ("name,year,flow\na,1,2\nb,3,4\n", {}, ("year", "flow")),
        ("a,b,x,y\n1,2,3,4\n", {}, ("x", "y")),
        ("year,flow,depth\n1,2,3\n", {"x": "year", "y": "depth"}, ("year", "depth")),
        ("year,flow,name\n1,2,a\n", {"y": "year"}, ("flow", "year")),
        ("flow,day\n2,2020-01-01\n3,2020-01-02\n", {}, ("day", "flow")),
        (",year,flow\n0,1,2\n1,3,4\n", {}, ("year", "flow")),
        (",flow\n2020-01-01,1\n2020-01-02,3\n", {}, ("index", "flow")),
        (",flow\n0,1\n1,3\n", {"y": "flow"}, ("index", "flow")),
        (",a,b\n0,1,2\n1,3,4\n", {"x": "index", "y": "b"}, ("index", "b")),
        ("year;flow;name\n1,5;NA;a\n2,5;3;b\n", {"missing": "skip"}, ("year", "flow")),
    ],
)
def test_the_columns_are_those_named_or_the_only_two_of_numbers(write, content, given, names):
    columns = read_columns(write(content), **given)
    assert (columns.x_name, columns.y_name) == names


@pytest.mark.parametrize(
    ("content", "given", "fault"),
    [
        (
            "a,b,c,d\n1,2,3,u\n",
            {},
            "data.x and data.y are not given, and there are 3 columns of numbers: 'a', 'b', 'c'",
        ),
        ("a,b,c\n1,2,3\n", {"x": "a"}, "data.y is not given, and there are 3 columns of numbers"),
        ("a,b\n1,u\n", {}, "and 'a' alone holds numbers; the columns are 'a', 'b'"),
        ("a,b\nt,u\n", {}, "and no column holds numbers; the columns are 'a', 'b'"),
        ("1871,1120\n1872,1160\n", {}, "the first line must name the columns; it holds numbers"),
    ],
)
def test_columns_that_are_not_clear_are_refused_with_the_choice(write, content, given, fault):
    assert fault in refusal(write(content), **{"x": None, "y": None, **given})


def test_row_names_that_are_texts_are_no_column_of_numbers(write):
    fault = refusal(write('"","rate"\n"ATS",13.7\n"BEF",40.3\n'), x=None, y=None)
    assert fault.endswith("'rate' alone holds numbers; the columns are 'index', 'rate'")


@pytest.mark.parametrize(
    "content",
    [
        'Set:,"R1"\nTime:,"1996"\n=====\n,"x","y",\n\n"UK","2","20",\n"B","1","10",\n"C","3","4",\n',
        "Series: L1\nAge: 16 years\n\nid,x,y,\nL1,2,20\nL1,1,10\nL1,3,4\n",
        "Report 7,of 1998\nPage,2\nx,y,z,note\n2,20,a,\n1,10,b,\n3,4,c,good\n",
    ],
)
def test_the_names_are_found_below_titles_that_have_commas(write, content):
    columns = read_columns(write(content))
    assert (columns.x_name, columns.y_name) == ("x", "y")
    assert columns.y.tolist() == [20, 10, 4]


def test_one_column_alone_is_read_as_x_is(write):
    path = write("flow;year;name\n1;1901,5;a\n\n2;1902,0;b\n")
    assert read_positions(path, "year").tolist() == [1901.5, 1902]
    assert read_positions(write("day\n2020-07-02\n2021-01-01\n"), "day").tolist() == [2020.5, 2021]
    with pytest.raises(InputError, match="fill in what is missing, or leave these rows out"):
        read_positions(write("x,y\nNA,1\n2,3\n"), "x")


# What is refused


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("x,y\n1,inf\n", [":2: 'y' is 'inf', which is not finite"]),
        ("x,y\n1,1e999\n", [":2: 'y' is '1e999', which is not finite"]),
        ("x,y\n\n1,two\n", [":3: 'y' is 'two', which is not a number"]),
        ("x,y\n1,1_000\n", [":2: 'y' is '1_000', with underscores between its digits; write 1000"]),
        ("x,y\n1,٣\n", [":2: 'y' is '٣', whose digits are not 0 to 9; write 3"]),
        ("x,y\n1,１２.５\n", [":2: 'y' is '１２.５', whose digits are not 0 to 9; write 12.5"]),
        ("x,y\n1,0x1F\n", [":2: 'y' is '0x1F', a whole number in another base; write 31"]),
        ("x,y\n1,–5\n", [":2: 'y' is '–5', with a dash in place of the sign; write -5"]),
        ("x,y\n1,\u200b5\n", [r"5', a number with the invisible character U+200B; write 5"]),
        ("x,y\n1,~5\n", [":2: 'y' is '~5', a rounded number; write it without the sign ~"]),
        ("x,y\n1,5k\n", [":2: 'y' is '5k', a number with 'k' behind it; write the number that is"]),
        ("x,y\n1,1.#INF\n", [":2: 'y' is '1.#INF', which is not finite"]),
        ('x,y\n1,"=cmd|\x07"\n', [r":2: 'y' is '=cmd|\x07', a formula of a spreadsheet"]),
        ("x,y\n1,5%\n", [":2: 'y' is '5%', which could be 5 or a hundredth of it"]),
        ("x,y\n1,$5\n", [":2: 'y' is '$5', with the currency sign $; write the number alone"]),
        ("x,y\n1,5 €\n", [":2: 'y' is '5 €', with the currency sign €"]),
        ("x,y\n1,(5)\n", [":2: 'y' is '(5)', which could be -5, as accountants write it, or 5"]),
        ("x,y\n1,“5”\n", [":2: 'y' is '“5”', a number in quotes that are part of the cell"]),
        ("x,y\n1,1 234\n", [":2: 'y' is '1 234', which could be 1234 or several numbers"]),
        ("x,y\n1,5 kg\n", [":2: 'y' is '5 kg', a number with 'kg' behind it; write 5"]),
        ("x,y\n1,5-\n", [":2: 'y' is '5-', with the sign behind it; write -5"]),
        ("x,y\n1,<5\n", [":2: 'y' is '<5', a bound and no number"]),
        ("x,y\n1,10-20\n", [":2: 'y' is '10-20', which holds two numbers; write one"]),
        ("x,y\n1,1/2\n", [":2: 'y' is '1/2', a fraction or two numbers; write one number"]),
        ("x,y\n1,½\n", [":2: 'y' is '½', a fraction or two numbers; write one number"]),
        ("x,y\n1,1.5D+03\n", [":2: 'y' is '1.5D+03', an exponent of Fortran; write 1.5e+03"]),
        ("x,y\n1,1.5×10^3\n", [":2: 'y' is '1.5×10^3', a power of ten; write 1.5e3"]),
        ("x,y\n1,2*10**-3\n", [":2: 'y' is '2*10**-3', a power of ten; write 2e-3"]),
        ("x,y\n1,2 x 10⁻³\n", [":2: 'y' is '2 x 10⁻³', a power of ten; write 2e-3"]),
        (
            "x,y\n1,ND\n",
            [":2: 'y' is 'ND', which could be no data, or less than could be measured"],
        ),
        ("x,y\n1,2\nx,y\n", [":3: 'x' is 'x', the name of the column again", ":3: 'y' is 'y'"]),
        ("x,y\n1,TRUE\n", [":2: 'y' is 'TRUE', a truth value; write 1 and 0"]),
        ("x,y\n1,#DIV/0!\n", [":2: 'y' is '#DIV/0!', an error of a spreadsheet"]),
        ("x,y\n1,2\nTotal,2\n", [":3: 'x' is 'Total', which is not a number; a row of totals"]),
        (
            "x,y\n1,2\nSource: the office\n",
            [":3: 1 cell where the first line names 2 columns; a text below or within the table"],
        ),
        (
            "x,y\n1,2\n1,3,14\n",
            [":3: 3 cells where the first line names 2 columns; a cell that holds a comma needs"],
        ),
        ("x,y\n1\n", [":2: 1 cell where the first line names 2 columns"]),
        ("A title\nx,y\n1\n", [":3: 1 cell where line 2 names 2 columns"]),
        (
            "x,y\n1,3,14\n2,2,72\n",
            [
                ": the rows have 3 cells and the header names 2 columns: either the first column "
                "has no name, as R's write.table leaves it, or a comma is a decimal sign; name "
                "the first column, or separate the cells by semicolons"
            ],
        ),
        ('note,x,y\n"two\nlines",1,2\nz,a,b\n', [":4: 'x' is 'a'", ":4: 'y' is 'b'"]),
        ('x,y\n1,"2\n', [":2: a quote opens here and nothing closes it"]),
        ('x,"y\n1,2\n', [":1: a quote opens here and nothing closes it"]),
        ('x,y\n1,"2" m\n', [":2: the quotes of a cell end before the cell does"]),
        (
            "x,y\n1,2\n" + "1,u\n" * 22,
            [":3: ", ":4: ", ":5: ", ":6: ", ":7: ", ": and 17 more"],
        ),
        ("x,y\n", [" has column names but no data rows"]),
        ("", [" is empty"]),
        ("\ufeff \n\n", [" is empty"]),
        ("#", [" holds nothing but comments; a line of column names"]),
        ("#\n#\n", [" holds nothing but comments; a line of column names"]),
        (
            "year,flow\n1,2\n",
            [
                ": there is no column 'x'; the columns are 'year', 'flow'",
                ": there is no column 'y'; the columns are 'year', 'flow'",
            ],
        ),
        (
            "x:y\n1:2\n",
            [
                ": there is no column 'x'; there is one column, 'x:y'; columns are separated by "
                "commas, semicolons, tabs, vertical bars or blanks",
                ": there is no column 'y'; there is one column",
            ],
        ),
        ("X,y\n1,2\n", [": there is no column 'x'; did you mean 'X'? The columns are 'X', 'y'"]),
        ("x,y\n1,2\n", []),
        ("1871,1120\n1872,1160\n", [": the first line must name the columns; it holds numbers"]),
        ("x,y,x\n1,2,3\n", [": 2 columns are named 'x'; rename one"]),
        (b"x,y\n1,2\xff\n", [":2: this is not text in UTF-8"]),
        (b"\x89PNG\r\n\x1a\n\0\0", [" is a binary file"]),
        (b"x,y\n1,2\n3,\0\n", [" is a binary file (line 3 has a NUL character)"]),
        ("x,y\n1,2\n".encode("utf-16"), [" is text in UTF-16; save it as UTF-8"]),
        ("x,y\n1,2\n".encode("utf-16-be"), [" is text in UTF-16; save it as UTF-8"]),
        ("x,y\n1,2\n".encode("utf-32"), [" is text in UTF-32; save it as UTF-8"]),
        (
            "x,y\n1," + "9" * 200_000 + "\n",
            [":2: a cell of more than 131,072 characters begins here"],
        ),
        ("x,y," + "z" * 200_000 + "\n1,2,3\n", [":1: a cell of more than 131,072 characters"]),
        ("1,2," * 20_000 + "\n", [": a row has 40,001 cells; at most 20,000 columns are read"]),
        ("x,y\n1e308,1\n-1e308,2\n", ["too wide"]),
    ],
)
def test_a_faulty_file_is_refused_with_every_place(write, content, faults):
    path = write(content)
    if not faults:
        read_points(path)
        return
    found = faults_of(path)
    assert len(found) == len(faults)
    for fault, expected in zip(found, faults, strict=True):
        assert expected in fault
        assert fault.isprintable()
        if expected.startswith(":"):
            assert fault.startswith(str(path))


@pytest.mark.parametrize("wanted", ["mean_temp", "Mean Temp", "meantemp", "mean tempp"])
def test_a_column_is_named_that_differs_in_blanks_signs_or_the_case_of_letters(write, wanted):
    path = write("mean temp,y\n1,2\n")
    assert "did you mean 'mean temp'?" in refusal(path, x=wanted)


@pytest.mark.parametrize("header", ['"a\nb",y', "a\tb,y", "a\u00a0b,y", "a\x01 b,y", "  a   b,y"])
def test_a_name_is_one_printable_line_and_is_found_by_it(write, header):
    path = write(f"{header}\n1,2\n2,3\n")
    assert read_columns(path).x_name == "a b"
    assert read_columns(path, "a b", "y").x.tolist() == [1, 2]


def test_of_columns_of_one_name_none_is_taken(write):
    assert (
        refusal(write("x,x,y\n1,2,3\n"), x=None, y=None) == ": 2 columns are named 'x'; rename one"
    )
    assert "2 columns are named 'a'" in refusal(write("a,a\n1,2\n"), x=None, y=None)


def test_one_column_cannot_be_both_x_and_y(write):
    assert "x and y name the same column, x" in refusal(write("x,y\n1,2\n"), y="x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x1f\x8b\x08\x00", "is a compressed file (gzip); unpack it"),
        (b"BZh91AY", "is a compressed file (bzip2)"),
        (b"PK\x03\x04....xl/workbook.xml", "is an Excel workbook; in the spreadsheet program"),
        (b"PK\x03\x04....data.csv", "is a compressed file (zip)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an Excel workbook"),
        (b"PAR1\x15\x04", "is a Parquet file; write it as CSV"),
        (b"\x93NUMPY\x01\x00", "is a NumPy array; write it as CSV"),
        (b"<!DOCTYPE html>\n<html><table>", "is a page of HTML or XML, not a table"),
        (b"\n<?xml version='1.0'?>", "is a page of HTML or XML"),
        (b'[{"x": 1, "y": 2}]', "is JSON; a CSV file is expected"),
        (b'\xef\xbb\xbf{"x": [1], "y": [2]}\n', "is JSON"),
        (b'{"x": 1, "y": 2}\n{"x": 2, "y": 3}\n', "is JSON"),
        (b"% Iris\n\n@RELATION iris\n@data\n1,2\n", "is an ARFF file; write its rows as CSV"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer, not the data"),
    ],
)
def test_a_file_of_another_kind_is_named_as_what_it_is(write, content, words):
    assert words in refusal(write(content))


def test_a_missing_file_a_folder_and_a_path_that_is_none_are_refused(tmp_path, write):
    assert "there is no file" in refusal(tmp_path / "none.csv")
    assert "is a folder" in refusal(tmp_path)
    assert "is not a legal path" in faults_of(tmp_path / "a\0b")[0]
    assert "cannot be read" in refusal(tmp_path / ("a" * 300))
    write("x,y\n1,2\n", name="flow.csv")
    assert f"did you mean {tmp_path / 'flow.csv'}?" in refusal(tmp_path / "Flows.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are Unix's")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is not a regular file" in refusal(tmp_path / "pipe.csv")


def test_a_file_without_permission_is_refused(write, monkeypatch):
    path = write("x,y\n1,2\n")
    monkeypatch.setattr(
        "pathlib.Path.open",
        lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")),
    )
    assert refusal(path) == " cannot be read: Permission denied"


def test_an_enormous_file_is_refused(write, monkeypatch):
    monkeypatch.setattr("relusgd.model.data_file.content.MAX_BYTES", 8)
    read_points(write("x,y\n1,2\n"))
    assert "thin its rows" in refusal(write("x,y\n1,22\n"))


def test_a_long_cell_is_refused_at_once(write):
    """A pattern that tried every way to split a hundred thousand digits would take hours."""
    for cell in ("1" * 100_000 + "%", "1," * 50_000, "(" + "1." * 50_000, "9" * 100_000):
        assert ":2: 'y' is " in refusal(write(f'x,y\n1,"{cell}"\n'))


cells = st.sampled_from(
    [
        *("x", "y", "1", "-2.5", "", "nan", '"', ";", "\t", "\0", "é", "1,5", "9" * 400, "|", " "),
        *("2020-01-01", "0000-00-00", "1.234", "3,188", "# x", "(m)", "5%", "1'234", "\u2212", "²"),
    ]
)
texts = st.lists(st.lists(cells, max_size=4), max_size=6)


@settings(max_examples=400)
@given(
    st.binary(max_size=60)
    | st.tuples(texts, st.sampled_from(",;\t| ")).map(
        lambda drawn: "\n".join(["x,y", *(drawn[1].join(row) for row in drawn[0])]).encode()
    ),
    st.sampled_from([None, "x"]),
    st.sampled_from(["refuse", "skip"]),
    st.sampled_from([None, "point", "comma"]),
)
def test_any_file_is_read_or_refused(tmp_path_factory, content, x, missing, decimal):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        dataset = read_points(path, x=x, y=None, missing=missing, decimal=decimal)
        assert np.isfinite(dataset.x_train).all()
        assert np.isfinite(dataset.y_train).all()
    except InputError as error:
        assert str(path) in error.message or "too wide" in error.message  # noqa: PT017 — both outcomes are right
