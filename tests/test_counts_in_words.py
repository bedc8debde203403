"""Counts in sentences go with their nouns and verbs: the unit is dead, both are, 1 of 3 is."""

import re

import pytest
from command import run

from relusgd.words import agreeing, counted_part

ONE_WITH_A_PLURAL = re.compile(
    r"(?<![\d.,/−-])(?<!\+ )\b1 (?:of (?:1|the 1|all 1) [a-z]|(?:[a-z]+ )?"
    r"(?:units|points|elbows|bends|steps|epochs|rows|runs|snapshots|places|draws|pieces|seeds)\b)"
    r"|\ball 1 |\b1 of \d+ \w+ (?:are|have|were|share|die|lie)\b"
    r"|(?<!of )(?<![\d.,])\b1 (?:unit|point|elbow|bend|row|run) (?:are|have|were|die|lie|leave)\b"
)
"""What nobody says: 1 units, 1 of 1, all 1 units, 1 of 2 units are."""

ONE_UNIT = ["network.hidden=1", "network.slopes=1"]

RUNS = {
    "one unit": ["network.hidden=1"],
    "one unit that is dead from the start": [*ONE_UNIT, "network.elbows=2"],
    "one of two is dead": ["network.hidden=2", "network.slopes=1", "network.elbows=[0.3,2]"],
    "both are dead": ["network.hidden=2", "network.slopes=1", "network.elbows=2"],
    "two of three are dead": ["network.hidden=3", "network.slopes=1", "network.elbows=[0.3,2,2]"],
    "one unit that is always on": [*ONE_UNIT, "network.elbows=-1"],
    "one unit that large steps throw off the data": [*ONE_UNIT, "training.learning_rate=1.5"],
    "two layers of one unit": ["network.hidden=[1,1]"],
    "batches of one point": ["network.hidden=2", "training.batch_size=1"],
    "one step": ["network.hidden=2", "training.epochs=1", "training.batch_size=full"],
    "ridge": ["network.hidden=1", "training.method=ridge"],
}

QUESTIONS = (
    ["show"],
    ["explain"],
    ["diagnose"],
    ["step"],
    ["step", "--batch"],
    ["step", "--batch", "--unit", "0"],
    ["step", "--at", "0.5,1"],
    ["features"],
    ["gradcheck"],
)


def test_parts_of_several_things_have_words():
    words = [counted_part(part, 2, "unit") for part in range(3)]
    assert words == ["0 of 2 units", "1 of 2 units", "both units"]
    assert counted_part(1, 1, "unit") == "the unit"
    assert counted_part(1, 1000, "unit") == "1 of 1,000 units"
    assert counted_part(1000, 1000, "unit") == "all 1,000 units"
    assert [agreeing(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize("wrong", ["1 units", "1 of 1 units", "all 1 units", "1 of 2 units are"])
def test_wrong_counts_are_known(wrong):
    assert ONE_WITH_A_PLURAL.search(f"So {wrong} dead.")


@pytest.mark.parametrize(
    "right",
    ["1 of 2 units is", "11 units are", "2.1 steps", "1 unit is", "1,001 units", "0.1 units"],
)
def test_right_counts_are_let_through(right):
    assert not ONE_WITH_A_PLURAL.search(f"So {right} dead.")


@pytest.mark.parametrize("overrides", RUNS.values(), ids=RUNS.keys())
def test_no_command_says_one_of_several(tmp_path, monkeypatch, overrides):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(
        "data: {samples: 12, test_samples: 9}\ntraining: {epochs: 60, batch_size: 4}\n"
    )
    changes = [word for override in overrides for word in ("--set", override)]
    said = [run("train", "small.yaml", *changes, "--out", "run")]
    for command, *options in QUESTIONS:
        said.append(run(command, "run", *options))
    for result in said:
        assert result.exit_code in (0, 1, 2, 3), result.output
        # Columns of a table stand further apart.
        for cell in re.split(r"\n|\s{2,}", result.output):
            assert not ONE_WITH_A_PLURAL.search(cell), result.output
