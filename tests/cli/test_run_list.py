"""The table of `relusgd list`, as a terminal of so many columns shows it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from relusgd.cli.run_list import runs_table


def facts(run, **other):
    return {
        "run": run,
        "status": "complete",
        "outcome": "learned",
        "steps": 150_000,
        "epochs": 30000,
        "train_mse": 0.0154,
        "test_mse": 0.00798,
        "course": [1, 0.1, 0.01],
        **other,
    }


def printed(rows, width):
    """The lines of the table, without its heading."""
    paper = Console(file=io.StringIO(), width=width or 1000, highlight=False)
    paper.print(runs_table(rows, Path("outputs"), width))
    return [line.rstrip() for line in paper.file.getvalue().splitlines()]


SWEEP = [
    facts(f"outputs/course/network.hidden={width},case=all,seed={seed}")
    for width in (10, 20)
    for seed in range(3)
]


def test_on_a_terminal_a_sweep_is_a_line_and_in_a_file_every_run_is_one():
    rows = [*SWEEP, facts("outputs/notebook")]
    _, sweep, single = printed(rows, 80)
    assert sweep.split("  ")[0] == "course (6 runs)"
    assert single.split() == ["notebook", "complete", "30,000", "0.0154", "0.00798", "█▅▁"]
    assert [line.split()[0] for line in printed(rows, None)] == [
        "run",
        *(row["run"].removeprefix("outputs/") for row in rows),
    ]


def test_the_states_of_a_sweep_are_counted():
    rows = [
        *SWEEP[:4],
        {"run": "outputs/course/a", "status": "damaged"},
        facts("outputs/course/b", status="diverged"),
    ]
    assert [line.split()[-2:] for line in printed(rows, 80)[1:]] == [
        ["4", "complete"],
        ["1", "damaged"],
        ["1", "diverged"],
    ]


def test_a_folder_of_one_run_is_that_run():
    assert printed([facts("outputs/course/seed=0")], 80)[1].startswith("course/seed=0 ")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_longer_than_the_terminal_and_no_name_is_cut(width):
    rows = [facts(f"outputs/sine,training.learning_rate={rate}") for rate in (0.01, 0.02, 0.05)]
    heading, *lines = printed(rows, width)
    assert max(map(len, lines)) <= width
    names = "".join(line.partition("  ")[0] for line in lines)
    assert names == "".join(row["run"].removeprefix("outputs/") for row in rows)
    assert ("course" in heading) == (width >= 80)


def test_the_name_of_a_sweep_stays_on_one_line_and_columns_are_dropped_to_make_room():
    heading, *lines = printed(
        [
            facts(f"outputs/network.hidden=10,training.penalty=0.0001,seed={seed}")
            for seed in range(4)
        ],
        80,
    )
    assert heading.split() == ["run", "status", "epochs", "test", "MSE"]
    assert len(lines) == 4
