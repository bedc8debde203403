"""What is done to an input: to its bytes, or to what it says."""

from __future__ import annotations

import copy
import json

WORDS = [
    "-1",
    "0",
    "1e400",
    "nan",
    ".inf",
    "null",
    "[]",
    "{}",
    "!!python/object:os.system",
    "&a",
    "*a",
    "<<",
    "\x00",
    "\x1b[31m",
    "é",
    "9" * 30,
]
WORDS += [
    "x/0",
    "1/x",
    "x**x**x",
    "__import__",
    "(" * 40,
    "exp(exp(exp(9*x)))",
    "\n",
    "\t",
    ":",
    ",",
    '"',
    "=1+1",
    "<script>",
    "../../x",
    "~",
]
WORDS += [
    "\ufeff",
    "\u2028",
    "\u202e",
    "\ud800",
    "1_000",
    "0x1F",
    "1:30",
    "- ",
    "? ",
    "--- ",
    "%YAML 9.9\n",
    "@",
    "`",
    "|",
    ">",
    "#",
    "'",
    "\r",
]

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2,
    3,
    7,
    40,
    2**31,
    2**63,
    2**64 - 1,
    2**64,
    10**30,
    -0.0,
    0.5,
    1e-300,
    1e300,
    5e-324,
]
VALUES += [
    1.7976931348623157e308,
    float("inf"),
    float("nan"),
    "",
    "x",
    "full",
    "auto",
    "sin(6*x)",
    "x/0",
    "\x1b[2J",
    "a\nb",
    "=1+1",
    "../x",
    "é",
]
VALUES += [
    [],
    [0, 1],
    [1, 0],
    [3],
    [[3]],
    [1e308, -1e308],
    [0.0, 1e-320],
    {},
    {"a": 1},
    {"kind": "cosine"},
    {"kind": "step", "every": 1, "factor": 2},
]
VALUES += [{"x": [0, 1], "y": [0, 1]}, {"x": [0, 5e-324], "y": [1e308, -1e308]}, "9" * 400]


def bytes_changed(chance, data, times=3):
    """One to three small changes of a file's bytes, or lines of it gone, doubled or elsewhere."""
    data = bytearray(data)
    for _ in range(chance.randint(1, chance.choice([1, 1, times]))):
        change = chance.choice(CHANGES)
        change(chance, data, chance.randrange(len(data) + 1))
    return bytes(data)


def turn_a_bit(chance, data, at):
    if data:
        data[at % len(data)] ^= 1 << chance.randrange(8)


def write_a_digit(chance, data, at):
    digits = [place for place, byte in enumerate(data) if chr(byte).isdigit() and byte < 128] or [
        at
    ]
    place = chance.choice(digits)
    data[place : place + 1] = chance.choice(
        [b"0", b"1", b"7", b"9", b"-1", b"1e9", b"99", b"0.5", b".", b"", b"x"]
    )


def write_a_word(chance, data, at):
    data[at : at + chance.choice([0, 0, 1, 8])] = chance.choice(WORDS).encode(
        errors="surrogatepass"
    )


def cut_out(chance, data, at):
    del data[at : at + chance.randint(1, 12)]


def cut_off(chance, data, at):
    del data[at if chance.random() < 0.3 else max(0, len(data) - chance.randint(1, 20)) :]


def double(chance, data, at):
    data[at:at] = data[at // 2 : at]


def change_lines(chance, data, at):
    lines = data.splitlines(keepends=True)
    if not lines:
        return
    one, other, kind = (
        chance.randrange(len(lines)),
        chance.randrange(len(lines)),
        chance.randrange(4),
    )
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    elif kind == 2:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines[one] = b"  " + lines[one]
    data[:] = b"".join(lines)


CHANGES = [
    turn_a_bit,
    write_a_digit,
    write_a_digit,
    write_a_word,
    cut_out,
    cut_off,
    double,
    change_lines,
    change_lines,
]


def places(value, path=()):
    """The path of everything in nested dicts and lists."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def meaning_changed(chance, value, times=3):
    """A copy in which one to three values are others, are gone, have another name, or have changed
    places.
    """
    value = copy.deepcopy(value)
    for _ in range(chance.randint(1, times)):
        path = chance.choice([*places(value)] or [()])
        if not path:
            return value
        block = value
        for key in path[:-1]:
            block = block[key]
        kind = chance.randrange(6)
        if kind < 3:
            block[path[-1]] = copy.deepcopy(chance.choice(VALUES))
        elif kind == 3:
            del block[path[-1]]
        elif isinstance(block, dict) and kind == 4:
            block[chance.choice([*block, "X", "x y", "é", "a.b", "\x1b"])] = block.pop(path[-1])
        elif isinstance(block[path[-1]], int | float) and abs(block[path[-1]]) < 1e18:
            block[path[-1]] *= chance.choice([-1, 2, 0.5, 1e6, 1e-6])
    return value


def as_yaml(value):
    """JSON, which is YAML, but for what JSON cannot say."""
    return (
        json.dumps(value, ensure_ascii=False, allow_nan=True)
        .replace("-Infinity", "-.inf")
        .replace("Infinity", ".inf")
        .replace("NaN", ".nan")
    )
