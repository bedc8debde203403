"""The facts of a run, as run.json keeps them: status, engine, versions, scaling, counts, timings.

A run.json may come from anybody, so everything in it is checked before it is used.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PlainValidator, TypeAdapter, ValidationError

from relusgd.diagnostics.outcomes import Outcome
from relusgd.errors import RelusgdError
from relusgd.files import write_whole
from relusgd.model.scaling import Scaling
from relusgd.run_files.digests import NO_DIGEST, sealed
from relusgd.run_files.folder_errors import damaged
from relusgd.run_files.stated_facts import FACTS, FORMAT, read_stated, scaling_of
from relusgd.runs.processor import processor_changes, processor_name, processor_variables
from relusgd.training import Plan
from relusgd.training.descent import Engine, KernelName
from relusgd.training.ending import Ending
from relusgd.version import __version__

DIVERGENCE = "divergence"
"""Under this key runs of earlier versions say where they left the finite numbers: message, hint."""

SEAL = "sha256_of_run_json"

Status = Literal["running", "complete", "interrupted", "diverged", "failed"]
Count = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
CountFromOne = Annotated[int, Field(strict=True, ge=1, lt=2**63)]
Number = Annotated[float, Field(strict=True, gt=-1e300, lt=1e300)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Counts:
    """How much of the run there is (steps, snapshots), and how much of it is planned (epochs)."""

    training_points: Count
    test_points: Count
    parameters: Count
    steps_per_epoch: CountFromOne
    epochs: Count
    steps: Count
    snapshots: Count


@dataclass(frozen=True)
class Timings:
    """When training started and ended, and how many seconds it took in all its parts.

    sha256_of_run_json: the digest of the file itself, with zeros in its own place.
    """

    started: str
    ended: str | None
    seconds: Number
    sha256_of_run_json: Sha256 | None = None


@dataclass(frozen=True)
class StartFacts:
    """The network that a run began with because its config's `network.start` gives it.

    sha256: of its parameters, in the units of the run. epoch, step: when another run recorded it.
    """

    sha256: Sha256
    epoch: Count | None = None
    step: Count | None = None

    @classmethod
    def of(cls, plan: Plan) -> StartFacts | None:
        if plan.start is None or plan.start_sha256 is None:
            return None
        return cls(plan.start_sha256, plan.start.epoch, plan.start.step)


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What run.json says about a run; the order of the fields is that of the file.

    versions, processor, processor_variables: what the last bits of the results depend on.
    csv_sha256: of the CSV that the points are from. x_is_date: that its x were dates. outcome,
    reason, advice, tried: how training ended (`Ending`). sha256: of the files that do not change
    any more; None in folders of earlier versions. notes: all other keys, such as a sweep's.
    """

    format: Count = FORMAT
    status: Status
    engine: Engine
    kernel: KernelName
    versions: dict[str, str]
    processor: str | None = None
    processor_variables: dict[str, str | None] | None = None
    scaling: Annotated[Scaling, PlainValidator(scaling_of)]
    counts: Counts
    timings: Timings
    csv_sha256: str | None = None
    x_is_date: bool | None = None
    start: StartFacts | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    advice: dict[str, Any] | None = None
    tried: str | None = None
    sha256: dict[str, Sha256] | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    def at_end(
        self,
        status: Status,
        *,
        steps: int,
        snapshots: int,
        seconds: float,
        ending: Ending | None = None,
    ) -> RunFacts:
        """The facts when training has stopped, now, in one way or another.

        ending: how it ended, if it did.
        """
        return replace(
            self,
            status=status,
            counts=replace(self.counts, steps=steps, snapshots=snapshots),
            timings=replace(self.timings, ended=_now(), seconds=seconds),
        ).with_ending(ending)

    @property
    def has_ended(self) -> bool:
        """Whether training came to its end, so that no file changes any more."""
        return self.status in ("complete", "diverged")

    @property
    def ending(self) -> Ending | None:
        """How training ended; None where it has not, and for folders that do not say so."""
        if self.outcome is None:
            return None
        return Ending(self.outcome, self.reason or "", self.advice or {}, self.tried or "")

    def with_ending(self, ending: Ending | None) -> RunFacts:
        """The facts of a training that ended so, or, with None, of one that goes on."""
        if ending is None:
            return replace(self, outcome=None, reason=None, advice=None, tried=None)
        return replace(
            self,
            outcome=ending.outcome,
            reason=ending.reason or None,
            advice=dict(ending.advice) or None,
            tried=ending.tried or None,
        )


_RUN_FACTS = TypeAdapter(RunFacts)
_KEYS = {entry.name for entry in fields(RunFacts)} - {"notes"}


def read_facts(folder: Path) -> RunFacts:
    """The facts in run.json. Raises RelusgdError when it is damaged, or of a newer format."""
    path = folder / FACTS
    stated = read_stated(folder)
    stated |= _stated_divergence(stated.pop(DIVERGENCE, None))
    notes = {key: value for key, value in stated.items() if key not in _KEYS}
    try:
        facts = _RUN_FACTS.validate_python({**stated, "notes": notes})
    except ValidationError as error:
        places = [fault["loc"] for fault in error.errors()]
        wrong = dict.fromkeys(str(place[0]) for place in places)
        raise _wrong_facts(path, list(wrong)) from None
    if facts.status == "diverged" and facts.outcome != "diverged":
        raise _wrong_facts(path, ["outcome"])
    return facts


def _stated_divergence(divergence: object) -> dict[str, object]:
    """What a diverged run of an earlier version says, in the words of this one."""
    if not isinstance(divergence, dict):
        return {}
    found: dict[str, object] = {"outcome": "diverged", "reason": divergence.get("message")}
    rate = re.search(r"training\.learning_rate=(\S+)", str(divergence.get("hint")))
    if rate is not None:
        with suppress(ValueError):
            found["advice"] = {"training.learning_rate": float(rate[1])}
    return found


def _wrong_facts(path: Path, keys: list[str]) -> RelusgdError:
    return damaged(path, f"what it says about {', '.join(keys)} is missing or of the wrong kind")


def write_facts(folder: Path, facts: RunFacts) -> None:
    """Replace run.json. Raises OSError."""
    write_whole(folder / FACTS, facts_text(facts))


def facts_text(facts: RunFacts) -> str:
    """The content of run.json: the fields that have a value, then the notes."""
    stated = asdict(facts)
    notes = stated.pop("notes")
    stated = {key: value for key, value in stated.items() if value is not None}
    timings = stated["timings"]
    del timings[SEAL]
    if facts.sha256 is not None:
        timings[SEAL] = NO_DIGEST
    text = json.dumps({**stated, **notes}, indent=2, ensure_ascii=False)
    return sealed(f"{text}\n")


def new_facts(
    plan: Plan,
    *,
    seconds: float = 0.0,
    notes: Mapping[str, Any] | None = None,
) -> RunFacts:
    """The facts of a run that has recorded epoch 0. seconds: how long it has trained so far."""
    return RunFacts(
        status="running",
        engine=plan.engine,
        kernel=plan.kernel,
        versions=_versions(plan),
        processor=processor_name(),
        processor_variables=processor_variables(),
        scaling=plan.dataset.scaling,
        counts=Counts(
            training_points=len(plan.dataset.x_train),
            test_points=len(plan.dataset.x_test),
            parameters=len(plan.initial.parameters()),
            steps_per_epoch=plan.steps_per_epoch,
            epochs=plan.epochs,
            steps=0,
            snapshots=1,
        ),
        timings=Timings(started=_now(), ended=None, seconds=seconds),
        csv_sha256=plan.dataset.digest,
        x_is_date=plan.dataset.x_is_date or None,
        start=StartFacts.of(plan),
        notes=dict(notes or {}),
    )


def changed_versions(facts: RunFacts) -> list[str]:
    """What has changed since the run that can change the last bits when it continues, in words."""
    now = {"numpy": np.__version__}
    if "numba" in facts.versions:
        with suppress(PackageNotFoundError):
            now["numba"] = version("numba")
    changed = []
    for name, found in now.items():
        recorded = facts.versions.get(name)
        if recorded not in (None, found):
            changed.append(f"recorded with {name} {recorded}, this is {name} {found}")
    return changed + processor_changes(facts.processor, facts.processor_variables)


def _versions(plan: Plan) -> dict[str, str]:
    used = {"relusgd": __version__, "python": platform.python_version(), "numpy": np.__version__}
    if plan.engine == "compiled":
        used["numba"] = _numba_version()
    return used


@cache
def _numba_version() -> str:
    return version("numba")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
