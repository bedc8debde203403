"""The kernels compiled for processors with smaller registers, in a process of their own."""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("numba")

from relusgd.gradients.compiled.tile_code import lanes_of, processor_features

AVX2 = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "popcnt", "sse4.2"}
HAS_AVX2 = processor_features() >= AVX2

GRADIENTS = """
import json
import numpy as np
from relusgd.gradients import backprop, compiled
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.model.network import Network, parameter_count, split_parameters
from relusgd.training.streams import random_words

generator = np.random.default_rng(0)
x = np.sort(generator.uniform(-1, 2, 61))
y = np.cos(3 * x)
found = {"lanes": LANES}
for hidden in [(3,), (43,), (9, 17)]:
    parameters = generator.normal(size=parameter_count(hidden))
    wanted = backprop.backprop(*split_parameters(parameters, hidden), x[:, None], y[:, None])
    wanted = Network(wanted.weights, wanted.biases).parameters() * len(x) / 2
    gradient = np.full_like(parameters, 7.0)
    if len(hidden) > 1:
        kernel = compiled.deep_kernel(parameters, gradient, hidden)
    else:
        kernel = compiled.comparison_kernel(parameters, gradient, hidden[0], len(x))
    kernel(x, y)
    np.testing.assert_allclose(gradient, wanted, rtol=0, atol=1e-13 * np.abs(wanted).max())
    found[str(hidden)] = gradient.tobytes().hex()
words = compiled.CompiledWords()(2**64 - 1, 1, 2, 5, 3000)
np.testing.assert_array_equal(words, random_words(2**64 - 1, 1, 2, 5, 3000))
print(json.dumps(found))
"""


def gradients(**variables):
    """How many lanes there are, and the bytes of gradients that are right."""
    done = subprocess.run(
        [sys.executable, "-c", GRADIENTS],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.skipif(not HAS_AVX2, reason="needs a processor with AVX2")
def test_the_lanes_of_a_register_change_no_bit():
    features = ",".join(f"+{name}" for name in sorted(AVX2))
    here = gradients()
    there = gradients(NUMBA_CPU_NAME="haswell", NUMBA_CPU_FEATURES=features)
    assert here.pop("lanes") == lanes_of(processor_features())
    assert there.pop("lanes") == 4
    assert there == here


def test_a_processor_without_vectors_of_its_own_has_registers_of_two_numbers():
    assert gradients(NUMBA_CPU_NAME="generic")["lanes"] == 2
