import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Examples are slow on a loaded machine, which is no fault of what they test; where a change is
# judged, they are the same every time.
settings.register_profile(
    "relusgd",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("relusgd")


@pytest.fixture(scope="session")
def reference():
    """Arrays that another program computed, by the name of their file."""
    return lambda name: np.load(Path(__file__).parent / "reference" / f"{name}.npz")
