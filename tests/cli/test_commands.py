import csv
import errno
import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command import run
from patience import PATIENCE, hears, wait_until
from PIL import Image, ImageSequence

from relusgd.cli import app
from relusgd.errors import InputError
from relusgd.runs.find import load_run

BAD_CONFIGS = sorted((Path(__file__).parents[1] / "bad_configs").glob("*.yaml"))


def test_train_prints_the_run_folder_and_nothing_else(here):
    result = run("train", "small.yaml")
    assert result.exit_code == 0
    assert result.stdout == "outputs/small\n"
    assert load_run(here / "outputs/small").status == "complete"


def test_train_says_the_steps_and_what_to_type_next_on_stderr(here):
    result = run("train", "small.yaml")
    assert (
        "30 points, batches of 8: 4 steps an epoch, 40 epochs = 160 steps (SGD iterations)"
        in result.stderr
    )
    assert "relusgd animate outputs/small" in result.stderr
    assert run("train", "small.yaml", "--set", "training.epochs=800", "-q").stderr == ""


def test_overrides_name_the_folder(here):
    result = run(
        "train",
        "small.yaml",
        "--set",
        "training.learning_rate=2e-2",
        "--set",
        "network.hidden=[5,4]",
    )
    assert result.stdout == "outputs/small,network.hidden=5x4,training.learning_rate=0.02\n"


def test_the_same_command_again_is_confirmed(here):
    run("train", "small.yaml")
    result = run("train", "small.yaml")
    assert (result.exit_code, result.stdout) == (0, "outputs/small\n")
    assert "complete already" in result.stderr


def test_another_run_in_the_folder_is_refused_with_commands_to_copy(here):
    run("train", "small.yaml", "--out", "place")
    result = run("train", "small.yaml", "--set", "seed=1", "--out", "place")
    assert result.exit_code == 2
    assert "seed: 0 → 1" in result.stderr
    assert "--out place-2" in result.stderr
    assert "--overwrite" in result.stderr
    assert (
        run("train", "small.yaml", "--set", "seed=1", "--out", "place", "--overwrite").exit_code
        == 0
    )


def test_a_run_folder_is_trained_in_place_with_more_epochs(here):
    run("train", "small.yaml")
    result = run("train", "outputs/small", "--set", "training.epochs=60")
    assert (result.exit_code, result.stdout) == (0, "outputs/small\n")
    assert load_run(here / "outputs/small").metrics["epoch"][-1] == 60


def test_a_run_folder_can_be_repeated_elsewhere_without_its_csv(here):
    (here / "flow.csv").write_text("x,y\n" + "".join(f"{i},{i * i % 7}\n" for i in range(20)))
    (here / "flow.yaml").write_text(
        "data: {kind: csv, path: flow.csv}\nnetwork: {hidden: 5}\ntraining: {epochs: 3}\n"
    )
    run("train", "flow.yaml")
    (here / "flow.csv").unlink()
    assert run("train", "outputs/flow").exit_code == 0
    assert run("train", "outputs/flow", "--out", "again").exit_code == 0
    first, second = load_run(here / "outputs/flow").history, load_run(here / "again").history
    assert first.weights[0].tobytes() == second.weights[0].tobytes()


def test_dry_run_shows_the_config_and_sizes_and_writes_nothing(here):
    result = run("train", "small.yaml", "--dry-run")
    assert result.exit_code == 0
    assert "hidden: [7]" in result.stdout
    assert "41 snapshots" in result.stdout
    assert "engine" in result.stdout
    assert not (here / "outputs").exists()


def test_every_command_that_is_offered_for_a_folder_with_another_run_does_what_it_says(here):
    run("train", "small.yaml", "-q", "--out", "place")
    for number in (2, 3):
        typed = ["train", "small.yaml", "--set", f"seed={number}", "--out=place"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["relusgd", *typed])
            refused = run(*typed)
        assert refused.exit_code == 2
        replace, keep = (line.partition(": ")[2] for line in refused.stderr.splitlines()[-2:])
        assert keep.count("--out") == replace.count("--out") == 1
        kept = run(*shlex.split(keep)[1:])
        assert (kept.exit_code, kept.stdout) == (0, f"place-{number}\n")
    replaced = run(*shlex.split(replace)[1:])
    assert (replaced.exit_code, replaced.stdout) == (0, "place\n")
    assert load_run(here / "place").config.seed == 3


def test_a_diverged_run_is_printed_with_where_it_is_and_what_shows_it(here):
    for _ in range(2):
        result = run("train", "small.yaml", "-q", "--set", "training.learning_rate=1e3")
        folder = "outputs/small,training.learning_rate=1000"
        assert (result.exit_code, result.stdout) == (3, f"{folder}\n")
        assert f"everything finite was kept in {folder}" in result.stderr.splitlines()
        *_, following = result.stderr.splitlines()
        assert run(*shlex.split(following.removeprefix("next:  relusgd "))).exit_code == 0


def test_lists_have_numbers_in_the_order_of_their_size(here):
    for hidden in (10, 5):
        run("train", "small.yaml", "-q", "--set", f"network.hidden={hidden}")
    for rate in (0.01, 0.005, 0.1):
        run("train", "small.yaml", "-q", "--set", f"training.learning_rate={rate}")
    names = [Path(row["run"]).name for row in json.loads(run("list", "--json").stdout)]
    assert names == [
        *(f"small,network.hidden={hidden}" for hidden in (5, 10)),
        *(f"small,training.learning_rate={rate}" for rate in (0.005, 0.01, 0.1)),
    ]


def test_divergence_is_exit_3_now_and_later(here):
    for _ in range(2):
        result = run("train", "small.yaml", "--set", "training.learning_rate=1e3")
        assert result.exit_code == 3
        assert "training diverged in epoch" in result.stderr
        assert "--set training.learning_rate=" in result.stderr


def test_a_file_with_a_sweep_is_refused_with_the_number_of_runs(here):
    (here / "sweep.yaml").write_text(
        (here / "small.yaml").read_text()
        + "sweep:\n"
        + "  grid: {network.hidden: [3, 4]}\n"
        + "  cases: {all: {training.layers: all}, output: {training.layers: output}}\n"
        + "  repeat: 5\n"
    )
    result = run("train", "sweep.yaml")
    assert result.exit_code == 2
    assert "a sweep of 20 runs" in result.stderr
    assert run("train", "sweep.yaml", "--case", "output").stdout == "outputs/sweep,case=output\n"
    assert run("train", "sweep.yaml", "--set", "sweep=null").stdout == "outputs/sweep\n"


@pytest.mark.parametrize("path", BAD_CONFIGS, ids=lambda path: path.stem)
def test_every_bad_config_is_exit_2_with_its_place_and_leaves_no_folder(
    path, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = run("train", path)
    assert result.exit_code == 2, result.stderr
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr
    assert path.name in result.stderr or ".csv" in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_fewer_snapshots_than_frames_are_each_shown_once_and_slower(here):
    folder = run("train", "small.yaml", "--set", "snapshots.every=5").stdout.strip()
    run("animate", folder, "--out", "film.gif", "--size", "480x360", "--seconds", "3")
    with Image.open(here / "film.gif") as film:
        shown = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert len(shown) == 9
    assert (shown[0], shown[-1]) == (1000, 2000)
    assert set(shown[1:-1]) <= {330, 340}


def test_a_character_that_no_font_has_is_reported(here):
    run("train", "small.yaml")
    result = run("plot", "outputs/small", "--size", "480x360", "--title", "\U000e0fff \U00012345")
    assert result.exit_code == 0
    assert result.stderr.startswith(
        "warning: no font of this system has \U00012345 (U+12345): drawn as boxes"
    )
    assert run("plot", "outputs/small", "--size", "480x360", "--title", "plain").stderr == ""


def test_animate_and_plot_write_beside_the_run_and_print_the_file(here):
    run("train", "small.yaml")
    assert (
        run("animate", "outputs/small", "--frames", "5", "--size", "480x360").stdout
        == "outputs/small/animation.gif\n"
    )
    assert (
        run("plot", "outputs/small", "--epoch", "20", "--size", "480x360").stdout
        == "outputs/small/plot.png\n"
    )
    assert (
        run("plot", "outputs/small", "--step", "80", "--out", "still.svg").stdout == "still.svg\n"
    )
    assert (here / "still.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["animate", "outputs/small", "--out", "film.avi"], ".gif or .mp4"),
        (
            ["animate", "outputs/small", "--out", "nowhere/film.gif"],
            "there is no folder nowhere",
        ),
        (["animate", "outputs/small", "--size", "huge"], "WIDTHxHEIGHT"),
        (["plot", "outputs/small", "--size", "slid"], "did you mean slide?"),
        (["animate", "outputs/small", "--show", "unit"], "is not a part of the picture"),
        (
            ["animate", "outputs/small", "--from", "41000"],
            "recorded from epoch 41,000 on those recorded are of the epochs 0 to 40",
        ),
        (
            ["animate", "outputs/small", "--from", "30", "--to", "20"],
            "no snapshot was recorded from epoch 30 to 20",
        ),
        (
            ["animate", "outputs/small", "--slow-motion", "160"],
            "no step was taken after step 160 slow motion begins at a step from 0 to 159",
        ),
        (
            ["animate", "outputs/small", "--slow-motion", "100", "--to", "10"],
            "and step 100 is not in it choose --from and --to around it",
        ),
        (
            ["animate", "outputs/small", "--seconds", "inf"],
            "seconds is inf; it must be a finite number greater than 0",
        ),
        (
            ["train", "small.yaml", "--case", "fast"],
            "--case fast: small.yaml describes no sweep, and so has no cases leave the case out",
        ),
        (
            ["animate", "outputs/small", "--frames", "10", "--fps", "5", "--seconds", "9"],
            "two of frames, fps and seconds",
        ),
        (["animate", "nothing"], "does not exist"),
        (["plot", "outputs/small", "--epoch", "41"], "no snapshot was recorded at epoch 41"),
        (["plot", "outputs/small", "--epoch", "1", "--step", "4"], "not both"),
        (["plot", "outputs/small", "--out", "still.gif"], ".png"),
        (["view", "outputs/small", "--frames", "some"], "a whole number above 0, or all"),
        (["view", "outputs/small", "--frames", "0"], "a whole number above 0, or all"),
        (["view", "outputs/small", "--out", "page.pdf"], "its name ends in .html"),
        (["view", "outputs/small", "--out", "nowhere/page.html"], "there is no folder nowhere"),
        (["view", *["outputs/small"] * 10], "10 runs do not fit"),
        (
            ["show", "small.yaml"],
            "small.yaml is a config, and a run was expected make one of it: relusgd train "
            "small.yaml",
        ),
        (["show", "small.yml"], "small.yml does not exist"),
        (["animate", "small"], "did you mean outputs/small?"),
        (["plot", "outputs/smal"], "did you mean outputs/small?"),
        (
            ["view", "outputs"],
            "outputs is not a run, but a folder of 1 run name the run itself, "
            "such as outputs/small",
        ),
        (["train", "outputs"], "for all of them: relusgd list outputs, relusgd compare outputs"),
        (["list", "nowhere"], "is not a folder"),
        (["export", "outputs/small", "--out", "elbows.txt"], "CSV"),
        (
            ["plot", "small.yaml", "--elbows"],
            "small.yaml is a config, and a run was expected make one of it: relusgd train "
            "small.yaml",
        ),
        (["new", "small.yaml"], "is not overwritten"),
        (["new", ""], ". is a folder; a config is a YAML file call it config.yaml"),
        (["new", "/"], "/ is a folder; a config is a YAML file call it /config.yaml"),
        (
            ["new", "nowhere/small.yaml"],
            "there is no folder nowhere make it first, or choose another place",
        ),
        (["new", "other.yaml", "--from", "notebok"], "did you mean notebook?"),
        (["train", "missing.yaml"], "no such file"),
        (["train", "smal"], "smal: there is no such file did you mean small.yaml?"),
        (
            ["train", "notebok.yaml"],
            "notebook comes with relusgd; relusgd new notebook.yaml --from notebook copies it",
        ),
        (["train", "small.yaml", "--set", "seed"], "expected KEY=VALUE"),
        (["train", "small.yaml", "--case", "fast"], "fast"),
        (["train"], "Missing argument"),
        (
            ["train", "small.yaml", "--lr", "3"],
            "try: relusgd train small.yaml --set training.learning_rate=3",
        ),
        (
            ["train", "small.yaml", "--batch-size=3"],
            "try: relusgd train small.yaml --set training.batch_size=3",
        ),
        (["train", "small.yaml", "--seed", "3"], "--set seed=3"),
        (
            ["animate", "outputs/small", "--theme", "blue"],
            "'--theme': 'blue' is not one of 'light', 'dark'",
        ),
        (["animat"], "try: relusgd animate"),
        (["quux"], "No such command"),
    ],
)
def test_wrong_commands_are_exit_2_with_a_sentence(arguments, phrase, here):
    run("train", "small.yaml", "-q")
    result = run(*arguments)
    assert result.exit_code == 2, result.stderr
    assert phrase in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_show_and_list_print_tables_or_json(here):
    run("train", "small.yaml")
    table = run("show", "outputs/small").stdout
    assert "7 hidden units, 22 parameters" in table
    shown = json.loads(run("show", "outputs/small", "--json").stdout)
    assert (shown["status"], shown["epochs"], shown["snapshots"]) == ("complete", 40, 41)
    listed = json.loads(run("list", "--json").stdout)
    assert [row["run"] for row in listed] == ["outputs/small"]
    assert "small" in run("list").stdout
    assert run("list", "outputs/small").stdout.splitlines()[1].startswith("small ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([], "SGD on all layers, learning rate 0.02, batches of 5"),
        (
            [
                "sampling=shuffle",
                "momentum=0.9",
                "nesterov=true",
                "schedule={kind: step, every: 10, factor: 0.5}",
            ],
            "learning rate 0.02 × 0.5 every 10 epochs, shuffled batches of 5, Nesterov momentum "
            "0.9",
        ),
        (
            ["batch_size=full", "schedule={kind: cosine}"],
            "learning rate 0.02 down to 0 by a cosine, full batch",
        ),
        (
            ["learning_rate=3e-5", "weight_decay=1e-6"],
            "learning rate 3e-5, batches of 5, weight decay 1e-6",
        ),
        (["method=ridge", "penalty=1e-6"], "ridge, penalty 1e-6"),
    ],
)
def test_show_tells_how_training_differs_from_plain_sgd(changes, words, here):
    config = [
        "training.learning_rate=0.02",
        "training.batch_size=5",
        *(f"training.{change}" for change in changes),
    ]
    folder = run(
        "train", "small.yaml", "-q", *(part for text in config for part in ("--set", text))
    ).stdout.strip()
    assert words in json.loads(run("show", folder, "--json").stdout)["training"]


def test_ctrl_c_without_a_recording_promises_nothing(monkeypatch, here):
    def interrupted(*_):
        raise KeyboardInterrupt

    # Ctrl-C at an instant that no signal from outside would hit every time.
    monkeypatch.setattr("relusgd.training.prepare", interrupted)
    result = run("train", "small.yaml", "--dry-run")
    assert (result.exit_code, result.stderr) == (130, "stopped\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_that_a_library_turns_into_its_own_error_still_counts_as_a_stop(
    number, code, monkeypatch, here
):
    def swallowing(*_):
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            raise ValueError("Invalid bounding box") from None

    # A library that turns the signal into an error of its own, at an instant that is known.
    monkeypatch.setattr("relusgd.training.prepare", swallowing)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # in the background of a shell it is ignored
    try:
        result = run("train", "small.yaml", "--dry-run")
    finally:
        signal.signal(signal.SIGINT, before)
    assert (result.exit_code, result.stderr) == (code, "stopped\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_was_ignored_when_relusgd_began_stays_ignored(number, monkeypatch, here):
    def signalled(*_):
        signal.raise_signal(number)
        raise InputError("the signal was not heard")

    monkeypatch.setattr("relusgd.training.prepare", signalled)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        result = run("train", "small.yaml", "--dry-run")
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    assert (result.exit_code, result.stderr) == (2, "error: the signal was not heard\n")


def test_a_run_that_may_not_be_read_just_now_is_not_called_damaged(monkeypatch, here):
    run("train", "small.yaml", "-q")

    def refused(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("relusgd.run_files.metrics_table.reading", refused)
    rows = json.loads(run("list", "--json").stdout)
    assert [row["status"] for row in rows] == ["unreadable"]
    assert "unreadable" in run("list").stdout


def test_a_damaged_run_is_listed_as_such_and_the_others_are_shown(here):
    run("train", "small.yaml")
    run("train", "small.yaml", "--set", "seed=1")
    (here / "outputs/small/metrics.csv").write_text("nonsense\n")
    rows = {row["run"]: row["status"] for row in json.loads(run("list", "--json").stdout)}
    assert rows == {"outputs/small": "damaged", "outputs/small,seed=1": "complete"}
    result = run("show", "outputs/small")
    assert result.exit_code == 1
    assert "metrics.csv" in result.stderr


def test_export_writes_a_line_per_unit_and_snapshot(here):
    run("train", "small.yaml")
    assert run("export", "outputs/small", "--out", "elbows.csv").stdout == "elbows.csv\n"
    with (here / "elbows.csv").open() as file:
        rows = list(csv.DictReader(file))
    history = load_run(here / "outputs/small").history
    assert len(rows) == 41 * 7
    assert list(rows[0]) == ["epoch", "step", "unit", "elbow", "slope", "bias", "output_weight"]
    last = rows[-1]
    assert (int(last["epoch"]), int(last["step"]), int(last["unit"])) == (40, 160, 6)
    assert float(last["elbow"]) == history.elbow[-1, 6]
    assert float(last["output_weight"]) == history.weights[1][-1, 6, 0]


def test_export_in_original_units_gives_the_function_in_the_units_of_the_csv(here):
    (here / "flow.csv").write_text(
        "x,y\n" + "".join(f"{1900 + i},{100 * (i * i % 7)}\n" for i in range(20))
    )
    (here / "flow.yaml").write_text(
        "data: {kind: csv, path: flow.csv}\nnetwork: {hidden: 5}\ntraining: {epochs: 3}\n"
    )
    run("train", "flow.yaml")
    run("export", "outputs/flow", "--out", "original.csv")
    with (here / "original.csv").open() as file:
        units = [row for row in csv.DictReader(file) if row["epoch"] == "3"]
    recorded = load_run(here / "outputs/flow")
    scaling, network = recorded.data.scaling, recorded.network()
    x = np.linspace(1900, 1919, 7)
    bias = scaling.y_mean + scaling.y_deviation * network.output_bias
    f = bias + sum(
        float(row["output_weight"]) * np.maximum(float(row["slope"]) * x + float(row["bias"]), 0)
        for row in units
    )
    np.testing.assert_allclose(
        f, scaling.y_to_original(network(scaling.x_to_network(x))), rtol=1e-9
    )
    np.testing.assert_allclose(
        float(units[0]["elbow"]), -float(units[0]["bias"]) / float(units[0]["slope"]), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("size", "pixels"), [("square", (1080, 1080)), ("720P", (1280, 720)), ("500x400", (500, 400))]
)
def test_a_size_may_be_a_name(size, pixels, here):
    run("train", "small.yaml", "-q")
    run("plot", "outputs/small", "--size", size)
    with Image.open(here / "outputs/small/plot.png") as picture:
        assert picture.size == pixels


def test_new_writes_a_config_that_trains_and_the_csv_that_it_needs(here):
    result = run("new", "river.yaml", "--from", "nile")
    assert result.stdout == "river.yaml\n"
    assert (here / "nile.csv").exists()
    assert run("train", "river.yaml", "--dry-run").exit_code == 0
    assert run("new").stdout == "config.yaml\n"
    assert {line.split()[0] for line in run("new", "--list").stdout.splitlines()} >= {
        "notebook",
        "nile",
        "co2",
    }


def test_the_purposes_of_shipped_configs_stand_in_one_column(here):
    lines = run("new", "--list").stdout.splitlines()
    column = lines[0].index("Bias and variance")
    assert all(line[column - 2 : column] == "  " for line in lines)
    assert all(line[column] != " " for line in lines)


def test_version_and_help_are_printed(here):
    from relusgd import __version__

    assert run("--version").stdout == f"relusgd {__version__}\n"
    module = subprocess.run(
        [sys.executable, "-m", "relusgd", "--version"], capture_output=True, text=True, check=True
    )
    assert module.stdout == f"relusgd {__version__}\n"


COMMANDS = [
    "new",
    "train",
    "lesson",
    "sweep",
    "animate",
    "plot",
    "view",
    "lab",
    "show",
    "list",
    "compare",
    "export",
    "predict",
    "compose",
    "diagnose",
    "explain",
    "features",
    "verify",
    "gradcheck",
    "graph",
    "step",
    "schema",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(command):
    text = " ".join(run(command, "--help").stdout.split())
    assert re.search(rf"Examples?: relusgd {command} ", text)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_shows_what_is_to_be_typed_and_no_types_of_the_program(command):
    assert re.findall(r"<(?!\w+\|)[^>]*>", run(*command.split(), "--help").stdout) == []


def test_paragraphs_of_help_end_their_lines_where_the_terminal_does():
    assert re.search(
        r"same command again does what is missing and +\n", run("sweep", "--help").stdout
    )


def test_the_list_of_commands_is_complete():
    assert sorted(COMMANDS) == sorted(
        command.name or command.callback.__name__ for command in app.registered_commands
    )


def test_schema_is_json(here):
    assert json.loads(run("schema").stdout)["properties"]["training"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_finishes_the_block_and_the_same_command_goes_on(number, code, here):
    command = [
        sys.executable,
        "-m",
        "relusgd",
        "train",
        "small.yaml",
        "--set",
        "training.epochs=1000000000",
        "--set",
        "snapshots.every=1000000",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hears(number))
    folder = here / "outputs/small,snapshots.every=1000000,training.epochs=1000000000"
    wait_until((folder / "metrics.csv").exists, process)
    process.send_signal(number)
    _, words = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, words
    assert "stopped in epoch" in words
    assert "Traceback" not in words
    recorded = load_run(folder)
    assert recorded.status == "interrupted"
    assert recorded.facts.counts.steps > 0


@pytest.mark.parametrize(
    "command", ["show", "train", "list", "plot", "view", "compare", "gradcheck", "graph", "new"]
)
def test_a_file_name_that_no_disk_accepts_is_reported_as_a_fault_of_the_command(command, here):
    result = run(command, "x" * 300)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert "x" * 300 in result.stderr


def test_writing_a_new_config_into_a_missing_folder_is_a_fault_of_the_command(here):
    result = run("new", "nowhere/a.yaml")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        2,
        "error: nowhere/a.yaml cannot be written: there is no folder nowhere",
    )
