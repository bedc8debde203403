"""The captions of a film: what happens, in one line, and long enough to be read.

Events are told by their weight: the heaviest gets its place first, and another one only where no
caption stands. One may come a little late, but never early, and none is cut short. What is true to
the end of the film may come as late as its last frame, which stands long enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from relusgd.diagnostics.events import Event
from relusgd.pictures.moments.frames import Indices

READ = 2.0
"""Seconds for which a caption stands at least."""

LETTERS_A_SECOND = 15.0
"""A caption also stands for as long as it takes to read at this pace."""

LONGEST = 4.0
"""Seconds for which it stands at most, unless it takes longer to read."""

LATE = 0.05
"""A caption comes at most this share of the film late."""

TRUE_TO_THE_END = ("nothing_learned", "only_jitter")
"""Kinds of events of which the film shows nothing but that from there on."""

WEIGHTS = (
    "diverges",
    "nothing_learned",
    "catapult",
    "elbows_gather",
    "noise_floor_reached",
    "only_jitter",
    "edge_of_stability",
    "cluster_splits",
    "plateau",
    "learning_rate_steps",
    "dead_from_start",
    "most_learned",
    "units_die",
    "units_come_back",
    "elbows_leave",
    "elbows_enter",
)
"""Kinds of events, the heaviest first."""


@dataclass(frozen=True)
class _Shown:
    """A caption over the frames begin … stop − 1; it is true from the frame `since` on.

    to_read: the frames that it takes to read.
    """

    text: str
    since: int
    begin: int
    stop: int
    to_read: int

    def is_read_outside(self, begin: int, stop: int) -> bool:
        """Whether none of the frames begin … stop − 1 is needed to read this one."""
        return self.begin + self.to_read <= begin or stop <= self.begin


def captions_of(events: Sequence[Event], rows: Indices, fps: float, hold: float) -> list[str]:
    """The caption of every frame of a film of one run, "" for none, as many as frames.

    rows: the snapshot that each frame shows, ascending. hold: the seconds for which the last frame
    stands.
    """
    frames = len(rows)
    texts = [""] * frames
    chosen = _as_early_as_possible(_placed(by_weight(events), rows, fps, hold))
    for place, shown in enumerate(chosen):
        following = chosen[place + 1].begin if place + 1 < len(chosen) else frames
        for frame in range(shown.begin, min(shown.stop, following)):
            texts[frame] = shown.text
    return texts


def caption_of_run(name: str, caption: str) -> str:
    """The caption of a run of several, which says whose it is."""
    # Many captions have a colon of their own.
    return f"{name} · {caption}"


def with_other_names(
    captions: Sequence[str], names: Sequence[str], others: Sequence[str]
) -> list[str]:
    """The captions of several runs, "" for none, with other names for the runs.

    names: those that the captions begin with, one for each run; others: in place of each.
    """
    renamed = []
    for caption in captions:
        renamed.append(_with_other_name(caption, names, others))
    return renamed


def _with_other_name(caption: str, names: Sequence[str], others: Sequence[str]) -> str:
    for name, other in zip(names, others, strict=True):
        begin = caption_of_run(name, "")
        if caption.startswith(begin):
            return caption_of_run(other, caption.removeprefix(begin))
    return caption


def seconds_to_read(text: str) -> float:
    """The seconds for which a caption stands at least."""
    return max(READ, len(text) / LETTERS_A_SECOND)


def seconds_at_the_end(texts: Sequence[str], fps: float, hold: float) -> float:
    """The seconds for which the last frame stands: so many, or more if its caption needs them.

    texts: the caption of every frame, as `captions_of` gives them.
    """
    last = texts[-1] if texts else ""
    if not last:
        return hold
    frames = sum(1 for _ in takewhile(last.__eq__, reversed(texts)))
    return max(hold, seconds_to_read(last) - (frames - 1) / fps)


def by_weight(events: Sequence[Event]) -> list[Event]:
    """The events, the heaviest first; of one kind, those that happen to most units."""
    return sorted(events, key=_lightness)


def _lightness(event: Event) -> tuple[int, float]:
    """What events are sorted by: their kind, then how many units they happen to."""
    kind = WEIGHTS.index(event.name) if event.name in WEIGHTS else len(WEIGHTS)
    elbows = event.numbers.get("elbows", 0.0)
    units = event.numbers.get("units", elbows)
    return kind, -units


def _placed(events: Sequence[Event], rows: Indices, fps: float, hold: float) -> list[_Shown]:
    """The captions that find a place, in the order of the film."""
    placed: list[_Shown] = []
    for event in events:
        first = int(np.searchsorted(rows, event.row))
        if first == len(rows) or event.row < rows[0]:
            continue
        to_read = math.ceil(seconds_to_read(event.caption) * fps)
        may_begin = _may_begin(event, first, to_read, rows, fps, hold)
        begin = _first_free(placed, may_begin, to_read)
        if begin is None:
            continue
        longest = max(to_read, math.ceil(LONGEST * fps))
        stop = max(_last_of_event(event, rows) + 1, begin + to_read)
        stop = min(stop, begin + longest)
        placed.append(_Shown(event.caption, first, begin, stop, to_read))
    return sorted(placed, key=lambda shown: shown.begin)


def _may_begin(
    event: Event, first: int, to_read: int, rows: Indices, fps: float, hold: float
) -> range:
    """The frames at which the caption of an event may begin.

    first: the frame from which on it is true. to_read: the frames that it takes to read.
    """
    frames = len(rows)
    # The last frame counts for as long as it stands, and waits until its caption has been read.
    end = frames - 1 + max(1, round(hold * fps))
    last_chance = end - to_read
    if event.name in TRUE_TO_THE_END:
        begin = max(first, last_chance)
        return range(begin, begin + 1)
    a_little_late = first + math.ceil(LATE * frames)
    latest = max(first, min(a_little_late, last_chance))
    return range(first, latest + 1)


def _as_early_as_possible(captions: Sequence[_Shown]) -> list[_Shown]:
    """The captions, each begun as soon as it is true and the one before could be read."""
    moved: list[_Shown] = []
    free_from = 0
    for shown in captions:
        begin = max(shown.since, free_from)
        moved.append(replace(shown, begin=min(shown.begin, begin)))
        free_from = moved[-1].begin + shown.to_read
    return moved


def _first_free(placed: Sequence[_Shown], begins: range, to_read: int) -> int | None:
    """The first of these frames at which so many have no caption that must stand.

    What others have beyond the time to read them may be taken.
    """
    for begin in begins:
        stop = begin + to_read
        if all(other.is_read_outside(begin, stop) for other in placed):
            return begin
    return None


def _last_of_event(event: Event, rows: Indices) -> int:
    """The last frame that shows something of an event."""
    end_row = event.row if event.end_row is None else event.end_row
    return int(np.searchsorted(rows, end_row, side="right")) - 1
