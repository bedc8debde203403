"""Makes docs/gallery.md and its pictures from the recipes and their runs.

relusgd verify --out outputs/verify
python docs/gallery.py outputs/verify
"""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from relusgd.config.shipped import shipped_recipes
from relusgd.recipes.recipe import load_recipe

DOCS = Path(__file__).parent
SIZE = "840x588"

PLOTS = {
    "alignment": ("plot --layout panels", ["seed=0"]),
    "balance": ("plot --layout panels", ["training.learning_rate=0.01,seed=0"]),
    "batches": (
        "plot --layout panels",
        ["training.batch_size=2,seed=0", "training.batch_size=100,seed=0"],
    ),
    "beam": ("features", ["seed=0"]),
    "catapult": ("plot --layout panels", ["case=catapult,seed=0"]),
    "condensation": ("plot --story", ["seed=0"]),
    "early-stopping": ("plot --story", ["seed=0"]),
    "edge": ("diagnose", ["seed=0"]),
    "flat-minima": ("plot --layout panels", ["seed=0"]),
    "frequencies": ("diagnose", ["seed=0"]),
    "fresh-label-noise": ("plot --layout panels", ["seed=0"]),
    "input-noise": ("plot --layout panels", ["seed=0"]),
    "label-noise": ("plot --layout panels", ["seed=0"]),
    "lazy": ("plot --layout panels", ["network.hidden=100,seed=0", "network.hidden=6400,seed=0"]),
    "line": ("plot --layout panels", ["seed=0"]),
    "linearized": (
        "plot --layout panels --with linearized",
        ["network.hidden=400,seed=0", "network.hidden=25600,seed=0"],
    ),
    "momentum": ("diagnose", ["case=heavy-ball*,seed=0"]),
    "regimes": ("plot --layout panels", ["case=kernel,seed=0", "case=rich,seed=0"]),
    "spline": ("plot --layout panels", ["seed=0"]),
    "tempered": ("plot --layout panels", ["data.samples=10,seed=0", "data.samples=20,seed=0"]),
    "weight-decay": ("plot --story", ["seed=0"]),
}
"""Recipe → the command that draws it, and its runs; those without folders have no picture."""

LARGER = {"diagnose": "1120x800"}


def main() -> None:
    runs = Path(sys.argv[1])
    pictures = DOCS / "gallery"
    pictures.mkdir(exist_ok=True)
    parts = [HEAD]
    for name, path in shipped_recipes().items():
        expectation = load_recipe(path).expectation
        parts.append(f"## {name}\n\n{expectation.statement} ({expectation.source}).\n")
        if expectation.look:
            parts.append(f"{expectation.look}\n")
        lines = [f"relusgd verify {name}"]
        if name in PLOTS:
            command, folders = PLOTS[name]
            found = [next((runs / name).glob(folder)) for folder in folders]
            draw(command, found, pictures / f"{name}.png")
            shown = " ".join(f"outputs/verify/{name}/{folder.name}" for folder in found)
            verb, *options = command.split()
            lines.append(" ".join(["relusgd", verb, shown, *options, "--out", f"{name}.png"]))
        parts.append("```sh\n" + "\n".join(lines) + "\n```\n")
        if name in PLOTS:
            parts.append(f"![{expectation.statement}](gallery/{name}.png)\n")
    (DOCS / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


def draw(command: str, runs: list[Path], out: Path) -> None:
    verb, *options = command.split()
    size = LARGER.get(verb, SIZE)
    line = ["relusgd", verb, *map(str, runs), *options, "--size", size, "--out", str(out)]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    with Image.open(out) as picture:
        small = picture.convert("RGB").quantize(64)
    small.save(out, optimize=True)


HEAD = """# Gallery of published results

Each of these is a *recipe*: `relusgd verify NAME` trains it over several seeds and holds the claim
against what comes out ([recipes.md](recipes.md)). The pictures are of the first seed.
`python docs/gallery.py outputs/verify` makes this page.
"""

if __name__ == "__main__":
    main()
