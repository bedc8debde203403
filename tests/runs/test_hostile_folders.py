"""A run folder that somebody sent: damaged or hostile, it is named in a sentence, and nothing
outside it is written.
"""

import importlib
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from command import run as relusgd
from runs.harness import StopsAfter, few_descriptors
from small import tiny

from relusgd.errors import InputError, RelusgdError, StoppedError
from relusgd.run_files import metrics_table
from relusgd.run_files.arrays import npy_header
from relusgd.runs.export import write_csv
from relusgd.runs.find import load_run
from relusgd.runs.record import NullObserver, record
from relusgd.runs.run import Run
from relusgd.runs.summary import summarize


@pytest.fixture
def run(tmp_path):
    """An interrupted run of a few snapshots."""
    with pytest.raises(StoppedError):
        record(tiny(), tmp_path / "run", observer=StopsAfter(1), block_steps=9)
    return load_run(tmp_path / "run")


def read_everything(folder):
    fresh = Run(folder)
    return summarize(fresh), fresh.data, fresh.history


def go_on(folder):
    return record(tiny(), folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "1"),
        ("format", True),
        ("format", -1),
        ("format", 10**400),
        ("status", "fine"),
        ("status", ["complete"]),
        ("scaling", {"x_mean": 0}),
        ("scaling", {"x_mean": 0, "x_deviation": 0, "y_mean": 0, "y_deviation": 1}),
        ("scaling", {"x_mean": float("nan"), "x_deviation": 1, "y_mean": 0, "y_deviation": 1}),
        ("counts", None),
        ("counts", []),
        ("timings", {"seconds": "long"}),
        ("versions", {"relusgd": 1}),
        ("engine", {}),
        ("outcome", "yes"),
        ("reason", 5),
        ("advice", "yes"),
        ("status", "diverged"),
        ("csv_sha256", 5),
    ],
    ids=str,
)
def test_facts_of_wrong_types_are_refused_in_a_sentence(key, value, run):
    facts = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**facts, key: value}))
    with pytest.raises(RelusgdError, match=r"run\.json"):
        read_everything(run.folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        '{"format": 1}',
        '{"format": ' + "9" * 5000 + "}",
        "\x00",
        "\u2028",
    ],
)
def test_a_file_that_is_not_a_run_json_is_refused_in_a_sentence(text, run):
    (run.folder / "run.json").write_text(text)
    with pytest.raises(RelusgdError, match=r"run\.json"):
        read_everything(run.folder)


@pytest.mark.parametrize("name", ["run.json", "metrics.csv", "data.csv"])
def test_a_huge_file_is_refused_before_it_is_read(name, run):
    os.truncate(run.folder / name, 2**40)
    with pytest.raises(RelusgdError, match=rf"{name}.*at most"):
        read_everything(run.folder)


@pytest.mark.parametrize(
    "name",
    ["run.json", "metrics.csv", "data.csv", "config.yaml", "snapshots/slope.npy", "checkpoint.npz"],
)
def test_a_pipe_in_place_of_a_file_is_refused_and_never_waited_for(name, run):
    (run.folder / name).unlink()
    os.mkfifo(run.folder / name)
    action = go_on if name == "checkpoint.npz" else read_everything
    with pytest.raises(RelusgdError, match="ordinary file"):
        action(run.folder)


@pytest.mark.parametrize(
    "lines",
    [
        "0,0,0.02,1,1,0,0,1\n0,0,0.02,1,1,0,0,1\n",
        "0,0,0.02,1,1,0,0,1\n2,6,0.02,1,1,0,0,1\n1,3,0.02,1,1,0,0,1\n",
        "-1,0,0.02,1,1,0,0,1\n",
        "0.5,0,0.02,1,1,0,0,1\n",
        "nan,0,0.02,1,1,0,0,1\n",
        "0,0,0.02,nan,1,0,0,1\n",
        "0,1e300,0.02,1,1,0,0,1\n",
        "0,0,0.02,1,1,0,0\n",
        "0,0,0.02,1,1,0,0,=1+1\n",
        "\n\n\n",
        "",
        "é,0,0.02,1,1,0,0,1\n",
    ],
)
def test_metrics_that_are_none_are_a_sentence(lines, run):
    header = (run.folder / "metrics.csv").read_text().splitlines()[0]
    (run.folder / "metrics.csv").write_text(f"{header}\n{lines}", encoding="utf-8")
    for read in (read_everything, metrics_table.read_moments):
        with pytest.raises(RelusgdError, match=r"metrics\.csv"):
            read(run.folder)


@pytest.mark.parametrize("line", [b",", b"0,0,0,0,0,0,0,0\n", b"0"])
def test_a_table_takes_few_times_its_size_to_be_read(line, run):
    with (run.folder / "metrics.csv").open("ab") as file:
        file.write(line * (2**21 // len(line)) + b"\n" * (line[-1:] != b"\n"))
    tracemalloc.start()
    try:
        with pytest.raises(RelusgdError, match="run folder is damaged"):
            read_everything(run.folder)
        assert tracemalloc.get_traced_memory()[1] < 11 * 2**21
    finally:
        tracemalloc.stop()


def test_lines_of_the_metrics_that_are_gone_are_missed(run):
    go_on(run.folder)
    lines = (run.folder / "metrics.csv").read_text().splitlines()
    (run.folder / "metrics.csv").write_text("\n".join(lines[:-1]) + "\n")
    for action in (read_everything, go_on):
        with pytest.raises(
            RelusgdError,
            match=r"metrics\.csv: holds 8 snapshots where run\.json tells of 9; "
            "the run folder is damaged",
        ):
            action(run.folder)


def test_too_few_descriptors_are_no_damage(run):
    with (
        few_descriptors(0),
        pytest.raises(RelusgdError, match=r"(?s)^(?!.*damaged).*Too many open files"),
    ):
        read_everything(run.folder)


def test_what_is_read_of_a_run_keeps_no_file_open(run):
    with few_descriptors(1):
        whole = load_run(run.folder)
        arrays = [whole.history, whole.metrics, whole.data]
        again = load_run(run.folder).history
    assert len(arrays[0]) == len(again)
    with pytest.raises(ValueError, match="read-only"):
        again.elbow[0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        again.elbow.flags.writeable = True


def test_show_names_a_damaged_array(run):
    np.save(
        run.folder / "snapshots/weight_1.npy",
        np.array([{}, print], dtype=object),
        allow_pickle=True,
    )
    result = relusgd("show", run.folder)
    assert result.exit_code == 1
    assert "weight_1.npy: cannot be read as an array file" in result.stderr


@pytest.mark.parametrize("command", ["train", "show"])
@pytest.mark.parametrize("name", ["elbow", "epoch", "bias_2"])
@pytest.mark.parametrize("size", [None, 100, 200, -8])
def test_a_torn_array_of_a_complete_run_is_named(command, name, size, run):
    assert go_on(run.folder).status == "complete"
    array = run.folder / f"snapshots/{name}.npy"
    if size is None:
        array.unlink()
    else:
        os.truncate(array, size % array.stat().st_size)
    result = relusgd(command, run.folder)
    assert result.exit_code == 1
    assert f"{name}.npy: " in result.stderr
    assert "damaged" in result.stderr
    assert "complete already" not in result.stderr
    assert "damaged" in relusgd("list", run.folder.parent).stdout.split()


@pytest.mark.parametrize(
    "rows",
    ["train,1\n", "train,1,nan\n", "other,1,1\n", "train,=1,1\n", "", "test,1,1\n", 'train,"1,1\n'],
)
def test_points_that_are_none_are_a_sentence(rows, run):
    (run.folder / "data.csv").write_text(f"split,x,y\n{rows}")
    with pytest.raises(RelusgdError, match=r"data\.csv"):
        read_everything(run.folder)


def test_arrays_full_of_nan_are_a_sentence(run):
    array = np.load(run.folder / "snapshots/weight_2.npy")
    np.save(run.folder / "snapshots/weight_2.npy", np.full_like(array, np.nan))
    with pytest.raises(RelusgdError, match=r"weight_2\.npy: holds what is not a finite number"):
        read_everything(run.folder)


def test_arrays_of_another_run_are_a_sentence(run):
    array = np.load(run.folder / "snapshots/epoch.npy")
    np.save(run.folder / "snapshots/epoch.npy", array + 1)
    with pytest.raises(RelusgdError, match=r"epoch\.npy: not the epochs of metrics\.csv"):
        read_everything(run.folder)


def test_a_config_that_does_not_go_with_the_arrays_is_a_sentence(run):
    text = (run.folder / "config.yaml").read_text()
    (run.folder / "config.yaml").write_text(text.replace("hidden: [3]", "hidden: [4]"))
    with pytest.raises(RelusgdError, match=r"elbow\.npy.*the run folder is damaged"):
        read_everything(run.folder)


def checkpoint(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def saved(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06" + bytes(18),
        checkpoint(step=saved(np.int64(3)), parameters=bytes(10**7), velocity=bytes(10**7)),
        checkpoint(
            step=saved(np.int64(3)),
            parameters=npy_header(10**12, (), np.dtype("<f8")),
            velocity=saved(np.zeros(10)),
        ),
        checkpoint(
            step=saved(np.int64(3)),
            parameters=saved(np.full(10, np.nan)),
            velocity=saved(np.zeros(10)),
        ),
        checkpoint(
            step=saved(np.int64(3)),
            parameters=saved(np.zeros(10)),
            velocity=saved(np.full(10, np.inf)),
        ),
        checkpoint(
            step=saved(np.int64(-3)), parameters=saved(np.zeros(10)), velocity=saved(np.zeros(10))
        ),
        checkpoint(
            step=saved(np.array(object())),
            parameters=saved(np.zeros(10)),
            velocity=saved(np.zeros(10)),
        ),
        checkpoint(
            step=saved(np.int64(999)), parameters=saved(np.zeros(10)), velocity=saved(np.zeros(10))
        ),
        checkpoint(
            step=saved(np.int64(2**60)),
            parameters=saved(np.zeros(10)),
            velocity=saved(np.zeros(10)),
        ),
    ],
    ids=[
        "empty",
        "no members",
        "bomb",
        "claims terabytes",
        "nan",
        "infinite velocity",
        "negative step",
        "pickle",
        "ahead of the snapshots",
        "ahead of everything",
    ],
)
def test_a_file_that_is_not_a_checkpoint_is_refused_in_a_sentence_and_left_untouched(content, run):
    (run.folder / "checkpoint.npz").write_bytes(content)
    with pytest.raises(RelusgdError, match="checkpoint"):
        go_on(run.folder)
    assert (run.folder / "checkpoint.npz").read_bytes() == content


@pytest.mark.parametrize("name", ["metrics.csv", "snapshots/slope.npy", "snapshots", ".lock"])
@pytest.mark.parametrize("kind", ["symlink", "hard link"])
def test_going_on_never_writes_through_a_link(name, kind, run, tmp_path):
    if (name, kind) == ("snapshots", "hard link"):
        pytest.skip("folders have no hard links")
    outside = tmp_path / "outside"
    (run.folder / name).rename(outside)
    if kind == "symlink":
        (run.folder / name).symlink_to(outside)
    else:
        os.link(outside, run.folder / name)
    before = {
        path: path.read_bytes() for path in ([outside] if outside.is_file() else outside.iterdir())
    }
    read_everything(run.folder)
    with pytest.raises(RelusgdError, match="link"):
        go_on(run.folder)
    assert all(path.read_bytes() == data for path, data in before.items())


def test_whole_files_that_are_links_are_replaced_and_not_followed(run, tmp_path):
    outside = tmp_path / "outside"
    (run.folder / "run.json").rename(outside)
    (run.folder / "run.json").symlink_to(outside)
    before = outside.read_bytes()
    assert go_on(run.folder).status == "complete"
    assert outside.read_bytes() == before


def test_overwrite_refuses_to_remove_what_relusgd_did_not_make(run):
    (run.folder / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match=r"thesis\.tex, which overwrite=True would remove"):
        record(tiny(), run.folder, overwrite=True)
    assert (run.folder / "thesis.tex").read_text() == "mine"


def test_overwrite_refuses_to_remove_what_stands_among_the_arrays(run):
    (run.folder / "snapshots/selected.npy").write_text("mine")
    with pytest.raises(
        InputError, match=r"snapshots/selected\.npy, which overwrite=True would remove"
    ):
        record(tiny(), run.folder, overwrite=True)
    assert (run.folder / "snapshots/selected.npy").read_text() == "mine"


@pytest.mark.parametrize("name", ["metrics.csv", "data.csv"])
def test_export_never_takes_the_place_of_a_file_that_a_run_is_made_of(name, run):
    before = (run.folder / name).read_bytes()
    with pytest.raises(InputError, match="part of the run"):
        write_csv(["epoch\n"], run.folder / "snapshots/.." / name)
    assert (run.folder / name).read_bytes() == before


def test_a_small_run_is_read_and_goes_on_in_little_memory(run):
    read_everything(run.folder)
    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:  # noqa: PTH123
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 100 * 2**20, before[1]))
    try:
        read_everything(run.folder)
        go_on(run.folder)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_errors_too_large_for_the_units_of_the_data_become_infinite_without_a_warning(run):
    facts = json.loads((run.folder / "run.json").read_text())
    scaling = {"x_mean": 0, "x_deviation": 1, "y_mean": 0, "y_deviation": 1e140}
    (run.folder / "run.json").write_text(json.dumps({**facts, "scaling": scaling}))
    lines = (run.folder / "metrics.csv").read_text().splitlines()
    table = [
        lines[0],
        *(",".join([*line.split(",")[:3], "1e200", *line.split(",")[4:]]) for line in lines[1:]),
    ]
    (run.folder / "metrics.csv").write_text("\n".join(table) + "\n")
    assert summarize(Run(run.folder))["train_mse"] == float("inf")


@pytest.mark.parametrize(
    "name",
    ["snapshots/more.npy", "snapshots/elbow.npy", "run.json", "config.yaml", "snapshots", ".lock"],
)
def test_a_link_in_a_circle_does_not_hide_other_runs_from_the_list(name, run, tmp_path):
    good = record(tiny(), tmp_path / "zz")
    shutil.rmtree(run.folder / name) if name == "snapshots" else (run.folder / name).unlink(
        missing_ok=True
    )
    (run.folder / name).symlink_to(Path(name).name)
    listed = relusgd("list", tmp_path, "--json")
    assert listed.exit_code == 0, listed.stderr
    assert json.loads(listed.stdout)[-1]["run"] == str(good.folder)


def test_folders_nested_to_the_longest_path_do_not_hide_runs_from_the_list(run, tmp_path):
    deepest = run.folder
    while len(os.fsencode(deepest)) < 4090:
        deepest = deepest / "d"
        deepest.mkdir()
    result = relusgd("list", tmp_path, "--json")
    subprocess.run(["rm", "-r", run.folder / "d"], check=True)  # Python's own way recurses too
    assert result.exit_code == 0
    assert [row["run"] for row in json.loads(result.stdout)] == [str(run.folder)]


def test_overwrite_replaces_a_damaged_run(run):
    (run.folder / "run.json").write_text("{}")
    assert record(tiny(), run.folder, overwrite=True).status == "complete"


@pytest.mark.parametrize(
    "name", ["x" * 300, "é" * 200, "a\0b", "file/run", "/".join(["y" * 200] * 25)]
)
def test_a_place_where_no_folder_can_be_is_refused_before_training(name, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        record(tiny(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["-x", "a\nb", "\x1b[31mred", "é" * 120, "=1+1", " "])
def test_folders_with_odd_names_are_accepted(name, tmp_path):
    assert record(tiny(), tmp_path / name).status == "complete"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_run_below_or_at_a_link_is_made_where_the_link_leads(tmp_path):
    (tmp_path / "disk" / "empty").mkdir(parents=True)
    (tmp_path / "link").symlink_to("disk")
    (tmp_path / "straight").symlink_to("disk/empty")
    assert record(tiny(), tmp_path / "link" / "run").status == "complete"
    assert record(tiny(), tmp_path / "straight").status == "complete"
    assert (tmp_path / "straight").is_symlink()


def test_a_folder_that_vanishes_while_it_is_written_is_reported_in_a_sentence(
    tmp_path, monkeypatch
):
    class Mover(NullObserver):
        def block(self, plan, block):
            if (tmp_path / "run").exists():
                (tmp_path / "run").rename(tmp_path / "moved")

    with pytest.raises(RelusgdError, match="vanished while it was being written"):
        record(tiny(), tmp_path / "run", observer=Mover())
    assert go_on(tmp_path / "moved").status == "complete"


def test_a_table_that_vanishes_while_it_is_written_stops_the_training(tmp_path):
    class Remover(NullObserver):
        def block(self, plan, block):
            (tmp_path / "run/metrics.csv").unlink(missing_ok=True)

    with pytest.raises(RelusgdError, match=r"metrics\.csv vanished while it was being written"):
        record(tiny(), tmp_path / "run", observer=Remover())


def test_a_signal_before_training_leaves_no_folder(tmp_path):
    observer = StopsAfter(0, signal.SIGTERM)
    with pytest.raises(StoppedError, match="nothing was written") as caught:
        record(tiny(), tmp_path / "run", observer=observer)
    assert caught.value.exit_code == 143
    assert list(tmp_path.iterdir()) == []


def test_the_empty_folder_that_we_are_in_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="the folder that relusgd runs in"):
        record(tiny(), ".")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def stranger(tmp_path):
    """Become, when called, somebody who may read tmp_path, but not write in it."""
    restore = []

    def become():
        needed = ("cli.progress", "cli.boundary", "cli.training")
        needed += ("runs.film", "runs.page", "runs.picture", "runs.export")
        for module in (*(f"relusgd.{name}" for name in needed), "encodings.utf_8_sig"):
            importlib.import_module(module)  # where Python lies, a stranger may not read either
        for place in (
            path
            for path in [tmp_path, *tmp_path.rglob("*")]
            if path.is_dir() and not path.is_symlink()
        ):
            restore.append((place, place.stat().st_mode))
            place.chmod(0o555)
        if os.geteuid() == 0:
            # Up to the temporary folder of all tests; side by side they lie one folder deeper.
            above = [place for place in tmp_path.parents if "pytest-of-" in str(place)]
            for place in above:
                place.chmod(0o755)
            os.seteuid(65534)

    yield become
    if os.getuid() == 0:
        os.seteuid(0)
    for place, mode in restore:
        place.chmod(mode)


def test_a_place_without_permission_is_refused_before_training(tmp_path, stranger):
    stranger()
    with pytest.raises(InputError, match="no permission"):
        record(tiny(), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_of_somebody_else_is_read_and_not_continued(run, tmp_path, stranger):
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    stranger()
    read_everything(run.folder)
    for command in (
        ["train", run.folder],
        ["animate", run.folder],
        ["plot", run.folder],
        ["export", run.folder, "--out", tmp_path / "u.csv"],
    ):
        result = relusgd(*command)
        assert result.exit_code in (1, 2)
        assert "ermission" in result.stderr
        assert len(result.stderr.splitlines()) <= 2
    assert before == {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}


def test_a_complete_run_of_somebody_else_is_confirmed(run, stranger):
    go_on(run.folder)
    stranger()
    result = relusgd("train", run.folder)
    assert (result.exit_code, result.stdout) == (0, f"{run.folder}\n"), result.stderr


def test_a_run_without_read_permission_is_reported_and_the_others_are_listed(
    run, tmp_path, stranger
):
    good = record(tiny(), tmp_path / "zz")
    run.folder.chmod(0o700)
    (run.folder / "run.json").chmod(0o000)
    stranger()
    run_json = run.folder / "run.json"
    if os.geteuid() == 0 or os.access(run_json, os.R_OK, effective_ids=True):
        pytest.skip("everything may be read here")
    result = relusgd("show", run.folder)
    assert result.exit_code == 1
    assert "ermission denied" in result.stderr
    listed = json.loads(relusgd("list", tmp_path, "--json").stdout)
    assert [row["run"] for row in listed if row["status"] == "complete"] == [str(good.folder)]
