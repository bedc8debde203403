import gc
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from relusgd.systems import available_cores

# Examples are slow on a loaded machine, which is no fault of what they test; where a change is
# judged, they are the same every time.
settings.register_profile(
    "relusgd",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("relusgd")

# Many tests start the command as a process of its own; it need not compile its modules each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """With `-n auto` a process for each core, but no more than eight: each imports everything, and
    with more of them the longest test decides.
    """
    return min(available_cores(), 8)


def pytest_collection_finish():
    """The tests themselves are no garbage, and take a fifth of a second to be looked at."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def reference():
    """Arrays that another program computed, by the name of their file."""
    return lambda name: np.load(Path(__file__).parent / "reference" / f"{name}.npz")
