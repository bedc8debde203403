"""The bytes of a data file, once it is known to be text in UTF-8 with something in it.

A file of another kind is named as what it is, with the way to a CSV file.
"""

from __future__ import annotations

import codecs
import json
import re
from contextlib import suppress
from pathlib import Path

from relusgd.errors import ConfigError, InputError
from relusgd.words import nearest

MAX_BYTES = 100_000_000
PIECE = 2**20
SAMPLE = 1000

_EXCEL = "an Excel workbook; in the spreadsheet program, save its sheet as CSV"
_UNPACK = "a compressed file ({}); unpack it and give the file inside"

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", _UNPACK.format("gzip")),
    (b"BZh", _UNPACK.format("bzip2")),
    (b"\xfd7zXZ", _UNPACK.format("xz")),
    (b"\x28\xb5\x2f\xfd", _UNPACK.format("zstd")),
    (b"7z\xbc\xaf", _UNPACK.format("7-Zip")),
    (b"\xd0\xcf\x11\xe0", f"{_EXCEL} (the old .xls format)"),
    (b"PAR1", "a Parquet file; write it as CSV, as pandas' to_csv does"),
    (b"ARROW1", "an Arrow file; write it as CSV, as pandas' to_csv does"),
    (b"FEA1", "a Feather file; write it as CSV, as pandas' to_csv does"),
    (b"\x89HDF", "an HDF5 file; write two of its columns as CSV"),
    (b"CDF", "a NetCDF file; write two of its variables as CSV"),
    (b"SQLite format 3", "an SQLite database; export a table of it as CSV"),
    (b"\x93NUMPY", "a NumPy array; write it as CSV, as numpy.savetxt does"),
    (b"%PDF", "a PDF document; a CSV file, which is plain text, is expected"),
    (b"RDX", "an R workspace; write the table in it with R's write.csv"),
    (b"RDA", "an R workspace; write the table in it with R's write.csv"),
    (b"<stata_dta>", "a Stata file; export it as CSV"),
    (b"$FL2", "an SPSS file; export it as CSV"),
    (b"HEADER RECORD*******LIBRARY", "a SAS transport file; export it as CSV"),
    (b"version https://git-lfs", "a Git LFS pointer, not the data; `git lfs pull` brings them"),
)
"""The first bytes of a file → what it is, and what to do."""

_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|\?xml|table|svg)\b", re.IGNORECASE)
_ARFF = re.compile(rb"(\s*%[^\n]*\n)*\s*@relation\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?|ftp|s3|gs|hf)://?", re.IGNORECASE)


def read_content(path: Path) -> bytes:
    """The content of a text file in UTF-8.

    Raises InputError when it cannot be read, is too large, empty or of another kind, ConfigError
    with the line where it is not UTF-8.
    """
    data = _read_bytes(path)
    kind = other_kind(data)
    if kind is not None:
        raise InputError(f"{path} is {kind}")
    _check_utf8(path, data)
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise InputError(
            f"{path} is empty; a line of column names and rows of numbers are expected"
        )
    return data


def other_kind(data: bytes) -> str | None:
    """What this content is, if it is not the text of a table, and what to do; otherwise None."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "text in UTF-32; save it as UTF-8"
    if _is_utf16(data[:SAMPLE]):
        return "text in UTF-16; save it as UTF-8"
    if b"\0" in data:
        place = data.index(b"\0")
        line = data.count(b"\n", 0, place) + 1
        return (
            f"a binary file (line {line} has a NUL character); a CSV file, which is plain text, "
            "is expected"
        )
    start = data[: 2**16].removeprefix(codecs.BOM_UTF8)
    if _ARFF.match(start):
        return "an ARFF file; write its rows as CSV, below a line with the names of the attributes"
    if _MARKUP.match(start):
        return "a page of HTML or XML, not a table; download the data file itself"
    if start.lstrip()[:1] in (b"{", b"[") and _is_json(data):
        return "JSON; a CSV file is expected, as pandas' to_csv writes it"
    return None


def _is_utf16(start: bytes) -> bool:
    """Whether a text begins with a mark of UTF-16, or has a zero in every other place, as ASCII
    has there.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    even_zeros = start[::2].count(0)
    odd_zeros = start[1::2].count(0)
    fewer, more = sorted([even_zeros, odd_zeros])
    return fewer == 0 and more > len(start) // 3


def _kind_of_zip(data: bytes) -> str:
    if b"xl/" in data:
        return _EXCEL
    if b"opendocument.spreadsheet" in data[:200]:
        return "an OpenDocument spreadsheet; in the spreadsheet program, save its sheet as CSV"
    return _UNPACK.format("zip")


def _is_json(data: bytes) -> bool:
    """Whether this is JSON, or has a record of JSON in its first line."""
    first_line, _, _ = data.lstrip().partition(b"\n")
    return _is_value_of_json(first_line) or _is_value_of_json(data)


def _is_value_of_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; a CSV file is expected")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a regular file; a CSV file is expected")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _no_file(path) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is not a legal path") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path} has more than {MAX_BYTES // 1_000_000} MB; thin its rows")
    return data


def refuse_address(path: str) -> None:
    """Raise InputError for the address of a page: relusgd reads files alone."""
    if _ADDRESS.match(path):
        raise InputError(
            f"{path} is an address on the web, and relusgd reads files alone; "
            "download it first and give the file"
        )
    if path.startswith("file://"):
        raise InputError(f"{path}: write the path alone, without file://")


def _no_file(path: Path) -> InputError:
    """The error for a missing file, with the name of one beside it that may be meant."""
    text = f"there is no file {path}"
    near = None
    with suppress(OSError):
        beside = [other.name for other in path.parent.iterdir() if other.is_file()]
        near = nearest(path.name, beside)
    if near is not None:
        text += f"; did you mean {path.with_name(near)}?"
    return InputError(text)


def _check_utf8(path: Path, data: bytes) -> None:
    """Raise ConfigError with the line of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        # In pieces, because the whole text would take as much memory again as the file.
        for start in range(0, len(data), PIECE):
            decoder.decode(view[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        line = _first_bad_line(data)
        fault = (
            f"{path}:{line}: this is not text in UTF-8; save the file as UTF-8 (of a file from "
            "Windows, iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW makes one)"
        )
        raise ConfigError([fault]) from None


def _first_bad_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    raise AssertionError("the content is UTF-8")
