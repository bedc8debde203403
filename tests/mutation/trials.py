"""Trials of mutants: the tests that may fail, each trial in a process of its own.

A mutant of a compiled module is tried as plain Python first, by the tests that are quick there, and
if none fails, as machine code by all tests. Tests that take little time, and those that have
noticed other mutants, come first. Machine code of modules without the mutant in them is kept.
"""

from __future__ import annotations

import ast
import importlib.util
import json
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
from typing import Any

import numba  # what every trial's process has already
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import pytest
from hypothesis import HealthCheck, Phase, settings
from mutants import ROOT, Mutant, source_of

settings.register_profile(
    "mutants",
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

PACKAGE = "relusgd.gradients"

PYTHON, MACHINE_CODE, NUMPY = "as Python", "as machine code", "without Numba"
"""How the tests of a trial run. Without machine code the compiled kernels are slow, so modules that
are not theirs are tried without Numba.
"""

QUICK = 10
"""How many seconds the tests take together that a mutant goes through as plain Python."""

MEASURED = 25
"""Within how many seconds of a file's tests as plain Python quick ones are looked for."""

SECONDS = 200
"""CPU time of a trial: three times what the slowest takes unchanged. A mutant that takes longer
counts as noticed, because it computes something else.
"""

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


def ways_of(module: str) -> list[str]:
    """How the mutants of a module are tried, one way after the other."""
    if not module.startswith("compiled"):
        return [NUMPY]
    return [MACHINE_CODE] if module in AS_MACHINE_CODE else [PYTHON, MACHINE_CODE]


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


class Trials:
    """Trials of the mutants of many modules, which learn from each other.

    folder: where machine code and reports are kept in the meantime.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._costs: dict[tuple[str, str], dict[str, float]] = {}
        self._noticed = Counter[str]()

    def outcome(self, mutant: Mutant, files: list[str]) -> tuple[str, str]:
        """`survived` when every test passes, or else `killed`, or `endless` when the tests took
        too long; and the test that failed, if any did.
        """
        for way in ways_of(mutant.module):
            status, lines = self._run(mutant, way, files, self._order(way, files), SECONDS)
            failed = [name for name, seconds in lines if seconds is None]
            self._noticed.update(failed)
            assert not is_without_tests(status), f"no tests of {files} ran {way}"
            if status != 0:
                return "endless" if is_timeout(status) else "killed", " ".join(failed)
        return "survived", ""

    def measure(self, original: Mutant, files: list[str]) -> None:
        """Let the tests of the unchanged module run, so that it is known what they take.

        Raises AssertionError if one fails, also if the module is loaded as a mutant is.
        """
        for way in ways_of(original.module):
            seconds = MEASURED if way == PYTHON else 10 * SECONDS
            for name in files:
                if (way, name) in self._costs:
                    continue
                status, lines = self._run(original, way, [name], None, seconds)
                failed = [test for test, cost in lines if cost is None]
                is_cut = way == PYTHON and is_timeout(status)
                assert status == 0 or is_cut, f"{name} fails {way} without a mutation: {failed}"
                self._costs[way, name] = dict(lines)
        as_mutant = self.outcome(original._replace(change="nothing"), files)
        assert as_mutant == ("survived", ""), f"{original.module} without a change: {as_mutant}"

    def _order(self, way: str, files: list[str]) -> list[str]:
        """The tests in the order in which they run: cheap ones and those that notice much first."""
        costs: dict[str, float] = {}
        for name in files:
            costs |= self._costs[way, name]
        names = sorted(costs, key=lambda name: (costs[name] + 0.01) / (1 + self._noticed[name]))
        if way != PYTHON:
            return names
        quick, total = [], 0.0
        for name in sorted(names, key=costs.__getitem__):
            total += costs[name]
            if total <= QUICK:
                quick.append(name)
        return sorted(quick, key=names.index)

    def _run(
        self, mutant: Mutant, way: str, files: list[str], order: list[str] | None, seconds: int
    ) -> tuple[int, list[tuple[str, Any]]]:
        """The status of the process, and what its `Watcher` wrote down."""
        with tempfile.TemporaryDirectory(dir=self._folder) as own:
            report = Path(own) / "report"
            report.touch()
            child = os.fork()
            if child == 0:
                kept = self._folder / "kept"
                loader = Loader(mutant, kept=str(kept), own=own)
                run_tests(loader, way, files, Watcher(report, order), seconds)
            _, status = os.waitpid(child, 0)
            lines = [tuple(json.loads(line)) for line in report.read_text().splitlines()]
        return status, lines


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


def run_tests(loader: Loader, way: str, files: list[str], watcher: Watcher, seconds: int) -> None:
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
            plugins=[watcher],
        )
    finally:
        os._exit(int(code))
