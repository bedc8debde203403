"""Run folders of which something was changed: damaged, hostile or still good, every command has an
answer, and writes nowhere else.
"""

import io
import json
import os
import random
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import yaml
from fuzz.harness import TABLE, cases
from fuzz.mutations import bytes_changed, meaning_changed
from hypothesis import given
from hypothesis import strategies as st
from runs.harness import StopsAfter, every_byte

from relusgd.config import load_config
from relusgd.errors import DivergedError, StoppedError
from relusgd.runs.find import load_run
from relusgd.runs.record import record

CHANCE = st.binary(min_size=8, max_size=8).map(random.Random)
RUNS = {
    "complete": {"network": {"hidden": [3]}, "training": {"epochs": 3, "batch_size": 3}},
    "interrupted": {
        "network": {"hidden": [2, 3]},
        "training": {"epochs": 9, "batch_size": 3, "momentum": 0.5},
    },
    "csv": {
        "data": {"kind": "csv", "path": "t.csv", "x": "year", "y": "flow"},
        "network": {"hidden": 2},
        "training": {"epochs": 2, "batch_size": 2},
    },
    "ridge": {"network": {"hidden": [3]}, "training": {"method": "ridge"}},
    "diverged": {
        "network": {"hidden": [3]},
        "training": {"epochs": 9, "batch_size": 3, "learning_rate": 1e9},
    },
}


class Runs(dict):
    """Name → file → its bytes."""

    def __repr__(self):
        return f"runs of {', '.join(self)}"


@pytest.fixture
def runs(relusgd, tmp_path):
    """Run folders of every kind."""
    (tmp_path / "t.csv").write_text(TABLE)
    for name, values in RUNS.items():
        (tmp_path / "c.yaml").write_text(
            json.dumps({"data": {"samples": 6, "test_samples": 3}, "engine": "numpy"} | values)
        )
        with suppress(StoppedError, DivergedError):
            record(
                load_config(tmp_path / "c.yaml"),
                tmp_path / name,
                observer=StopsAfter(2) if name == "interrupted" else None,
            )
        assert load_run(tmp_path / name).status == (
            "complete" if name in ("csv", "ridge") else name
        )
    return Runs({name: every_byte(tmp_path / name) for name in RUNS})


def change_text(chance, files, name):
    files[name] = bytes_changed(chance, files[name])


def change_facts(chance, files, name):
    facts = json.loads(files["run.json"])
    files["run.json"] = json.dumps(meaning_changed(chance, facts)).encode(errors="surrogatepass")


def change_config(chance, files, name):
    config = meaning_changed(chance, yaml.safe_load(files["config.yaml"]))
    files["config.yaml"] = yaml.safe_dump(config, allow_unicode=True).encode(errors="surrogatepass")


CELLS = [
    "0",
    "-1",
    "nan",
    "inf",
    "1e400",
    "1e300",
    "",
    "=1+1",
    "x",
    "9" * 30,
    "0x1",
    "1_0",
    " 1 ",
    "1;2",
    '"',
    "train",
    "test",
    "é",
    "1e-320",
    "3",
]


def change_cell(chance, files, name):
    table = chance.choice(["metrics.csv", "data.csv"])
    rows = [line.split(b",") for line in files[table].splitlines()]
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(CELLS).encode()
    files[table] = b"\n".join(b",".join(row) for row in rows) + chance.choice([b"\n", b""])


def odd_array(chance, array):
    """An array of other values, another shape or another type."""
    kind = chance.randrange(7)
    if kind == 0:
        return np.full_like(
            array,
            chance.choice([np.nan, np.inf, -1e308, 5e-324, 0])
            if array.dtype.kind == "f"
            else chance.choice([-1, 0, 2**62]),
        )
    if kind == 1:
        array = array.copy()
        array.flat[chance.randrange(array.size)] = (
            chance.choice([np.nan, 1e308, -1e-310]) if array.dtype.kind == "f" else -(2**63)
        )
        return array
    if kind == 2:
        return array[: chance.randrange(len(array) + 1)] if array.ndim else array
    if kind == 3:
        return np.asfortranarray(array) if array.ndim > 1 else array[::-1] if array.ndim else array
    if kind == 4:
        return array.astype(chance.choice(["<f4", ">f8", "<i4", "<c16", "|S3", "<U2", "|b1"]))
    if kind == 5:
        return array.reshape(-1)
    return np.array([{"a": 1}, print], dtype=object)


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


HEADERS = [
    "(1000000000000,)",
    "(-1,)",
    "(2, -3)",
    "()",
    "(4, 3",
    "(99999999999999999999999999,)",
    "(4L, 3)",
    "(True, 3)",
    "(__import__('os').getpid(),)",
]


def change_array(chance, files, name):
    array = chance.choice([file for file in files if file.endswith(".npy")])
    if chance.random() < 0.5:
        with np.errstate(all="ignore"):
            files[array] = npy(odd_array(chance, np.load(io.BytesIO(files[array]))))
        return
    begin, end = files[array].index(b"'shape': ") + 9, files[array].index(b")") + 1
    shape = chance.choice(HEADERS).encode()
    header = (
        files[array][:begin] + shape + files[array][end : 127 - max(0, len(shape) - (end - begin))]
    )
    files[array] = header[:127].ljust(127) + b"\n" + files[array][128:]


def change_checkpoint(chance, files, name):
    with zipfile.ZipFile(io.BytesIO(files["checkpoint.npz"])) as members:
        arrays = {member: members.read(member) for member in members.namelist()}
    member = chance.choice([*arrays])
    kind = chance.randrange(5)
    with np.errstate(all="ignore"):
        if kind < 2:
            arrays[member] = npy(odd_array(chance, np.load(io.BytesIO(arrays[member]))))
    if kind == 2:
        del arrays[member]
    elif kind == 3:
        arrays[member] = bytes_changed(chance, arrays[member])
    elif kind == 4:
        arrays[chance.choice(["../../x.npy", "/x.npy", "step.npy.npy", "é"])] = arrays.pop(member)
    buffer = io.BytesIO()
    with zipfile.ZipFile(
        buffer, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    ) as members:
        for name, content in arrays.items():
            members.writestr(name, content)
    files["checkpoint.npz"] = buffer.getvalue()


def change_places(chance, files, name):
    other = chance.choice([*files])
    kind = chance.randrange(4)
    if kind == 0:
        del files[name]
    elif kind == 1:
        files[name], files[other] = files[other], files[name]
    elif kind == 2:
        files[
            chance.choice(
                ["more.txt", "snapshots/more.npy", ".run.json.partial-1", ".lock", "run.json.bak"]
            )
        ] = files[name]
    else:
        files[name] = files[name] * chance.choice([0, 2, 3])


DAMAGES = [
    change_text,
    change_text,
    change_facts,
    change_config,
    change_cell,
    change_array,
    change_array,
    change_checkpoint,
    change_places,
]


def change_numbers(chance, files, name):
    """Numbers of a diverging run: as large, as small and as equal as they get."""
    names = [
        name
        for name in files
        if name.startswith("snapshots/") and name[10:15] not in ("epoch", "step.")
    ]
    for name in [chance.choice(names)] if chance.random() < 0.5 else names:
        array = np.load(io.BytesIO(files[name]))
        scale = chance.choice([1e300, -1e300, 1e150, 1e-300, 5e-324, 0, 1e16, -1])
        rows = slice(chance.randrange(len(array)), None) if chance.random() < 0.7 else slice(None)
        with np.errstate(all="ignore"):
            array[rows] = np.clip(array[rows] * scale, -1e308, 1e308)
        files[name] = npy(array)
    if chance.random() < 0.5:
        change_errors(chance, files, name)


def change_errors(chance, files, name):
    lines = [line.split(b",") for line in files["metrics.csv"].splitlines()]
    for line in lines[1:]:
        line[chance.choice([3, 4])] = chance.choice(
            [b"0.0", b"1e-320", b"1e300", b"1.7e308", b"nan", b"inf", b"0.5"]
        )
    files["metrics.csv"] = b"\n".join(b",".join(line) for line in lines) + b"\n"


def no_file(chance, path):
    """In place of a file: a pipe, a folder, a link that leads out, in a circle or nowhere, or a
    hole.
    """
    kind = chance.randrange(7)
    content = path.read_bytes()
    path.unlink()
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    elif kind == 2:
        path.symlink_to(
            chance.choice(
                ["/etc/passwd", "/dev/zero", "nowhere", path.name, "../..", "/proc/self/mem"]
            )
        )
    elif kind == 3:
        path.write_bytes(content)
        os.truncate(path, 2 ** chance.randint(31, 42))
    elif kind in (4, 5):
        Path("outside").mkdir(exist_ok=True)
        Path("outside/file").write_bytes(content)
        path.symlink_to(Path("outside/file").resolve()) if kind == 4 else os.link(
            "outside/file", path
        )


def lay_out(files):
    for place in ("run", "outside"):
        shutil.rmtree(place, ignore_errors=True)
    for name, content in files.items():
        path = Path("run") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def outside():
    return Path("outside/file").read_bytes() if Path("outside").exists() else None


@cases(100)
@given(chance=CHANCE)
def test_run_folders(relusgd, runs, chance):
    original = runs[chance.choice([*runs])]
    files = dict(original)
    for _ in range(chance.choice([1, 1, 2])):
        with suppress(
            Exception
        ):  # what was changed before may be no JSON, YAML, array or archive any more
            chance.choice(DAMAGES)(chance, files, chance.choice([*files]))
    relusgd.note(
        *(
            name.encode() + b": " + files[name]
            for name in sorted(files)
            if files[name] != original.get(name)
        ),
        *sorted(set(original) - set(files)),
    )
    lay_out(files)
    if chance.random() < 0.15:
        no_file(chance, Path("run") / chance.choice([*files]))
    before = outside()
    use(relusgd, chance)
    assert outside() == before, "a file elsewhere was changed through a link"
    assert {path.name for path in relusgd.folder.iterdir()} <= {"run", "outside", *OUT}


OUT = ["units.csv", "still.png", "film.gif", "film.mp4", "copy", "page.html", "graph.dot"]
OTHERS = [
    ["compare", "run", "--json"],
    ["compare", ".", "--csv"],
    ["view", "run", "--out", "page.html", "--frames", "2", "--no-open"],
]
OTHERS += [["features", "run"], ["gradcheck", "run"], ["graph", "run", "--out", "graph.dot"]]
OTHERS += [["step", "run"], ["step", "run", "--at", "0.5,1", "--unit", "0", "--out", "still.png"]]
TRAIN = [
    [],
    ["--set", "training.epochs=4"],
    ["--set", "seed=1"],
    ["--out", "copy"],
    ["--overwrite"],
    ["--dry-run"],
    ["--set", "data.noise=0"],
]


def use(relusgd, chance):
    """What somebody does with a folder: mostly the quick commands, now and then a picture."""
    shown = relusgd("show", "run", *chance.choice([[], ["--json"]]))
    if chance.random() < 0.3:
        listed = relusgd("list", ".", "--json")
        assert listed.exit_code == 0, listed.stderr
        assert len(json.loads(listed.stdout)) <= 1
    relusgd("export", "run", "--out", "units.csv", *chance.choice([[], ["--units", "network"]]))
    if chance.random() < 0.03:
        relusgd(
            "plot",
            "run",
            "--out",
            "still.png",
            "--size",
            "480x360",
            *chance.choice([[], ["--story"]]),
        )
        relusgd("animate", "run", "--out", "film.gif", "--frames", "2", "--size", "480x360")
    if chance.random() < 0.1:
        relusgd("view", "run", "--no-open", "--out", "page.html")
    if chance.random() < 0.1:
        relusgd(*chance.choice(OTHERS))
    relusgd("train", "run", "-q", *chance.choice(TRAIN))
    if shown.exit_code == 0 and random.Random(shown.stdout).random() < 0.3:
        relusgd("show", "run")
    for name in OUT:
        shutil.rmtree(name) if Path(name).is_dir() else Path(name).unlink(missing_ok=True)


LOOKS = [
    [],
    ["--story"],
    ["--theme", "dark"],
    ["--show", "none"],
    ["--title", "\x1b[31m$x_{1}$<b>%s"],
    ["--out", "still.svg"],
    ["--out", "still.pdf"],
]


@cases(8)
@given(chance=CHANCE)
def test_pictures_of_odd_numbers(relusgd, runs, chance):
    files = dict(runs[chance.choice([*runs])])
    for _ in range(chance.choice([1, 2])):
        change_numbers(chance, files, None)
    relusgd.note(
        *(
            name.encode() + b": " + files[name]
            for name in sorted(files)
            if name.startswith(("snapshots", "metrics"))
        )
    )
    lay_out(files)
    relusgd("show", "run")
    relusgd("plot", "run", "--out", "still.png", "--size", "480x360", *chance.choice(LOOKS))
    if chance.random() < 0.5:
        spacing = chance.choice(["log", "linear", "motion"])
        relusgd(
            "animate",
            "run",
            "--out",
            "film.gif",
            "--frames",
            "3",
            "--size",
            "480x360",
            "--spacing",
            spacing,
        )
