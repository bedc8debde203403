"""What run.json says of a run that begins or ends: versions, processor, counts, timings."""

from __future__ import annotations

import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.errors import DivergedError
from relusgd.runs.facts import FORMAT
from relusgd.training import Plan
from relusgd.version import __version__


def new_facts(plan: Plan, seconds: float = 0.0) -> dict[str, Any]:
    """run.json of a run that begins; seconds: what its training took so far."""
    facts: dict[str, Any] = {
        "format": FORMAT,
        "status": "running",
        "engine": plan.engine,
        "kernel": plan.kernel,
        "versions": versions(plan),
        "processor": processor(),
        "scaling": asdict(plan.dataset.scaling),
        "counts": counts(plan, 0, 1),
        "timings": {"started": now(), "ended": None, "seconds": seconds},
    }
    if plan.dataset.digest is not None:
        facts["csv_sha256"] = plan.dataset.digest
    return facts


def divergence_facts(error: DivergedError | None) -> dict[str, Any]:
    """What run.json says about a training that left the finite numbers; nothing about any other."""
    return {} if error is None else {"divergence": {"message": error.message, "hint": error.hint}}


def versions(plan: Plan) -> dict[str, str]:
    """Of everything on which the last bits of results depend."""
    used = {"relusgd": __version__, "python": platform.python_version(), "numpy": np.__version__}
    return used | ({"numba": _numba_version()} if plan.engine == "compiled" else {})


@cache
def _numba_version() -> str:
    return version("numba")


def counts(plan: Plan, step: int, snapshots: int) -> dict[str, int]:
    """How much of the run there is, and how much of it is planned."""
    return {
        "training_points": len(plan.dataset.x_train),
        "test_points": len(plan.dataset.x_test),
        "parameters": len(plan.initial.parameters()),
        "steps_per_epoch": plan.steps_per_epoch,
        "epochs": plan.epochs,
        "steps": step,
        "snapshots": snapshots,
    }


@cache
def processor() -> str:
    """The kind of processor, on which the last bits of results depend."""
    if sys.platform == "linux":
        for line in (
            Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        ):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
