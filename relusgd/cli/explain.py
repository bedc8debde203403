"""The command explain: why a run fits or does not, in sentences, each with what to try."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs
from relusgd.cli.endings import TrainCommand, advice_lines
from relusgd.cli.options import JsonOption, SetOption, refuse_changes, run_folder_of
from relusgd.cli.terminal import SENTENCE_WIDTH, print_json, printable, stdout_width, wrapped

if TYPE_CHECKING:
    from relusgd.runs.explanation import Explanation
    from relusgd.training.explaining import ExplainedCause


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Examples:  relusgd explain outputs/sine  ·  relusgd explain sine.yaml --json"
    )(explain)


@guarded
def explain(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|CONFIG",
            help="A run folder, or a YAML config (what can be foreseen of it).",
            autocompletion=complete_configs,
            show_default=False,
        ),
    ],
    changes: SetOption = None,
    trials: Annotated[
        bool,
        typer.Option(
            "--trials/--no-trials",
            help="Try what may help; without trials the same run is told the same everywhere.",
        ),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Tell why a run fits or does not: the causes with their numbers, each with a command to try.

    What may help is tried for 5 % of the time that the run took, or 2 s. docs/explain.md has the
    causes, how each is told, and what helps.
    """
    source = run_folder_of(source)
    explanation, folder = _explained(source, changes or [], trials=trials)
    command = TrainCommand(source, changes or [])
    if as_json:
        print_json(_facts(explanation, command, folder))
        return
    width = min(stdout_width(), SENTENCE_WIDTH)
    lines = explanation.lines(lambda cause: _advice_lines(cause, command, folder))
    for line in lines:
        # What is indented is a command to copy, which has to stay on one line.
        text = line if line.startswith(" ") else wrapped(line, width)
        typer.echo(printable(text))


def _explained(source: Path, changes: list[str], *, trials: bool) -> tuple[Explanation, Path]:
    """The explanation, and the folder that a run is in or would be in."""
    from relusgd.config import default_folder, load_config, parse_overrides
    from relusgd.runs.explanation import explain_plan, explain_run
    from relusgd.runs.find import load_run
    from relusgd.training import prepare

    if source.is_dir():
        refuse_changes(changes, source)
        return explain_run(load_run(source), trials=trials), source
    config = load_config(source, parse_overrides(changes), typed=True)
    return explain_plan(prepare(config)), default_folder(config)


def _advice_lines(cause: ExplainedCause, command: TrainCommand, folder: Path) -> list[str]:
    """What to type for a cause, below its sentence."""
    return [f"  {line}" for line in advice_lines(cause, command, folder)]


def _facts(explanation: Explanation, command: TrainCommand, folder: Path) -> dict[str, Any]:
    """The explanation as --json prints it: what it says, and the command behind every advice."""
    facts = explanation.to_json()
    for cause, told in zip(explanation.causes, facts["causes"], strict=True):
        told["command"] = command.with_advice(cause.advice, folder) if cause.advice else ""
    return facts
