"""Which snapshots become the frames of a film."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.pictures.axis import SOFT_START
from relusgd.pictures.scene import Scene

SPACINGS = ("log", "linear", "motion")

MOST_COMPARED = 3000
"""Of longer histories so many snapshots, spaced as by `log`, are compared to find equal changes."""

Indices = NDArray[np.int64]


def choose_frames(
    scene: Scene,
    frames: int,
    spacing: str = "log",
    *,
    first_epoch: int | None = None,
    last_epoch: int | None = None,
) -> Indices:
    """Indices of distinct moments (for one run: of recorded snapshots) in their order: the first
    and the last between the epochs given, others between.

    linear: equally many epochs apart. log: early epochs are closer together, in the measure of the
    axis of time. motion: the function changes equally much (root mean square over the test points).
    Where a spacing would repeat a moment, the next unused one is taken; fewer moments than frames
    are all taken. Raises InputError for an unknown spacing, and when nothing was recorded between
    the epochs.
    """
    if spacing not in SPACINGS:
        raise InputError(f"the spacing is one of {', '.join(SPACINGS)}, not {spacing!r}")
    if frames < 1:
        raise InputError(f"a film needs at least one frame, not {frames}")
    start, stop = _rows(scene.epoch, first_epoch, last_epoch)
    if frames >= stop - start:
        return np.arange(start, stop)
    if frames == 1:
        return np.array([stop - 1])
    epoch = scene.epoch[start:stop].astype(np.float64)
    if spacing == "motion":
        return start + _by_motion(epoch, lambda row: scene.values(start + row), frames)
    return start + distinct(
        nearest(epoch, wanted_epochs(epoch[0], epoch[-1], frames, spacing)), len(epoch)
    )


def _rows(epoch: Indices, first_epoch: int | None, last_epoch: int | None) -> tuple[int, int]:
    start = 0 if first_epoch is None else int(np.searchsorted(epoch, first_epoch))
    stop = (
        len(epoch) if last_epoch is None else int(np.searchsorted(epoch, last_epoch, side="right"))
    )
    if start >= stop:
        since = "" if first_epoch is None else f" from epoch {first_epoch:,}"
        until = (
            " on"
            if last_epoch is None
            else f" to {last_epoch:,}"
            if since
            else f" until epoch {last_epoch:,}"
        )
        raise InputError(
            f"no snapshot was recorded{since}{until}",
            f"those recorded are of the epochs {epoch[0]:,} to {epoch[-1]:,}",
        )
    return start, stop


def wanted_epochs(first: float, last: float, frames: int, spacing: str) -> Array:
    """Epochs, seldom whole, that are evenly spaced along the time axis; log: t = log(1 + (epoch −
    first)/softness).
    """
    if spacing == "linear":
        return np.linspace(first, last, frames)
    softness = (last - first) / SOFT_START
    return first + softness * np.expm1(np.linspace(0.0, np.log1p(SOFT_START), frames))


def nearest(epoch: Array, wanted: Array) -> Indices:
    """The index of the recorded epoch nearest to each wanted one; both ascend."""
    after = np.clip(np.searchsorted(epoch, wanted), 1, len(epoch) - 1)
    return after - (wanted - epoch[after - 1] < epoch[after] - wanted)


def distinct(indices: Indices, available: int) -> Indices:
    """The ascending indices with repetitions moved to the next unused one, all below available,
    which is at least their number.
    """
    order = np.arange(len(indices))
    moved = np.maximum.accumulate(indices - order) + order
    return np.minimum(moved, available - len(indices) + order)


def _by_motion(epoch: Array, values_at: Callable[[int], Array], frames: int) -> Indices:
    """Moments at equal distances: each the first that lies a certain distance from the one before,
    found by bisection.
    """
    most = min(len(epoch), max(MOST_COMPARED, 4 * frames))
    compared = distinct(nearest(epoch, wanted_epochs(epoch[0], epoch[-1], most, "log")), len(epoch))
    values = np.stack([values_at(int(row)) for row in compared])
    near, far = 0.0, float(np.ptp(values, axis=0).max()) or 1.0
    for _ in range(40):
        middle = (near + far) / 2
        if len(_walk(values, middle)) + 1 > frames:
            near = middle
        else:
            far = middle
    chosen = [*_walk(values, far), len(compared) - 1]
    return compared[_filled(np.unique(chosen), frames, len(compared))]


def _walk(values: Array, distance: float) -> list[int]:
    """From the first row to the first one at least so far from it, and so on."""
    chosen = [0]
    change = np.inf
    for row in range(1, len(values)):
        change = float(np.sqrt(np.mean((values[row] - values[chosen[-1]]) ** 2)))
        if change >= distance:
            chosen.append(row)
    return chosen


def _filled(chosen: Indices, frames: int, available: int) -> Indices:
    """Chosen rows with the middle of the widest gaps added until they are as many as the frames."""
    rows = chosen.tolist()
    while len(rows) < min(frames, available):
        gaps = np.diff(rows)
        widest = int(np.argmax(gaps))
        rows.insert(widest + 1, rows[widest] + int(gaps[widest]) // 2)
    return np.array(rows)
