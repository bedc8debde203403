"""Going on with a recorded run: its folder is checked, and a writer appends to it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from relusgd.advice import advice, flag
from relusgd.config import config_to_yaml
from relusgd.files import write_whole
from relusgd.run_files.digests import UNCHANGING, digest_of
from relusgd.run_files.folder import CONFIG
from relusgd.run_files.folder_errors import changed_meanwhile, damaged
from relusgd.run_files.stated_facts import FORMAT
from relusgd.runs.facts import RunFacts
from relusgd.runs.find import standing_run
from relusgd.runs.identity import Found, compare_with_plan
from relusgd.runs.lock import FolderLock
from relusgd.runs.own_metrics import check_continued
from relusgd.runs.run import Run
from relusgd.runs.writer import RunWriter, continue_folder
from relusgd.training import Plan, State


def continue_run(
    plan: Plan,
    folder: Path,
    found: Found,
    metrics: Collection[str] = (),
) -> tuple[RunWriter, State]:
    """The writer of a run that is continued, and the state from which to continue.

    metrics: the names of the caller's own metrics that its blocks will have.
    """
    lock = FolderLock(folder)
    with ExitStack() as undo:
        undo.callback(lock.release)
        standing = standing_run(folder)
        if standing is None:
            raise changed_meanwhile(folder)
        found_now, _ = compare_with_plan(standing, plan)
        if found_now is not found:
            raise changed_meanwhile(folder)
        check_continued(standing, metrics)
        memory = plan.descent.optimizer.memory
        writer, state = continue_folder(folder, plan.hidden, memory, lock, standing.moments)
        undo.callback(writer.close)
        _check_gapless(plan, standing, state)
        facts = _facts_of_continued(writer.facts, plan)
        if found is Found.UNFINISHED:
            writer.save_facts(facts)
        else:
            _save_longer(writer, facts, config_to_yaml(plan.config))
        standing.forget()  # because a training may need the memory of its columns
        undo.pop_all()
    return writer, state


def _facts_of_continued(facts: RunFacts, plan: Plan) -> RunFacts:
    """The facts of a run while it goes on: without an ending, and with digests of what stays."""
    digests = facts.sha256
    if digests is not None:
        digests = {name: digests[name] for name in UNCHANGING if name in digests}
    counts = replace(facts.counts, epochs=plan.epochs)
    running = replace(facts, status="running", counts=counts, sha256=digests)
    return running.with_ending(None)


def _save_longer(writer: RunWriter, facts: RunFacts, config_text: str) -> None:
    """Save the facts, then the config, of a run that becomes longer than was planned."""
    digests = facts.sha256
    if digests is not None:
        digests = {**digests, CONFIG: digest_of(config_text.encode())}
    writer.save_facts(replace(facts, format=FORMAT, sha256=digests))
    write_whole(writer.folder / CONFIG, config_text)


def _check_gapless(plan: Plan, run: Run, state: State) -> None:
    """Raise RelusgdError when continuing from this state would leave a gap in the snapshots."""
    is_beginning = plan.recording.is_beginning(run.moments["step"], state.step)
    if state.step > plan.steps or not is_beginning:
        raise damaged(
            run.folder,
            "its checkpoint and its snapshots are not of one run",
            advice("train it anew with {}", flag("overwrite")),
        )
