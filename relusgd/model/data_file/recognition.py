"""Whether a file holds data, by its name or by its content."""

from __future__ import annotations

from pathlib import Path

from relusgd.model.data_file.layout import Layout, delimited_layouts
from relusgd.model.data_file.rows import BLANKS

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".dat", ".psv", ".ssv"})
OTHER_DATA_SUFFIXES = frozenset(
    {
        *(".xls", ".xlsx", ".ods", ".parquet", ".feather", ".arrow", ".npy", ".npz", ".mat"),
        *(".h5", ".hdf5", ".nc", ".rds", ".rda", ".rdata", ".sav", ".dta", ".gz", ".zip"),
    }
)

FEWEST_ROWS = 2


def is_named_as_table(path: Path) -> bool:
    """Whether a file's name ends as those of CSV files and their relatives do."""
    return path.suffix.lower() in TABLE_SUFFIXES


def is_named_as_data(path: Path) -> bool:
    """Whether a file's name ends as those of tables, workbooks and archives do."""
    return is_named_as_table(path) or path.suffix.lower() in OTHER_DATA_SUFFIXES


def holds_table(data: bytes) -> bool:
    """Whether a text has named columns, one of numbers among them, and rows as long as the names.

    data: text in UTF-8 or another extension of ASCII.
    """
    text = data.decode(errors="replace").encode()
    return any(map(_is_table, delimited_layouts(text)))


def _is_table(layout: Layout) -> bool:
    width = len(layout.names)
    if width < 2 or len(layout.sample) < FEWEST_ROWS:
        return False
    if any(len(row) != width for _, row in layout.sample):
        return False
    numeric = layout.count_of_values()
    # Prose of equally long lines, and lines such as `epochs: 5`, have blanks between words too.
    return numeric == width if layout.delimiter == BLANKS else numeric > 0
