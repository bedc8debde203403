"""Recording a run: train, and leave every snapshot in the run's folder. What `relusgd train` does, in one call."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from relusgd.config import Config, config_to_yaml, default_folder
from relusgd.errors import DivergedError, InputError, RelusgdError, StoppedError
from relusgd.files import write_whole
from relusgd.model.points import Dataset
from relusgd.runs.contents import RunContents
from relusgd.runs.facts import Divergence, RunFacts, Status, new_facts
from relusgd.runs.folder import CONFIG
from relusgd.runs.identity import Found, judge, look_into, refusal
from relusgd.runs.lock import FolderLock, changed_meanwhile, check_free
from relusgd.runs.places import check_place, check_replaceable, check_writable, recover, room_left
from relusgd.runs.run import Run
from relusgd.runs.writer import RunWriter, continue_folder, create_folder
from relusgd.training import Block, Plan, State, prepare, training_blocks
from relusgd.words import byte_size, counted

ANEW = "train it anew with --overwrite"


class Observer(Protocol):
    """Who watches a run being recorded, for one the command line's progress bar."""

    command: str
    """The command that records this run, as a person would type it."""

    def found(self, plan: Plan, folder: Path, found: Found) -> None:
        """Called once, when it is clear what is going to be done."""

    def block(self, plan: Plan, block: Block) -> None:
        """Called after every block, when it is on the disk."""

    def signal(self) -> int | None:
        """The number of a signal that asks to stop after this block, if there was one."""


class NullObserver:
    """An observer that does nothing."""

    command = "relusgd train"

    def found(self, plan: Plan, folder: Path, found: Found) -> None: ...

    def block(self, plan: Plan, block: Block) -> None: ...

    def signal(self) -> int | None:
        return None


def record(
    config: Config,
    out: str | Path | None = None,
    overwrite: bool = False,
    *,
    dataset: Dataset | None = None,
    observer: Observer | None = None,
    notes: Mapping[str, object] | None = None,
) -> Run:
    """Train as the config says and record the run in `out`, by default `outputs/<name of config and overrides>`.

    A folder that holds the same run is confirmed, resumed or continued; one that holds another run is refused unless
    `overwrite`. dataset: points to train on in place of the config's own. notes: what else run.json of a new run says.
    Raises ConfigError for faults of config and data, InputError for a folder that cannot be taken, DivergedError and
    StoppedError after everything so far is kept, RelusgdError when the disk fails.
    """
    plan = prepare(config, dataset)
    folder = Path(out) if out is not None else default_folder(config)
    watcher = observer or NullObserver()
    with disk_faults(folder):
        return _record(plan, folder, overwrite, watcher, notes or {})


def _record(
    plan: Plan, folder: Path, overwrite: bool, observer: Observer, notes: Mapping[str, object]
) -> Run:
    check_place(folder)
    recover(folder)
    standing = look_into(folder)
    found, differences = (Found.OTHER, []) if overwrite and standing else judge(standing, plan)
    if overwrite and standing:
        check_replaceable(folder)
    if found is Found.OTHER and not overwrite:
        raise refusal(folder, observer.command, differences)
    if standing is None or overwrite:
        found = Found.NOTHING
    elif found in (Found.UNFINISHED, Found.SHORTER):
        plan = plan.keeping(standing.facts.engine, standing.facts.kernel)
    if found not in (Found.COMPLETE, Found.DIVERGED):
        check_free(folder)
        check_writable(folder)
        check_room(
            plan,
            folder,
            0 if found is Found.NOTHING or not standing else len(standing.metrics["epoch"]),
        )
    observer.found(plan, folder, found)
    if found is Found.COMPLETE and standing:
        return standing
    if found is Found.DIVERGED and standing and standing.facts.divergence:
        known = standing.facts.divergence
        raise DivergedError(f"{folder}: {known.message}", known.hint)
    if found is Found.NOTHING:
        return record_anew(
            plan,
            folder,
            training_blocks(plan),
            observer,
            new_facts(plan, notes=notes),
            replace=standing is not None,
        )
    writer, state = continue_run(plan, folder, found)
    with writer:
        _write_blocks(plan, writer, state, training_blocks(plan, state), observer)
    return Run(folder)


def record_anew(
    plan: Plan,
    folder: Path,
    blocks: Iterator[Block],
    observer: Observer,
    facts: RunFacts,
    *,
    replace: bool = False,
) -> Run:
    """Record a training from its first block on, in a folder that is not there yet, or, with `replace`, in place of a run.

    facts: what run.json says at first. Raises as `record`, and OSError.
    """
    first = next(blocks)
    number = observer.signal()
    if number is not None:
        raise StoppedError("stopped before training began; nothing was written", signal=number)
    beginning = RunContents(
        config_to_yaml(plan.config), facts, plan.dataset, first.history, first.state
    )
    with create_folder(folder, beginning, replace=replace) as writer:
        _write_blocks(plan, writer, first.state, blocks, observer)
    return Run(folder)


def continue_run(plan: Plan, folder: Path, found: Found) -> tuple[RunWriter, State]:
    """The writer of a run that goes on, and the state from which it does."""
    lock = FolderLock(folder)
    with ExitStack() as undo:
        undo.callback(lock.release)
        standing = look_into(folder)
        if standing is None or judge(standing, plan)[0] is not found:
            raise changed_meanwhile(folder)
        writer, state = continue_folder(folder, plan.hidden, lock)
        undo.callback(writer.close)
        check_gapless(plan, standing, state)
        counts = replace(writer.facts.counts, epochs=plan.epochs)
        writer.save_facts(replace(writer.facts, status="running", counts=counts))
        if found is Found.SHORTER:
            write_whole(folder / CONFIG, config_to_yaml(plan.config), durable=True)
        undo.pop_all()
    return writer, state


def check_gapless(plan: Plan, run: Run, state: State) -> None:
    """Raise RelusgdError when going on from this state would leave out snapshots that were never recorded."""
    epoch = state.step // plan.steps_per_epoch
    if state.step > plan.steps or not plan.recording.is_beginning(run.metrics["epoch"], epoch):
        raise RelusgdError(
            f"{run.folder}: its checkpoint and its snapshots are not of one run; the run folder is damaged",
            ANEW,
        )


def _write_blocks(
    plan: Plan, writer: RunWriter, state: State, blocks: Iterator[Block], observer: Observer
) -> None:
    """Append block after block, and leave the right status behind however it ends."""
    started = time.perf_counter()
    status: Status = "interrupted"
    divergence = None
    try:
        for block in blocks:
            writer.append(block.history, block.state)
            state = block.state
            observer.block(plan, block)
            _stop_if_asked(plan, state, writer.folder, observer)
        status = "complete"
    except DivergedError as error:
        status, divergence = "diverged", Divergence.of(error)
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
            divergence=divergence,
        )
        if status == "failed":
            with suppress(OSError):  # the disk that refused the snapshots may refuse this too
                writer.save_facts(facts)
        else:
            writer.save_checkpoint(state)
            writer.save_facts(facts)


def _stop_if_asked(plan: Plan, state: State, folder: Path, observer: Observer) -> None:
    """Raise StoppedError when a signal asks for it and there is something left to do."""
    number = observer.signal()
    if number is not None and state.step < plan.steps:
        epoch = state.step // plan.steps_per_epoch
        raise StoppedError(
            f"stopped in epoch {epoch:,}; everything so far is in {folder}",
            "the same command continues it",
            signal=number,
        )


def check_room(plan: Plan, folder: Path, recorded: int = 0) -> None:
    """Refuse a run whose snapshots, but for those recorded already, do not fit on the disk.

    Raises InputError with the sizes and what to change.
    """
    standing, free = room_left(folder)
    snapshots = plan.recording.count() - recorded
    if snapshots * plan.snapshot_bytes <= free:
        return
    every = -(-snapshots * plan.snapshot_bytes * 2 // max(free, 1)) * (plan.recording.every or 1)
    less_often = (
        f"record less often, for example --set snapshots.every={min(every, max(plan.epochs, 1))}"
    )
    raise InputError(
        f"{counted(snapshots, 'snapshot')}{' more' * bool(recorded)} of {byte_size(plan.snapshot_bytes)} "
        f"need {byte_size(snapshots * plan.snapshot_bytes)} and {standing} has {byte_size(free)} left",
        "make room on the disk; then the same command goes on" if recorded else less_often,
    )


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Turn the disk's refusals into a sentence."""
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str | bytes | os.PathLike) else folder
        raise RelusgdError(
            f"{os.fsdecode(place)}: {error.strerror or error}; what was recorded before is kept"
        ) from error
