"""Trials of mutants: the tests that may fail, each trial in a process of its own.

The quick tests come first, for many mutants in one run of pytest, and compiled modules run as plain
Python there. What no quick test notices is tried by all tests, and compiled modules as machine
code; that of modules without the mutant in them is kept. If quick tests notice every mutant of a
module, nothing is compiled.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np  # noqa: F401 - what every trial's process has already
import pytest
from batch import Batch
from hypothesis import HealthCheck, Phase, settings
from mutants import PACKAGE, ROOT, Mutant, source_of, unchanged

import relusgd.config  # noqa: F401 - needs no kernel, so that trials may share it

# Compiling the tests and the package anew would take most of a trial.
sys.dont_write_bytecode = False

settings.register_profile(
    "mutants",
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

PYTHON, MACHINE_CODE, NUMPY = "as Python", "as machine code", "without Numba"
"""How the tests of a trial run. Without machine code the compiled kernels are slow, so modules that
are not theirs are tried without Numba.
"""

QUICK = 10
"""How many seconds the tests take together that a mutant goes through as plain Python."""

MEASURED = 25
"""Within how many seconds of a file's tests as plain Python quick ones are looked for."""

MEASURED_WHOLE = 2000
"""How many seconds all tests of a file may take, unchanged."""

COMPILING, SECONDS = 60, 200
"""CPU time of a trial by all tests: three times what they take unchanged and COMPILING, and SECONDS
at most.
"""

LEAST = 4
"""CPU time of a quick test: four times what it takes unchanged, and so many seconds."""

LIMIT = "the limit of CPU time"
"""What kills a mutant that reaches it: a loop without an end, mostly. A user would notice, too."""

MEMORY = 6 * 2**30
"""Bytes of addresses that a trial may use. What asks for more gets an error, as from a test."""

AS_MACHINE_CODE = {"compiled.tile_code", "compiled.strip_code", "compiled.philox_code"}
"""The modules that have no meaning as plain Python."""

LEFT_OUT = (
    "kept_machine_code or a_cache or full_disk or is_fused or divergence or run_goes_on "
    "or says_which or numba or wider_than or torch_optim"
)
"""Tests that are left out: of other things, of machine code itself, in processes of their own, or
long ones.
"""


def quick_way(module: str) -> str | None:
    """How mutants of a module are tried first, if they are."""
    if module in AS_MACHINE_CODE:
        return None
    return PYTHON if module.startswith("compiled") else NUMPY


def whole_way(module: str) -> str:
    """How a mutant that was not noticed is tried by all tests."""
    return MACHINE_CODE if module.startswith("compiled") else NUMPY


class Watcher:
    """Puts the tests in order and writes down what each of them took, and whether it failed.

    order: the tests that run, first ones first; all as they stand if None.
    """

    def __init__(self, report: Path, order: list[str] | None) -> None:
        self._report, self._order = report, order

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self._order is not None:
            by_name = {item.nodeid: item for item in items}
            items[:] = [by_name[name] for name in self._order if name in by_name]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        start = time.process_time()
        yield
        self._write(item.nodeid, time.process_time() - start)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._write(report.nodeid, None)

    def _write(self, name: str, seconds: float | None) -> None:
        with self._report.open("a") as file:
            print(json.dumps([name, seconds]), file=file)


class Outcome(NamedTuple):
    """`survived` when every test passes, or else `killed`; and the tests that failed, or LIMIT."""

    result: str
    failed: list[str]


class Trials:
    """Trials of the mutants of many modules, which learn from each other.

    folder: where machine code and reports are kept in the meantime.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._costs: dict[tuple[str, str, int], dict[str, float]] = {}
        self._noticed = Counter[str]()

    def outcomes(self, chosen: list[Mutant], files: list[str]) -> Iterator[Outcome]:
        """Of mutants of one module, whose tests are in these files.

        Raises AssertionError if a test fails without a mutation.
        """
        quick = self._quick_outcomes(chosen, files)
        if any(outcome.result == "survived" for outcome in quick):
            self._check_unchanged(chosen[0].module, files)
        for mutant, outcome in zip(chosen, quick, strict=True):
            yield self._whole_outcome(mutant, files) if outcome.result == "survived" else outcome

    def _check_unchanged(self, module: str, files: list[str]) -> None:
        """Measure all tests of a module, and see that they pass without a mutation."""
        self._measure(module, whole_way(module), files, MEASURED_WHOLE)
        same = self._whole_outcome(unchanged(module)._replace(change="nothing"), files)
        assert same.result == "survived", f"{module} without a change: {same}"

    def _quick_outcomes(self, chosen: list[Mutant], files: list[str]) -> list[Outcome]:
        """By quick tests alone, where a module has such tests; else every mutant survives here."""
        module = chosen[0].module
        way = quick_way(module)
        if way is None:
            return [Outcome("survived", [])] * len(chosen)
        self._measure(module, way, files, MEASURED)
        # The first outcome is that of the module without a change.
        same = unchanged(module)._replace(change="nothing")
        costs = self._costs_of(way, files, MEASURED)
        order, total = [], 0.0
        for name in sorted(costs, key=costs.__getitem__):
            total += costs[name]
            if total <= QUICK:
                order.append(name)
        with tempfile.TemporaryDirectory(dir=self._folder) as own:
            report = Path(own) / "report"
            limits = {name: LEAST + 4 * costs[name] for name in order}
            plugin = Batch([same, *chosen], order, self._noticed, report, limits)
            status = self._fork(same, way, files, plugin, own, 10**6)
            lines = [json.loads(line) for line in report.read_text().splitlines()]
        assert len(lines) == len(chosen) + 1, f"{same.module}: the run ended with {status}"
        outcomes = [self._noted(*line) for line in lines]
        assert outcomes[0].result == "survived", f"{same.module} without a change: {outcomes[0]}"
        return outcomes[1:]

    def _whole_outcome(self, mutant: Mutant, files: list[str]) -> Outcome:
        """By all tests."""
        way = whole_way(mutant.module)
        costs = self._costs_of(way, files, MEASURED_WHOLE)
        order = sorted(costs, key=lambda name: (costs[name] + 0.01) / (1 + self._noticed[name]))
        seconds = COMPILING + 3 * math.ceil(sum(costs.values()))
        status, lines = self._run(mutant, way, files, order, min(seconds, SECONDS))
        assert not is_without_tests(status), f"no tests of {files} ran {way}"
        return self._noted(status, [name for name, seconds in lines if seconds is None])

    def _noted(self, status: int, failed: list[str]) -> Outcome:
        """The outcome; the tests that failed are remembered."""
        self._noticed.update(failed)
        if status == 0:
            return Outcome("survived", [])
        if is_timeout(status):
            return Outcome("killed", [LIMIT])
        return Outcome("killed", failed)

    def _measure(self, module: str, way: str, files: list[str], seconds: int) -> None:
        """Let the tests run without a mutation, so that it is known what they take.

        seconds: where quick ones are looked for, they have to be among the first of a file.
        """
        for name in files:
            if (way, name, seconds) in self._costs:
                continue
            status, lines = self._run(unchanged(module), way, [name], None, seconds)
            failed = [test for test, cost in lines if cost is None]
            is_cut = seconds == MEASURED and is_timeout(status)
            assert status == 0 or is_cut, f"{name} fails {way} without a mutation: {failed}"
            self._costs[way, name, seconds] = dict(lines)

    def _costs_of(self, way: str, files: list[str], seconds: int) -> dict[str, float]:
        """What each test takes, by its name; measured within so many seconds of each file."""
        costs: dict[str, float] = {}
        for name in files:
            costs |= self._costs[way, name, seconds]
        return costs

    def _run(
        self, mutant: Mutant, way: str, files: list[str], order: list[str] | None, seconds: int
    ) -> tuple[int, list[tuple[str, Any]]]:
        """The status of the process, and what its `Watcher` wrote down."""
        with tempfile.TemporaryDirectory(dir=self._folder) as own:
            report = Path(own) / "report"
            report.touch()
            status = self._fork(mutant, way, files, Watcher(report, order), own, seconds)
            lines = [tuple(json.loads(line)) for line in report.read_text().splitlines()]
        return status, lines

    def _fork(
        self, mutant: Mutant, way: str, files: list[str], plugin: Any, own: str, seconds: int
    ) -> int:
        """The status of a process in which the tests ran."""
        child = os.fork()
        if child == 0:
            loader = Loader(mutant, kept=str(self._folder / "kept"), own=own)
            run_tests(loader, way, files, plugin, seconds)
        _, status = os.waitpid(child, 0)
        return status


def is_timeout(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGVTALRM


def is_without_tests(status: int) -> bool:
    nothing = (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
    return os.waitstatus_to_exitcode(status) in nothing


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):  # type: ignore[name-defined]
    """Loads the kernels: one module with the source of a mutant, the others from their files.

    Machine code of functions into which the mutant may have been built goes to `own`, that of
    others to `kept`. Numba looks where code is kept when a module makes its functions.
    """

    def __init__(self, mutant: Mutant, kept: str, own: str) -> None:
        self.mutant, self._kept, self._own = mutant, kept, own

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith(f"{PACKAGE}."):
            return None
        origin = source_of(module_of(name))
        folder = [str(origin.parent)] if origin.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, origin, loader=self, submodule_search_locations=folder
        )

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = module_of(module.__name__)
        path = source_of(name)
        source = self.mutant.source if name == self.mutant.module else path.read_text("utf-8")
        has_mutant = self.mutant.change and self.mutant.module in needed_by(name)
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = self._own if has_mutant else self._kept
        try:
            exec(compile(source, str(path), "exec"), module.__dict__)
        finally:
            numba.config.CACHE_DIR = before


def module_of(name: str) -> str:
    """A module's name within `relusgd.gradients`."""
    return name.removeprefix(f"{PACKAGE}.")


@cache
def imported_by(module: str) -> frozenset[str]:
    """The modules of `relusgd.gradients` that a module imports, or from which it imports names."""
    tree = ast.parse(source_of(module).read_text("utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            for alias in node.names:
                member = module_of(f"{node.module}.{alias.name}")
                is_module = source_of(member).is_file()
                imported.add(member if is_module else module_of(node.module or ""))
    return frozenset(imported - {PACKAGE})


@cache
def needed_by(module: str) -> frozenset[str]:
    """The module, all that it imports, and all that these import."""
    needed, remaining = set[str](), {module}
    while remaining:
        name = remaining.pop()
        needed.add(name)
        remaining |= imported_by(name) - needed
    return frozenset(needed)


def run_tests(loader: Loader, way: str, files: list[str], plugin: Any, seconds: int) -> None:
    """In a process of its own, which ends here."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.meta_path.insert(0, loader)
    if way == NUMPY:
        sys.modules["numba"] = None  # type: ignore[assignment]
    numba.config.DISABLE_JIT = way == PYTHON
    code = 1
    try:
        code = pytest.main(
            [
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                "-W",
                "ignore",
                "--hypothesis-profile=mutants",
                "-k",
                f"not ({LEFT_OUT})",
                f"--rootdir={ROOT}",
                *[str(ROOT / "tests" / name) for name in files],
            ],
            plugins=[plugin],
        )
    finally:
        os._exit(int(code))
