"""gradcheck by its words: argv in; exit code, phrases and files out."""

import io
import json
import re
from functools import partial

import numpy as np
import pytest
from command import run
from PIL import Image
from rich.console import Console

from relusgd.checks import network_check
from relusgd.checks.cost import measure_costs


def test_gradcheck_has_a_line_for_every_engine_kernel_and_array(here):
    result = run("gradcheck", "small.yaml")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[2] for line in lines if line[:2] == ["numpy", "dense"]] == ["weight_1"]
    assert sum("weight_2" in line for line in lines) == len(network_check.gradient_functions((7,)))
    assert all(line[-1] == "ok" for line in lines[1:])
    assert "left out" in result.stderr
    assert list(here.iterdir()) == [here / "small.yaml"]


def test_gradcheck_of_a_run_is_at_its_epoch(here):
    run("train", "small.yaml", "-q")
    first, last = (run("gradcheck", "outputs/small", *more) for more in (("--epoch", 0), ()))
    assert first.exit_code == last.exit_code == 0
    assert first.stdout != last.stdout
    assert first.stdout == run("gradcheck", "small.yaml").stdout
    assert run("gradcheck", "outputs/small", "--epoch", 77).exit_code == 2


def test_gradcheck_fails_with_exit_1_and_names_engine_kernel_and_entry(here, monkeypatch):
    right = network_check.by_backprop
    monkeypatch.setattr(
        network_check,
        "by_backprop",
        lambda vector, *rest: right(vector, *rest) * np.where(np.arange(22) == 15, 1.01, 1),
    )
    result = run("gradcheck", "small.yaml")
    assert result.exit_code == 1
    assert re.search(
        r"failed: engine numpy, kernel backprop: weight_2\[1, 0\] is given as", result.stderr
    )
    assert result.stdout.count("FAILED") == 1
    assert json.loads(run("gradcheck", "small.yaml", "--json").stdout)["passed"] is False


def test_gradcheck_of_a_deep_network_in_json(here):
    facts = json.loads(
        run("gradcheck", "small.yaml", "--set", "network.hidden=[5,4]", "--json").stdout
    )
    assert facts["passed"]
    assert [array["name"] for array in facts["checks"][0]["arrays"]] == [
        "weight_1",
        "bias_1",
        "weight_2",
        "bias_2",
        "weight_3",
        "bias_3",
    ]


def test_step_sizes_are_a_table_and_a_picture(here):
    result = run("gradcheck", "small.yaml", "--step-sizes", "--out", "steps.png")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[0] == "1e-01"
    with Image.open("steps.png") as picture:
        assert picture.size == (1000, 640)


def test_a_picture_of_step_sizes_has_the_size_that_is_asked_for(here):
    result = run("gradcheck", "small.yaml", "--step-sizes", "--out", "steps.png", "--size", "720p")
    assert result.exit_code == 0
    with Image.open("steps.png") as picture:
        assert picture.size == (1280, 720)


def test_costs_are_a_table_and_a_picture_and_need_no_config(here, monkeypatch):
    from relusgd.checks import cost

    monkeypatch.setattr(cost.measure_costs, "__defaults__", ((4, 8, 16), lambda _: None))
    result = run("gradcheck", "--cost", "--out", "cost.svg")
    assert result.exit_code == 0
    exponents = [
        re.findall(r"(\d\.\d+) ·", line)
        for line in result.stdout.splitlines()
        if line.startswith("exponent")
    ]
    assert [len(row) for row in exponents] == [2, 3]
    assert "central differences" in result.stdout
    assert (here / "cost.svg").stat().st_size > 3000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to check: give a CONFIG or a RUN, or --cost"),
        (["--cost", "small.yaml"], "does not read small.yaml"),
        (["small.yaml", "--cost", "--step-sizes"], "give one of them"),
        (["small.yaml", "--out", "x.png"], "neither is given"),
        (["small.yaml", "--step-sizes", "--out", "x.gif"], "its name ends in .png, .svg or .pdf"),
        (["small.yaml", "--step-sizes", "--out", "nowhere/x.png"], "there is no folder nowhere"),
        (["small.yaml", "--step-sizes", "--size", "720p"], "--size is that of a picture"),
        (["small.yaml", "--epoch", "3"], "small.yaml is a config"),
        (["absent.yaml"], "absent.yaml"),
        (["small.yaml", "--set", "network.hiden=3"], "did you mean hidden"),
    ],
)
def test_gradcheck_says_what_is_wrong_with_a_command(here, arguments, words):
    result = run("gradcheck", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert [path.name for path in here.iterdir()] == ["small.yaml"]


def test_on_a_terminal_the_measurement_of_costs_says_how_far_it_is(here, monkeypatch):
    paper = io.StringIO()
    console = Console(file=paper, force_terminal=True, width=100)
    monkeypatch.setattr("relusgd.cli.gradcheck.stderr_console", lambda: console)
    # Three widths in place of seven: the real measurement takes most of a minute.
    monkeypatch.setattr("relusgd.checks.cost.measure_costs", partial(measure_costs, (4, 8, 16)))
    assert run("gradcheck", "--cost").exit_code == 0
    assert "measuring part 6 of 14: one input, H units, B = H points: H = 16" in paper.getvalue()
