"""The driver hands the runs of a sweep out in groups and takes them back, whatever trains them and
whichever worker dies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from time import sleep
from typing import Any, Protocol

from relusgd.config import PlannedRun
from relusgd.errors import RelusgdError
from relusgd.sweeps.rows import Row, failed_row
from relusgd.sweeps.worker import Timed

GROUP_SECONDS = 1.0
GROUP_BYTES = 64 * 2**20
LARGEST_GROUP = 200
"""A group takes about this long, has at most this many bytes of snapshots, and at most this many
runs.
"""

TRIES = 3
"""A run has failed when its worker dies this many times while it trains nothing else."""

TICK_SECONDS = 0.1

OLD_WEIGHT = 0.5
"""The weight of all earlier groups against the newest one, when the speed of the workers is
estimated.
"""


class LostError(Exception):
    """What was handed out is lost, through no fault of its own and of no worker; it is handed out
    again."""


@dataclass(eq=False)
class Job:
    """A run that is to be trained.

    seconds: a guess at its duration, right up to a factor that all jobs share. bytes: the size of
    its snapshots. deaths: how many workers died while they trained this run alone. alone: whether
    it gets a group of its own.
    """

    run: PlannedRun
    seconds: float = 1.0
    bytes: int = 0
    deaths: int = 0
    alone: bool = False


class Backend(Protocol):
    """What trains the runs."""

    @property
    def lanes(self) -> int:
        """How many groups it should have at a time; 0 while it can take none.

        Raises RelusgdError when it will never take one again.
        """

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        """Let a worker train these runs."""

    def collect(self, runs: Sequence[PlannedRun], result: Any) -> list[Row]:
        """Take back what became of these runs, and give the rows of those that are on this
        machine's disk by now; stopped runs have none."""

    def flush(self, *, everything: bool) -> list[Row]:
        """The rows of runs that were collected earlier and are on the disk by now.

        everything: wait for the disk first, so that these are all.
        """

    def is_death(self, error: BaseException) -> bool:
        """Whether this error is the death of a worker, and no fault of what it was asked to do."""

    def stop(self) -> None:
        """Ask the workers to stop as soon as nothing is lost by it."""

    def close(self) -> None:
        """Release what runs hold that did not come back."""


@dataclass
class SpeedEstimate:
    """How long a guessed second really takes, learned from the groups that came back."""

    guessed: float = 0.0
    measured: float = 0.0

    def learn(self, guessed: float, measured: float) -> None:
        """Take in the duration of a group; the weight of earlier groups halves each time."""
        self.guessed = OLD_WEIGHT * self.guessed + guessed
        self.measured = OLD_WEIGHT * self.measured + measured

    @property
    def factor(self) -> float | None:
        """Measured seconds per guessed second; None before the first group."""
        if not self.guessed:
            return None
        return self.measured / self.guessed


@dataclass
class Driver:
    """Hands out jobs and takes back rows.

    finished: called with the rows of every group. tick: called several times a second; true asks to
    stop.
    """

    backend: Backend
    finished: Callable[[list[Row]], None]
    tick: Callable[[], bool]
    speed: SpeedEstimate = field(default_factory=SpeedEstimate)

    def drive(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, the longest first, and of equally long ones those of a seed together, which
        draw the same batches. When asked to stop, return early; what has ended is taken back.

        Raises RelusgdError when nothing can be trained any more; what has ended is on the disk.
        """
        longest_first = sorted(jobs, key=lambda job: (-job.seconds, job.run.config.seed))
        self._waiting = deque(longest_first)
        self._running: dict[Future[Timed[Any]], list[Job]] = {}
        self._stopping = False
        try:
            while self._running or (self._waiting and not self._stopping):
                self._take_turn()
        except RelusgdError:
            self._report(self.backend.flush(everything=True))
            raise

    def _take_turn(self) -> None:
        """Hand out what there is room for, and take back what has ended until now."""
        self._fill_lanes()
        if self._running:
            done, _ = wait(self._running, TICK_SECONDS, FIRST_COMPLETED)
            for future in done:
                self._take_back(future)
        else:
            sleep(TICK_SECONDS)  # there is no lane at present
        self._report(self.backend.flush(everything=not self._running))
        if self.tick() and not self._stopping:
            self._stopping = True
            self.backend.stop()

    def _fill_lanes(self) -> None:
        while self._waiting and not self._stopping and len(self._running) < self.backend.lanes:
            self._submit(self._next_group())

    def _next_group(self) -> list[Job]:
        """The next jobs, for about GROUP_SECONDS; fewer towards the end, so that no worker is left
        alone with many.
        """
        first = self._waiting.popleft()
        group = [first]
        factor = self.speed.factor
        if first.alone or factor is None:
            return group
        fair_share = len(self._waiting) // (2 * self.backend.lanes)
        longest = min(LARGEST_GROUP, fair_share)
        seconds = first.seconds * factor
        size = first.bytes
        while self._waiting and not self._waiting[0].alone and len(group) < longest:
            candidate = self._waiting[0]
            seconds += candidate.seconds * factor
            size += candidate.bytes
            if seconds > GROUP_SECONDS or size > GROUP_BYTES:
                break
            group.append(self._waiting.popleft())
        return group

    def _submit(self, group: list[Job]) -> None:
        try:
            future = self.backend.submit([job.run for job in group])
        except RelusgdError:  # nothing can be trained anywhere, which is no fault of these runs
            raise
        except Exception as error:
            self._fail(group, error)
        else:
            self._running[future] = group

    def _take_back(self, future: Future[Timed[Any]]) -> None:
        """Report the rows of a group that has ended; what was lost on the way waits again."""
        group = self._running.pop(future)
        try:
            result, seconds = future.result()
            rows = self.backend.collect([job.run for job in group], result)
        except LostError:
            self._waiting.extendleft(reversed(group))
        except CancelledError as error:
            if not self._stopping:
                self._fail(group, error)
        except Exception as error:
            if self.backend.is_death(error):
                self._retry_alone(group, error)
            else:
                self._fail(group, error)
        else:
            guessed = sum(job.seconds for job in group)
            self.speed.learn(guessed, seconds)
            self._report(rows)

    def _fail(self, group: list[Job], error: BaseException) -> None:
        reason = f"{type(error).__name__}: {error}"
        self._report([failed_row(job.run, reason) for job in group])

    def _retry_alone(self, group: list[Job], error: BaseException) -> None:
        """Try each run of a worker that died again, alone, so that it is known which one kills its
        worker.
        """
        if len(group) == 1:
            group[0].deaths += 1
        for job in group:
            job.alone = True
            if job.deaths < TRIES:
                self._waiting.appendleft(job)
                continue
            message = str(error) or type(error).__name__
            first_line, *_ = message.splitlines()
            reason = (
                f"its worker died {TRIES} times ({first_line}); "
                "perhaps it needs more memory than there is"
            )
            self.finished([failed_row(job.run, reason)])

    def _report(self, rows: list[Row]) -> None:
        if rows:
            self.finished(rows)
