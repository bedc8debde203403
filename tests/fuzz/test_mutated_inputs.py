"""Mutated configs, expressions, CSVs and run folders: a sentence and a documented exit code, and no file elsewhere.

RELUSGD_FUZZ=1000 makes a thousand times as many cases as the short form.
"""

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from relusgd.cli import app
from relusgd.config import load_config
from relusgd.runs.record import record

SCALE = int(os.environ.get("RELUSGD_FUZZ", "1"))
DOCUMENTED = {0, 1, 2, 3}
CONFIG = """data: {kind: target, target: "sin(6*x) + abs(x - 0.3)", domain: [0, 1], samples: 9, noise: 0.1, test_samples: 5}
network: {hidden: [3, 2], init: torch, elbows: keep, slopes: null}
training: {epochs: 2, batch_size: 4, sampling: shuffle, learning_rate: 0.02, momentum: 0.5, schedule: {kind: cosine, minimum: 0}}
snapshots: {every: 1}
engine: numpy
"""
TABLE = "x,y\n1,2\n2,3.5\n3,-1e3\n4,0\n5,7\n6,1\n"
WORDS = ["-1", "0", "1e400", "nan", ".inf", "null", "[]", "{}", "!!python/object:os.system", "&a", "*a", "\x00", "\x1b[31m", "é", "9" * 30]
WORDS += [
    "x/0",
    "1/x",
    "x**x**x",
    "__import__",
    "(" * 40,
    "exp(exp(exp(9*x)))",
    "\n",
    "\t",
    ":",
    ",",
    '"',
    "=1+1",
    "<script>",
    "../../x",
    "~",
]


def mutated(text, seed):
    chance = random.Random(seed)
    data = bytearray(text.encode() if isinstance(text, str) else text)
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(data) + 1), chance.randrange(5)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[at : at + chance.randint(0, 8)] = chance.choice(WORDS).encode()
        elif kind == 3:
            data[at : at + chance.randint(1, 12)] = b""
        else:
            data[at:at] = data[at // 2 : at]
    return bytes(data)


def relusgd(*arguments):
    """Run a command; what it must never do is checked here."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code in DOCUMENTED, (result.exit_code, result.exception)
    assert "Traceback" not in result.stderr, result.stderr
    assert not (set(result.stderr) - {"\n"}) & {chr(code) for code in (*range(32), *range(127, 160))}, result.stderr
    return result


def cases(count):
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=count * SCALE, deadline=None, suppress_health_check=quiet, derandomize=True, database=None)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@cases(100)
@given(seed=st.integers(0, 2**60))
def test_mutated_configs(here, seed):
    Path("c.yaml").write_bytes(mutated(CONFIG, seed))
    relusgd("train", "c.yaml", "--dry-run")
    assert [path.name for path in here.iterdir()] == ["c.yaml"]


@cases(100)
@given(seed=st.integers(0, 2**60))
def test_mutated_expressions(here, seed):
    text = mutated("sin(6*x) + abs(x - 0.3) * exp(-x) / (1 + x**2)", seed).decode(errors="replace")
    relusgd("train", "c.yaml", "--dry-run", "--set", f"data.target={text}")
    assert list(here.iterdir()) == [here / "c.yaml"] or Path("c.yaml").write_text(CONFIG)


@cases(100)
@given(seed=st.integers(0, 2**60))
def test_mutated_csvs(here, seed):
    Path("c.yaml").write_text("data: {kind: csv, path: t.csv}\nnetwork: {hidden: 2}\ntraining: {epochs: 1, batch_size: 2}\nengine: numpy\n")
    Path("t.csv").write_bytes(mutated(TABLE, seed))
    relusgd("train", "c.yaml", "--dry-run")


FILES = ["run.json", "metrics.csv", "data.csv", "config.yaml", "checkpoint.npz", "snapshots/epoch.npy", "snapshots/elbow.npy"]
FILES += ["snapshots/slope.npy", "snapshots/weight_1.npy", "snapshots/bias_2.npy"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    place = tmp_path_factory.mktemp("original") / "run"
    record(
        load_config({"data": {"samples": 6, "test_samples": 3}, "network": {"hidden": [3]}, "training": {"epochs": 3, "batch_size": 3}}),
        place,
    )
    return place


@cases(60)
@given(seed=st.integers(0, 2**60))
def test_mutated_run_folders(here, original, seed):
    shutil.rmtree("run", ignore_errors=True)
    shutil.copytree(original, "run")
    chance = random.Random(seed)
    name = chance.choice(FILES)
    file = Path("run") / name
    if chance.random() < 0.1:
        shutil.copy(original / chance.choice(FILES), file)
    else:
        file.write_bytes(mutated(file.read_bytes(), seed))
    relusgd("show", "run")
    relusgd("list", ".", "--json")
    relusgd("export", "run", "--out", "units.csv")
    relusgd("train", "run", "--set", "training.epochs=4", "-q")
    if chance.random() < 0.03:
        relusgd("plot", "run", "--out", "still.png", "--size", "480x360")
        relusgd("animate", "run", "--out", "film.gif", "--frames", "2", "--size", "480x360")
    assert {path.name for path in here.iterdir()} <= {"run", "units.csv", "still.png", "film.gif"}
