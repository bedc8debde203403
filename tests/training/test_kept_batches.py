"""Kept batches are those that would be drawn, are drawn once, and stay within their bytes."""

import numpy as np
import pytest
from training.harness import ORDERS, SOURCES, every_source

import relusgd
from relusgd.training import prepare, training_blocks
from relusgd.training.kept_batches import KeptBatches
from relusgd.training.streams import BatchOrder, RandomWords, random_words


def batches_of(pieces):
    return [
        piece.indices[start:end].tolist()
        for piece in pieces
        for start, end in zip(piece.bounds[:-1], piece.bounds[1:], strict=True)
    ]


class CountedWords(RandomWords):
    """Raw words, and how many of them were drawn."""

    def __init__(self):
        self.drawn = 0

    def __call__(self, seed, purpose, block, first, count):
        self.drawn += count
        return super().__call__(seed, purpose, block, first, count)


@every_source
@pytest.mark.parametrize("order", [*ORDERS, BatchOrder(5, 300, 40, "shuffle")], ids=str)
def test_kept_batches_are_those_of_the_order_wherever_a_stretch_begins_and_ends(order, source):
    kept = KeptBatches(10**7)
    for first, stop in [(0, 30), (12, 12), (7, 19), (1630, 1650), (0, 1), (29, 60)]:
        drawn = batches_of(order.batches(first, stop, source))
        assert batches_of(kept.batches(order, first, stop, source)) == drawn


def test_the_batches_of_all_points_are_not_kept():
    order = BatchOrder(0, 5, 5, "full")
    assert batches_of(KeptBatches(0).batches(order, 3, 5, random_words)) == [[0, 1, 2, 3, 4]] * 2


def test_what_was_drawn_once_is_not_drawn_again():
    order, words, kept = BatchOrder(5, 200, 40, "replacement"), CountedWords(), KeptBatches(10**7)
    list(kept.batches(order, 0, 5000, words))
    drawn = words.drawn
    list(kept.batches(order, 100, 5000, words))
    assert drawn >= 5000 * 40
    assert words.drawn == drawn


def test_the_permutation_of_an_epoch_of_many_points_is_drawn_once():
    order, kept = BatchOrder(5, 200_000, 1000, "shuffle"), KeptBatches(10**7)
    words = CountedWords()
    list(kept.batches(order, 0, 2 * order.steps_per_epoch, words))
    assert words.drawn == 2 * 200_000


def test_the_oldest_order_makes_room_for_a_new_one():
    old, new = (BatchOrder(seed, 200, 40, "replacement") for seed in (1, 2))
    words, kept = CountedWords(), KeptBatches(100_000)  # room for the piece of one order
    list(kept.batches(old, 0, 1000, words))
    list(kept.batches(new, 0, 1000, words))
    drawn = words.drawn
    list(kept.batches(new, 0, 1000, words))
    assert words.drawn == drawn
    list(kept.batches(old, 0, 1000, words))
    assert words.drawn > drawn


def test_no_more_bytes_are_kept_than_there_is_room_for():
    kept = KeptBatches(100_000)
    for seed in range(3):
        order = BatchOrder(seed, 200, 40, "replacement")
        list(kept.batches(order, 0, 10_000, random_words))
        pieces = [piece for one in kept._pieces.values() for piece in one.values()]
        assert 0 < sum(piece.bytes for piece in pieces) <= 100_000


@pytest.mark.skipif("compiled" not in SOURCES, reason="the extra `fast` is not installed")
@pytest.mark.parametrize("sampling", ["replacement", "shuffle"])
def test_no_bit_of_a_training_depends_on_who_drew_its_batches(sampling):
    kept = KeptBatches(10**7)
    for width, rate in [(3, 0.01), (20, 0.02)]:
        plan = prepare(
            relusgd.load_config(
                {
                    "engine": "compiled",
                    "data": {"samples": 60},
                    "network": {"hidden": width},
                    "training": {
                        "epochs": 900,
                        "batch_size": 25,
                        "sampling": sampling,
                        "learning_rate": rate,
                    },
                }
            )
        )
        alone = list(training_blocks(plan))[-1].state
        shared = list(training_blocks(plan.drawing_from(kept), block_steps=700))[-1].state
        np.testing.assert_array_equal(shared.parameters, alone.parameters)
