import pytest


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with a small config."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(
        """
data: {samples: 30, test_samples: 20}
network: {hidden: 7}
training: {epochs: 40, batch_size: 8}
"""
    )
    return tmp_path
