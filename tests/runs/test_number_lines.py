"""Numbers in metrics.csv, read many at once, are those that Python reads one by one."""

from __future__ import annotations

import io

import numpy as np
import pytest

from relusgd.run_files import number_lines
from relusgd.run_files.decimals import DecimalText, has_wide_long_double
from relusgd.run_files.number_lines import read_columns

COLUMNS = {"step": True, "train_mse": False, "dead_units": True}


def places(fields: list[str]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Fields as a text, and where they begin and end."""
    text = "".join(f"{field}," for field in fields).encode("latin-1")
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord(","))
    begins = ends - [len(field) for field in fields]
    return text, begins, ends


def read(fields: list[str], kind: str) -> tuple[np.ndarray, np.ndarray]:
    text, begins, ends = places(fields)
    return getattr(DecimalText(text), kind)(begins, ends)


def lines(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def many_floats() -> list[float]:
    generator = np.random.default_rng(0)
    sizes = 10.0 ** generator.uniform(-7, 3, 50_000)
    return (sizes * generator.uniform(0.1, 10, 50_000)).tolist()


@pytest.mark.skipif(not has_wide_long_double(), reason="this machine's long double is another one")
def test_decimals_are_read_to_the_last_bit_and_nearly_all_of_them():
    fields = [repr(value) for value in many_floats() if 1e-4 <= value < 10]
    numbers, is_read = read(fields, "fractions")
    expected = np.array([float(field) for field in fields])
    assert np.array_equal(numbers[is_read], expected[is_read])
    assert is_read.mean() > 0.998


@pytest.mark.skipif(not has_wide_long_double(), reason="this machine's long double is another one")
@pytest.mark.parametrize("digits", range(1, 25))
def test_decimals_of_every_length_are_read_to_the_last_bit(digits):
    generator = np.random.default_rng(digits)
    drawn = generator.integers(0, 10, (3_000, digits)).astype(str)
    wholes = generator.integers(0, 10, 3_000).astype(str)
    fields = [f"{whole}.{''.join(row)}" for whole, row in zip(wholes, drawn, strict=True)]
    fields += ["0.", "0.0"[: digits + 2], "9." + "9" * digits, "0." + "9" * digits]
    numbers, is_read = read(fields, "fractions")
    expected = np.array([float(field) for field in fields])
    assert np.array_equal(numbers[is_read], expected[is_read])
    assert is_read.any()


@pytest.mark.skipif(not has_wide_long_double(), reason="this machine's long double is another one")
def test_a_decimal_beside_the_middle_of_two_floats_is_not_rounded_twice():
    # 1 + 2^-53 is the middle of 1 and the next float; these two lie 1e-18 to its sides.
    fields = ["1.000000000000000110", "1.000000000000000112"]
    numbers, is_read = read(fields, "fractions")
    assert not is_read.any() or numbers[is_read].tolist() == [float(f) for f in fields]


def test_whole_numbers_of_one_to_eight_digits_are_read():
    fields = ["0", "7", "42", "00012345", "99999999"]
    numbers, is_read = read(fields, "whole_numbers")
    assert numbers.tolist() == [0, 7, 42, 12345, 99999999]
    assert is_read.all()


@pytest.mark.parametrize("field", ["", "123456789", "-1", "1.0", "1e3", " 1", "1_0", ":", "/", "é"])
def test_what_is_no_short_whole_number_is_left_to_others(field):
    _, is_read = read(["5", field, "6"], "whole_numbers")
    assert is_read.tolist() == [True, False, True]


@pytest.mark.parametrize(
    "field",
    [
        "",
        ".",
        "5",
        "0.",
        ".5",
        "10.5",
        "-0.5",
        "1e-05",
        "1.5e3",
        "nan",
        "0.1_2",
        "0.:",
        "0/",
        "0.é",
    ],
)
def test_what_is_no_plain_decimal_is_left_to_others(field):
    _, is_read = read(["0.5", field, "0.25"], "fractions")
    assert not is_read[1]


@pytest.mark.parametrize("many_bytes", [0, 10**9])
def test_columns_hold_what_python_reads(many_bytes, monkeypatch):
    monkeypatch.setattr(number_lines, "MANY_BYTES", many_bytes)
    values = [*many_floats()[:5_000], float("nan"), float("inf"), 1e300, 5e-324, 0.0, 12.0]
    rows = [[str(k * 10**5), repr(value), "3"] for k, value in enumerate(values)]
    columns = read_columns(lines(rows), COLUMNS)
    assert columns["step"].tolist() == [k * 10**5 for k in range(len(values))]
    assert np.array_equal(columns["train_mse"], values, equal_nan=True)
    assert (columns["dead_units"] == 3).all()


@pytest.mark.parametrize("many_bytes", [0, 10**9])
@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["1", "0.5"], "lines of 3 numbers are expected"),
        (["1", "0.5", "3", "4"], "lines of 3 numbers are expected"),
        (["1", "0.5", "3\n1", "0.5", "3", "4\n7"], "lines of 3 numbers are expected"),
        (["1", "", "3"], "a number is missing|convert"),
        (["1", "half", "3"], "convert"),
        (["-1", "0.5", "3"], "step must be whole numbers from 0 on"),
        (["1.5", "0.5", "3"], "step must be whole numbers from 0 on"),
        (["1", "0.5", "nan"], "dead_units must be whole numbers from 0 on"),
        (["1", "0.5", "1e300"], "dead_units must be whole numbers from 0 on"),
    ],
)
def test_a_line_that_cannot_be_is_an_error(many_bytes, row, problem, monkeypatch):
    monkeypatch.setattr(number_lines, "MANY_BYTES", many_bytes)
    good = ["1", "0.5", "3"]
    with pytest.raises(ValueError, match=problem):
        read_columns(lines([good, row, good]), COLUMNS)


def test_a_changed_byte_is_told_or_read_as_by_numpy(monkeypatch):
    generator = np.random.default_rng(3)
    rows = [[str(k), repr(value), "12"] for k, value in enumerate(many_floats()[:20])]
    whole = lines(rows)

    def outcome(content: bytes, many_bytes: int) -> object:
        monkeypatch.setattr(number_lines, "MANY_BYTES", many_bytes)
        try:
            return {
                name: column.tolist() for name, column in read_columns(content, COLUMNS).items()
            }
        except ValueError:
            return "an error"

    for _ in range(3_000):
        content = bytearray(whole)
        content[generator.integers(len(whole))] = int(generator.integers(1, 256))
        if content[-1] == ord("\n"):
            by_fields = outcome(bytes(content), 0)
            by_numpy = outcome(bytes(content), 10**9)
            assert str(by_fields) == str(by_numpy)


@pytest.mark.parametrize("block_bytes", [1, 3, 2**19])
@pytest.mark.parametrize(
    ("content", "lines", "size"),
    [
        (b"a\nbb\nccc\n", 2, 5),
        (b"a\nbb\nccc\n", 9, 9),
        (b"a\nbb\nccc\n", 0, 0),
        (b"a\nbb\ncc", 3, 5),
        (b"a\nb\0\nc\n", 3, 2),
        (b"", 1, 0),
    ],
)
def test_the_size_of_lines_is_that_of_complete_ones_before_a_zero(
    block_bytes, content, lines, size, monkeypatch
):
    monkeypatch.setattr(number_lines, "BLOCK_BYTES", block_bytes)
    assert number_lines.size_of_lines(io.BytesIO(content), lines) == size
