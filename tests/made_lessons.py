"""Lessons for tests, and a program that runs their commands in this process."""

import contextlib
import dataclasses
import shutil
from pathlib import Path

from command import run

from relusgd.config import load_config
from relusgd.lessons.building import build_lesson
from relusgd.lessons.program import Printed
from relusgd.lessons.reading import read_lesson

SMALL = """
title: Three units
minutes: 5
teaches: What three units can do
intro: |
  A lesson in *small*.
runs:
  small:
    network: {hidden: 3}
    data: {samples: 20}
    training: {epochs: 20}
facts:
  paths: relusgd graph --function sheet-a --at 3 --json
questions:
  - name: 1
    title: The fit
    text: |
      How well does it fit after {small: step} steps?
    look: relusgd plot runs/small --out pictures/fit.png
    lab: small
    answer: |
      Its error is {small: train_mse}, after {small at 0: train_mse} at the start.
  - name: 2
    title: A derivative
    text: |
      Differentiate (x²)² + x² at x = 3.
    answer: |
      It is {paths: nodes/x/derivative}, which is {paths: nodes/x/derivative_formula}.
    check: relusgd graph --function sheet-a --at 3
"""


class InThisProcess:
    """Runs commands one after the other. Without draws_dark a dark picture is a copy of the light
    one, because to draw both takes twice as long. Films have three frames.
    """

    workers = 1

    def __init__(self, *, draws_dark=False):
        self.draws_dark = draws_dark

    def run(self, arguments, folder):
        arguments = list(arguments)
        if not self.draws_dark and arguments[-2:] == ["--theme", "dark"]:
            dark = folder / arguments[arguments.index("--out") + 1]
            shutil.copyfile(dark.with_stem(dark.stem.removesuffix("-dark")), dark)
            return Printed(0, "", "")
        if "--frames" in arguments:
            arguments[arguments.index("--frames") + 1] = "3"
        with contextlib.chdir(folder):
            result = run(*arguments)
        return Printed(result.exit_code, result.stdout, result.stderr)

    def stop(self):
        pass


class Silent:
    def trains(self, run):
        pass

    def ran(self, done, count):
        pass


def read(text, folder):
    """The lesson of a text."""
    path = Path(folder) / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return read_lesson(path)


def short(lesson, epochs):
    """The lesson with so few epochs for every run."""
    configs = {
        name: load_config(config, {"training.epochs": epochs})
        for name, config in lesson.configs.items()
    }
    return dataclasses.replace(lesson, configs=configs)


def build(lesson, folder, program=None):
    return build_lesson(lesson, folder, program or InThisProcess(), Silent())
