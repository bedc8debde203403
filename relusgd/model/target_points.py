"""Points of a target: sampled with noise to train on, even and free of noise to test."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Range
from relusgd.model.points import Dataset, check_finite
from relusgd.model.targets import Target


def sample_dataset(
    target: Target,
    *,
    domain: Range,
    samples: int,
    positions: Literal["random", "even"],
    noise: float,
    test_samples: int,
    seed: int,
    train_domain: Range | None = None,
) -> Dataset:
    """Points of a target: y = target(x) + noise · N(0, 1), x uniform or evenly spaced.

    Drawn from numpy.random.RandomState in the order of the course notebook: first x =
    sort(rand(samples)), unless they are even, then randn(samples). Test points, noise-free:
    test_samples evenly spaced ones joined with the training x. seed: 0 … 2^64 − 1. train_domain:
    where training x lie; None is the domain. Raises InputError, naming the x, where the target is
    not finite on a point.
    """
    low, high = train_domain or domain
    for interval in (domain, (low, high)):
        _check_width(interval)
    generator = _generator(seed)
    if positions == "even":
        x_train = np.linspace(low, high, samples)
    else:
        x_train = low + (high - low) * np.sort(generator.rand(samples))
    even_x = np.linspace(*domain, test_samples)
    x_test = np.sort(np.concatenate([even_x, x_train]))
    y_test = target(x_test)
    check_finite(x_test, y_test, f"the target {target.text}")
    with np.errstate(over="ignore", invalid="ignore"):
        y_train = target(x_train) + noise * generator.randn(samples)
    check_finite(x_train, y_train, f"the target {target.text} with noise {noise}")
    return Dataset(
        x_train,
        y_train,
        x_test,
        y_test,
        domain,
        train_domain=train_domain,
        target=target,
        noise=noise,
    )


def _generator(seed: int) -> np.random.RandomState:
    """RandomState takes 32 bits, so a larger seed is given as two, the lower one first."""
    if seed < 2**32:
        return np.random.RandomState(seed)
    low, high = seed % 2**32, seed >> 32
    words = np.array([low, high], dtype=np.uint32)
    return np.random.RandomState(words)


def _check_width(domain: Range) -> None:
    low, high = domain
    if not (low < high and math.isfinite(high - low)):
        raise InputError(
            "the domain must be [low, high] with low below high and a finite width, "
            f"not [{low!r}, {high!r}]"
        )
