"""Normal numbers of our own: their distribution, their accuracy, their bits."""

import hashlib
import math
from statistics import NormalDist

import numpy as np
import pytest

from relusgd.training.normals import natural_logarithm, normals, sine_near_zero
from relusgd.training.streams import LABEL_NOISE, random_words

NORMAL = NormalDist()


@pytest.fixture(scope="module")
def numbers():
    return normals(random_words(1, LABEL_NOISE, 0, 0, 2**18))


def test_the_bits_never_change(numbers):
    digest = "fdbf440cafc0c088b20c9293354fadb435d4cc76b11a1e35ca76b590fd752e49"
    assert hashlib.sha256(numbers.astype("<f8").tobytes()).hexdigest() == digest


def test_their_moments_are_those_of_the_normal_distribution(numbers):
    for power, moment, deviation in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10170)):
        error = np.mean(numbers**power) - moment
        assert abs(error) < 4 * math.sqrt(deviation / len(numbers)), power


def test_their_shares_below_a_number_are_those_of_the_normal_distribution(numbers):
    shares = np.arange(1, len(numbers) + 1) / len(numbers)
    wanted = np.array([NORMAL.cdf(number) for number in np.sort(numbers).tolist()])
    # the 99.9 % quantile of Kolmogorov's distance
    assert np.abs(wanted - shares).max() < 1.95 / math.sqrt(len(numbers))


def test_neighbours_and_their_squares_do_not_depend_on_each_other(numbers):
    for values in (numbers, numbers**2, np.abs(numbers)):
        centred = values - values.mean()
        for distance in (1, 2, 3):
            correlation = np.mean(centred[distance:] * centred[:-distance]) / centred.var()
            assert abs(correlation) < 4 / math.sqrt(len(numbers))
        pairs = centred.reshape(-1, 2)
        correlation = np.mean(pairs[:, 0] * pairs[:, 1]) / centred.var()
        assert abs(correlation) < 4 / math.sqrt(len(pairs))


def test_a_pair_of_words_is_a_radius_and_an_angle():
    words = random_words(2, LABEL_NOISE, 0, 0, 20_000)
    one, other = (words >> np.uint64(11)).astype(np.float64).reshape(-1, 2).T * 2.0**-53
    radius = np.sqrt(-2 * np.log(one + 2.0**-53))
    angle = 2 * np.pi * (other - 0.5)
    wanted = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    np.testing.assert_allclose(normals(words).reshape(-1, 2), wanted, rtol=0, atol=5e-15)


def test_the_ends_of_the_words_are_the_ends_of_the_numbers():
    largest = 2**64 - 1
    corners = [[0, 2**63], [largest, 0], [0, 0], [0, largest], [largest, largest]]
    found = normals(np.array(corners, dtype=np.uint64).ravel()).reshape(-1, 2)
    farthest = math.sqrt(106 * math.log(2))
    np.testing.assert_allclose(found[0], [farthest, 0], atol=1e-14)
    np.testing.assert_array_equal(found[1], [0, 0])
    np.testing.assert_allclose(np.hypot(*found[2:4].T), farthest, rtol=1e-15)
    assert np.isfinite(found).all()


def test_logarithm_and_sine_are_right_to_the_last_digits():
    generator = np.random.default_rng(0)
    ends = [5e-16, 0.5, math.sqrt(0.5), math.nextafter(math.sqrt(0.5), 0), 1 - 2.0**-53, 1.0]
    numbers = np.concatenate([generator.random(5000), 2.0 ** -generator.uniform(0, 53, 5000), ends])
    wanted = [math.log(number) for number in numbers.tolist()]
    np.testing.assert_allclose(natural_logarithm(numbers), wanted, rtol=5e-16, atol=0)
    angles = np.linspace(-math.pi / 4, math.pi / 4, 5001)
    wanted = [math.sin(angle) for angle in angles.tolist()]
    np.testing.assert_allclose(sine_near_zero(angles), wanted, rtol=5e-16, atol=0)


def test_how_many_are_made_at_a_time_changes_no_bit():
    words = random_words(3, LABEL_NOISE, 5, 0, 40_000)
    whole = normals(words)
    parts = [normals(words[first : first + 7000]) for first in range(0, 40_000, 7000)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
