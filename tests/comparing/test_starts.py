"""Runs that begin with given networks are compared by these networks, not by their folders."""

import shutil

from small import small

from relusgd.comparing.keys import differing_used_keys
from relusgd.runs.record import record


def started(folder, epoch, out, **overrides):
    start = {"run": str(folder), "epoch": epoch}
    config = small(network__start=start, training__epochs=3, **overrides)
    return record(config, out)


def test_the_same_parameters_are_one_value_and_others_from_the_same_place_are_another(tmp_path):
    first = record(small(), tmp_path / "first").folder
    copy = shutil.copytree(first, tmp_path / "copy")
    runs = [
        started(first, "last", tmp_path / "1"),
        started(copy, 40, tmp_path / "2"),
        started(first, 5, tmp_path / "3"),
    ]
    record(small(seed=1), first, overwrite=True)
    runs.append(started(first, "last", tmp_path / "4"))
    differing = differing_used_keys(runs)
    assert list(differing) == ["network.start"]
    last, from_copy, fifth, other = differing["network.start"]
    assert last == from_copy == f"{first} at epoch 40"
    assert fifth == f"{first} at epoch 5"
    assert other.startswith(f"{first} at epoch 40~")


def test_keys_that_a_given_network_leaves_without_use_make_no_difference(tmp_path):
    first = record(small(), tmp_path / "first").folder
    runs = [
        started(first, "last", tmp_path / "1"),
        started(first, "last", tmp_path / "2", network__init="normal", network__elbows="even"),
    ]
    assert differing_used_keys(runs) == {}
