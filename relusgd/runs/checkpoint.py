"""Reading a checkpoint: the whole state that continuing a run needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.files import reading
from relusgd.model.network import parameter_count
from relusgd.run_files.arrays import MAX_HEADER_BYTES
from relusgd.run_files.folder import CHECKPOINT
from relusgd.run_files.folder_errors import unreadable
from relusgd.training.descent import State


def read_checkpoint(folder: Path, hidden: tuple[int, ...], memory: Sequence[str]) -> State:
    """The state that continuing needs; never unpickles.

    memory: the names of the vectors that the optimizer remembers.

    Raises RelusgdError when it is missing or damaged.
    """
    path = folder / CHECKPOINT
    size = parameter_count(hidden)
    largest = 8 * size + MAX_HEADER_BYTES
    try:
        with (
            reading(path, (2 + len(memory)) * largest) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as file,
            np.load(file, allow_pickle=False) as members,
        ):
            # known before anything is unpacked
            if any(member.file_size > largest for member in members.zip.infolist()):
                raise ValueError("it is too large")
            step, parameters = members["step"], members["parameters"]
            vectors = {name: members[name] for name in memory}
        _check_state(step, [parameters, *vectors.values()], size)
    except Exception as error:  # NumPy and zipfile raise many kinds on damaged files
        raise unreadable(path, "a checkpoint of this network", error) from None
    return State(int(step), parameters, vectors)


def _check_state(step: NDArray[Any], vectors: Sequence[NDArray[Any]], size: int) -> None:
    is_one_number = step.shape == () and step.dtype == np.int64
    if not is_one_number or step < 0:
        raise ValueError("its step is not a whole number from 0 on")
    for vector in vectors:
        is_vector = vector.shape == (size,) and vector.dtype == np.float64
        if not is_vector or not np.isfinite(vector).all():
            raise ValueError(f"its vectors are not {size:,} finite numbers each")
