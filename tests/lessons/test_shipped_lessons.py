"""The lessons that come with relusgd, with few epochs: every number is found in a run's files, or
in what a command prints.
"""

import contextlib
import csv
import json
import os
import shlex

import numpy as np
import pytest
from command import run as command
from made_lessons import build, short

from relusgd.checks import cost
from relusgd.config.shipped import shipped_lessons
from relusgd.diagnostics.quantities import QUANTITIES
from relusgd.lessons.reading import read_lesson
from relusgd.model.history import METRICS
from relusgd.recipes.facts import FACTS
from relusgd.recipes.formula import names_in, parse_quantity
from relusgd.runs.diagnosis import quantities_over_time
from relusgd.runs.find import load_run
from relusgd.words import number, plain_significant, rounded_number

EPOCHS = 200 if "RELUSGD_LONG" not in os.environ else None
"""None: as many as the lesson has."""


@pytest.fixture(scope="module", params=sorted(shipped_lessons()))
def lesson(request):
    return read_lesson(shipped_lessons()[request.param])


@pytest.fixture(scope="module")
def folder(lesson, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons") / lesson.name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost.measure_costs, "__defaults__", ((2, 3, 4, 5, 6, 8, 10), lambda _: None))
        build(short(lesson, EPOCHS) if EPOCHS else lesson, folder)
    return folder


def rows_of(folder):
    with (folder / "numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_is_found_in_a_runs_files_or_printed_by_a_command(lesson, folder):
    printed = {}
    for row in rows_of(folder):
        source = row["from"]
        if source in lesson.file.facts:
            if source not in printed:
                printed[source] = json_of(lesson.file.facts[source], folder)
            expected = at_path(printed[source], row["asked"])
        else:
            expected = in_run(folder / "runs" / source, row["asked"], row["at"])
        if isinstance(expected, str):
            assert row["value"] == expected, row
        else:
            assert float(row["value"]) == pytest.approx(expected, rel=1e-9, nan_ok=True), row
            size = abs(float(row["value"]))
            formats = {write(size) for write in (number, rounded_number, plain_significant)}
            assert row["as written"].removeprefix("−") in formats


def test_every_number_stands_in_the_answers(lesson, folder):
    answers = (folder / "answers.md").read_text(encoding="utf-8")
    page = (folder / "index.html").read_text(encoding="utf-8")
    rows = rows_of(folder)
    assert len(rows) >= 2 * len(lesson.questions)
    for row in rows:
        assert row["as written"] in answers, row
    assert page.count("<data ") >= len([row for row in rows if is_number(row["value"])]) // 2
    assert "{" not in (folder / "exercise.md").read_text(encoding="utf-8").replace("`", "")


def test_every_question_has_a_picture_a_number_or_a_command_to_look_at(lesson):
    for question in lesson.questions:
        assert question.commands or question.lab or "{" in question.answer, question.name


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def json_of(text, folder):
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost.measure_costs, "__defaults__", ((2, 3, 4, 5, 6, 8, 10), lambda _: None))
        result = command(*shlex.split(text)[1:])
    assert result.exit_code == 0
    return json.loads(result.stdout)


def at_path(value, path):
    for part in path.split("/"):
        if isinstance(value, dict):
            value = value[part.strip()]
        elif part.strip().isdigit():
            value = value[int(part)]
        else:
            (value,) = [one for one in value if part.strip() in (one.get("name"), one.get("label"))]
    return value


def in_run(folder, asked, at):
    """The number from metrics.csv, run.json and the arrays, or by a published function."""
    run = load_run(folder)
    with (folder / "metrics.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    epochs = np.array([int(row["epoch"]) for row in table])
    steps = np.array([int(row["step"]) for row in table])
    if at == "second half":
        chosen = np.flatnonzero(steps >= steps[-1] / 2)
    else:
        chosen = [len(table) - 1] if at == "last" else [int(np.flatnonzero(epochs == int(at))[-1])]
    values = {}
    for name in names_in(parse_quantity(asked).root):
        if name in QUANTITIES:
            values[name] = quantities_over_time(run, [name], np.array(chosen))[name]
        elif name in ("epoch", "step", *METRICS):
            values[name] = np.array([float(table[place][name]) for place in chosen])
        else:
            values[name] = FACTS[name](run)
    return float(np.squeeze(eval(asked, {"median": np.median}, values)))
