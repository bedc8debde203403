"""Running a sweep: what `relusgd sweep` does, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relusgd.config import Config, PlannedRun, planned_runs, run_name
from relusgd.errors import DivergedError, RelusgdError
from relusgd.runs.record import record
from relusgd.runs.run import load_run
from relusgd.sweeps.rows import NOTE, Row, failed_row, run_row, write_summary
from relusgd.sweeps.sweep import Sweep, load_sweep


def run_sweep(config: Config, out: str | Path | None = None) -> Sweep:
    """Train every run of a sweep and record each in a folder of its own in `out`, by default `outputs/<config's name>`.

    What is complete already is left as it is, and what is interrupted is continued. A run that diverges is a result; one that
    fails is told in the summary, and the others go on. Raises ConfigError before anything is trained.
    """
    folder = Path(out) if out is not None else Path("outputs") / run_name(config)
    runs = planned_runs(config)
    rows = [_row(run, folder) for run in runs]
    return _finish(folder, rows)


def _row(planned: PlannedRun, folder: Path) -> Row:
    place = folder / planned.name
    try:
        return run_row(record(planned.config, place, notes={NOTE: dict(planned.varied)}))
    except DivergedError:
        return run_row(load_run(place))
    except RelusgdError as error:
        return failed_row(planned.name, planned.varied, str(error))


def _finish(folder: Path, rows: Sequence[Row]) -> Sweep:
    write_summary(folder, rows, durable=True)
    sweep = load_sweep(folder)
    write_summary(folder, sweep.rows, durable=True)
    return sweep
