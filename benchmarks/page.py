"""The page of `relusgd view`: how long it takes to build, how large it is, and how many frames a
second it plays at; and the lab of `relusgd lab`: how many steps a second its worker takes while it
draws.

    python benchmarks/page.py        # both; or one: python benchmarks/page.py lab, … page.py view

Every frame shows another snapshot. Chromium, without a graphics processor, in a window of 1000×800;
a screen asks for 60. Start-up is that of `relusgd show`, which reads the same run and draws
nothing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import relusgd

NOTEBOOK = Path(__file__).parents[1] / "configs" / "notebook.yaml"
RUNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "40 units, 151 snapshots": ({"snapshots.every": 200}, []),
    "40 units, 300 of 30,001 snapshots": ({}, []),
    "40 units, all of 30,001 snapshots": ({}, ["--frames", "all"]),
    "1,000 units": (
        {"network.hidden": 1000, "training.epochs": 3000, "training.learning_rate": 0.001},
        [],
    ),
    "1,000 units, 300 snapshots": (
        {"network.hidden": 1000, "training.epochs": 3000, "training.learning_rate": 0.001},
        ["--frames", "300"],
    ),
    "layers of 100, 100 and 100": (
        {"network.hidden": [100, 100, 100], "training.epochs": 300},
        [],
    ),
    "layers of 20 and 20, 300 snapshots": (
        {"network.hidden": [20, 20], "training.epochs": 3000},
        [],
    ),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SECONDS = 3.0
LAB_START = "document.getElementById('speed').value = '4'; lab.runAll()"  # as fast as it can
LAB_COUNTS = "[performance.now() / 1000, lab.courses[0].step, lab.drawn]"
LAB_NETWORKS: dict[str, dict[str, object]] = {
    "SGD, batch 40, 40 units": {"network": {"hidden": [40]}},
    "Adam, batch 40, 40 units": {"training": {"method": "adam", "learning_rate": 0.002}},
    "SGD, batch 40, layers of 20 and 20": {"network": {"hidden": [20, 20]}},
    "SGD, batch 40, layers of 40 and 40": {"network": {"hidden": [40, 40]}},
}
COUNT = """(seconds) => new Promise((done) => {
    page.clock.stop(); const { clock } = page, start = performance.now(), before = page.drawn;
    // as play does it, but with a new snapshot for every picture of the screen
    clock.playing = true;
    const tick = (now) => {
        clock.set((clock.index + 1) % clock.epochs.length);
        if (now - start < 1000 * seconds) requestAnimationFrame(tick);
        else done((page.drawn - before) / (now - start) * 1000);
    };
    requestAnimationFrame(tick);
})"""

COST = """(() => {
    const start = performance.now();
    for (let i = 0; i < 40; i++) { page.clock.go(i); page.draw(); }
    return (performance.now() - start) / 40;
})()"""


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "relusgd", *command], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def beyond_start_up(run: str, out: str, options: list[str], repeats: int = 7) -> float:
    """The seconds by which `view` takes longer than `show`; the median of pairs taken in turn."""
    return statistics.median(
        seconds("view", run, "--no-open", "--out", out, *options) - seconds("show", run)
        for _ in range(repeats)
    )


def frames_per_second(pages: dict[str, Path]) -> dict[str, tuple[float, float]]:
    """Frames a second, and the milliseconds of script and drawing calls in one, of every page."""
    from playwright.sync_api import sync_playwright

    rates = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, path in pages.items():
            page = browser.new_page(viewport={"width": 1000, "height": 800})
            page.goto(path.as_uri())
            page.wait_for_timeout(500)
            rate = page.evaluate(COUNT, SECONDS)
            cost = page.evaluate(COST)
            rates[name] = rate, cost
            page.close()
        browser.close()
    return rates


def processor_seconds() -> tuple[float, float]:
    """What the workers of all browsers have had of processors so far, and what their other threads
    have had, in seconds (Linux).
    """
    ticks = {True: 0, False: 0}
    for name in Path("/proc").glob("[0-9]*/task/[0-9]*/comm"):
        with suppress(OSError):  # a thread may end while it is looked at
            if b"chromium" not in name.parents[2].joinpath("cmdline").read_bytes():
                continue
            is_worker = name.read_text().startswith("DedicatedWorker")
            fields = name.with_name("stat").read_text().rpartition(")")[2].split()
            ticks[is_worker] += int(fields[11]) + int(fields[12])
    per_second = os.sysconf("SC_CLK_TCK")
    return ticks[True] / per_second, ticks[False] / per_second


def lab_rates() -> dict[str, tuple[float, float, float, float]]:
    """For every network: steps and frames a second of the lab, steps for each second that its
    worker had a processor, and the milliseconds that all the rest of the browser had in a frame.
    """
    from playwright.sync_api import sync_playwright

    from relusgd.pictures.pages.lab_page import lab_html

    rates = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, exercise in LAB_NETWORKS.items():
            path = Path(folder) / "lab.html"
            path.write_text(lab_html(exercise=exercise), encoding="utf-8")
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(path.as_uri())
            page.wait_for_timeout(500)
            page.evaluate(LAB_START)
            page.wait_for_timeout(1000)
            first, before = page.evaluate(LAB_COUNTS), processor_seconds()
            page.wait_for_timeout(1000 * SECONDS)
            last, after = page.evaluate(LAB_COUNTS), processor_seconds()
            taken, steps, frames = (new - old for new, old in zip(last, first, strict=True))
            worker, rest = (new - old for new, old in zip(after, before, strict=True))
            rates[name] = steps / taken, frames / taken, steps / worker, 1000 * rest / frames
            page.close()
        browser.close()
    return rates


def print_lab() -> None:
    """Print the table of docs/lab.md."""
    print(
        "| the lab | steps a second | frames a second | steps a second of the worker's processor "
        "| processor per frame |\n|---|---|---|---|---|"
    )
    for name, (steps, frames, per_processor, cost) in lab_rates().items():
        print(f"| {name} | {steps:,.0f} | {frames:.0f} | {per_processor:,.0f} | {cost:.1f} ms |")


def main() -> None:
    """Print the tables of docs/lab.md and docs/view.md; with `lab` or `view`, one of them."""
    if sys.argv[1:] != ["view"]:
        print_lab()
    if sys.argv[1:] == ["lab"]:
        return
    with tempfile.TemporaryDirectory() as folder:
        pages, lines = {}, {}
        for number, (name, (overrides, options)) in enumerate(RUNS.items()):
            run, page = Path(folder) / str(number), Path(folder) / f"{number}.html"
            relusgd.record(relusgd.load_config(NOTEBOOK, overrides), run)
            built = beyond_start_up(str(run), str(page), options, 7 if not options else 3)
            pages[name], lines[name] = page, f"{built:.2f} s | {page.stat().st_size / 1000:,.0f} kB"
        print(
            "| page | built in, beyond start-up | size | frames a second | script per frame "
            "|\n|---|---|---|---|---|"
        )
        for name, (rate, cost) in frames_per_second(pages).items():
            print(f"| {name} | {lines[name]} | {rate:.0f} | {cost:.1f} ms |")


if __name__ == "__main__":
    main()
