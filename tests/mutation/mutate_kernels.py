"""Mutates the kernels, one sign, index or comparison at a time, and asks whether a test fails. The long form of the kernels' tests.

    python tests/mutation/mutate_kernels.py [MODULE[:LINE] …] [--list]

Every mutant runs the tests of its module in a process of its own, compiled modules as plain Python. Prints the mutants that
no test fails for; those in equivalent.yaml, with the reason why they are the same kernel, are counted apart. Exit code 1 when
another one survives, or when a line of equivalent.yaml is of no use any more.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ["NUMBA_DISABLE_JIT"] = "1"

import numba  # noqa: F401  what every mutant's process has already
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutants",
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

ROOT = Path(__file__).parents[2]
SECONDS = 150
"""Of CPU time, thrice what the slowest module takes unchanged. A mutant that takes longer has changed, too."""

COMPILED = [
    "gradients/test_compiled.py",
    "gradients/test_kernels.py",
    "training/test_sgd.py",
    "training/test_engines.py",
]
TESTS = {
    "dense": ["gradients/test_kernels.py", "training/test_engines.py"],
    "prefix_sums": ["gradients/test_kernels.py", "training/test_engines.py"],
    "backprop": ["gradients/test_backprop.py"],
    "features": ["gradients/test_features.py"],
    "compiled": COMPILED,
    "compiled.dense_steps": COMPILED,
    "compiled.sum_steps": COMPILED,
    "compiled.elbows": COMPILED,
    "compiled.updating": COMPILED,
    "compiled.draws": ["training/test_streams.py"],
}
LEFT_OUT = "kept_machine_code or a_cache or is_fused or divergence or run_goes_on or says_which or numba or wider_than"
"""Tests of something else, of machine code itself, or long ones."""

COMPARISONS = {
    ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt], ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.BitXor: ast.BitOr, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitXor, ast.MatMult: ast.Add,
}  # fmt: skip
CALLS = {
    "add": "subtract",
    "subtract": "add",
    "multiply": "add",
    "greater": "greater_equal",
    "maximum": "minimum",
    "not_equal": "equal",
}


class Mutant(NamedTuple):
    """One change: its module's name and source, and the line before and after; `after` numbers equal changes of equal lines."""

    module: str
    source: str
    line: int
    before: str
    after: str


def mutations(node: ast.AST) -> Iterator[ast.AST]:
    """Every change of one node."""
    if isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), []):
            yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        changed = copy.copy(node)
        changed.op = OPERATORS[type(node.op)]()
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
        if type(node.value) is int and node.value > 0:
            yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.Attribute) and node.attr in CALLS:
        yield ast.Attribute(node.value, CALLS[node.attr], node.ctx)
    elif isinstance(node, ast.Name) and node.id in CALLS and isinstance(node.ctx, ast.Load):
        yield ast.Name(CALLS[node.id], node.ctx)


class Changer(ast.NodeTransformer):
    """Replaces one node."""

    def __init__(self, place: ast.AST, new: ast.AST) -> None:
        self.place, self.new = place, new

    def visit(self, node: ast.AST) -> ast.AST:
        return (
            ast.copy_location(self.new, node) if node is self.place else super().generic_visit(node)
        )


def sites(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes inside functions that are arithmetic: no annotations, no decorators, no defaults, no texts."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if not isinstance(statement, ast.FunctionDef):
                    yield from inside(statement)


def inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.Raise | ast.JoinedStr):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name != "annotation":
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from inside(child)


def mutants(module: str) -> Iterator[Mutant]:
    source = source_of(module).read_text(encoding="utf-8")
    tree, lines, found = ast.parse(source), source.splitlines(), Counter[tuple[str, str]]()
    for place in list(sites(tree)):
        for new in mutations(place):
            before = " ".join(part.strip() for part in lines[place.lineno - 1 : place.end_lineno])  # type: ignore[attr-defined]
            text = ast.unparse(Changer(place, new).visit(copy_but(tree, place)))
            after = f"{ast.unparse(place)} → {ast.unparse(new)}"
            found[before, after] += 1
            number = found[before, after]
            yield Mutant(
                module, text, place.lineno, before, after if number == 1 else f"{after} ({number})"
            )  # type: ignore[attr-defined]


def copy_but(tree: ast.Module, place: ast.AST) -> ast.Module:
    """A deep copy in which the place stays itself."""
    return copy.deepcopy(tree, {id(place): place})


def source_of(module: str) -> Path:
    path = ROOT / "relusgd" / "gradients" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


class MutatedSource(importlib.abc.MetaPathFinder, importlib.abc.Loader):  # type: ignore[name-defined]
    """Gives one module the source of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.name = mutant, f"relusgd.gradients.{mutant.module}"

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name != self.name:
            return None
        origin = source_of(self.mutant.module)
        folder = [str(origin.parent)] if origin.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, origin, loader=self, submodule_search_locations=folder
        )

    def create_module(self, spec):  # type: ignore[no-untyped-def]
        return None

    def exec_module(self, module):  # type: ignore[no-untyped-def]
        exec(
            compile(self.mutant.source, str(source_of(self.mutant.module)), "exec"), module.__dict__
        )


def outcome(mutant: Mutant) -> str:
    """`survived` when every test passes, or else `killed`, or `endless` when the tests took too long."""
    child = os.fork()
    if child == 0:
        run_tests(mutant)
    _, status = os.waitpid(child, 0)
    if status == 0:
        return "survived"
    return (
        "endless"
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGVTALRM
        else "killed"
    )


def run_tests(mutant: Mutant) -> None:
    """In a process of its own, which ends here."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.meta_path.insert(0, MutatedSource(mutant))
    if not mutant.module.startswith("compiled"):
        sys.modules["numba"] = None  # type: ignore[assignment]  # the compiled kernels, slow as they are here, are not asked
    code = 1
    try:
        files = [str(ROOT / "tests" / name) for name in TESTS[mutant.module]]
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
                *files,
            ]
        )
    finally:
        os._exit(int(code))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE[:LINE]", help=f"of {', '.join(TESTS)}; default: all"
    )
    parser.add_argument("--list", action="store_true", help="only print the mutants")
    given = parser.parse_args()
    path = Path(__file__).with_name("equivalent.yaml")
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    failures = 0
    for module, _, line in (name.partition(":") for name in given.modules or TESTS):
        everything = [mutant for mutant in mutants(module) if line in ("", str(mutant.line))]
        reasons = {(entry["line"], entry["change"]) for entry in known.get(module) or []}
        if given.list:
            print(
                "\n".join(f"{mutant.module}:{mutant.line}: {mutant.after}" for mutant in everything)
            )
            continue
        left = set() if line else set(reasons)
        original = Mutant(module, source_of(module).read_text(encoding="utf-8"), 0, "", "")
        assert outcome(original) == "survived", f"{module}: the tests fail without a mutation"
        found = Counter[str]()
        for mutant in everything:
            if (mutant.before, mutant.after) in reasons:
                left.discard((mutant.before, mutant.after))
                found["equivalent"] += 1
                continue
            what = outcome(mutant)
            found[what] += 1
            if what != "killed":
                print(
                    f"{module}:{mutant.line}: {what}: {mutant.after}    in: {mutant.before}",
                    flush=True,
                )
        for before, change in left:
            print(
                f"{module}: equivalent.yaml names what is no mutant any more: {change} in {before}"
            )
        failures += found["survived"] + len(left)
        print(
            f"{module}: {len(everything)} mutants: {', '.join(f'{n} {what}' for what, n in found.items())}",
            flush=True,
        )
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
