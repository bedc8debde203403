"""Many mutants of a module in one run of pytest: the tests are collected once.

Each mutant gets a copy of the process, in which the code of the module's functions is exchanged.
What a module computes when it is loaded stays as it was.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FunctionType
from typing import Any

from mutants import PACKAGE, Mutant, source_of


class Batch:
    """Runs the tests for one mutant after the other, until one fails.

    order: the tests, first ones first. noticed: how many mutants each of them has noticed, which
    brings it to the front. report: gets a line for each mutant: the status of its process, and the
    tests that failed. limits: the CPU time that each test may take, in seconds.
    """

    def __init__(
        self,
        mutants: list[Mutant],
        order: list[str],
        noticed: Counter[str],
        report: Path,
        limits: dict[str, float],
    ) -> None:
        self._mutants, self._order, self._noticed = mutants, order, Counter(noticed)
        self._report, self._limits = report, limits
        self._failed: list[str] = []

    def pytest_runtestloop(self, session: Any) -> bool:
        by_name = {item.nodeid: item for item in session.items}
        names = [name for name in self._order if name in by_name]
        assert names, "no tests were found"
        for mutant in self._mutants:
            names.sort(key=lambda name: (-self._noticed[name], self._order.index(name)))
            status, failed = self._try([by_name[name] for name in names], mutant)
            self._noticed.update(failed)
            with self._report.open("a") as file:
                print(json.dumps([status, failed]), file=file)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._failed.append(report.nodeid)

    def _try(self, items: list[Any], mutant: Mutant) -> tuple[int, list[str]]:
        """The status of a copy of this process, and the tests that failed there."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            self._run(items, mutant, write)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as failed:
            names = failed.read().splitlines()
        _, status = os.waitpid(child, 0)
        return status, names

    def _run(self, items: list[Any], mutant: Mutant, write: int) -> None:
        """In the copy, which ends here."""
        code = 1
        try:
            exchange(mutant)
            for item, after in zip(items, [*items[1:], None], strict=True):
                signal.setitimer(signal.ITIMER_VIRTUAL, self._limits[item.nodeid])
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                if self._failed:
                    break
            os.write(write, "\n".join(self._failed).encode())
            code = int(bool(self._failed))
        finally:
            os._exit(code)


def exchange(mutant: Mutant) -> None:
    """Give the functions of the module that is loaded the code of the mutant."""
    module = sys.modules[f"{PACKAGE}.{mutant.module}"]
    path = str(source_of(mutant.module))
    changed = {"__name__": module.__name__, "__package__": module.__package__, "__file__": path}
    exec(compile(mutant.source, path, "exec"), changed)
    for name, new in changed.items():
        exchange_code(module.__dict__.get(name), new, path)


def exchange_code(old: Any, new: Any, path: str) -> None:
    """Give a function the code of another one, or all those of a class that of their likes."""
    if old is new:
        return
    if isinstance(new, type):
        if isinstance(old, type) and new.__module__ == old.__module__:
            for name, member in vars(new).items():
                exchange_code(vars(old).get(name), member, path)
        return
    old, new = function_in(old), function_in(new)
    both = isinstance(old, FunctionType) and isinstance(new, FunctionType)
    if both and new.__code__.co_filename == path:
        old.__code__ = new.__code__


def function_in(wrapper: Any) -> Any:
    """The function in a property, a method of a class or a cache."""
    if isinstance(wrapper, property):
        return wrapper.fget
    return getattr(wrapper, "__wrapped__", wrapper)
