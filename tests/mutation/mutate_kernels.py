"""Mutates the kernels, one sign, index or comparison at a time, and checks that a test fails.

    python tests/mutation/mutate_kernels.py [MODULE[:LINE] …] [--list]

Prints the mutants for which no test fails. Those in equivalent.yaml compute the same, for the
reason given there, and are counted apart. Exit code 1 if another mutant survives, or if an entry of
equivalent.yaml matches no mutant any more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"

import yaml
from mutants import Mutant, mutants
from trials import Trials

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
        "gradients/test_jacobian.py",
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE[:LINE]", help=f"of {', '.join(TESTS)}; default: all"
    )
    parser.add_argument("--list", action="store_true", help="only print the mutants")
    parser.add_argument("--verbose", action="store_true", help="print the killed ones, too")
    given = parser.parse_args()
    path = Path(__file__).with_name("equivalent.yaml")
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(Path(folder))
        for name in given.modules or TESTS:
            module, _, line = name.partition(":")
            chosen = [mutant for mutant in mutants(module) if line in ("", str(mutant.line))]
            if given.list:
                for mutant in chosen:
                    print(f"{module}:{mutant.line}: {mutant.change}    in: {mutant.text}")
                continue
            equivalent = {(entry["line"], entry["change"]) for entry in known.get(module) or []}
            failures += check_module(
                trials, module, chosen, equivalent, whole=not line, verbose=given.verbose
            )
    return int(failures > 0)


def check_module(
    trials: Trials,
    module: str,
    chosen: list[Mutant],
    equivalent: set[tuple[str, str]],
    *,
    whole: bool,
    verbose: bool,
) -> int:
    """Try the chosen mutants; return how many survived or are wrongly listed.

    equivalent: lines and changes of mutants that compute the same. whole: all mutants are chosen,
    so that those listed but not found are wrong. verbose: print killed mutants, too.
    """
    counts = Counter[str]()
    found = {(mutant.text, mutant.change) for mutant in chosen}
    unmatched = equivalent - found if whole else set()
    others = [mutant for mutant in chosen if (mutant.text, mutant.change) not in equivalent]
    if len(others) < len(chosen):
        counts["equivalent"] = len(chosen) - len(others)
    outcomes = trials.outcomes(others, TESTS[module]) if others else ()
    for mutant, (result, failed) in zip(others, outcomes, strict=True):
        counts[result] += 1
        if verbose or result != "killed":
            where = f"{module}:{mutant.line}"
            by = f"    by: {' '.join(failed)}" if verbose else ""
            print(f"{where}: {result}: {mutant.change}    in: {mutant.text}{by}", flush=True)
    for text, change in sorted(unmatched):
        print(f"{module}: equivalent.yaml lists what is no mutant any more: {change} in {text}")
    summary = ", ".join(f"{count} {result}" for result, count in counts.items())
    print(f"{module}: {len(chosen)} mutants: {summary}", flush=True)
    return counts["survived"] + len(unmatched)


if __name__ == "__main__":
    sys.exit(main())
