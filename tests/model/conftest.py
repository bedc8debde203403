"""Files that tests of this room read."""

import pytest


@pytest.fixture
def write(tmp_path):
    """A function that writes a data file of this content, text or bytes, and gives its path."""

    def write_file(content, name="points.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
