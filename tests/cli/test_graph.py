"""graph by its words: argv in; exit code, phrases and files out."""

import json
import re

import pytest
from command import run
from PIL import Image


def test_a_graph_without_a_file_is_a_table(here):
    result = run("graph", "--function", "(x**2)**2 + x**2", "--at", "3")
    assert result.exit_code == 0
    assert re.search(r"^u1\s+x\*\*2\s+1\s+9\s+18 \+ 1 = 19", result.stdout, re.MULTILINE)
    assert re.search(r"^x → u1\s+2\*x\s+6\s+114", result.stdout, re.MULTILINE)


def test_a_table_has_the_derivatives_as_formulas_between_nodes_and_edges(here):
    arguments = "graph", "--function", "(x**2)**2 + x**2", "--at", "3"
    _, formulas, _ = run(*arguments).stdout.split("\n\n")
    assert formulas.splitlines() == ["∂f/∂x = 4x³ + 2x", "∂f/∂u₁ = 2u₁ + 1", "∂f/∂u₂ = 1"]
    nodes = json.loads(run(*arguments, "--json").stdout)["nodes"]
    assert nodes[0]["derivative_formula"] == "4x³ + 2x"


def test_formulas_longer_than_a_line_are_named_instead(here):
    terms = " + ".join(f"sin({n}*x)*cos(x/{n})" for n in range(2, 8))
    printed = run("graph", "--function", terms, "--at", "1").stdout
    assert "\ntoo long for a line: ∂f/∂x\n" in printed
    assert all(len(line) <= 80 for line in printed.split("\n\n")[1].splitlines())


def test_a_graph_is_written_by_the_suffix_of_its_file(here):
    for name, start in (("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.dot", b"digraph")):
        result = run("graph", "--function", "sheet-a", "--at", "3", "--out", name)
        assert (result.exit_code, result.stdout) == (0, f"{name}\n")
        assert (here / name).read_bytes().startswith(start)


def test_a_networks_graph_is_at_one_of_its_points_or_any_sample(here):
    assert "training point 16 of 30" in run("graph", "small.yaml").stderr
    assert (
        "the sample x = −0.5, y = −1.25e−5"
        in run("graph", "small.yaml", "--at=-0.5,-1.25e-5").stderr
    )
    near = run("graph", "small.yaml", "--at", "0.5")
    assert re.search(r"training point \d+ of 30, x = 0\.[45]", near.stderr)
    own = json.loads(run("graph", "small.yaml", "--at", "0.25,-2", "--json").stdout)
    values = {node["name"]: node["value"] for node in own["nodes"]}
    assert (values["x"], values["y"], len(values["w"])) == (0.25, -2, 7)


def test_a_runs_graph_has_the_numbers_of_its_last_snapshot(here):
    from relusgd import load_run

    run("train", "small.yaml", "-q")
    facts = json.loads(run("graph", "outputs/small", "--json").stdout)
    values = {node["name"]: node["value"] for node in facts["nodes"]}
    assert values["w"] == load_run("outputs/small").history.slope[-1].tolist()
    assert json.loads(run("graph", "outputs/small", "--epoch", 0, "--json").stdout) != facts


def test_points_of_a_csv_are_given_in_its_own_units(here):
    (here / "flow.csv").write_text(
        "x,y\n" + "".join(f"{1900 + i},{i * i % 7}\n" for i in range(20))
    )
    (here / "flow.yaml").write_text("data: {kind: csv, path: flow.csv}\nnetwork: {hidden: 3}\n")
    assert "x = 1910" in run("graph", "flow.yaml", "--at", "1910").stderr
    assert run("gradcheck", "flow.yaml").exit_code == 0


def test_a_nudge_is_a_table(here):
    result = run("graph", "--function", "sheet-a", "--at", "3", "--nudge", "f", "--by", "0.5")
    assert result.exit_code == 0
    assert re.search(r"0\.5\s+99\.25\s+9\.25\s+9\s+2\.5e-01", result.stdout)


def test_a_nudge_has_a_picture(here):
    result = run("graph", "small.yaml", "--nudge", "w[2]", "--by", "0.5", "--out", "nudge.png")
    assert (result.exit_code, result.stdout) == (0, "nudge.png\n")
    assert (here / "nudge.png").stat().st_size > 10_000


def test_a_step_is_filmed_beside_the_runs_other_pictures(here):
    run("train", "small.yaml", "-q", "--set", "network.hidden=1", "--out", "outputs/small")
    result = run("graph", "outputs/small", "--animate")
    assert (result.exit_code, result.stdout) == (0, "outputs/small/graph.gif\n")
    assert (here / "outputs/small/graph.gif").stat().st_size > 10_000
    assert run("train", "outputs/small", "--overwrite", "-q").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing is given"),
        (["small.yaml", "--function", "x"], "both a network and --function"),
        (
            ["sheet-b"],
            "sheet-b is not a file; a function is given with --function\ntry: relusgd graph "
            "--function sheet-b",
        ),
        (["x**2 + x", "--at", "3"], "try: relusgd graph --function 'x**2 + x'"),
        (["--function", "sheet-c", "--at", "1,2,3"], "sheet-c takes 2 numbers"),
        (["--function", "sheet-f"], "did you mean sheet-"),
        (["--function", "sheet-d", "--size", "3,2"], "sheet-d takes d"),
        (["--function", "sheet-d", "--size", "slide"], "add --out graph.svg"),
        (["--function", "sheet-d", "--size", "4", "--size", "5"], "given twice: 4 and 5"),
        (["--function", "sheet-d", "--size", "480x360", "--out", "x.png"], "does not fit into"),
        (["--function", "sheet-d", "--size", "x"], "is not a whole number"),
        (["--function", "x**2"], "differentiated at a point"),
        (["--function", "x**2", "--at", "1,2"], "an expression takes 1"),
        (["--function", "x**2", "--at", "one"], "'one' is not a number"),
        (["--function", "x**2", "--at", "nan"], "not finite"),
        (["--function", "x**2", "--at", "1", "--size", "3"], "an expression has none"),
        (["--function", "x^2", "--at", "1"], "'^' cannot be used; write x**2"),
        (["--function", "sine(x)", "--at", "1"], "did you mean sin"),
        (["--function", "3*pi", "--at", "1"], "does not depend on x"),
        (["--function", "log(x)", "--at", "-1"], "f = log(x) is nan"),
        (["--function", "x", "--at", "1", "--epoch", "3"], "--epoch and --set belong to"),
        (["small.yaml", "--size", "3"], "--size belongs to the sheet"),
        (["small.yaml", "--at", "1,2,3"], "a network takes x, or x and y"),
        (["small.yaml", "--nudge", "los"], "did you mean loss"),
        (["small.yaml", "--nudge", "w[9]"], "go from 1 to 7"),
        (["small.yaml", "--nudge", "w", "--by", "0"], "other than 0"),
        (["small.yaml", "--nudge", "w", "--out", "x.dot"], "its name ends in"),
        (["small.yaml", "--nudge", "w", "--out", "x.svg", "--json"], "leave one out"),
        (["small.yaml", "--out", "x.gif"], "--animate makes a .gif"),
        (["small.yaml", "--animate", "--out", "x.png"], "its name ends in .gif or .mp4"),
        (["--function", "sheet-a", "--animate"], "--animate films an SGD step"),
        (["small.yaml", "--set", "training.method=ridge", "--animate"], "this trains by ridge"),
        (["small.yaml", "--out", "nowhere/x.svg"], "there is no folder nowhere"),
    ],
)
def test_graph_says_what_is_wrong_with_a_command(here, arguments, words):
    result = run("graph", *arguments)
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert result.stdout == ""
    assert [path.name for path in here.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize("size", ["slide", "1920x1080"])
def test_a_picture_of_a_graph_has_the_size_that_was_asked_for(here, size):
    result = run(
        "graph", "--function", "sheet-c", "--size", "3,2", "--size", size, "--out", "c.png"
    )
    assert result.exit_code == 0, result.stderr
    with Image.open(here / "c.png") as picture:
        assert picture.size == (1920, 1080)
