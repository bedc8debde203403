"""Which snapshots go along on a page, and what is said of those that do not.

All weights and biases of a snapshot go along, because they draw the exact function and are what
changing a network begins with. So the number of snapshots decides how large the page is.
"""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.advice import Advice, advice, option
from relusgd.errors import InputError
from relusgd.model.points import Dataset
from relusgd.pictures.moments.frames import Indices, choose_frames
from relusgd.pictures.scenes.scene import Scene
from relusgd.pictures.scenes.snapshot_view import BARS, CELLS, MOST_EXACT
from relusgd.pictures.scenes.view import View
from relusgd.words import byte_size, counted

MOST_FRAMES = 300
"""Snapshots of a page when nothing is said."""

USUAL_BYTES = 2_000_000
"""A page is not larger when nothing is said, unless two snapshots of its networks are."""

MOST_NUMBERS = 60_000_000
"""Numbers in a page at most; more are more than a browser opens."""

BYTES_A_NUMBER = 16 / 3
"""Of a float32 in base64."""

REST_BYTES = 250_000
"""What a page has beside numbers: scripts, style, and a text above the picture."""

OTHER_NUMBERS = 25
"""What goes along of a snapshot beside parameters: four metrics, two errors with the lowest and the
highest of them around, and its epoch and step, which are written out.
"""

MOST_POINTS = 20_000
"""A page holds at most this many training or test points, evenly chosen."""


def choose_moments(
    scene: Scene,
    views: Sequence[View],
    datasets: Sequence[Dataset],
    frames: int | None,
    other_bytes: int = 0,
) -> Indices:
    """The indices of the moments on the page, on the clock of films.

    datasets: the distinct ones of the views. frames: how many; None is MOST_FRAMES, or as many as
    USUAL_BYTES have room for. other_bytes: of texts that the page has beside its own. Raises
    InputError when they are too many numbers.
    """
    per_moment = sum(_numbers_per_snapshot(view) for view in views)
    if frames is None:
        room = USUAL_BYTES - REST_BYTES - other_bytes - _fixed_bytes(views, datasets)
        size = BYTES_A_NUMBER * (per_moment + OTHER_NUMBERS * len(views))
        frames = min(MOST_FRAMES, int(room / size))
    chosen = choose_frames(scene, max(2, frames))
    if len(chosen) * per_moment > MOST_NUMBERS:
        size = len(chosen) * per_moment * BYTES_A_NUMBER
        raise InputError(
            f"a page of {len(chosen):,} snapshots with {per_moment:,} numbers each would have "
            f"{byte_size(size)}, more than browsers open",
            advice("try {}", option("frames", max(2, MOST_NUMBERS // per_moment))),
        )
    return chosen


def note_of_moments(shown: int, recorded: int) -> Advice | None:
    """What to say of the snapshots that are not on the page; None where all of them are."""
    if shown >= recorded:
        return None
    found = f"{shown:,} of {counted(recorded, 'snapshot')} are on the page"
    return Advice(f"{found}; frames={recorded} takes all", f"{found}; --frames all takes all")


def _fixed_bytes(views: Sequence[View], datasets: Sequence[Dataset]) -> float:
    """What the points and the true functions take, however many moments there are."""
    columns = [column for data in datasets for column in data.columns]
    numbers = sum(min(len(column), MOST_POINTS) for column in columns)
    numbers += sum(len(view.truth[1]) for view in views if view.truth is not None)
    return BYTES_A_NUMBER * numbers


def _numbers_per_snapshot(view: View) -> int:
    """How many numbers a page holds of each snapshot of a run."""
    references = sum(len(reference.x) for reference in view.references if reference.moves)
    if is_binned(view):
        return references + 2 * CELLS + 1 + 2 * BARS
    parameters = sum(
        weight[0].size + bias[0].size
        for weight, bias in zip(view.history.weights, view.history.biases, strict=True)
    )
    return references + int(parameters)


def is_binned(view: View) -> bool:
    """Whether the units are too many to go along one by one."""
    return not view.deep and view.history.hidden[0] > MOST_EXACT
