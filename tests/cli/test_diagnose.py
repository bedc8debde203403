"""The command diagnose: tables, JSON, pictures, and what it refuses."""

import csv
import json
from itertools import pairwise

import numpy as np
import pytest
from command import run as command
from PIL import Image
from small import small

from relusgd.diagnostics.quantities import QUANTITIES
from relusgd.runs.record import record


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return record(small(), tmp_path_factory.mktemp("runs") / "run").folder


def test_the_table_has_the_start_beside_the_end(folder):
    result = command("diagnose", str(folder))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["epoch", "0", "epoch", "40"]
    way = next(line for line in lines if "way from the start" in line)
    assert "|θ − θ₀| / |θ₀|" in way
    assert way.split()[-2] == "0"
    assert any(line.startswith("output") for line in lines)
    assert "active units" in result.stdout


def test_json_has_every_number(folder):
    told = json.loads(command("diagnose", str(folder), "--epoch", "10", "--json").stdout)
    assert told["epoch"] == 10
    assert set(told["quantities"]) == set(QUANTITIES) == set(told["at_start"])
    assert told["quantities"]["preconditioned_sharpness"] is None
    assert told["pieces"][0]["low"] == 0
    assert all(isinstance(units, list) for units in told["pieces"][0]["active"])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_picture_is_written_in_every_format(folder, tmp_path, suffix):
    out = tmp_path / f"diagnosis{suffix}"
    result = command("diagnose", str(folder), "--out", str(out), "--theme", "dark")
    assert result.exit_code == 0
    assert f"picture: {out}" in result.stderr
    if suffix == ".png":
        with Image.open(out) as image:
            assert image.size == (1400, 1000)
            assert len(image.convert("RGB").getcolors(2**20)) > 50


def test_the_table_over_time_has_a_line_per_snapshot(folder, tmp_path):
    out = tmp_path / "quantities.csv"
    assert command("diagnose", str(folder), "--out", str(out)).exit_code == 0
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(41))
    assert set(rows[0]) == {"epoch", "step", *QUANTITIES}
    final = json.loads(command("diagnose", str(folder), "--json").stdout)["quantities"]
    for name, value in final.items():
        written = rows[-1][name]
        assert (float(written) if written else None) == value, name


def test_slopes_have_a_table_json_and_a_picture(folder, tmp_path):
    out = tmp_path / "slopes.png"
    result = command("diagnose", str(folder), "--slopes", "--out", str(out), "--size", "600x500")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == f"picture: {out}\n"
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["distance", "epoch", "0", "epoch", "40"]
    assert lines[-1].startswith("½ at distance")
    with Image.open(out) as picture:
        assert picture.size == (600, 500)
    told = json.loads(command("diagnose", str(folder), "--slopes", "--json").stdout)
    now = told["now"]
    assert len(now["edges"]) == len(now["slope"]) + 1
    assert now["autocorrelation"][0] == pytest.approx(1)
    quantities = json.loads(command("diagnose", str(folder), "--json").stdout)["quantities"]
    below = next(place for place, A in enumerate(now["autocorrelation"]) if A <= 0.5)
    low, high = now["distances"][below - 1 : below + 1]
    assert low <= quantities["slope_correlation_length"] <= high


def test_a_file_of_another_kind_is_refused_before_anything_is_measured(tmp_path):
    result = command("diagnose", str(tmp_path / "no-run"), "--out", "diagnosis.gif")
    assert result.exit_code == 2
    assert "a diagnosis cannot be written as 'diagnosis.gif'" in result.stderr
    assert ".png, .svg, .pdf or .csv" in result.stderr


def test_a_snapshot_that_was_not_recorded_is_refused_and_writes_nothing(folder, tmp_path):
    out = tmp_path / "diagnosis.png"
    result = command("diagnose", str(folder), "--epoch", "99", "--out", str(out))
    assert result.exit_code == 2
    assert "no snapshot was recorded at epoch 99" in result.stderr
    assert not out.exists()


def test_a_wide_network_has_too_many_pieces_to_list(tmp_path):
    run = record(
        small(network__hidden=1500, training__epochs=1, network__elbows="even"), tmp_path / "run"
    )
    result = command("diagnose", str(run.folder))
    assert result.exit_code == 0
    assert "pieces are too many to list" in result.stderr
    assert json.loads(command("diagnose", str(run.folder), "--json").stdout)["pieces"] is None


def test_of_many_pieces_the_first_are_printed(tmp_path):
    run = record(
        small(network__hidden=100, training__epochs=0, network__elbows="even"), tmp_path / "run"
    )
    result = command("diagnose", str(run.folder))
    assert "more pieces: see --json" in result.stderr
    assert "on where it begins" in result.stdout
    listed = json.loads(command("diagnose", str(run.folder), "--json").stdout)["pieces"]
    assert len(listed) > 40
    changes = [np.setxor1d(now["active"][0], then["active"][0]) for then, now in pairwise(listed)]
    assert all(len(change) == 1 for change in changes), "one unit switches at every breakpoint"
