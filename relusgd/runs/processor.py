"""The processor that computes, and what makes it use code for another one: both decide on the last
bits of a run.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

CODE_FOR_ANOTHER = (
    "OPENBLAS_CORETYPE",
    "NUMBA_CPU_NAME",
    "NUMBA_CPU_FEATURES",
    "NPY_DISABLE_CPU_FEATURES",
)
"""Variables by which NumPy, its OpenBLAS and Numba use code that is made for another processor."""


@cache
def processor_name() -> str:
    """What this processor is called."""
    if sys.platform == "linux":
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def processor_variables() -> dict[str, str | None]:
    """The variables that choose code for another processor; None where one is not set."""
    return {name: os.environ.get(name) or None for name in CODE_FOR_ANOTHER}


def processor_changes(name: str | None, variables: Mapping[str, str | None] | None) -> list[str]:
    """In what this processor differs from the one of a run, in words.

    name, variables: what the run's folder says; None where it is of a version that did not record
    it. Nothing is said about what a folder does not know.
    """
    changes = []
    if name not in (None, processor_name()):
        changes.append(f"recorded with {name}, this is {processor_name()}")
    recorded = variables or {}
    for variable, now in processor_variables().items():
        before = recorded.get(variable, now)
        if before == now:
            continue
        was = "without" if before is None else "with"
        then = variable if before is None else f"{variable}={before}"
        changes.append(f"recorded {was} {then}, now it is {now or 'not set'}")
    return changes
