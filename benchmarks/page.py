"""The page of `relusgd view`: how long it takes to build, how large it is, and how many frames a
second it plays at.

    python benchmarks/page.py

Every frame shows another snapshot. Chromium, without a graphics processor, in a window of 1000×800;
a screen asks for 60. Start-up is that of `relusgd show`, which reads the same run and draws
nothing.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import relusgd

NOTEBOOK = Path(__file__).parents[1] / "configs" / "notebook.yaml"
RUNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "40 units, 151 snapshots": ({"snapshots.every": 200}, []),
    "40 units, 300 of 30,001 snapshots": ({}, []),
    "40 units, all of 30,001 snapshots": ({}, ["--frames", "all"]),
    "1,000 units, 300 snapshots": (
        {"network.hidden": 1000, "training.epochs": 3000, "training.learning_rate": 0.001},
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


def main() -> None:
    """Print the table of docs/view.md."""
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
