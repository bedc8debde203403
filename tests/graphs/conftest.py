from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def reference():
    """Arrays that another program computed, by the name of their file."""
    return lambda name: np.load(Path(__file__).parents[1] / "reference" / f"{name}.npz")
