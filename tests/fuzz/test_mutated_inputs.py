"""Mutated configs, expressions, overrides and CSVs: a sentence and a documented exit code, and no
file elsewhere.
"""

import random
from pathlib import Path

import yaml
from fuzz.harness import MEMORY, TABLE, cases
from fuzz.mutations import VALUES, WORDS, as_yaml, bytes_changed, meaning_changed
from hypothesis import given
from hypothesis import strategies as st

CHANCE = st.binary(min_size=8, max_size=8).map(random.Random)

TARGET = {
    "seed": 0,
    "data": {
        "kind": "target",
        "target": "sin(6*x) + abs(x - 0.3)",
        "domain": [0, 1],
        "samples": 9,
        "positions": "random",
        "noise": 0.1,
        "test_samples": 5,
        "train_domain": [0.25, 0.75],
    },
    "network": {
        "hidden": [3],
        "init": "torch",
        "hidden_scale": 1,
        "output_scale": 1,
        "elbows": [0.1, 0.2, 0.3],
        "elbow_range": [0, 1],
        "slopes": [1, -2, 3],
        "output_weights": [1, 0.5, -2],
        "output_offset": 0.5,
    },
    "training": {
        "epochs": 3,
        "batch_size": 4,
        "sampling": "shuffle",
        "learning_rate": 0.02,
        "momentum": 0.5,
        "nesterov": True,
        "weight_decay": 0.01,
    },
    "snapshots": {"every": 1},
    "engine": "numpy",
}
DEEP = {
    "data": {
        "target": {"x": [0, 0.5, 1], "y": [0, 1, 0]},
        "domain": [-1, 2],
        "samples": 7,
        "positions": "even",
        "test_samples": 0,
        "standardize": True,
        "seed": None,
    },
    "network": {
        "hidden": [4, 2],
        "antisymmetric": True,
        "balanced": False,
        "output_bias": False,
        "elbows": "even",
        "seed": 3,
    },
    "training": {
        "epochs": 4,
        "batch_size": "full",
        "schedule": {"kind": "step", "every": 2, "factor": 0.5},
        "layers": "output",
    },
    "snapshots": {"per_decade": 3},
    "engine": "numpy",
}
POINTS = {
    "data": {
        "kind": "points",
        "x": [-0.75, -0.5, 0.125],
        "y": [1.1, 0.1, 0.8],
        "test_x": [0.5, -0.6],
        "test_y": [1, 0.2],
    },
    "network": {"hidden": 2, "init": "normal", "balanced": True},
    "training": {"method": "ridge", "penalty": 1e-6},
    "sweep": None,
    "engine": "numpy",
}
CSV = {
    "data": {
        "kind": "csv",
        "path": "t.csv",
        "x": "year",
        "y": "flow",
        "test_fraction": 0.25,
        "standardize": True,
        "seed": 5,
    },
    "network": {"hidden": [3], "init": "he_normal"},
    "training": {"epochs": 2, "batch_size": 2, "schedule": {"kind": "cosine", "minimum": 0}},
    "engine": "numpy",
}
SWEEP = {
    **TARGET,
    "sweep": {
        "grid": {"network.slopes": [1, 2], "training.epochs": [1, 2]},
        "cases": {"a": {"training.layers": "all"}, "b": {"data.noise": 2}},
        "repeat": 2,
    },
}
CONFIGS = [TARGET, DEEP, POINTS, CSV, SWEEP]
TABLES = [
    TABLE,
    TABLE.replace(",", ";"),
    TABLE.replace("\n", "\r\n"),
    '"year","flow",note\n1,2,"a, b"\n2,3,"c\nd"\n4,5,\n',
    "\ufeff" + TABLE,
]


def train(relusgd, *arguments):
    """A dry run of what is asked; and where that is possible, a few steps of it, which leave a run
    or nothing.
    """
    relusgd.growth = MEMORY  # a config may ask for much
    dry = relusgd("train", *arguments, "--dry-run")
    if dry.exit_code == 0:
        relusgd("train", *arguments, "--out", "run", "-q")
        if Path("run").exists():
            shown = relusgd("show", "run", "--json")
            assert shown.exit_code == 0, shown.stderr
    return dry


def fresh(relusgd, **files):
    """An empty folder with these files, whose names are written with _ for the dot."""
    for path in sorted(relusgd.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    for name, content in files.items():
        Path(name.replace("_", ".")).write_bytes(content)


def check_folder(relusgd, *names):
    assert {path.name for path in relusgd.folder.iterdir()} <= {*names, "run"}


@cases(80)
@given(chance=CHANCE)
def test_configs_of_changed_bytes(relusgd, chance):
    config = chance.choice(CONFIGS)
    text = bytes_changed(
        chance,
        chance.choice(
            [as_yaml(config).replace(", ", ",\n "), yaml.safe_dump(config, sort_keys=False)]
        ).encode(),
    )
    relusgd.note(text)
    fresh(relusgd, c_yaml=text, t_csv=TABLE.encode())
    train(relusgd, "c.yaml")
    check_folder(relusgd, "c.yaml", "t.csv")


@cases(120)
@given(chance=CHANCE)
def test_configs_that_say_something_else(relusgd, chance):
    text = as_yaml(meaning_changed(chance, chance.choice(CONFIGS))).encode(errors="surrogatepass")
    relusgd.note(text)
    fresh(relusgd, c_yaml=text, t_csv=TABLE.encode())
    train(
        relusgd,
        "c.yaml",
        *(["--case", chance.choice(["a", "b", "A", ""])] if b'"cases"' in text else []),
    )
    check_folder(relusgd, "c.yaml", "t.csv")


EXPRESSIONS = [
    "sin(6*x) + abs(x - 0.3) * exp(-x) / (1 + x**2)",
    "max(0, x - 0.5) if x else 1",
    "-x**-2 + min(x, 1, pi) // 3 % 2",
    "where(x < 0.5, 1, e)",
]
ATOMS = [
    "x",
    "pi",
    "e",
    "1",
    "0",
    "-1",
    "1e308",
    "1e-320",
    "0.3",
    "10**9",
    "x*x",
    "1/0",
    "True",
    "x.real",
    "x[0]",
    "'a'",
    "lambda: 0",
]
FUNCTIONS = [
    "sin",
    "cos",
    "tan",
    "exp",
    "log",
    "sqrt",
    "abs",
    "min",
    "max",
    "floor",
    "sign",
    "where",
    "step",
    "eval",
    "open",
    "__import__",
]


def expression(chance, depth=0):
    """An expression grown by chance, right in most places."""
    kind = chance.randrange(6) if depth < chance.choice([2, 4, 6]) else 0
    if kind == 0:
        return chance.choice(ATOMS)
    if kind == 1:
        name, count = chance.choice(FUNCTIONS), chance.randint(0, 3)
        return f"{name}({', '.join(expression(chance, depth + 1) for _ in range(count))})"
    if kind == 2:
        return f"({expression(chance, depth + 1)})"
    if kind == 3:
        return f"-{expression(chance, depth + 1)}"
    operator = chance.choice(["+", "-", "*", "/", "**", "//", "%", "<", "==", ",", " "])
    return f"{expression(chance, depth + 1)} {operator} {expression(chance, depth + 1)}"


@cases(120)
@given(chance=CHANCE)
def test_expressions(relusgd, chance):
    text = expression(chance) if chance.random() < 0.5 else chance.choice(EXPRESSIONS)
    if chance.random() < 0.6:
        text = bytes_changed(chance, text.encode()).decode(errors="replace")
    relusgd.note(text.encode(errors="surrogatepass"))
    fresh(
        relusgd,
        c_yaml=as_yaml({**TARGET, "data": {"samples": 9, "target": text}}).encode(
            errors="surrogatepass"
        ),
    )
    train(relusgd, "c.yaml")
    check_folder(relusgd, "c.yaml")


GOOD = [
    ("seed", "7"),
    ("data.target", "x**2"),
    ("data.domain", "[0, 2]"),
    ("data.samples", "8"),
    ("network.hidden", "[2, 2]"),
    ("network.hidden", "5"),
]
GOOD += [
    ("network.elbows", "even"),
    ("network.slopes", "null"),
    ("network.init", "normal"),
    ("training.epochs", "2"),
    ("training.batch_size", "full"),
]
GOOD += [
    ("training.learning_rate", "1e-3"),
    ("training.schedule", "{kind: cosine, minimum: 0}"),
    ("training.method", "ridge"),
    ("snapshots.every", "2"),
]
GOOD += [
    ("snapshots", "{per_decade: 4}"),
    ("engine", "numpy"),
    ("data", "{kind: points, x: [0, 1], y: [1, 2]}"),
    ("data.target", "{x: [0, 1], y: [0, 1]}"),
]
KEYS = [
    "sweep",
    "sweep.grid.seed",
    "training.schedule.kind",
    "data.x",
    "x",
    "",
    ".",
    "a.b.c",
    "data.kind",
    "DATA.samples",
    "network",
    "seed.x",
    "\x1b",
    "é",
]


@cases(80)
@given(chance=CHANCE)
def test_overrides_and_folder_names(relusgd, chance):
    texts = []
    for _ in range(chance.randint(1, 3)):
        key, value = chance.choice(GOOD)
        if chance.random() < 0.5:
            value = chance.choice(
                [as_yaml(chance.choice(VALUES)), chance.choice(WORDS), expression(chance)]
            )
        if chance.random() < 0.2:
            key = chance.choice(KEYS)
        texts.append(
            f"{key}{chance.choice(['='] * 8 + ['', ' = '])}{value}".replace("\0", "")
            .encode(errors="replace")
            .decode()
        )
    relusgd.note(*(text.encode() for text in texts))
    fresh(
        relusgd, c_yaml=as_yaml(chance.choice([TARGET, DEEP, CSV])).encode(), t_csv=TABLE.encode()
    )
    relusgd.growth = MEMORY
    arguments = [part for text in texts for part in ("--set", text)]
    if relusgd("train", "c.yaml", *arguments, "--dry-run").exit_code == 0:
        relusgd("train", "c.yaml", *arguments, "-q")
    assert {path.name for path in relusgd.folder.iterdir()} <= {"c.yaml", "t.csv", "outputs"}
    assert len([*relusgd.folder.glob("outputs/*")]) <= 1


@cases(80)
@given(chance=CHANCE)
def test_tables(relusgd, chance):
    table = bytes_changed(chance, chance.choice(TABLES).encode(), times=5)
    relusgd.note(table)
    fresh(relusgd, c_yaml=as_yaml(CSV).encode(), t_csv=table)
    train(
        relusgd, "c.yaml", *(["--set", "data.standardize=false"] if chance.random() < 0.3 else [])
    )
    check_folder(relusgd, "c.yaml", "t.csv")
