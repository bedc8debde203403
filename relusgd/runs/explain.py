"""Why a run fits or does not, and what can be foreseen of a config: `relusgd.explain`."""

from __future__ import annotations

from pathlib import Path

from relusgd.config import Config, Source
from relusgd.runs.explanation import Explanation, explain_plan
from relusgd.runs.find import load_run
from relusgd.runs.run import Run
from relusgd.training import prepare


def explain(source: Run | Config | Source, *, trials: bool = True) -> Explanation:
    """Why a run fits or does not, or what can be foreseen of a config before its first step.

    source: a run, its folder, or a config in any form that `record` takes. trials: whether what may
    help is tried, for 5 % of the time of the run or 2 s. A notebook's cell shows the sentences.
    Raises RelusgdError for a run that is damaged, and ConfigError for a config with faults.
    """
    if isinstance(source, str | Path) and Path(source).is_dir():
        source = load_run(source)
    if isinstance(source, Run):
        return source.explain(trials=trials)
    return explain_plan(prepare(source))
