"""The command verify: recipes, run and held against what they claim."""

from __future__ import annotations

import math
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs
from relusgd.cli.options import JsonOption
from relusgd.cli.terminal import print_json, print_table, stderr_console
from relusgd.errors import InputError
from relusgd.words import brief_duration, comma_list, counted, exact_number, number, number_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from relusgd.recipes.claims import Verdict
    from relusgd.recipes.recipe import Claim, Recipe
    from relusgd.recipes.verifying import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example:  relusgd verify edge balance --seeds 2")(verify)


@guarded
def verify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Recipes: configs with an expect: block, folders of them, or names of those that "
            "come with relusgd. [dim]\\[default: all of these][/]",
            autocompletion=complete_configs,
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the runs are kept.")] = Path(
        "outputs/verify"
    ),
    seeds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="How many seeds. [dim]\\[default: what each recipe says][/]",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check claims about networks by running them: published results, or your own.

    Every claim must hold on every seed, and every broken variant must fail. Runs that are there
    already are not trained again. Exit code 1 when a claim does not hold or a broken variant
    passes.
    """
    from relusgd.recipes.recipe import load_recipe
    from relusgd.recipes.verifying import verify as verify_recipes

    recipes = [load_recipe(path) for path in recipe_files(paths or [])]
    console = stderr_console()
    reports: list[Report] = []
    with console.status("") if console.is_terminal else nullcontext() as status:

        class Watcher:
            def begins(self, recipe: Recipe) -> None:
                if status:
                    status.update(f"{len(reports) + 1} of {len(recipes)}: {recipe.name}")

        for report in verify_recipes(recipes, out, seeds=seeds, observer=Watcher()):
            reports.append(report)
    if as_json:
        print_json([report_facts(report) for report in reports])
    else:
        print_table(reports_table(reports))
        wrong = [report.recipe.name for report in reports if not report.is_verified]
        if wrong:
            typer.echo(f"not verified: {comma_list(wrong)}", err=True)
    if not all(report.is_verified for report in reports):
        raise typer.Exit(1)


def recipe_files(paths: Sequence[Path]) -> list[Path]:
    """The files at these paths and in these folders; without any, all shipped recipes.

    A name that is no path may be that of a shipped one. Raises InputError for a folder without any.
    """
    from relusgd.config.shipped import shipped_recipes

    shipped = shipped_recipes()
    if not paths:
        return list(shipped.values())
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(path.glob("*.yaml"))
            if not found:
                raise InputError(
                    f"{path} holds no .yaml file",
                    "give a recipe, or a folder of them",
                )
            files += found
        elif not path.exists() and str(path) in shipped:
            files.append(shipped[str(path)])
        else:
            files.append(path)
    return files


def reports_table(reports: Sequence[Report]) -> Table:
    """A line per claim and per broken variant."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("recipe", "claim", "expected", "measured", "margin", "", "time"):
        justify: Any = "right" if heading in ("margin", "time") else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for report in reports:
        name = report.recipe.name
        spent = brief_duration(report.seconds)
        for verdict in report.verdicts:
            outcome = "ok" if verdict.holds else "FAILED"
            table.add_row(name, *_cells(verdict), outcome, spent)
            name = spent = ""
        for variant, verdicts in report.broken.items():
            worst = min(verdicts, key=lambda verdict: verdict.margin)
            outcome = "PASSES" if variant in report.passing_variants else "fails, as it must"
            table.add_row(name, f"broken: {variant}", *_cells(worst)[1:], outcome, "")
    return table


def _cells(verdict: Verdict) -> list[str]:
    """The claim, what is expected, what was measured, and the margin."""
    claim = verdict.claim
    subject = claim.quantity
    if claim.where:
        settings = [str(value) for value in claim.where.values()]
        subject += f" ({', '.join(settings)})"
    return [subject, expected_text(claim), measured_text(verdict), number(verdict.margin)]


def expected_text(claim: Claim) -> str:
    """What a claim says of its quantity: 1 ± 0.03, < 0.005, falling over training.batch_size."""
    over = "" if claim.over == "run" else f" over {claim.over}"
    if isinstance(claim.value, str):
        return f"{claim.value}{over}"
    value = exact_number(claim.value)
    if claim.relation == "below":
        return f"< {value}{over}"
    if claim.relation == "above":
        return f"> {value}{over}"
    if claim.relation == "equal":
        return f"{value} ± {exact_number(claim.tolerance)}{over}"
    return f"{claim.relation} {value} ± {exact_number(claim.tolerance)}{over}"


def measured_text(verdict: Verdict) -> str:
    """The median of what was measured, and its range."""
    finite = [value for value in verdict.measured if math.isfinite(value)]
    if not finite:
        return "nothing finite"
    text = number(median(finite))
    lowest = min(finite)
    highest = max(finite)
    if lowest < highest:
        low, high = number_range(lowest, highest)
        text += f" ({low} … {high})"
    missing = len(verdict.measured) - len(finite)
    if missing:
        text += f", {counted(missing, 'run')} without"
    return text


def report_facts(report: Report) -> dict[str, Any]:
    """A report as numbers and words."""
    broken = {}
    for name, verdicts in report.broken.items():
        claims = [_verdict_facts(verdict) for verdict in verdicts]
        broken[name] = {"fails": name not in report.passing_variants, "claims": claims}
    return {
        "recipe": report.recipe.name,
        "path": str(report.recipe.path),
        "statement": report.recipe.expectation.statement,
        "source": report.recipe.expectation.source,
        "verified": report.is_verified,
        "seeds": report.seeds,
        "seconds": report.seconds,
        "claims": [_verdict_facts(verdict) for verdict in report.verdicts],
        "broken": broken,
    }


def _verdict_facts(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    return {
        "quantity": claim.quantity,
        "over": claim.over,
        "where": {key: str(value) for key, value in claim.where.items()},
        "relation": claim.relation,
        "value": claim.value,
        "tolerance": claim.tolerance,
        "measured": verdict.measured,
        "margin": verdict.margin,
        "holds": verdict.holds,
    }
