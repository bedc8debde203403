"""Whether a run folder holds what was written, and whether training again gives the same bits."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from relusgd.advice import Advice
from relusgd.config import Config
from relusgd.errors import RelusgdError
from relusgd.model.history import History
from relusgd.model.network import Network
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling
from relusgd.run_files.digests import file_digest, is_sealed, run_file_names
from relusgd.run_files.folder import CONFIG, DATA
from relusgd.run_files.folder_errors import unreadable
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.checkpoint import read_checkpoint
from relusgd.runs.contents import data_parts
from relusgd.runs.facts import RunFacts, changed_versions
from relusgd.runs.training_again import first_difference, has_rounded_errors
from relusgd.training import Plan, prepare
from relusgd.training.building import build_dataset
from relusgd.training.start import StartNetwork
from relusgd.words import and_list, counted


class CheckedRun(Protocol):
    """What a check asks of a run."""

    @property
    def folder(self) -> Path: ...
    @property
    def status(self) -> str: ...
    @property
    def facts(self) -> RunFacts: ...
    @property
    def config(self) -> Config: ...
    @property
    def data(self) -> Dataset: ...
    @property
    def history(self) -> History: ...
    @property
    def metrics(self) -> dict[str, NDArray[Any]]: ...
    @property
    def own_metrics(self) -> tuple[str, ...]: ...
    @property
    def scaling(self) -> Scaling: ...
    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network: ...


@dataclass(frozen=True)
class CheckFault:
    """What is wrong with a file of a run, in a sentence, and what to do about it.

    file: by its name in the run's folder; empty where no single file is known to be wrong.
    """

    file: str
    problem: str
    advice: str


@dataclass
class RunCheck:
    """What a check of a run has found.

    checked: the files that are what was written. faults: what is wrong. notes: what could not be
    checked, and why. trained_again: whether training again gave the same bits.
    """

    folder: str
    status: str = "damaged"
    checked: list[str] = field(default_factory=list)
    faults: list[CheckFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trained_again: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether no fault was found."""
        return not self.faults

    @property
    def summary(self) -> str:
        """What was found, in a few words."""
        if self.faults:
            names = dict.fromkeys(fault.file for fault in self.faults if fault.file)
            return f"damaged: {and_list(list(names))}" if names else "damaged"
        words = "readable, without digests"
        if self.checked:
            words = f"{counted(len(self.checked), 'file')} as written"
        if self.trained_again:
            words += "; trained again: the same bits"
        return words

    def __str__(self) -> str:
        lines = [f"{self.folder}: {self.summary}"]
        lines += [f"  {fault.problem}\n    {fault.advice}" for fault in self.faults]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)


def check_run(run: CheckedRun, *, again: bool = False) -> RunCheck:
    """Compare a run's files with their digests in run.json, and read all of them.

    run: of which nothing has been read yet. again: also train again, and compare every snapshot to
    the last bit. Raises InputError when the run's engine is not installed.
    """
    result = RunCheck(str(run.folder))
    try:
        result.status = run.status
        _compare_digests(run, result)
        plan = _read_all(run) if result.is_sound else None
    except RelusgdError as error:
        _add_fault(run, result, _named_in(error.message), error.message)
        return result
    if again and plan is not None:
        _train_again(run, plan, result)
    return result


def _named_in(message: str) -> str:
    """The file of a run that a message names first."""
    found = re.search(r"[a-z]+\.(json|yaml|csv|npz)|snapshots/[a-z_0-9]+\.npy", message)
    return found[0] if found else ""


def _add_fault(run: CheckedRun, result: RunCheck, file: str, problem: str) -> None:
    result.faults.append(CheckFault(file, problem, what_to_do(run.folder, file)))


def _add_changed_file(run: CheckedRun, result: RunCheck, name: str) -> None:
    _add_fault(run, result, name, f"{run.folder / name} is not what was written")


def _compare_digests(run: CheckedRun, result: RunCheck) -> None:
    facts = run.facts
    seal = facts.timings.sha256_of_run_json
    digests = facts.sha256
    if seal is None and digests is None:
        result.notes.append(f"{FACTS} has no digests, because an earlier version wrote it")
        return
    if seal is None or digests is None or not is_sealed(run.folder, seal):
        _add_changed_file(run, result, FACTS)
        return
    result.checked.append(FACTS)
    expected = [*digests]
    if facts.has_ended:
        with suppress(RelusgdError):  # a config that cannot be read has another digest, too
            expected = run_file_names(run.config.network.hidden)
    else:
        named = and_list([FACTS, *digests])
        result.notes.append(f"training has not ended, and only {named} have digests yet")
    for name in expected:
        _compare_digest(run, result, name, digests.get(name))


def _compare_digest(
    run: CheckedRun,
    result: RunCheck,
    name: str,
    digest: str | None,
) -> None:
    path = run.folder / name
    try:
        found = file_digest(path)
    except (OSError, RelusgdError) as error:
        _add_fault(run, result, name, unreadable(path, "a file of a run", error).message)
        return
    if found == digest:
        result.checked.append(name)
    else:
        _add_changed_file(run, result, name)


def _read_all(run: CheckedRun) -> Plan:
    """Read every file, and give the plan of the training. Raises RelusgdError for damage."""
    _ = run.history
    start = None
    if run.config.network.start is not None:
        start = StartNetwork(run.network(step=0), run.scaling, None, None)
    plan = prepare(run.config, run.data, start)
    read_checkpoint(run.folder, plan.hidden, plan.descent.optimizer.memory)
    return plan


def _train_again(run: CheckedRun, plan: Plan, result: RunCheck) -> None:
    for change in changed_versions(run.facts):
        result.notes.append(f"{change}; the last bits may differ")
    if run.own_metrics:
        result.notes.append(f"{and_list(run.own_metrics)} cannot be computed again here")
    if run.config.data.kind == "csv":
        result.notes.append(f"the points are taken from {DATA}, not from the CSV")
    elif not _has_points_of_config(run):
        problem = f"{run.folder / DATA} has other points than {CONFIG} describes"
        _add_fault(run, result, DATA, problem)
        return
    plan = plan.keeping(run.facts.engine, run.facts.kernel)
    rounded = has_rounded_errors(run.facts, run.history.hidden)
    difference = first_difference(run.history, run.metrics, plan, rounded_errors=rounded)
    if difference is not None:
        file, problem = difference
        _add_fault(run, result, file, problem)
        return
    result.trained_again = True
    if rounded:
        result.notes.append(
            "its errors were compared but for rounding: an older version summed them"
        )


def _has_points_of_config(run: CheckedRun) -> bool:
    """Whether data.csv holds, to the last bit, the points that the config describes."""
    described = b"".join(data_parts(build_dataset(run.config)))
    return described == (run.folder / DATA).read_bytes()


def what_to_do(folder: Path, file: str) -> Advice:
    """What helps where a file of a run is damaged."""
    path = str(folder)
    in_shell = shlex.quote(path)
    if file in (CONFIG, DATA):
        return Advice(
            f"relusgd.record(config, {path!r}) writes it again, with the config of this run",
            f"relusgd train CONFIG --out {in_shell} writes it again, with the config of this run",
        )
    return Advice(
        f"bring back a copy, or train anew: relusgd.record(config, {path!r}, overwrite=True)",
        f"bring back a copy, or train anew: relusgd train {in_shell} --overwrite",
    )
