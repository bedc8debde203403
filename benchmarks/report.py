"""The figures of steps.py as tables and as a picture."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
from competitors import COMPETITORS, JAX_32, JAX_64, PREALLOCATED, PYTORCH, SKLEARN, C

from relusgd.training.descent import KernelName
from relusgd.training.engines import choose_kernel

DOCS = Path(__file__).parents[1] / "docs"
COLOURS = {
    "compiled": "#0072b2",
    "numpy": "#56b4e9",
    C: "#555555",
    JAX_64: "#d55e00",
    JAX_32: "#e69f00",
    PREALLOCATED: "#cc79a7",
    PYTORCH: "#8f3a84",
    SKLEARN: "#009e73",
}
ENGINES = {"numpy": "relusgd, numpy", "compiled": "relusgd, compiled"}
Record = dict[str, Any]


C_SHARES = (0.75, 0.55, 0.45)
"""The most that a step may take of the C loop's time, at the sizes of the part `drawn`."""


def median(record: Record, name: str) -> float:
    return statistics.median(record[name])


def ratio(record: Record, engine: str) -> float:
    """How many times the competitor's time is ours, the median over rounds."""
    return statistics.median(
        theirs / mine for mine, theirs in zip(record[engine], record["theirs"], strict=True)
    )


def line(record: Record) -> str:
    """A record to look at while it is measured."""
    times = "".join(
        f"  {name} {median(record, name) * 1e6:,.2f} µs"
        for name in ("numpy", "compiled", "theirs")
        if name in record
    )
    ratios = "".join(
        f"  {ratio(record, engine):,.2f} × {engine}"
        for engine in ENGINES
        if engine in record and "theirs" in record
    )
    return f"{record['B']:,} × {record['H']:,}{times}{ratios}  {record.get('against', '')}"


def find(figures: Record, B: int, H: int, name: str) -> Record:
    return next(
        record
        for part in ("small", "medium", "large", "curves")
        for record in figures.get(part, [])
        if (record["B"], record["H"], record["against"]) == (B, H, name)
    )


def exponent(sizes: list[int], times: list[float]) -> float:
    """Of the power law that fits best."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def growth_exponent(figures: Record, engine: str) -> float:
    """Of our step from 10³ to 10⁶ points and units, in their sum."""
    large = [record for record in figures["growth"] if record["B"] >= 1_000]
    return exponent(
        [record["B"] + record["H"] for record in large],
        [median(record, engine) for record in large],
    )


# Tables


def goals(figures: Record) -> Iterator[tuple[str, str, float, bool]]:
    """What was aimed at: case, goal, what was measured, whether that meets it."""

    def times(
        case: str, B: int, H: int, engine: str, name: str, least: float
    ) -> tuple[str, str, float, bool]:
        found = ratio(find(figures, B, H, name), engine)
        return (
            f"{case}, {engine}, against {name}",
            f"≥ {least:,g} times faster",
            found,
            found >= least,
        )

    yield times("(40, 40)", 40, 40, "compiled", JAX_64, 3)
    yield times("(40, 40)", 40, 40, "compiled", JAX_32, 4)
    for record, most in zip(figures["drawn"], C_SHARES, strict=True):
        part = 1 / ratio(record, "compiled")
        case = f"({record['B']}, {record['H']}), compiled, batches drawn before, against {C}"
        yield case, f"≤ {most} times its time", part, part <= most
    yield times("(40, 40)", 40, 40, "compiled", PYTORCH, 150)
    yield times("(40, 40)", 40, 40, "numpy", PYTORCH, 13)
    yield times("(200, 1,000)", 200, 1_000, "numpy", JAX_64, 3.5)
    yield times("(200, 1,000)", 200, 1_000, "compiled", JAX_64, 25)
    for name in (PYTORCH, PREALLOCATED, JAX_64):
        yield times("(10⁴, 10⁴)", 10_000, 10_000, "numpy", name, 2_000)
    for engine in ENGINES:
        power = growth_exponent(figures, engine)
        yield (
            f"growth from (10³, 10³) to (10⁶, 10⁶), {engine}",
            "exponent in B + H ≤ 1.15",
            power,
            power <= 1.15,
        )
    found = ratio(figures["notebook"], "compiled")
    yield (
        "the notebook's six trainings, compiled, against the PyTorch loop",
        "≥ 80 times faster",
        found,
        found >= 80,
    )


def goals_table(figures: Record) -> str:
    rows = (
        f"| {case} | {goal} | {found:,.2f} | {'yes' if met else 'no'} |"
        for case, goal, found, met in goals(figures)
    )
    return "\n".join(
        ["| step (points, units) | aim | measured | met |", "|---|---|---|---|", *rows]
    )


def times_table(figures: Record) -> str:
    """Microseconds a step of everyone at the sizes of the table."""
    sizes = [
        (record["B"], record["H"])
        for part in ("small", "medium", "large")
        for record in figures[part]
        if record["against"] == C
    ]
    head = " | ".join(f"({B:,}, {H:,})" for B, H in sizes)
    rows = [f"| | {head} |", "|---|" + "---|" * len(sizes)]
    for engine, name in ENGINES.items():
        cells = (
            statistics.median(median(find(figures, B, H, other), engine) for other in COMPETITORS)
            for B, H in sizes
        )
        rows.append(f"| **{name}** | {' | '.join(number(cell * 1e6) for cell in cells)} |")
    before = {(record["B"], record["H"]): median(record, "compiled") for record in figures["drawn"]}
    cells = [number(before[size] * 1e6) if size in before else "" for size in sizes]
    rows.append(f"| the same, its batches drawn before | {' | '.join(cells)} |")
    for name in COMPETITORS:
        cells = (median(find(figures, B, H, name), "theirs") for B, H in sizes)
        rows.append(f"| {name} | {' | '.join(number(cell * 1e6) for cell in cells)} |")
    return "\n".join(rows)


def number(value: float) -> str:
    """Three digits at least."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def growth_table(figures: Record) -> str:
    records = [record for record in figures["growth"] if record["B"] >= 1_000]
    rows = [
        f"| {record['B']:,} | "
        + " | ".join(f"{median(record, engine) * 1e3:,.3g}" for engine in ENGINES)
        + " |"
        for record in records
    ]
    return "\n".join(
        ["| points and as many units | numpy, ms | compiled, ms |", "|---|---|---|", *rows]
    )


def kernels_table(figures: Record) -> str:
    """How often the chosen kernel is the slower one, and by how much."""
    rows = [
        "| engine | sizes | chosen the fastest kernel | mean loss | largest loss |",
        "|---|---|---|---|---|",
    ]
    for engine in ENGINES:
        records = [record for record in figures["kernels"] if record["engine"] == engine]
        chosen = [
            median(record, choose_kernel(engine, record["B"], record["H"], record["n"]))
            for record in records
        ]  # type: ignore[arg-type]
        kernels = [name for name in get_args(KernelName) if name in records[0]]
        faster = [min(median(record, name) for name in kernels) for record in records]
        losses = [mine / best - 1 for mine, best in zip(chosen, faster, strict=True)]
        right = sum(loss == 0 for loss in losses)
        rows.append(
            f"| {engine} | {len(losses)} | {right} | {statistics.mean(losses):.0%} | "
            f"{max(losses):.0%} |"
        )
    return "\n".join(rows)


def notebook_table(figures: Record) -> str:
    found = figures["notebook"]
    rows = [
        f"| {ENGINES[engine]} | {median(found, engine):.2f} s | {ratio(found, engine):.0f} |"
        for engine in reversed(ENGINES)
    ]
    return "\n".join(
        [
            "| | six trainings | times the loop's speed |",
            "|---|---|---|",
            *rows,
            f"| {PYTORCH} | {median(found, 'theirs'):.0f} s | |",
        ]
    )


def memory_table(figures: Record) -> str:
    rows = (
        f"| {r['name']} | {r['engine']} | {r['seconds']:.0f} s | {r['peak'] / 1e6:,.0f} MB |"
        for r in figures["memory"]
    )
    return "\n".join(
        ["| `relusgd train` of | engine | time | peak memory |", "|---|---|---|---|", *rows]
    )


def check_table(figures: Record) -> str:
    names = list(figures["check"][0]["differences"])
    sizes = " | ".join(f"({record['B']:,}, {record['H']:,})" for record in figures["check"])
    rows = [
        f"| {name} | "
        + " | ".join(f"{record['differences'][name]:.0e}" for record in figures["check"])
        + " |"
        for name in names[1:]
    ]
    return "\n".join([f"| | {sizes} |", "|---|" + "---|" * len(figures["check"]), *rows])


def machine_text(figures: Record) -> str:
    facts = figures["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    machine = f"{facts['processor']}, one core, {facts['system']}"
    return f"{machine}; Python {facts['python']}, {versions}, gcc {facts['gcc']}; {facts['date']}."


TABLES: dict[str, Callable[[Record], str]] = {
    "machine": machine_text,
    "goals": goals_table,
    "times": times_table,
    "growth": growth_table,
    "kernels": kernels_table,
    "notebook": notebook_table,
    "memory": memory_table,
    "check": check_table,
}


def write(figures: Record) -> None:
    """Put every table between its marks in docs/performance.md, and draw docs/performance.png."""
    path = DOCS / "performance.md"
    text = path.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", flags=re.DOTALL)
        content = make(figures)
        text = marks.sub(lambda match, content=content: f"{match[1]}{content}\n{match[2]}", text)  # type: ignore[misc]
    path.write_text(text, encoding="utf-8")
    draw(figures, DOCS / "performance.png")


# The picture


def curve(figures: Record, name: str) -> tuple[list[int], list[float]]:
    """Sizes and seconds of full batches of as many points as units."""
    if name in ENGINES:
        return [record["B"] for record in figures["growth"]], [
            median(record, name) for record in figures["growth"]
        ]
    records = [
        record
        for part in ("curves", "medium", "large")
        for record in figures[part]
        if record["B"] == record["H"] and record["against"] == name
    ]
    records.sort(key=lambda record: record["B"])
    return [record["B"] for record in records], [median(record, "theirs") for record in records]


def draw(figures: Record, path: Path) -> None:
    """Seconds a step against size, log-log, with the exponents from 1,000 on."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.6), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log")
    ends = []
    for name, colour in COLOURS.items():
        sizes, times = curve(figures, name)
        own, tail = name in ENGINES, [i for i, size in enumerate(sizes) if size >= 1_000]
        axes.plot(
            sizes,
            times,
            "o-" if own else "o--",
            color=colour,
            linewidth=2.2 if own else 1.2,
            markersize=5 if own else 3.5,
            zorder=3 if own else 2,
        )
        power = exponent([sizes[i] for i in tail], [times[i] for i in tail])
        ends.append(
            (
                times[-1],
                sizes[-1],
                f"{ENGINES.get(name, name.split(',')[0] + dtype(name))}, size$^{{{power:.2f}}}$",
                colour,
            )
        )
    label(axes, ends)
    axes.set_xlim(7, 3e8)
    axes.set_xticks([10**k for k in range(1, 7)])
    axes.set_xlabel("points in the batch, and as many units", x=0.4)
    axes.set_title("Seconds for one SGD step of all layers, one core", loc="left", fontsize=11)
    axes.grid(color="#e5e5e5", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)


def dtype(name: str) -> str:
    return {
        PYTORCH: ", the notebook's loop",
        PREALLOCATED: " by hand, float64",
        JAX_64: ", float64",
        JAX_32: ", float32",
    }.get(name, "")


def label(axes: Any, ends: list[tuple[float, int, str, str]], apart: float = 1.75) -> None:
    """Name the curves at their ends, in their order, with room between."""
    for group in (3_000_000, 30_000):
        chosen = sorted(end for end in ends if (end[1] > 100_000) == (group > 100_000))
        heights = np.log([end[0] for end in chosen])
        for i in range(1, len(heights)):
            heights[i] = max(heights[i], heights[i - 1] + np.log(apart))
        heights -= (heights - np.log([end[0] for end in chosen])).mean()
        for height, (_, size, text, colour) in zip(heights, chosen, strict=True):
            axes.annotate(
                text, (size * 1.35, float(np.exp(height))), color=colour, fontsize=8.5, va="center"
            )
