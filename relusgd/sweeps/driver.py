"""The runs of a sweep, handed out in groups and taken back, whatever trains them and whichever worker dies."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Any, Protocol

from relusgd.config import PlannedRun
from relusgd.errors import RelusgdError
from relusgd.sweeps.rows import Row, failed_row
from relusgd.sweeps.tasks import Timed

GROUP_SECONDS = 1.0
GROUP_BYTES = 64 * 2**20
LARGEST_GROUP = 200
TRIES = 3
"""A run whose worker dies so many times while it trains nothing else has failed."""

TICK_SECONDS = 0.1
FORGETTING = 0.5


@dataclass(eq=False)
class Job:
    """A run that is to be done.

    seconds: a guess at how long it takes, right but for a factor. bytes: of its snapshots. deaths: workers lost by it alone.
    """

    run: PlannedRun
    seconds: float = 1.0
    bytes: int = 0
    deaths: int = 0
    alone: bool = False


class Site(Protocol):
    """Where runs are trained. is_far: whether they travel back from there. lanes: how many groups it should have at a time."""

    is_far: bool

    @property
    def lanes(self) -> int: ...

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        """Let a worker train these runs."""

    def collect(self, runs: Sequence[PlannedRun], result: Any) -> list[Row]:
        """The rows of the runs, when they are on this machine's disk; runs that were stopped have none."""

    def flush(self, *, everything: bool) -> list[Row]:
        """The rows of runs that were collected and have come to the disk since."""

    def is_death(self, error: BaseException) -> bool:
        """Whether this is the death of a worker, and no fault of what it was asked to do."""

    def stop(self) -> None:
        """Ask the workers to stop as soon as nothing is lost by it."""

    def close(self) -> None:
        """Let go of what did not come back."""


@dataclass
class Pace:
    """How many seconds a guessed second is, learned from the groups that came back."""

    guessed: float = 0.0
    seen: float = 0.0

    def learn(self, guessed: float, seen: float) -> None:
        """Take in what a group took; of what came before ever less counts."""
        self.guessed, self.seen = FORGETTING * self.guessed + guessed, FORGETTING * self.seen + seen

    @property
    def factor(self) -> float | None:
        return self.seen / self.guessed if self.guessed else None


@dataclass
class Driver:
    """Hands out jobs and takes back rows.

    finished: called with the rows of every group. tick: called several times a second; true asks to stop.
    """

    site: Site
    finished: Callable[[list[Row]], None]
    tick: Callable[[], bool]
    pace: Pace = field(default_factory=Pace)

    def drive(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, the longest first; returns early when it was asked to stop, with everything that has ended taken back."""
        self._left = deque(sorted(jobs, key=lambda job: -job.seconds))
        self._flying: dict[Future[Timed[Any]], list[Job]] = {}
        self._stopping = False
        while self._flying or (self._left and not self._stopping):
            while self._left and not self._stopping and len(self._flying) < self.site.lanes:
                self._send(self._next_group())
            done, _ = wait(self._flying, TICK_SECONDS, FIRST_COMPLETED)
            for future in done:
                self._take_back(future)
            self._report(self.site.flush(everything=not self._flying))
            if self.tick() and not self._stopping:
                self._stopping = True
                self.site.stop()

    def _next_group(self) -> list[Job]:
        """Jobs of about GROUP_SECONDS, fewer towards the end, so that no worker is left alone with many."""
        group = [self._left.popleft()]
        factor, share = self.pace.factor, len(self._left) // (2 * self.site.lanes)
        if group[0].alone or factor is None:
            return group
        seconds, size = group[0].seconds * factor, group[0].bytes
        while self._left and not self._left[0].alone and len(group) < min(LARGEST_GROUP, share):
            seconds, size = seconds + self._left[0].seconds * factor, size + self._left[0].bytes
            if seconds > GROUP_SECONDS or size > GROUP_BYTES:
                break
            group.append(self._left.popleft())
        return group

    def _send(self, group: list[Job]) -> None:
        try:
            future = self.site.submit([job.run for job in group])
        except RelusgdError:  # there is nowhere to train, which is no fault of these runs
            raise
        except Exception as error:
            self._fail(group, error)
        else:
            self._flying[future] = group

    def _fail(self, group: list[Job], error: BaseException) -> None:
        self._report(
            [
                failed_row(job.run.name, job.run.varied, f"{type(error).__name__}: {error}")
                for job in group
            ]
        )

    def _take_back(self, future: Future[Timed[Any]]) -> None:
        group = self._flying.pop(future)
        try:
            result, seconds = future.result()
            rows = self.site.collect([job.run for job in group], result)
        except CancelledError as error:
            if not self._stopping:
                self._fail(group, error)
            return
        except Exception as error:
            if self.site.is_death(error):
                self._mourn(group, error)
            else:
                self._fail(group, error)
            return
        self.pace.learn(sum(job.seconds for job in group), seconds)
        self._report(rows)

    def _report(self, rows: list[Row]) -> None:
        if rows:
            self.finished(rows)

    def _mourn(self, group: list[Job], error: BaseException) -> None:
        """Try the runs of a worker that died once more, each alone, so that it is known which one it dies of."""
        if len(group) == 1:
            group[0].deaths += 1
        for job in group:
            job.alone = True
            if job.deaths < TRIES:
                self._left.appendleft(job)
            else:
                first_line = (str(error) or type(error).__name__).splitlines()[0]
                told = f"its worker died {TRIES} times ({first_line}); perhaps it needs more memory than there is"
                self.finished([failed_row(job.run.name, job.run.varied, told)])
