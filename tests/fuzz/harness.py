"""How mutated inputs are tried: quickly, in memory, and with a watch over everything that a command
must never do.

RELUSGD_FUZZ=N makes N times as many cases as the short form; RELUSGD_FUZZ_SEED=K makes other ones.
"""

import hashlib
import os
import resource
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import hypothesis
from command import run
from hypothesis import HealthCheck, Phase, seed, settings

import relusgd.runs.picture  # noqa: F401 — Matplotlib makes folders of its own when it is loaded

SCALE = int(os.environ.get("RELUSGD_FUZZ", "1"))
SEED = int(os.environ.get("RELUSGD_FUZZ_SEED", "0"))
DOCUMENTED = {0, 1, 2, 3, 130}
TABLE = "year,flow\n1871,2\n1872,3.5\n1873,-1e3\n1874,0\n1875,7\n1876,1\n"
CPU_SECONDS = 20
"""A case that computes for longer hangs: the slowest, a film, takes a quarter of a second."""

MEMORY = 2**30
"""Bytes that a case may take beyond what the process had before."""

GROWTH = 300 * 2**20
"""Bytes by which the most memory ever used may grow over all cases of a kind that cannot ask for
more.
"""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
}
NEVER = {
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.connect",
}


class Watch:
    """Hears of every file that Python opens or changes, and of everything that runs code; both are
    noted while it watches.
    """

    def __init__(self):
        self.inside = None
        self.faults = []
        sys.addaudithook(self.hear)

    def hear(self, event, arguments):
        if self.inside is None:
            return
        if event == "open":
            if (
                isinstance(arguments[2], int)
                and arguments[2] & WRITING
                and isinstance(arguments[0], str | bytes | os.PathLike)
            ):
                self._check(event, arguments[:1])
        elif event in CHANGES:
            self._check(
                event, arguments[: 2 if event in ("os.rename", "os.link", "os.symlink") else 1]
            )
        elif event in NEVER and not (event == "pickle.find_class" and is_called_by("numba")):
            self.faults.append((event, repr(arguments)[:200]))

    def _check(self, event, paths):
        before, self.inside = self.inside, None  # what is asked here is not to be heard
        try:
            for path in paths:
                if not isinstance(path, int) and not self._is_inside(
                    Path(os.fsdecode(path)), before
                ):
                    self.faults.append((event, path))
        finally:
            self.inside = before

    @staticmethod
    def _is_inside(path, folder):
        path = Path(os.path.abspath(path))  # noqa: PTH100 — a link itself may be replaced, wherever it leads
        own = path.parent.resolve() / path.name
        return own.is_relative_to(folder) or own == Path(os.devnull) or "__pycache__" in own.parts

    @contextmanager
    def over(self, folder):
        self.inside, self.faults = folder, []
        try:
            yield
        finally:
            self.inside = None
        assert not self.faults, self.faults


def is_called_by(package):
    """Whether code of this package is on the stack: Numba keeps what it compiled in files of its
    own, pickled.
    """
    frame = sys._getframe()
    while frame is not None:
        if f"{os.sep}{package}{os.sep}" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


WATCH = Watch()


class Stopped:
    """In place of the flag of Ctrl-C: asks to stop after the second block, so that no mutated
    config trains for long.
    """

    def __init__(self):
        self.asked = 0

    @contextmanager
    def listening(self):
        yield self

    @property
    def number(self):
        self.asked += 1
        return signal.SIGINT if self.asked > 3 else None


class Runner:
    """Runs commands in a folder of their own; what no command must ever do is checked here."""

    growth = GROWTH

    def __init__(self, folder):
        self.folder = folder
        self.codes, self.inputs = Counter(), set()
        self.memory_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def __call__(self, *arguments):
        with WATCH.over(self.folder), self._cpu_limit():
            result = run(*arguments)
        said = result.stderr
        assert result.exit_code in DOCUMENTED, (result.exit_code, result.exception)
        assert "Traceback" not in said, said
        assert "fault of relusgd" not in said, said
        assert not (set(said) - {"\n"}) & {chr(code) for code in (*range(32), *range(127, 160))}, (
            said
        )
        assert len(said) < 30_000, f"{len(said)} characters of errors"
        if result.exit_code in (1, 2):
            assert said.strip(), "an exit code without a word"
        self.codes[result.exit_code] += 1
        assert "memory is not enough" not in said, "memory that was used up, and not refused before"
        return result

    @contextmanager
    def _cpu_limit(self):
        def hangs(number, frame):
            raise AssertionError(f"still computing after {CPU_SECONDS} s")

        before = signal.signal(signal.SIGVTALRM, hangs)
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    def note(self, *inputs):
        """Remember an input, so that different ones can be counted."""
        words = " ".join(map(repr, inputs))
        hypothesis.note(words)
        self.inputs.add(
            hashlib.blake2b(words.encode(errors="surrogatepass"), digest_size=8).digest()
        )

    def report(self, name):
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.memory_before
        codes = ", ".join(f"exit {code}: {count:,}" for code, count in sorted(self.codes.items()))
        commands = sum(self.codes.values())
        said = (
            f"{name}: {len(self.inputs):,} different inputs, {commands:,} commands ({codes}), "
            f"peak memory +{grown >> 10} MB"
        )
        assert grown * 1024 < self.growth, said
        return said


def cases(count):
    """The settings of a fuzz test of so many cases in the short form."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    phases = [
        Phase.explicit,
        Phase.generate,
    ]  # the chance of a case is one number: nothing that could be made simpler
    limits = settings(
        max_examples=count * SCALE,
        deadline=None,
        suppress_health_check=quiet,
        derandomize=False,
        database=None,
        phases=phases,
    )
    return lambda test: limits(seed(SEED)(test))


def address_space():
    """Bytes of address space that this process has now."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()
