import io

import numpy as np
import pytest

from relusgd.errors import RelusgdError
from relusgd.run_files.arrays import HEADER_BYTES, GrowingArray, npy_header, read_rows


def grown(path, rows=6):
    array = GrowingArray(path, (3,), "<f8", 0)
    whole = np.arange(3.0 * rows).reshape(rows, 3)
    for start in range(0, rows, 2):
        array.write_rows(whole[start : start + 2])
        array.claim()
    return array, whole


def test_a_grown_file_is_the_one_that_numpy_writes(tmp_path):
    array, whole = grown(tmp_path / "a.npy")
    array.close()
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), whole)


@pytest.mark.parametrize("shape", [(), (1,), (10**6,), (10**6, 1), (1, 10**8)])
@pytest.mark.parametrize("rows", [0, 1, 10**15])
def test_headers_have_one_length_and_numpy_reads_them(shape, rows):
    header = npy_header(rows, shape, np.dtype("<f8"))
    assert len(header) == HEADER_BYTES
    buffer = io.BytesIO(header)
    assert np.lib.format.read_magic(buffer) == (1, 0)
    assert np.lib.format.read_array_header_1_0(buffer)[0] == (rows, *shape)


def test_rows_that_were_written_but_not_claimed_do_not_count(tmp_path):
    array, whole = grown(tmp_path / "a.npy")
    array.write_rows(np.full((1, 3), np.nan))
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), whole)
    array.close()


def test_a_writer_that_comes_back_cuts_what_lies_beyond(tmp_path):
    array, whole = grown(tmp_path / "a.npy")
    array.write_rows(np.ones((5, 3)))
    array.close()
    back = GrowingArray(tmp_path / "a.npy", (3,), "<f8", 4)
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), whole[:4])
    back.write_rows(whole[4:])
    back.claim()
    back.close()
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), whole)


def test_rows_are_read_only_and_no_more_than_asked_for(tmp_path):
    grown(tmp_path / "a.npy")[0].close()
    rows = read_rows(tmp_path / "a.npy", 4, (3,), "<f8")
    assert rows.shape == (4, 3)
    with pytest.raises(ValueError, match="read-only"):
        rows[0, 0] = 1.0


def damaged(name, path):
    if name == "other type":
        np.save(path, np.zeros((9, 3), dtype=np.float32))
    elif name == "other shape":
        np.save(path, np.zeros((9, 4)))
    elif name == "too few rows":
        np.save(path, np.zeros((2, 3)))
    elif name == "pickle":
        np.save(path, np.array([object()] * 9, dtype=object), allow_pickle=True)
    elif name == "claims terabytes":
        path.write_bytes(npy_header(10**12, (3,), np.dtype("<f8")) + bytes(100))
    elif name == "cut short":
        path.write_bytes(npy_header(9, (3,), np.dtype("<f8"))[:90])
    elif name == "text":
        path.write_text("hello")
    elif name == "empty":
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "name",
    [
        "missing",
        "other type",
        "other shape",
        "too few rows",
        "pickle",
        "claims terabytes",
        "cut short",
        "text",
        "empty",
    ],
)
def test_a_damaged_file_is_named_in_a_sentence(name, tmp_path):
    path = tmp_path / "slope.npy"
    damaged(name, path)
    with pytest.raises(RelusgdError, match=r"slope\.npy.*the run folder is damaged"):
        read_rows(path, 4, (3,), "<f8")
