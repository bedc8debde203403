"""What tests of descents share."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest

from relusgd.training.engines import advance
from relusgd.training.streams import Batches, BatchOrder, random_words

SOURCES = {"numpy": random_words}
with suppress(ImportError):  # without the extra `fast`
    from relusgd.gradients.compiled import CompiledWords

    SOURCES["compiled"] = CompiledWords()

ORDERS = [
    BatchOrder(5, 200, 40, "replacement"),
    BatchOrder(5, 7, 3, "shuffle"),
    BatchOrder(5, 200, 200, "shuffle"),
    BatchOrder(5, 3, 100_000, "replacement"),
]


every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


@dataclass(frozen=True)
class GivenBatches:
    """The reference's batches in place of drawn ones."""

    indices: np.ndarray
    sampling: str = "replacement"
    batch_size: int = 40
    steps_per_epoch: int = 5

    def batches(self, first, stop, words=None):
        rows = self.indices[first:stop].astype(np.int64)
        yield Batches(rows.ravel(), np.arange(stop - first + 1) * rows.shape[1])


def check_cuts(descent, start, cuts):
    """60 steps in calls that end at these steps, the last of which is 60, give what one call gives,
    to the bit.
    """
    recorded = np.arange(3, 61, 3)
    whole, rows = advance(descent, start, 60, recorded)
    state, pieces = start, []
    for stop in cuts:
        state, part = advance(
            descent, state, stop, recorded[(recorded > state.step) & (recorded <= stop)]
        )
        pieces.append(part)
    assert state.parameters.tobytes() == whole.parameters.tobytes()
    assert {name: vector.tobytes() for name, vector in state.memory.items()} == {
        name: vector.tobytes() for name, vector in whole.memory.items()
    }
    assert np.concatenate(pieces).tobytes() == rows.tobytes()
