"""One training step on the elbows, of a run or of a config: `relusgd.step`."""

from __future__ import annotations

from pathlib import Path

from relusgd.advice import advice, option
from relusgd.config import Config, Source
from relusgd.errors import InputError
from relusgd.runs.find import load_run
from relusgd.runs.run import Run
from relusgd.runs.step_report import Sample, StepReport, take_step
from relusgd.training import prepare


def step(
    source: Run | Config | Source,
    *,
    epoch: int | None = None,
    at: Sample | None = None,
    rate: float | None = None,
) -> StepReport:
    """One training step on the elbows: derivatives, moves, and which points pulled.

    source: a run, its folder, or a config in any form that `record` takes. epoch: of a run, by
    default its last recorded one; a config has its initial network. at: the sample (x, y), or x
    alone for the nearest training point, in the units of the data; the step is then a plain
    gradient step. Without it, it is the step that training takes next: its batch, its method with
    what that remembers. rate: a learning rate in place of the one in force.

    Raises InputError for an epoch that was not recorded, a sample or rate that is no finite number,
    and a step that leaves the finite numbers.
    """
    if isinstance(source, str | Path) and Path(source).is_dir():
        source = load_run(source)
    if isinstance(source, Run):
        return source.step(epoch=epoch, at=at, rate=rate)
    if epoch:
        raise InputError(
            f"epoch {epoch} is that of a run; a config has its initial network alone",
            advice("leave {} out, or give a run", option("epoch")),
        )
    # One step needs no compiled engine, which takes longer to load than the step takes.
    plan = prepare(source)
    plan = plan.with_engine("numpy", plan.kernel)
    return take_step(plan, plan.initial_state(), at=at, rate=rate)
