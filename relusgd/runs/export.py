"""Every unit of every snapshot as a line of a CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.files import replacing
from relusgd.runs.place import check_file_place
from relusgd.runs.run import Run

COLUMNS = "epoch,step,unit,elbow,slope,bias,output_weight"


def unit_lines(run: Run, *, original: bool, before: str = "") -> Iterator[str]:
    """The lines of one snapshot after the other, one for each unit of the first hidden layer.

    original: in the units of the data, else in those of the network. In deep networks no single
    output weight belongs to a unit, and that column is empty. before: cells with which every line
    begins.
    """
    history = run.history
    for index in range(len(history)):
        prefix = f"{before}{history.epoch[index]},{history.step[index]},"
        lines = _unit_cells(run, index, original=original)
        yield "".join(f"{prefix}{unit},{line}\n" for unit, line in enumerate(lines))


def write_csv(parts: Iterable[str], path: Path) -> None:
    """Write the text of a table, which comes in parts, whole or not at all.

    Raises InputError for a path that cannot be written or does not end in .csv, and OSError.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(
            f"--out {path}: a table is written as CSV",
            "choose a file that ends in .csv",
        )
    check_file_place(path)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(parts)


def _unit_cells(run: Run, index: int, *, original: bool) -> list[str]:
    """elbow,slope,bias,output_weight of every unit of one snapshot.

    Numbers are in the shortest form that reads back the same.
    """
    network = run.history.network(index)
    elbow = np.asarray(network.elbow)
    is_deep = len(network.weights) > 2
    if original:
        elbow = np.asarray(run.scaling.x_to_original(elbow))
        network = run.scaling.network_to_original(network)
    numbers = [elbow, network.slope, network.bias]
    if not is_deep:
        numbers.append(network.output_weight)
    columns = [[repr(value) for value in of_units.tolist()] for of_units in numbers]
    if is_deep:
        columns.append([""] * len(elbow))
    return [",".join(cells) for cells in zip(*columns, strict=True)]
