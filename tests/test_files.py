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
