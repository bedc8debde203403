"""Small histories to draw: networks on a straight way between two random ones, so that everything
moves.
"""

from dataclasses import replace

import numpy as np
import pytest
from boxes import overlapping_pairs
from matplotlib.text import Text

from relusgd.model.history import History
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling


def target(x):
    return np.sin(6 * x)


@pytest.fixture
def dataset():
    rng = np.random.default_rng(1)
    x, x_test = np.sort(rng.random(60)), np.linspace(0, 1, 100)
    return Dataset(
        x,
        target(x) + 0.1 * rng.standard_normal(60),
        x_test,
        target(x_test),
        (0.0, 1.0),
        target=target,
        noise=0.1,
    )


@pytest.fixture
def standardised(dataset):
    """The same network units, seen as years and a flow around a thousand."""
    return replace(
        dataset,
        scaling=Scaling(1900.0, 40.0, 1000.0, 250.0),
        domain=(1900.0, 1940.0),
        target=None,
        noise=None,
    )


@pytest.fixture
def make_history(dataset):
    def make(snapshots=8, hidden=(6,), seed=0, every=5, steps_per_epoch=2, first_steps=0):
        step = np.union1d(steps_per_epoch * every * np.arange(snapshots), range(first_steps + 1))
        snapshots = len(step)
        rng = np.random.default_rng(seed)
        size, way = parameter_count(hidden), np.linspace(0, 1, snapshots)[:, None]
        vectors = rng.uniform(-1, 1, size) * (1 - way) + 1.5 * rng.standard_normal(size) * way
        networks = [Network.from_parameters(vector, hidden) for vector in vectors]
        metrics = {
            "learning_rate": np.full(snapshots, 0.1),
            "train_mse": np.array(
                [np.mean((network(dataset.x_train) - dataset.y_train) ** 2) for network in networks]
            ),
            "test_mse": np.array(
                [np.mean((network(dataset.x_test) - dataset.y_test) ** 2) for network in networks]
            ),
            "dead_units": np.arange(snapshots) % 3,
            "always_on_units": np.zeros(snapshots, dtype=np.int64),
            "breakpoints": np.full(snapshots, 4),
        }
        return History.from_parameters(
            step // steps_per_epoch,
            step,
            vectors,
            hidden,
            metrics,
            steps_per_epoch=steps_per_epoch,
        )

    return make


def touching_words(painter):
    """Pairs of words that touch each other, and words that leave the picture."""
    painter.full(-1)
    figure = painter.sheet.figure
    texts = [
        text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()
    ]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    inside = figure.bbox.padded(1)
    yield from (
        words
        for words, box in boxes
        if not (
            inside.x0 <= box.x0
            and box.x1 <= inside.x1
            and inside.y0 <= box.y0
            and box.y1 <= inside.y1
        )
    )
    for one, other in overlapping_pairs([box for _, box in boxes]):
        yield boxes[one][0], boxes[other][0]


@pytest.fixture
def overlapping():
    return touching_words
