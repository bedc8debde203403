"""Mutates the kernels, one sign, index or comparison at a time, and checks that a test fails.

    python tests/mutation/mutate_kernels.py [MODULE[:LINE] …] [--list]

Every mutant runs the tests of its module in a process of its own. Compiled modules run as plain
Python, but for the one that writes machine code. Prints the mutants for which no test fails. Those
in equivalent.yaml compute the same, for the reason given there, and are counted apart. Exit code 1
if another mutant survives, or if an entry of equivalent.yaml matches no mutant any more.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ["NUMBA_DISABLE_JIT"] = "1"

import numba  # what every mutant's process has already
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
"""CPU time of a mutant: three times what the slowest module takes unchanged. A mutant that takes
longer counts as noticed, because it computes something else.
"""

COMPILED = [
    "gradients/test_compiled.py",
    "gradients/test_kernels.py",
    "training/test_sgd.py",
    "training/test_engines.py",
]
COMPARING = [
    "gradients/test_kernels.py",
    "gradients/test_compiled.py",
    "training/test_sgd.py",
    "training/test_engines.py",
    "training/test_noise.py",
]
DEEP = [
    "gradients/test_tiles.py",
    "gradients/test_deep_kernel.py",
    "training/test_deep_engine.py",
]
TESTS = {
    "dense": [
        "gradients/test_kernels.py",
        "gradients/test_output_kernel.py",
        "training/test_engines.py",
    ],
    "prefix_sums": [
        "gradients/test_kernels.py",
        "gradients/test_hessian_product.py",
        "training/test_engines.py",
    ],
    "backprop": ["gradients/test_backprop.py"],
    "compiled.arrays": [*COMPILED, "training/test_noise.py"],
    "compiled.kernels": COMPILED,
    "compiled.dense_steps": COMPILED,
    "compiled.comparison_arrays": COMPARING,
    "compiled.comparison_steps": COMPARING,
    "compiled.switch_points": ["gradients/test_switch_points.py", "gradients/test_kernels.py"],
    "compiled.strips": ["gradients/test_strips.py", "gradients/test_kernels.py"],
    "compiled.strip_code": ["gradients/test_strips.py"],
    "compiled.prefix_sum_steps": COMPILED,
    "compiled.new_point_steps": ["training/test_noise.py"],
    "compiled.elbow_search": COMPILED,
    "compiled.padding": ["gradients/test_compiled.py"],
    "compiled.tiles": DEEP,
    "compiled.tile_code": ["gradients/test_tiles.py"],
    "compiled.products": DEEP,
    "compiled.deep_arrays": DEEP,
    "compiled.deep_steps": DEEP,
    "compiled.deep_kernel": DEEP,
    "compiled.update": COMPILED,
    "compiled.formulas.sgd": [*COMPILED, "training/test_optimizers.py"],
    "compiled.formulas.adam": ["training/test_optimizers.py"],
    "compiled.formulas.adamw": ["training/test_optimizers.py"],
    "compiled.formulas.rmsprop": ["training/test_optimizers.py"],
    "compiled.formulas.sign": ["training/test_optimizers.py"],
    "compiled.philox": ["training/test_streams.py"],
    "compiled.philox_code": ["training/test_streams.py"],
}
"""By module of `relusgd.gradients`, the tests that have to fail for its mutants."""

AS_MACHINE_CODE = {"compiled.tile_code", "compiled.strip_code", "compiled.philox_code"}
"""The modules that have no meaning as plain Python."""

LEFT_OUT = (
    "kept_machine_code or a_cache or is_fused or divergence or run_goes_on or says_which or numba "
    "or wider_than or torch_optim"
)
"""Tests that are left out: of other things, of machine code itself, or long ones."""

COMPARISONS = {
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitXor: ast.BitOr,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitXor,
    ast.MatMult: ast.Add,
}
CALLS = {
    "add": "subtract",
    "subtract": "add",
    "multiply": "add",
    "greater": "greater_equal",
    "maximum": "minimum",
    "not_equal": "equal",
}


class Mutant(NamedTuple):
    """One change of one module.

    source: the whole module after the change. line: the number of the changed line; text: the line
    before. change: what became what, with a number from the second equal change of equal lines on.
    """

    module: str
    source: str
    line: int
    text: str
    change: str


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
        if node is self.place:
            return ast.copy_location(self.new, node)
        return super().generic_visit(node)


def computing_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes inside functions that compute: no annotations, decorators, defaults or texts."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if not isinstance(statement, ast.FunctionDef):
                    yield from nodes_below(statement)


def nodes_below(node: ast.AST) -> Iterator[ast.AST]:
    """The node and those below it, without annotations, messages and functions in functions."""
    if isinstance(node, ast.FunctionDef | ast.Raise | ast.JoinedStr):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name == "annotation":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from nodes_below(child)


def mutants(module: str) -> Iterator[Mutant]:
    """Every change of a module."""
    source = source_of(module).read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    seen = Counter[tuple[str, str]]()
    for place in list(computing_nodes(tree)):
        for new in mutations(place):
            first, last = place.lineno, place.end_lineno  # type: ignore[attr-defined]
            text = " ".join(part.strip() for part in lines[first - 1 : last])
            change = f"{ast.unparse(place)} → {ast.unparse(new)}"
            seen[text, change] += 1
            if seen[text, change] > 1:
                change += f" ({seen[text, change]})"
            mutated = Changer(place, new).visit(copy_but(tree, place))
            yield Mutant(module, ast.unparse(mutated), first, text, change)


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
        path = str(source_of(self.mutant.module))
        exec(compile(self.mutant.source, path, "exec"), module.__dict__)


def outcome(mutant: Mutant) -> str:
    """`survived` when every test passes, or else `killed`, or `endless` when the tests took too
    long.
    """
    # Kept machine code is that of the sources on the disk, which have no mutation.
    with tempfile.TemporaryDirectory() as kept_code:
        child = os.fork()
        if child == 0:
            numba.config.CACHE_DIR = kept_code
            run_tests(mutant)
        _, status = os.waitpid(child, 0)
    if status == 0:
        return "survived"
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGVTALRM:
        return "endless"
    return "killed"


def run_tests(mutant: Mutant) -> None:
    """In a process of its own, which ends here."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.meta_path.insert(0, MutatedSource(mutant))
    if not mutant.module.startswith("compiled"):
        # Without machine code the compiled kernels are slow, so they are left out.
        sys.modules["numba"] = None  # type: ignore[assignment]
    numba.config.DISABLE_JIT = mutant.module not in AS_MACHINE_CODE
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
    for name in given.modules or TESTS:
        module, _, line = name.partition(":")
        chosen = [mutant for mutant in mutants(module) if line in ("", str(mutant.line))]
        if given.list:
            for mutant in chosen:
                print(f"{module}:{mutant.line}: {mutant.change}    in: {mutant.text}")
            continue
        equivalent = {(entry["line"], entry["change"]) for entry in known.get(module) or []}
        failures += check_module(module, chosen, equivalent, whole=not line)
    return int(failures > 0)


def check_module(
    module: str, chosen: list[Mutant], equivalent: set[tuple[str, str]], *, whole: bool
) -> int:
    """Run the tests for the chosen mutants; return how many survived or are wrongly listed.

    equivalent: lines and changes of mutants that compute the same. whole: all mutants are chosen,
    so that those listed but not found are wrong.
    """
    original = Mutant(module, source_of(module).read_text(encoding="utf-8"), 0, "", "")
    assert outcome(original) == "survived", f"{module}: the tests fail without a mutation"
    counts = Counter[str]()
    unmatched = set(equivalent) if whole else set()
    for mutant in chosen:
        if (mutant.text, mutant.change) in equivalent:
            unmatched.discard((mutant.text, mutant.change))
            counts["equivalent"] += 1
            continue
        result = outcome(mutant)
        counts[result] += 1
        if result != "killed":
            where = f"{module}:{mutant.line}"
            print(f"{where}: {result}: {mutant.change}    in: {mutant.text}", flush=True)
    for text, change in sorted(unmatched):
        print(f"{module}: equivalent.yaml lists what is no mutant any more: {change} in {text}")
    summary = ", ".join(f"{count} {result}" for result, count in counts.items())
    print(f"{module}: {len(chosen)} mutants: {summary}", flush=True)
    return counts["survived"] + len(unmatched)


if __name__ == "__main__":
    sys.exit(main())
