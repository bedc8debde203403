"""Commands put together by chance from their own options, on runs, sweeps, configs and what is none
of these: a sentence and a documented exit code.
"""

import os
import random
import shutil
from contextlib import suppress
from pathlib import Path

import yaml
from command import COMMAND
from fuzz.harness import TABLE, cases
from hypothesis import given
from hypothesis import strategies as st

from relusgd import record, run_sweep
from relusgd.errors import DivergedError

CHANCE = st.binary(min_size=8, max_size=8).map(random.Random)

SMALL = {
    "data": {"target": "sin(6*x)", "samples": 20},
    "network": {"hidden": 4},
    "training": {"epochs": 20, "batch_size": 10},
    "engine": "numpy",
}
DEEP = {**SMALL, "network": {"hidden": [3, 3]}}
SWEEP = {**SMALL, "sweep": {"grid": {"network.hidden": [2, 3]}, "repeat": 2}}
RUNS = (
    ("small", SMALL),
    ("deep", DEEP),
    ("small,training.learning_rate=50", {**SMALL, "training": {"learning_rate": 50}}),
    ("small,training.method=ridge", {**SMALL, "training": {"method": "ridge"}}),
)

OTHERWISE_TESTED = {"sweep", "lesson", "verify"}
"""Commands that train in processes of their own, the last two for a minute."""

ELSEWHERE = {"--dask", "--workers", "--open", "--install-completion", "--show-completion"}
"""Options that reach for other processes and machines."""

PLACES = (
    "outputs/small",
    "outputs/deep",
    "outputs/small,training.learning_rate=50",
    "outputs/small,training.method=ridge",
    "outputs/sweep",
    "outputs/sweep/network.hidden=2,seed=0",
    "outputs",
    "small.yaml",
    "deep.yaml",
    "sweep.yaml",
    "table.csv",
)
STRANGE_PLACES = (
    "bytes",
    "empty",
    "folder",
    "nothing",
    "",
    ".",
    "..",
    "-",
    "/dev/null",
    "ünï cödé",
)
NUMBERS = ("0", "1", "2", "3", "5", "20", "100", "0.5")
USUAL = {
    "--out": ("new", "new.png", "new.svg", "new.html", "new.gif", "new.csv"),
    "--set": ("seed=2", "training.epochs=5", "network.hidden=[2,2]", "data.noise=0.3"),
    "--grid": ("network.hidden=2,3", "training.learning_rate=0.1,0.2"),
    "--size": ("slide", "640x480", "square", "300x900"),
    "--theme": ("light", "dark"),
    "--layout": ("storeys", "panels"),
    "--with": ("line", "spline,cubic", "kernel", "linearized"),
    "--function": ("sheet-a", "sheet-b", "sheet-c", "x**2 + exp(x)"),
    "--captions": ("on", "off"),
}
STRANGE_VALUES = (
    "",
    "x",
    "-1",
    "1e3",
    "nan",
    "inf",
    "1e400",
    "1,2",
    "3:5",
    "½",
    "[1]",
    "{}",
    "*",
    "--",
    "%s",
    "\0",
    "\n",
    "300x200",
    "99999",
    "last",
    "seed=2",
    "network.hidden=2,3",
    "a.png",
    "a.svg",
    "a.gif",
    "a.html",
    "a.json",
    "a.csv",
    "no/such/folder/a.png",
    "kernel,line",
    "sharpness",
    "relu(x)",
    "sin(x)/0",
    "sheet-a",
)


def make_runs():
    """A folder with runs of every ending, beside the files that commands may meet."""
    for name, config in (("small", SMALL), ("deep", DEEP), ("sweep", SWEEP)):
        Path(f"{name}.yaml").write_text(yaml.safe_dump(config))
    Path("table.csv").write_text(TABLE)
    Path("bytes").write_bytes(bytes(range(256)))
    Path("empty").touch()
    Path("folder").mkdir()
    for name, config in RUNS:
        with suppress(DivergedError):
            record(config, f"outputs/{name}")
    run_sweep(SWEEP, "outputs/sweep", workers=1)


def begin_anew(made, folder):
    """Leave nothing in the folder but what was made."""
    os.chdir("/")
    shutil.rmtree(folder)
    shutil.copytree(made, folder)
    os.chdir(folder)


def an_argument(chance):
    return chance.choice(PLACES if chance.random() < 0.85 else STRANGE_PLACES)


def a_value(chance, word):
    """A value that often fits."""
    if chance.random() < 0.2:
        return chance.choice((*STRANGE_VALUES, *STRANGE_PLACES))
    if word in USUAL:
        return chance.choice(USUAL[word])
    return chance.choice((*NUMBERS, *PLACES, *STRANGE_VALUES))


def a_command(chance):
    """The words of a command with any number of arguments and up to four options."""
    name = chance.choice(sorted(set(COMMAND.commands) - OTHERWISE_TESTED))
    words = [name]
    options = []
    for parameter in COMMAND.commands[name].params:
        if parameter.param_type_name == "argument":
            count = 1 if parameter.nargs == 1 else chance.choice([1, 1, 2, 3])
            if chance.random() < 0.05:
                count = 0
            words += [an_argument(chance) for _ in range(count)]
        elif not ELSEWHERE & set(parameter.opts):
            options.append(parameter)
    for option in chance.sample(options, min(len(options), chance.randrange(5))):
        word = chance.choice(option.opts + option.secondary_opts)
        words.append(word)
        if not option.is_flag:
            words.append(a_value(chance, word))
    return words


def test_any_command_ends_in_a_documented_way(relusgd, tmp_path):
    folder, made = Path.cwd(), tmp_path / "made"
    make_runs()
    shutil.copytree(folder, made)

    @cases(60)
    @given(CHANCE)
    def try_one(chance):
        words = a_command(chance)
        relusgd.note(*words)
        begin_anew(made, folder)
        relusgd(*words)

    try_one()
    assert relusgd.codes[0] > 5
    assert relusgd.codes[2] > 5
