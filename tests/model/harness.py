"""Short ways to read a data file, and to the sentences that refuse one."""

import numpy as np
import pytest

from relusgd.errors import ConfigError, InputError
from relusgd.model.csv_points import csv_dataset
from relusgd.model.data_file.columns import read_columns


def read_points(path, x="x", y="y", test_fraction=0.0, split_order=np.arange, **options):
    """The dataset of a file, by default of its columns x and y, all of them training points."""
    columns = read_columns(path, x, y, **options)
    return csv_dataset(path, columns, test_fraction=test_fraction, split_order=split_order)


def faults_of(path, **options):
    """The sentences with which a file is refused."""
    with pytest.raises(InputError) as caught:
        read_points(path, **options)
    error = caught.value
    return list(error.faults) if isinstance(error, ConfigError) else [error.message]
