"""The order in which people read names."""

from itertools import combinations

import pytest
from command import run

from relusgd.words import natural_order

NAMES = ["a", "a2", "a10", "a10b", "a=-1", "a=2e-3", "a=0.01", "b", "b1", "b2.5", "2", "05", "5"]


def test_numbers_in_names_go_by_their_size():
    names = ["hidden=10", "hidden=5", "rate=0.01", "rate=0.005", "rate=-1"]
    in_order = ["hidden=5", "hidden=10", "rate=-1", "rate=0.005", "rate=0.01"]
    assert sorted(names, key=natural_order) == in_order


@pytest.mark.parametrize("pair", [*combinations(NAMES, 2)], ids=str)
def test_any_two_names_have_an_order(pair):
    """Where one name is the beginning of the other, too."""
    first, second = sorted(pair, key=natural_order)
    assert natural_order(first) < natural_order(second)
    if second.startswith(first):
        assert [first, second] == sorted(pair, key=len)


def test_runs_of_which_one_has_the_name_of_another_and_a_number_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text("training: {epochs: 2}\n")
    for name in ("run2", "run", "run10"):
        assert run("train", "tiny.yaml", "--out", f"outputs/{name}").exit_code == 0
    listed = run("list")
    assert listed.exit_code == 0
    names = [line.split()[0] for line in listed.stdout.splitlines()[1:]]
    assert names == ["run", "run2", "run10"]
    missing = run("show", "outputs/rum")
    assert missing.exit_code == 2
    assert "outputs/run" in missing.output
