"""The compiled kernels: machine code without shortcuts, and counting below elbows wherever the
search begins.
"""

import os
import subprocess
import sys
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("numba")

from relusgd.gradients.compiled import (
    OneLayerPadding,
    aligned_zeros,
    comparison_kernel,
    dense_kernel,
    make_buffers,
    make_comparison_buffers,
    make_paired_points,
    make_points,
    pad,
    prefix_sum_kernel,
    unpad,
    with_activations,
)
from relusgd.gradients.compiled.elbow_search import count_batch, count_below, search_batch
from relusgd.gradients.compiled.machine_code import options_of
from relusgd.gradients.compiled.prefix_sum_steps import (
    MANY_UNITS,
    add_jumps_of_few,
    add_jumps_of_many,
    write_jumps,
)


def rule(w, b, x):
    """How many of x are below the elbow, point by point."""
    with np.errstate(all="ignore"):
        return int(np.count_nonzero((w * x + b > 0) != (w > 0)))


def test_the_points_below_an_elbow_are_the_same_from_wherever_they_are_looked_for():
    generator = np.random.default_rng(0)
    x = np.sort(np.concatenate([generator.normal(size=20), np.repeat(0.5, 4)]))
    fenced = np.concatenate([[-np.inf], x, [np.inf]])
    for w in (1.0, -1.0, 5e-324, -5e-324, 1e300, -3.7):
        for elbow in (*x, *generator.normal(size=10), -100.0, 100.0):
            for b in (
                -(w * elbow),
                np.nextafter(-(w * elbow), np.inf),
                np.nextafter(-(w * elbow), -np.inf),
            ):
                found = {count_below(w, b, fenced, k) for k in range(len(x) + 1)}
                assert found == {rule(w, b, x)}


@pytest.mark.parametrize("count", [1, 300, MANY_UNITS])
def test_many_units_jump_as_few_to_the_last_bit(count):
    points, centre = 7, 0.3
    generator = np.random.default_rng(count)
    w, b, v = generator.normal(size=(3, count))
    w[::5] = 0.0
    w[1::50] = -0.0
    place = generator.integers(0, points + 1, count).astype(np.uint32)
    few, many, chosen = np.zeros((3, points + 1, 2))
    sums = add_jumps_of_few(w, b, v, centre, place, few)
    chosen[:] = np.nan  # of the step before
    assert add_jumps_of_many(w, b, v, centre, points, place, many) == sums
    assert write_jumps(w, b, v, centre, points, place, chosen) == sums
    # Behind the last point nobody reads.
    assert few[:points].tobytes() == many[:points].tobytes() == chosen[:points].tobytes()
    if count > 1:
        assert np.count_nonzero(few[:points]) == 2 * points


@pytest.mark.parametrize("w", [1.0, -1.0, 5e-324, -1e300])
@pytest.mark.parametrize("b", [np.inf, -np.inf])
def test_a_unit_that_switches_nowhere_is_found_so_from_everywhere(w, b):
    fenced = np.array([-np.inf, -1.0, 0.0, 2.0, np.inf])
    assert {count_below(w, b, fenced, k) for k in range(4)} == {rule(w, b, fenced[1:-1])}


@pytest.mark.parametrize("w", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("b", [np.nan, np.inf, -np.inf, 0.0])
def test_looking_for_what_is_nowhere_ends_inside(w, b):
    fenced = np.array([-np.inf, -1.0, 0.0, 0.0, 2.0, np.inf])
    assert all(0 <= count_below(w, b, fenced, k) <= 4 for k in range(5))


def test_a_batch_is_counted_as_it_is_searched():
    generator = np.random.default_rng(0)
    rows = np.sort(generator.integers(0, 30, 50)).astype(np.uint64)
    below = np.zeros(31, dtype=np.uint32)
    count_batch(rows, 7, 20, below)
    batch = rows[7:27]
    for k in range(31):
        assert below[k] == search_batch(rows, 7, 20, k) == np.count_nonzero(batch < k)


def test_padding_and_back_changes_nothing():
    for width in (1, 3, 4, 7):
        vector = np.arange(1.0, 3 * width + 2)
        assert np.array_equal(unpad(pad(vector, width), width), vector)
        assert np.array_equal(unpad(np.stack([pad(vector, width)] * 2), width), [vector, vector])


def test_what_a_step_reads_and_writes_begins_where_a_line_of_the_cache_does():
    points, theta = make_points(np.arange(40.0), np.zeros(40), 0.0), pad(np.ones(31), 10)
    at = make_buffers(points, theta, 40, prefix_sums=False)
    kept = [aligned_zeros(size) for size in range(1, 30)]  # memory of different beginnings
    paired = make_paired_points(np.arange(40.0), np.zeros(40))
    compared = make_comparison_buffers(paired, 10, 40, 0.0)
    of_comparisons = (paired.pairs, *compared[:-2])
    for array in (*kept, aligned_zeros(4, 48), theta, at.x, at.y, at.r, at.rx, *of_comparisons):
        assert array.ctypes.data % 64 == 0
    zeros = aligned_zeros(2, 3)
    assert (zeros.shape, zeros.tolist()) == ((2, 3), [[0, 0, 0], [0, 0, 0]])
    assert aligned_zeros(0, 5).shape == (0, 5)


def test_the_points_of_comparisons_have_both_numbers_side_by_side():
    points = make_paired_points(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]))
    assert points.pairs.tolist() == [-1, 4, -2, 5, -3, 6]
    for batch_size in (2, 3, 5):
        at = make_comparison_buffers(points, 10, batch_size, 0.0)
        known = min(batch_size, 3)
        assert at.minus_x.tolist() == [*[-1, -2, -3][:known], *[0] * (8 - known)]
        assert at.y.tolist() == [*[4, 5, 6][:known], *[0] * (8 - known)]


def test_the_output_layer_comes_last_and_its_bias_last_of_all():
    for width in (1, 3, 8, 9):
        padding = OneLayerPadding(width)
        vector = np.arange(1.0, 3 * width + 2)
        padded = padding.pad(vector)
        assert np.array_equal(padding.unpad(padded), vector)
        assert padded[padding.output] == 2 * width + 1
        assert padded[padding.output_bias] == 3 * width + 1
        assert len(padded) == padding.output_bias + 1


@pytest.mark.parametrize(("limit", "kept"), [(8 * 2 * 8, True), (8 * 2 * 8 - 1, False)])
def test_activations_that_are_too_large_are_left_out(monkeypatch, limit, kept):
    theta, points = pad(np.ones(7), 2), make_points(np.array([0.0, 1.0]), np.zeros(2), 0.0)
    monkeypatch.setattr("relusgd.gradients.compiled.arrays.COMPILED_ACTIVATION_BYTES", limit)
    assert with_activations(points, theta).activations.tolist() == (
        [[1, 1, *[0] * 6], [2, 2, *[0] * 6]] if kept else []
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda *given: dense_kernel(*given, 50),
        lambda *given: comparison_kernel(*given, 50),
        prefix_sum_kernel,
    ],
    ids=["dense", "comparisons", "prefix sums"],
)
def test_no_product_is_fused_with_a_sum(make):
    # b = −fl(w x) where w x was rounded down: the float64 sum is 0, though w x + b > 0, which a
    # fused multiply-add would see
    generator = np.random.default_rng(0)
    x = 1.1
    w = np.array(
        [w for w in generator.normal(size=200) if Fraction(w) * Fraction(x) > Fraction(w * x)]
    )
    assert len(w) > 50
    parameters = np.concatenate([w, -(w * x), np.ones(len(w) + 1)])
    gradient = np.zeros_like(parameters)
    make(parameters, gradient, len(w))(np.full(50, x), np.zeros(50))
    assert gradient[-1] == 50
    assert not gradient[:-1].any()


def test_elbows_are_looked_for_even_where_the_division_is_not_a_number():
    theta = pad(np.array([0.0, np.nan, 1.0, 0.0, 1.0, np.nan, 1.0, 1.0, 1.0, 0.0]), 3)
    points = make_points(np.array([1.0, 2.0]), np.zeros(2), 0.0)
    at = make_buffers(points, theta, 2, prefix_sums=True)
    assert at.k.max() <= 2


def test_a_cache_that_cannot_be_written_is_no_obstacle():
    code = """
import numba
def refuse(function=None, **options):
    if options.get("cache"):
        raise RuntimeError("cannot cache function: no locator available")
    return original(function, **options) if function else original(**options)
original, numba.njit = numba.njit, refuse
from relusgd.gradients.compiled.elbow_search import count_below
import numpy
print(count_below(1.0, -0.5, numpy.array([-numpy.inf, 0.0, 1.0, numpy.inf]), 0))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


CODE_OF_A_DEEP_TRAINING = """
import hashlib, relusgd
config = {"network": {"hidden": [5, 4]}, "training": {"epochs": 20}, "engine": "compiled"}
for block in relusgd.train(relusgd.load_config(config)):
    parameters = block.state.parameters
print(hashlib.sha256(parameters.tobytes()).hexdigest())
"""


def test_neither_a_full_disk_nor_disabled_compiling_reaches_the_steps(tmp_path):
    def trained(**variables):
        done = subprocess.run(
            [sys.executable, "-c", CODE_OF_A_DEEP_TRAINING],
            capture_output=True,
            text=True,
            env={**os.environ, **variables},
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    usual = trained()
    assert trained(NUMBA_DISABLE_JIT="1") == usual
    # Where every write fails, the folder of kept code is one that can be made and holds nothing.
    refuse = "import os, errno\ndef refuse(*_): raise OSError(errno.ENOSPC, 'No space left')\n"
    (tmp_path / "sitecustomize.py").write_text(f"{refuse}os.replace = refuse\n")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    folder = str(tmp_path / "kept")
    assert trained(PYTHONPATH=paths, NUMBA_CACHE_DIR=folder) == usual


def test_numba_without_the_option_that_leaves_out_reference_counts_will_do():
    def version(**names):
        return SimpleNamespace(core=SimpleNamespace(options=SimpleNamespace(**names)))

    assert options_of(version(DefaultOptions=SimpleNamespace(_nrt=0))) == {
        "nogil": True,
        "error_model": "numpy",
        "_nrt": False,
    }
    for other in (
        SimpleNamespace(),
        SimpleNamespace(core=0),
        version(),
        version(DefaultOptions=SimpleNamespace()),
    ):
        assert options_of(other) == {"nogil": True, "error_model": "numpy"}


INSIDE = """
from relusgd.gradients.compiled.machine_code import inlined
@inlined
def one():
    return {value}
"""
OUTSIDE = """
from inside import one
from relusgd.gradients.compiled.machine_code import compiled
@compiled
def two():
    return one() + one()
"""
CALL = """
from pathlib import Path
from relusgd.gradients.compiled import machine_code
machine_code.SOURCES = machine_code.digest(Path.cwd())
from outside import two
print(two(), sum(two.stats.cache_hits.values()))
"""


def test_kept_machine_code_is_that_of_the_sources_of_the_whole_folder(tmp_path):
    (tmp_path / "outside.py").write_text(OUTSIDE)
    found = []
    for value in (1, 1, 20):
        (tmp_path / "inside.py").write_text(INSIDE.format(value=value))
        done = subprocess.run(
            [sys.executable, "-B", "-c", CALL],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(done.stdout.split())
    assert found == [["2", "0"], ["2", "1"], ["40", "0"]]
