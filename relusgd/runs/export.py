"""Every unit of every snapshot as a line of a CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.files import replacing
from relusgd.model.network import Array
from relusgd.runs.places import check_no_part
from relusgd.runs.run import Run

COLUMNS = "epoch,step,unit,elbow,slope,bias,output_weight"


def export_units(run: Run, path: Path, *, original: bool) -> None:
    """Write one line per unit of the first hidden layer and snapshot, in original or in network units.

    In deep networks no single output weight belongs to a unit, and that column is empty. Raises InputError for a suffix
    other than .csv, a missing folder or a file of a run, and OSError; the file appears whole or not at all.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"--out {path}: export writes CSV", "choose a file that ends in .csv")
    if not path.parent.is_dir():
        raise InputError(
            f"--out {path}: the folder {path.parent} does not exist",
            "make it first, or choose another place",
        )
    check_no_part(path)
    history = run.history
    with replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as file:
        file.write(COLUMNS + "\n")
        for index in range(len(history)):
            prefix = f"{history.epoch[index]},{history.step[index]},"
            for unit, line in enumerate(unit_lines(run, index, original=original)):
                file.write(f"{prefix}{unit},{line}\n")


def unit_lines(run: Run, index: int, *, original: bool) -> list[str]:
    """elbow,slope,bias,output_weight of every unit of one snapshot, in the shortest form that reads back the same."""
    recorded = run.history.network(index)
    network = run.scaling.network_to_original(recorded) if original else recorded
    elbow = run.scaling.x_to_original(recorded.elbow) if original else recorded.elbow
    output: list[object] = (
        list(network.output_weight.tolist()) if len(network.weights) == 2 else [""] * len(elbow)
    )
    columns: list[Array] = [np.asarray(elbow), network.slope, network.bias]
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    return [
        ",".join([*map(repr, row), repr(weight) if weight != "" else ""])
        for row, weight in zip(numbers, output, strict=True)
    ]
