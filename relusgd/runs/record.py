"""Recording a run: train, and keep every snapshot in the run's folder, as `relusgd train` does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from relusgd.advice import Advice
from relusgd.cell_bar import observed
from relusgd.config import Config, Source, as_config, config_to_yaml, default_folder
from relusgd.errors import DivergedError, StoppedError
from relusgd.model.points import Dataset
from relusgd.runs.cell_progress import CellObserver
from relusgd.runs.contents import RunContents
from relusgd.runs.continuing import continue_run
from relusgd.runs.disk import check_disk, disk_faults
from relusgd.runs.facts import RunFacts, Status, new_facts
from relusgd.runs.find import standing_run, standing_start
from relusgd.runs.identity import Found, compare_with_plan, other_run_error
from relusgd.runs.own_metrics import (
    Metric,
    check_confirmed,
    check_continued,
    checked_metrics,
    with_metrics,
)
from relusgd.runs.partial import recover
from relusgd.runs.place import check_folder_place, check_replaceable
from relusgd.runs.restoring import restore_files
from relusgd.runs.run import Run
from relusgd.runs.writer import RunWriter, create_folder
from relusgd.training import Block, Plan, State, prepare, training_blocks
from relusgd.training.ending import Ending, ending_of, hint_of
from relusgd.training.loop import Recorder, final_mse
from relusgd.training.start import StartNetwork
from relusgd.training.trials import advised


class Observer(Protocol):
    """What watches a run being recorded, such as the command line's progress bar."""

    command: str
    """The command that records this run, as a person would type it."""

    wants_advice: bool
    """Whether a training that fails is followed by a moment of trials of what might help."""

    def begins(self, plan: Plan, folder: Path, found: Found) -> None:
        """Called once, when it is clear what is going to be done."""

    def block(self, plan: Plan, block: Block) -> None:
        """Called after every block, when it is on the disk."""

    def signal(self) -> int | None:
        """The number of a signal that asks to stop after this block, if there was one."""


class NullObserver:
    """An observer that does nothing."""

    command = "relusgd train"
    wants_advice = False

    def begins(self, plan: Plan, folder: Path, found: Found) -> None: ...

    def block(self, plan: Plan, block: Block) -> None: ...

    def signal(self) -> int | None:
        return None


def record(
    config: Config | Source,
    out: str | Path | None = None,
    overwrite: bool = False,
    *,
    metrics: Mapping[str, Metric] | None = None,
    dataset: Dataset | None = None,
    start: StartNetwork | None = None,
    observer: Observer | None = None,
    notes: Mapping[str, object] | None = None,
    block_steps: int | None = None,
) -> Run:
    """Train as the config says and record the run in `out`.

    config: a Config, or a dict or file as `load_config` takes it.
    By default `out` is `outputs/<name of config and overrides>`. A folder that holds the same run
    is confirmed, resumed or continued. One that holds another run is refused unless `overwrite`.
    metrics: name → function of the network of a snapshot, in network units, that gives a number: a
    column of metrics.csv each. To go on with such a run takes the same functions again.
    dataset: points to train on in place of the config's own. start: the network that the config's
    `network.start` stands for, in place of reading it. notes: other keys for run.json of a
    new run. block_steps: a block ends after this many steps, by default after about 0.2 s; where
    blocks end never changes a byte.

    Raises ConfigError for faults of config and data, InputError for a folder that cannot be used,
    RelusgdError when the disk fails. DivergedError and StoppedError come after everything so far
    has been kept.
    """
    own = checked_metrics(metrics)
    config = as_config(config)
    folder = Path(out) if out is not None else default_folder(config)
    if start is None and not overwrite:
        start = standing_start(folder, config)
    plan = prepare(config, dataset, start)
    watching = observed(observer, "step", in_cell=CellObserver, elsewhere=NullObserver)
    with disk_faults(folder), watching as observer:
        return _record(
            plan,
            folder,
            overwrite,
            observer,
            notes,
            block_steps,
            own,
        )


def _record(
    plan: Plan,
    folder: Path,
    overwrite: bool,
    observer: Observer,
    notes: Mapping[str, object] | None,
    block_steps: int | None,
    metrics: Mapping[str, Metric],
) -> Run:
    """Train anew, continue, or confirm what is there, as the folder decides."""
    check_folder_place(folder)
    recover(folder)
    if not overwrite:
        restore_files(folder, plan)
    standing = standing_run(folder)
    if standing is None or overwrite:
        replaces = standing is not None
        if replaces:
            check_replaceable(folder)
        check_disk(plan, folder)
        observer.begins(plan, folder, Found.NOTHING)
        blocks = with_metrics(training_blocks(plan, block_steps=block_steps), metrics)
        facts = new_facts(plan, notes=notes)
        return record_anew(plan, folder, blocks, observer, facts, replace=replaces)

    found, differences = compare_with_plan(standing, plan)
    if found is Found.OTHER:
        raise other_run_error(standing, observer.command, differences)
    if found in (Found.UNFINISHED, Found.SHORTER):
        check_continued(standing, metrics)
        known_metrics = {name: metrics[name] for name in standing.own_metrics}
        same_plan = plan.keeping(standing.facts.engine, standing.facts.kernel)
        return _continue(same_plan, standing, found, observer, block_steps, known_metrics)

    check_confirmed(standing, metrics)
    observer.begins(plan, folder, found)
    return _confirmed(standing, found)


def _continue(
    plan: Plan,
    standing: Run,
    found: Found,
    observer: Observer,
    block_steps: int | None,
    metrics: Mapping[str, Metric],
) -> Run:
    """Go on with a run that was stopped, or that has fewer steps than the plan."""
    folder = standing.folder
    check_disk(plan, folder, recorded=standing.count_snapshots())
    observer.begins(plan, folder, found)
    standing.forget()  # because it is read again under the lock
    writer, state = continue_run(plan, folder, found, metrics)
    with writer:
        more = training_blocks(plan, state, block_steps=block_steps)
        _write_blocks(plan, writer, state, with_metrics(more, metrics), observer)
    return Run(folder)


def _confirmed(standing: Run, found: Found) -> Run:
    """The run that is there already. Raises DivergedError, again, if it diverged."""
    known = standing.ending
    if found is Found.DIVERGED and known is not None:
        raise DivergedError(
            f"{standing.folder}: {known.reason}",
            hint_of(known.advice),
            known.advice,
        )
    return standing


def record_anew(
    plan: Plan,
    folder: Path,
    blocks: Iterator[Block],
    observer: Observer,
    facts: RunFacts,
    *,
    replace: bool = False,
) -> Run:
    """Record a training from its first block on, in a folder that does not exist yet.

    replace: or in place of a run. facts: those of run.json at first. Raises as `record`, and
    OSError.
    """
    first = next(blocks)
    number = observer.signal()
    if number is not None:
        raise StoppedError("stopped before training began; nothing was written", signal=number)
    contents = RunContents(
        config_to_yaml(plan.config),
        facts,
        plan.dataset,
        first.history,
        first.state,
    )
    with create_folder(folder, contents, replace=replace) as writer:
        _write_blocks(plan, writer, first.state, blocks, observer)
    return Run(folder)


def _write_blocks(
    plan: Plan,
    writer: RunWriter,
    state: State,
    blocks: Iterator[Block],
    observer: Observer,
) -> None:
    """Append block after block, and leave the right status in run.json however it ends."""
    started = time.perf_counter()
    status: Status = "interrupted"
    ending = None
    try:
        for block in blocks:
            writer.append(block.history, block.state)
            state = block.state
            observer.block(plan, block)
            if writer.is_certain:
                _stop_if_asked(plan, state, writer.folder, observer)
        status, ending = "complete", ending_of(plan, state, final_mse(Recorder(plan), state))
    except DivergedError as error:
        status, ending = "diverged", Ending.of_divergence(error)
        raise
    except OSError:
        status = "failed"
        raise
    finally:
        seconds = writer.facts.timings.seconds + time.perf_counter() - started
        facts = writer.facts.at_end(
            status,
            steps=state.step,
            snapshots=writer.snapshots,
            seconds=round(seconds, 3),
            ending=ending,
        )
        if status == "failed":
            _leave_failed(writer, facts)
        else:
            _finish(writer, state, facts)
            if ending is not None and observer.wants_advice:
                tried = advised(plan, ending, state, seconds, lambda: observer.signal() is not None)
                writer.save_facts(writer.facts.with_ending(tried))


def _finish(writer: RunWriter, state: State, facts: RunFacts) -> None:
    """Leave the last state and the facts; when the disk refuses them, the run has failed."""
    try:
        writer.finish(state, facts)
    except OSError:
        _leave_failed(writer, replace(facts, status="failed").with_ending(None))
        raise


def _leave_failed(writer: RunWriter, facts: RunFacts) -> None:
    """Say in run.json that the run has failed, as far as the disk that refused it takes that."""
    with suppress(OSError):
        writer.cut_unproven()  # makes room for run.json
        writer.save_facts(facts)


def _stop_if_asked(plan: Plan, state: State, folder: Path, observer: Observer) -> None:
    """Raise StoppedError when a signal asks for it and there is something left to do."""
    number = observer.signal()
    if number is not None and state.step < plan.steps:
        epoch = state.step // plan.steps_per_epoch
        raise StoppedError(
            f"stopped in epoch {epoch:,}; everything so far is in {folder}",
            Advice("the same call continues it", "the same command continues it"),
            signal=number,
        )
