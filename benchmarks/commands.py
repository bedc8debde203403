"""What a person waits for: `relusgd --help`, and the notebook's training with few and with all
snapshots.

    python benchmarks/commands.py

Every figure is the median of several runs, the two sides of a ratio measured in turn.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import relusgd

TWO_COMMANDS = """
import typer
app = typer.Typer(pretty_exceptions_enable=False)
@app.command()
def first(number: int = typer.Option(1, help="A number.")) -> None:
    "The first command."
@app.command()
def second(word: str = typer.Option("a", help="A word.")) -> None:
    "The second command."
app()
"""
NOTEBOOK = Path(__file__).parents[1] / "configs" / "notebook.yaml"


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show_help(code: str) -> Callable[[], object]:
    """Print help in a fresh Python."""
    return lambda: subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, check=True
    )


def help_ratio(repeats: int = 15) -> float:
    """Time of `relusgd --help` over that of a two-command Typer app's help."""
    ours, theirs = show_help("from relusgd.cli import main; main()"), show_help(TWO_COMMANDS)
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(repeats))


def training_seconds(every: int, engine: str) -> float:
    """CPU-bound seconds of the notebook's 150,000 steps, recorded every so many epochs, without
    start-up.
    """
    config = relusgd.load_config(NOTEBOOK, {"snapshots.every": every, "engine": engine})
    with tempfile.TemporaryDirectory() as folder:
        return float(relusgd.record(config, Path(folder) / "run").facts.timings.seconds)


def main() -> None:
    print(
        f"relusgd --help takes {help_ratio():.2f} times as long as a two-command Typer app's help"
    )
    few, every_epoch = zip(
        *((training_seconds(200, "numpy"), training_seconds(1, "numpy")) for _ in range(5)),
        strict=True,
    )
    print(
        "notebook.yaml, NumPy engine, 151 snapshots: "
        f"{statistics.median(few) / 150_000 * 1e6:.1f} µs a step"
    )
    extra = statistics.median(all_ / some - 1 for some, all_ in zip(few, every_epoch, strict=True))
    print(f"recording all 30,001 snapshots costs {extra:.2f} times the training")


if __name__ == "__main__":
    main()
