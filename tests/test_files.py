import os
import subprocess
import sys

import pytest

from relusgd.files import replacing, write_whole


def names(folder):
    return [path.name for path in folder.iterdir()]


def fail_halfway(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError


def test_a_whole_file_takes_the_place_of_the_old_one_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "a.csv"
    write_whole(path, "old")
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.csv"]


def test_an_error_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        fail_halfway(path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.csv"]


def test_an_error_of_the_disk_names_the_file_that_was_asked_for(tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        write_whole(tmp_path / "nowhere" / "a.csv", "text")
    assert caught.value.filename == str(tmp_path / "nowhere" / "a.csv")


def test_names_are_bytes_whatever_the_locale_says(tmp_path):
    (tmp_path / "c.yaml").write_text("seed: 0\ntraining: {epochs: 1}\n")
    locale = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    folder = os.fsencode(tmp_path) + "/ü/ä".encode()
    for more in ([], ["--set", "seed=1", "--overwrite"]):
        command = [sys.executable, "-m", "relusgd", "train", tmp_path / "c.yaml", "-q", *more]
        result = subprocess.run(
            [*command, "--out", folder], env=os.environ | locale, capture_output=True
        )
        assert result.stdout == folder + b"\n", result.stderr
    assert os.listdir(os.path.dirname(folder)) == ["ä".encode()]  # noqa: PTH208, PTH120
