"""step by its words: argv in; exit code, phrases, numbers and files out."""

import json
import re
import shlex

import numpy as np
import pytest
from command import run
from documents import ROOT, code_blocks
from PIL import Image

import relusgd

PAGE = (ROOT / "docs" / "step.md").read_text(encoding="utf-8")


def test_a_line_per_unit_at_80_columns(here):
    result = run("step", "small.yaml", "--at", "0.3,1.2")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "after epoch 0, step 1 on the sample x = 0.3, y = 1.2"
    assert lines[1].startswith("a plain gradient step, learning rate 0.02; loss ℓ there ")
    table = lines[lines.index("") + 1 : lines.index("") + 9]
    assert table[0].split()[:6] == ["unit", "on", "w", "∂ℓ/∂w", "∂ℓ/∂b", "∂ℓ/∂v"]
    assert [line.split()[0] for line in table[1:]] == [str(number) for number in range(7)]
    assert {line.split()[1] for line in table[1:]} <= {"on", "off"}
    assert max(map(len, table)) <= 80
    assert list(here.iterdir()) == [here / "small.yaml"]


def test_the_batch_is_the_default(here):
    run("train", "small.yaml", "-q")
    usual = run("step", "outputs/small", "--epoch", 20)
    assert usual.exit_code == 0
    assert usual.stdout == run("step", "outputs/small", "--epoch", 20, "--batch").stdout
    assert usual.stdout.startswith("after epoch 20, step 81 on its batch of 8 points")
    assert "Not all points have the same vote" in usual.stdout
    assert run("step", "outputs/small").stdout.startswith("after epoch 40, step 161 on its batch")


def test_a_unit_has_its_formulas_and_they_hold(here):
    result = run("step", "small.yaml", "--at", "0.3,1.2", "--unit", 2)
    lines = [line.split(" = ") for line in result.stdout.splitlines() if " = " in line]
    checked = 0
    for name, *between, value in lines:
        numbers = between[-1] if between else ""
        if name.strip() in {
            "∂ℓ/∂f",
            "∂ℓ/∂v",
            "∂ℓ/∂b",
            "∂ℓ/∂w",
            "w′",
            "b′",
            "v′",
            "e",
            "e′",
            "e′ − e",
        }:
            plain = numbers.replace("·", "*").replace("−", "-")
            assert re.fullmatch(r"[-+*/(). 0-9e]+", plain), plain
            given = float(value.replace("−", "-"))
            assert eval(plain) == pytest.approx(given, rel=1e-3, abs=1e-4)
            checked += 1
    assert checked == 10


def test_a_unit_in_a_batch_has_a_line_for_every_point_at_which_it_is_on(here):
    facts = json.loads(run("step", "small.yaml", "--unit", 3, "--json").stdout)
    result = run("step", "small.yaml", "--unit", 3)
    (unit,) = facts["units"]
    rows = [line for line in result.stdout.splitlines() if line.endswith(" %")]
    assert len(rows) == unit["active"] == len(unit["points"])
    for line in facts["formulas"]:
        assert {"name", "symbols", "numbers", "value"} == line.keys()
    assert facts["why"]
    for sentence in facts["why"]:
        assert sentence in result.stdout


def test_json_has_every_number(here):
    facts = json.loads(run("step", "small.yaml", "--rate", 0.5, "--json").stdout)
    report = relusgd.step("small.yaml", rate=0.5)
    assert (facts["step"], facts["epoch"], facts["learning_rate"]) == (1, 0, 0.5)
    assert len(facts["points"]) == 8
    assert len(facts["units"]) == 7
    for name, expected in (
        ("slope", report.step.before.slope),
        ("slope_after", report.step.after.slope),
        ("bias_after", report.step.after.bias),
        ("output_weight_after", report.step.after.output_weight),
        ("by_slope", report.step.by_slope),
        ("by_bias", report.step.by_bias),
        ("by_output_weight", report.step.by_output_weight),
        ("elbow_after", report.step.after.elbow),
        ("move", report.step.move),
    ):
        np.testing.assert_array_equal([unit[name] for unit in facts["units"]], expected)
    for unit in facts["units"]:
        pulls = [point["pull"] for point in unit["points"]]
        assert sum(pulls) == pytest.approx(unit["move"], abs=1e-12)


def test_a_deep_network_says_what_takes_the_place_of_v(here):
    result = run("step", "small.yaml", "--set", "network.hidden=[5,4]", "--at", "0.3,1")
    assert result.exit_code == 0
    assert "∂ℓ/∂v" not in result.stdout
    assert "takes the place of ∂ℓ/∂f · v" in result.stdout
    unit = run("step", "small.yaml", "--set", "network.hidden=[5,4]", "--at", "0.3,1", "--unit", 0)
    assert "∂ℓ/∂f · ∂f/∂a" in unit.stdout
    facts = run("step", "small.yaml", "--set", "network.hidden=[5,4]", "--json").stdout
    assert "output_weight" not in json.loads(facts)["units"][0]


def test_out_draws_the_step_and_prints_the_table_too(here):
    result = run("step", "small.yaml", "--at", "0.3,1", "--out", "step.png", "--size", "480x360")
    assert result.exit_code == 0
    assert result.stderr == "step.png\n"
    assert "∂ℓ/∂w" in result.stdout
    with Image.open("step.png") as picture:
        assert picture.size == (480, 360)
    dark = run("step", "small.yaml", "--unit", 1, "--out", "step.svg", "--theme", "dark")
    assert dark.exit_code == 0
    assert (here / "step.svg").read_text().startswith("<?xml")


def test_a_sample_outside_the_domain_is_told_so(here):
    result = run("step", "small.yaml", "--at", "3,1")
    assert result.exit_code == 0
    assert "the sample x = 3, y = 1 (outside the domain 0 … 1)" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "1", "--batch"], "--at and --batch do not go together"),
        (["--at", "1,2,3"], "--at gives 3 numbers; a network takes x, or x and y"),
        (["--at", "here"], "'here' is not a number"),
        (["--at", "1,nan"], "nan is not finite"),
        (["--unit", "7"], "there is no unit 7 in the first layer"),
        (["--unit", "-1"], "Invalid value"),
        (["--rate", "0"], "a learning rate is a number above 0, not 0"),
        (["--rate", "nan"], "a learning rate is a number above 0, not .nan"),
        (["--at", "0.5,1", "--rate", "1e300"], "leaves the finite numbers"),
        (["--epoch", "3"], "epoch 3 is that of a run"),
        (["--out", "step.gif"], "cannot be written as 'step.gif'"),
        (["--out", "nowhere/step.png"], "there is no folder nowhere"),
        (["--size", "slide"], "--size is that of a picture, and none is drawn"),
        (["--out", "step.png", "--size", "9x9"], "cannot be drawn"),
        (["--set", "training.method=ridge"], "draws no batches"),
        (["--set", "training.learning_rat=1"], "did you mean"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_nothing_is_written(here, arguments, message):
    result = run("step", "small.yaml", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert list(here.iterdir()) == [here / "small.yaml"]


def test_set_belongs_to_a_config(here):
    run("train", "small.yaml", "-q")
    result = run("step", "outputs/small", "--set", "seed=1")
    assert result.exit_code == 2
    assert "--set changes a config" in result.stderr
    assert run("step", "outputs/small", "--epoch", 99).exit_code == 2
    assert run("step", "nowhere.yaml").exit_code == 2


def test_the_four_cases_of_the_page_are_what_the_command_gives(here):
    (config,) = code_blocks(PAGE, "yaml")
    (here / "four.yaml").write_text(config, encoding="utf-8")
    commands = re.findall(r"^relusgd (step four.yaml .*?) +#", PAGE, re.MULTILINE)
    at_1, at_minus_1 = (
        json.loads(run(*shlex.split(command), "--json").stdout) for command in commands
    )
    units = [*at_1["units"][:2], at_minus_1["units"][2], at_1["units"][3]]
    for unit, slope, elbow in zip(units, (1, 0.8, 1.2, -1.2), (2, 0.875, -1.5, 1.5), strict=True):
        assert (unit["slope_after"], unit["elbow_after"]) == pytest.approx((slope, elbow))
    assert at_1["units"][2]["elbow_after"] == pytest.approx(-2.25)
    assert (at_1["loss"], at_1["loss_after"]) == pytest.approx((1, 4.368), abs=1e-3)
    assert (
        "the step goes too far" in run("step", "four.yaml", "--at", "1,3.5", "--rate", 0.1).stdout
    )
