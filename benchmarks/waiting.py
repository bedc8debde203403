"""Whole commands for which a person waits: the course's sweep, many runs listed and compared, a
long run shown and continued, short trainings.

    python benchmarks/waiting.py [course] [many] [long] [turns] [widths] [short] [deep]
        [--runs 10000] [--snapshots 1000000] [--before FOLDER] [--rounds 3] [--only TEXT …]

Every figure is the median over rounds, of processor seconds, those of all processes that a command
starts included (on Linux), and of the largest memory of one of its processes. The wait for the
first snapshot of a run that goes on is taken by the clock. FOLDER is a clone of relusgd of an
earlier state; its commands then take turns with those of this clone. `long` takes 1.6 GB of disk.
--only: of `turns`, `widths`, `short` and `deep`, the trainings whose changes to the config contain
one of these texts.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

HERE = Path(__file__).parents[1]
COURSE = HERE / "configs" / "course.yaml"
NOTEBOOK = HERE / "configs" / "notebook.yaml"
SMALL = {"training": {"epochs": 40}, "snapshots": {"every": 10}}
"""A run of 200 steps at the notebook's sizes."""


BECOME_SUBREAPER = 36
"""The number of PR_SET_CHILD_SUBREAPER in Linux."""

ENVIRONMENT = dict(os.environ)
# An installed relusgd is compiled to bytecode, and these clones may be without.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass(frozen=True)
class Cost:
    """What a command took: processor seconds, and the largest memory in MB."""

    seconds: float
    megabytes: float


def start(clone: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """The process of `relusgd ARGUMENTS` of a clone, which says nothing."""
    return subprocess.Popen(
        [sys.executable, "-m", "relusgd", *arguments],
        cwd=clone,
        env={**ENVIRONMENT, "PYTHONPATH": str(clone)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def cost(clone: Path, arguments: Sequence[str]) -> Cost:
    """What `relusgd ARGUMENTS` of a clone takes, from the start of Python to its end."""
    process = start(clone, arguments)
    seconds, megabytes = 0.0, 0.0
    for pid, status, usage in _ended_processes():
        seconds += usage.ru_utime + usage.ru_stime
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
        if pid == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"relusgd {' '.join(arguments)} ended with {process.returncode}")
    return Cost(seconds, megabytes)


def _ended_processes() -> Iterator[tuple[int, int, resource.struct_rusage]]:
    """The command's process and those that outlived their parents, each when it has ended."""
    while True:
        try:
            yield os.wait4(-1, 0)
        except ChildProcessError:
            return


def adopt_orphans() -> None:
    """Let processes whose parent has ended become children of this one, where Linux allows it."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)


class Commands:
    """Measures commands of this clone and of an earlier one, in turn."""

    def __init__(self, before: Path | None, rounds: int) -> None:
        self.clones = {"before": before, "now": HERE} if before else {"now": HERE}
        self.rounds = rounds

    @property
    def earliest(self) -> Path:
        return next(iter(self.clones.values()))

    def measure(self, *arguments: str, first: Callable[[], None] = lambda: None) -> dict[str, Cost]:
        """Clone → the median of its costs. first: called before every command."""
        costs: dict[str, list[Cost]] = {name: [] for name in self.clones}
        for _ in range(self.rounds):
            for name, clone in self.clones.items():
                first()
                costs[name].append(cost(clone, arguments))
        return {name: _median(measured) for name, measured in costs.items()}

    def tell(self, what: str, *arguments: str, first: Callable[[], None] = lambda: None) -> None:
        """Measure a command and print what it took."""
        for name, one in self.measure(*arguments, first=first).items():
            print(f"{what}, {name}: {one.seconds:.2f} s, {one.megabytes:.0f} MB", flush=True)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(one.seconds for one in costs),
        statistics.median(one.megabytes for one in costs),
    )


def course(folder: Path, commands: Commands) -> None:
    """The course's 45 trainings by two workers, with their picture."""
    out = folder / "course"
    command = ["sweep", str(COURSE), "--workers", "2", "--out", str(out), "-q"]
    for clone in commands.clones.values():  # so that everything is compiled
        cost(clone, [*command, "--set", "training.epochs=10"])
        shutil.rmtree(out)
    commands.tell(
        "course.yaml, 45 trainings",
        *command,
        first=lambda: shutil.rmtree(out, ignore_errors=True),
    )


def long(folder: Path, commands: Commands, snapshots: int) -> None:
    """`show` of a run of so many snapshots, and what one more epoch of it takes."""
    settings = {
        "training": {"epochs": snapshots - 1, "batch_size": "full"},
        "snapshots": {"every": 1},
    }
    run = train(folder, settings, commands.earliest)
    commands.tell(f"show of {snapshots:,} snapshots", "show", str(run))
    epochs = iter(range(snapshots, 2 * snapshots))

    def add_an_epoch() -> None:
        settings["training"]["epochs"] = next(epochs)
        (folder / "config.yaml").write_text(json.dumps(settings))

    more = ["train", str(folder / "config.yaml"), "--out", str(run), "-q"]
    commands.tell(f"an epoch more than {snapshots:,} snapshots", *more, first=add_an_epoch)
    settings["training"]["epochs"] = 3 * snapshots
    (folder / "config.yaml").write_text(json.dumps(settings))
    for name, clone in commands.clones.items():
        waits = [first_snapshot(clone, more, run) for _ in range(commands.rounds)]
        seconds = statistics.median(wait.seconds for wait in waits)
        whole = statistics.median(wait.megabytes for wait in waits)
        private = statistics.median(wait.private_megabytes for wait in waits)
        print(
            f"the first snapshot after {snapshots:,}, {name}: {seconds:.2f} s, {whole:.0f} MB, "
            f"{private:.0f} MB of them private",
            flush=True,
        )

    tell_least_memory(folder)


LEAST_USE_OF_NUMBA = """
from pathlib import Path
import numba

@numba.njit(cache=True)
def successor(number):
    return number + 1

successor(1)
print(Path("/proc/self/status").read_text())
"""


def tell_least_memory(folder: Path) -> None:
    """Print the memory of a process that calls one function of Numba's, compiled before."""
    program = folder / "least.py"
    program.write_text(LEAST_USE_OF_NUMBA)
    command = [sys.executable, str(program)]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    whole = megabytes_of(done.stdout, "VmHWM")
    private = megabytes_of(done.stdout, "RssAnon")
    print(f"a function of Numba's alone: {whole:.0f} MB, {private:.0f} MB of them private")


@dataclass(frozen=True)
class Wait:
    """How long a snapshot was waited for, in seconds, and the largest memory until then, in MB.

    private_megabytes: without pages of files, such as libraries, which processes share.
    """

    seconds: float
    megabytes: float
    private_megabytes: float


def first_snapshot(clone: Path, arguments: Sequence[str], run: Path) -> Wait:
    """The wait from the start of Python until a run that goes on has a line more. On Linux only."""
    table = run / "metrics.csv"
    size = table.stat().st_size
    began = time.perf_counter()
    process = start(clone, arguments)
    private = 0.0
    # Where snapshots behind the checkpoint are written again, the table is cut first.
    while table.stat().st_size <= size:
        if process.poll() is not None:
            raise RuntimeError(f"relusgd {' '.join(arguments)} ended with {process.returncode}")
        size = min(size, table.stat().st_size)
        status = Path(f"/proc/{process.pid}/status").read_text()
        private = max(private, megabytes_of(status, "RssAnon"))
        time.sleep(0.002)
    seconds = time.perf_counter() - began
    whole = megabytes_of(status, "VmHWM")
    process.send_signal(signal.SIGINT)
    process.wait()
    return Wait(seconds, whole, private)


def megabytes_of(status: str, kind: str) -> float:
    """The memory in MB of a kind that Linux names in the status of a process."""
    found = re.search(rf"{kind}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def many(folder: Path, commands: Commands, runs: int) -> None:
    """`list` and `compare` of runs that differ in their seeds."""
    make_copies(folder / "many", runs, commands.earliest)
    commands.tell(f"list of {runs:,} runs", "list", str(folder / "many"))
    commands.tell(f"compare of {runs:,} runs", "compare", str(folder / "many"))


def train(folder: Path, config: Mapping[str, object], clone: Path) -> Path:
    """The folder of a new run, which any later version can read.

    A process of its own trains it, so that this one stays small: the memory of a command counts
    from that of the process that starts it.
    """
    (folder / "config.yaml").write_text(json.dumps(config))
    cost(clone, ["train", str(folder / "config.yaml"), "--out", str(folder / "run"), "-q"])
    return folder / "run"


def make_copies(folder: Path, runs: int, clone: Path) -> None:
    """One small run of a clone, copied under other seeds: many whole run folders in seconds."""
    with tempfile.TemporaryDirectory() as place:
        run = train(Path(place), SMALL, clone)
        files = {
            path.relative_to(run): path.read_bytes() for path in run.rglob("*") if path.is_file()
        }
    config = files.pop(Path("config.yaml")).decode()
    facts = json.loads(files.pop(Path("run.json")))
    for seed in range(runs):
        copy = folder / f"seed={seed}"
        (copy / "snapshots").mkdir(parents=True)
        own_config = config.replace("seed: 0\n", f"seed: {seed}\n", 1).encode()
        facts["sha256"]["config.yaml"] = hashlib.sha256(own_config).hexdigest()
        facts["timings"].pop("sha256_of_run_json", None)
        own_facts = json.dumps(facts, indent=2).encode()
        changed = {Path("config.yaml"): own_config, Path("run.json"): own_facts}
        for name, content in {**files, **changed}.items():
            (copy / name).write_bytes(content)


LENGTHS = (1, 10_000, 50_000, 100_000, 200_000, 1_000_000)
ADAM = "training.method=adam training.learning_rate=0.002"

DEEP_LENGTHS = (1, 5_000, 10_000, 20_000, 40_000)
DEEP_NETWORKS = ("[10,10]", "[40,40]", "[100,100,100]")

WIDTHS = ("[10]", "[40]", "[200]", "[1000]", "[40,40]")
LENGTHS_OF_WIDTHS = (1, 1_000, 10_000, 100_000)

TURNS = (
    "network.hidden=[10]",
    "network.hidden=[40]",
    "network.hidden=[200]",
    "network.hidden=[1000]",
    "network.hidden=[10,10]",
    "network.hidden=[40,40]",
    "network.hidden=[100,100,100]",
    "network.hidden=[20,20,20,20,20,20] network.init=he_normal",
    "training.batch_size=8",
    "training.batch_size=full",
    "training.batch_size=full data.samples=2000",
    "training.batch_size=500 data.samples=10000 network.hidden=[100]",
    "training.sampling=shuffle",
    "training.layers=output",
    "training.layers=hidden",
    "training.momentum=0.9",
    "training.method=rmsprop training.learning_rate=0.002",
    ADAM,
    f"{ADAM} network.hidden=[400]",
    f"{ADAM} network.hidden=[40,40]",
    "training.label_noise=0.1",
    "training.label_noise=0.1 training.input_noise=0.01",
    "training.label_noise=0.1 network.hidden=[1000]",
    "network.hidden=[40,40] training.layers=output",
    "network.hidden=[40,40] training.label_noise=0.1",
)
"""Changes to the notebook's config, each of them measured where `auto` turns from NumPy to compiled
steps: nowhere else can it lose more."""


class Trainings:
    """Measures one `train` by each engine: how long `auto` takes against the better one.

    only: texts, one of which the changes to the config must contain; None measures all.
    """

    def __init__(self, folder: Path, rounds: int, only: Sequence[str] | None) -> None:
        self.folder = folder
        self.rounds = rounds
        self.only = only

    def turns(self) -> None:
        """Trainings that take about as long by either engine."""
        for changes in TURNS:
            if self._is_wanted(changes):
                self._compare(turning_steps(changes), changes)

    def widths(self) -> None:
        """Trainings of many sizes and lengths."""
        for hidden in WIDTHS:
            self._compare_lengths(LENGTHS_OF_WIDTHS, f"network.hidden={hidden}")

    def short(self) -> None:
        """Short trainings of one hidden layer."""
        self._compare_lengths(LENGTHS, "training.method=sgd")
        self._compare_lengths(LENGTHS, ADAM)

    def deep(self) -> None:
        """Short trainings of several hidden layers."""
        for hidden in DEEP_NETWORKS:
            self._compare_lengths(DEEP_LENGTHS, f"network.hidden={hidden}")

    def _is_wanted(self, changes: str) -> bool:
        return self.only is None or any(text in changes for text in self.only)

    def _compare_lengths(self, lengths: Sequence[int], changes: str) -> None:
        if not self._is_wanted(changes):
            return
        for steps in lengths:
            self._compare(steps, changes)

    def _compare(self, steps: int, changes: str) -> None:
        """Print what each engine takes for so many steps."""
        settings = [f"training.steps={steps}", "snapshots.every=null", "snapshots.per_decade=5"]
        options = [part for text in (*settings, *changes.split()) for part in ("--set", text)]
        seconds: dict[str, list[float]] = {"auto": [], "numpy": [], "compiled": []}
        for _ in range(self.rounds):
            for engine, taken in seconds.items():
                out = ["--out", str(self.folder / engine), "--overwrite", "-q"]
                command = ["train", str(NOTEBOOK), "--set", f"engine={engine}", *options, *out]
                taken.append(cost(HERE, command).seconds)
        auto, numpy, compiled = (statistics.median(taken) for taken in seconds.values())
        facts = json.loads((self.folder / "auto" / "run.json").read_text())
        print(
            f"{steps:,} steps, {changes}: NumPy {numpy:.2f} s, compiled {compiled:.2f} s, "
            f"auto ({facts['engine']}) {auto:.2f} s, "
            f"{auto / min(numpy, compiled):.2f} times the better one; "
            f"NumPy / compiled {numpy / compiled:.2f}",
            flush=True,
        )


def turning_steps(changes: str) -> int:
    """The steps from which on `auto` is compiled, rounded up to a hundred."""
    from relusgd.config import load_config, parse_overrides
    from relusgd.training.auto_engine import LOADING_NANOSECONDS, compiled_saving

    many = 10**6
    overrides = parse_overrides([f"training.steps={many}", *changes.split()])
    config = load_config(NOTEBOOK, overrides)
    saved = compiled_saving(config, config.data.samples)
    return ceil(LOADING_NANOSECONDS * many / saved / 100) * 100


PARTS = ("course", "many", "long", "turns", "widths", "short", "deep")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--snapshots", type=int, default=10**6)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    given = parser.parse_args()
    adopt_orphans()
    commands = Commands(given.before, given.rounds)
    with tempfile.TemporaryDirectory() as place:
        if "course" in given.parts:
            course(Path(place), commands)
        if "many" in given.parts:
            many(Path(place), commands, given.runs)
        if "long" in given.parts:
            long(Path(place), commands, given.snapshots)
        trainings = Trainings(Path(place), given.rounds, given.only)
        if "turns" in given.parts:
            trainings.turns()
        if "widths" in given.parts:
            trainings.widths()
        if "short" in given.parts:
            trainings.short()
        if "deep" in given.parts:
            trainings.deep()


if __name__ == "__main__":
    main()
