"""The command in surroundings that are not a terminal: closed streams, full disks, encodings
without our letters.
"""

import json
import os
import subprocess
import sys

import pytest
from patience import PATIENCE


@pytest.fixture
def here(here):
    """With NumPy's steps: a process that loads Numba takes twice as long."""
    with (here / "small.yaml").open("a") as config:
        config.write("engine: numpy\n")
    return here


ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}


def shell(line, cwd, **environment):
    """What a shell makes of a line in which `relusgd` is the command."""
    command = f"relusgd() {{ '{sys.executable}' -m relusgd \"$@\"; }}; {line}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("streams", ["<&-", "2>&-", ">&-", "<&- >&- 2>&-"])
def test_training_goes_on_when_its_streams_are_closed(streams, here):
    ended = shell(f"relusgd train small.yaml {streams}", here)
    assert ended.returncode == 0, ended.stderr
    assert b"Traceback" not in ended.stderr
    assert (here / "outputs/small/metrics.csv").read_text().count("\n") == 42
    assert ended.stdout == (b"" if ">&-" in streams.replace("2>&-", "") else b"outputs/small\n")


@pytest.mark.parametrize(
    "arguments", ["--version", "--help", "train --help", "schema", "new --list"]
)
def test_output_to_a_full_disk_fails_with_one_sentence_and_exit_1(arguments, here):
    ended = shell(f"relusgd {arguments} > /dev/full", here)
    assert (ended.returncode, ended.stderr) == (1, b"error: No space left on device\n")


@pytest.mark.parametrize("elsewhere", ["2>/dev/full", "2> >(true)"])
def test_training_goes_on_when_its_messages_cannot_be_written(elsewhere, here):
    ended = shell(
        f"relusgd train small.yaml {elsewhere}; relusgd train missing.yaml {elsewhere} || echo $?",
        here,
    )
    assert ended.stdout == b"outputs/small\n2\n"
    assert (here / "outputs/small/metrics.csv").read_text().count("\n") == 42


def test_a_reader_that_closes_the_pipe_is_not_an_error(here):
    ended = shell("relusgd schema | head -1; relusgd --help | true", here)
    assert ended.stderr == b""


def test_letters_that_the_encoding_lacks_are_shown_as_question_marks(here):
    ended = shell(
        "relusgd train small.yaml -q && relusgd show outputs/small && relusgd list && relusgd "
        "--help",
        here,
        **ASCII,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"?" in ended.stdout


@pytest.mark.parametrize(
    "encoding", [{}, ASCII, {"PYTHONIOENCODING": "utf-8:strict"}], ids=["usual", "ascii", "strict"]
)
@pytest.mark.parametrize("name", ["süß".encode(), b"\xff"])
def test_a_printed_path_is_that_of_the_file_byte_for_byte(name, encoding, here):
    ended = shell(f"relusgd train small.yaml -q --out {os.fsdecode(name)}", here, **encoding)
    assert (ended.returncode, ended.stdout) == (0, name + b"\n"), ended.stderr
    listed = shell("relusgd list --json .", here, **encoding)
    assert os.fsencode(json.loads(listed.stdout)[0]["run"]) == name


def test_a_reader_that_wants_only_the_beginning_of_a_table_ends_it_in_silence(here):
    ended = shell(
        "relusgd train small.yaml -q --set training.epochs=3000 >&2; "
        "relusgd export outputs/*3000 | head -1; "
        "relusgd predict outputs/*3000 --grid 100000 | head -1",
        here,
    )
    assert ended.stdout == b"epoch,step,unit,elbow,slope,bias,output_weight\nx,f(x)\n"
    assert b"rror" not in ended.stderr
