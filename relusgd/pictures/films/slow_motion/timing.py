"""When each thing comes in slow motion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from relusgd.pictures.moments.easing import grown

PHASES = {
    "announced": 1.8,
    "batch": 3.2,
    "residuals": 3.1,
    "arrows": 3.4,
    "moves": 2.6,
    "moved": 2.7,
}
"""What is shown and said, in this order, and for how many seconds: the captions can be read."""

COMES = 0.9
"""The seconds that something takes to come, and that words take to go."""

GOES = 0.5
"""The seconds before the end in which all of it goes."""


@dataclass(frozen=True)
class SlowClock:
    """The seconds of slow motion. count: of frames; fps: frames a second."""

    count: int
    fps: float

    @classmethod
    def at(cls, fps: float) -> SlowClock:
        """The clock of a film with so many frames a second."""
        return cls(max(2, round(sum(PHASES.values()) * fps)), fps)

    def second(self, frame: int) -> float:
        """When a frame is shown; the last one at the end of the last phase."""
        return sum(PHASES.values()) * frame / (self.count - 1)

    def phase(self, frame: int) -> str:
        """The phase that a frame belongs to."""
        second = self.second(frame)
        ended = [name for name, end in _ends().items() if second >= end]
        return list(PHASES)[min(len(ended), len(PHASES) - 1)]

    def come(self, phase: str, frame: int) -> float:
        """How much of what a phase shows has come, from 0 to 1."""
        begin = _ends()[phase] - PHASES[phase]
        return grown(self.second(frame), (begin, begin + COMES))

    def moved(self, frame: int) -> float:
        """How far the step has gone, from 0 to 1."""
        end = _ends()["moves"]
        return grown(self.second(frame), (end - PHASES["moves"] + 0.4, end))

    def stays(self, frame: int) -> float:
        """What is left of all that slow motion adds to the picture: it goes at the end."""
        end = _ends()["moved"]
        return 1.0 - grown(self.second(frame), (end - GOES, end))


def _ends() -> dict[str, float]:
    """When each phase ends, in seconds."""
    return dict(zip(PHASES, accumulate(PHASES.values()), strict=True))
