"""docs/performance.md says what was measured."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def report(monkeypatch):
    if not BENCHMARKS.exists():
        pytest.skip("the benchmarks are not part of this copy")
    monkeypatch.syspath_prepend(BENCHMARKS)
    import report

    yield report
    for name in ("report", "competitors"):
        sys.modules.pop(name, None)


def test_the_tables_are_those_of_the_kept_figures(report):
    figures = json.loads((BENCHMARKS / "steps.json").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for name, make in report.TABLES.items():
        assert f"<!-- {name} -->\n{make(figures)}\n<!-- end -->" in text, (
            f"{name}: python benchmarks/steps.py report writes it anew"
        )


def test_ratios_are_medians_of_rounds_and_exponents_those_of_a_power_law(report):
    record = {"numpy": [1.0, 2.0, 4.0], "theirs": [10.0, 30.0, 80.0]}
    assert report.ratio(record, "numpy") == 15
    assert report.exponent([10, 100, 1000], [3.0, 3 * 10**1.5, 3 * 10**3.0]) == pytest.approx(1.5)
