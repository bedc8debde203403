"""How often a training that failed is told so, and how often its advice helps.

    python benchmarks/advice.py                  # 2,000 short trainings, many minutes on a core
    python benchmarks/advice.py --trainings 100 --first 500 --list

Draws short trainings at random over the domain, scale and offset of x and y, the noise, the
samples, the kind of data, the width, the depth, the learning rate and the batch size, the initial
network, momentum and weight decay. Each is trained as `relusgd train` does. One that ends worse
than the best constant has to be told so; where it gets advice, the advice is followed to the end,
and has to end better than the best constant.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np

from relusgd.config import load_config
from relusgd.diagnostics.outcomes import best_constant_mse
from relusgd.errors import ConfigError, DivergedError
from relusgd.training.descent import State
from relusgd.training.ending import Ending, ending_of
from relusgd.training.loop import Recorder, final_mse, training_blocks
from relusgd.training.plan import Plan, prepare
from relusgd.training.trials import advised

SHAPES = (
    "{u}",
    "sin({f}*{u})",
    "abs({u}-0.5)",
    "{u}**2",
    "where({u} > 0.3, 1, 0)",
    "exp(-{f}*{u})",
)


@dataclass(frozen=True)
class Judged:
    """What became of one training and of its advice.

    is_worse: whether it ended worse than the best constant. is_better: whether following the advice
    ended better; None without advice.
    """

    number: int
    outcome: str
    is_worse: bool
    advice: str
    is_tried: bool
    is_better: bool | None
    seconds: float


def random_config(number: int) -> dict[str, object]:
    """The config of one training; the same number gives the same config."""
    random = np.random.default_rng([2026, number])
    width_of_domain = 10 ** random.uniform(-2, 4)
    low = random.choice([0.0, -0.5, random.normal() * 3]) * width_of_domain
    high = low + width_of_domain
    y_scale, y_offset = 10 ** random.uniform(-3, 4), random.choice([0.0, 0.0, random.normal() * 5])
    u = f"((x - {low:.6g})/{width_of_domain:.6g})"
    shape = str(random.choice(SHAPES)).format(u=u, f=f"{random.uniform(1, 12):.3g}")
    target = f"{y_scale:.6g}*({y_offset:.6g} + {shape})"
    samples = int(random.choice([5, 20, 100, 300]))
    noise = float(random.choice([0.0, 0.05, 0.5])) * y_scale
    data: dict[str, object] = {
        "target": target,
        "domain": [low, high],
        "samples": samples,
        "noise": noise,
        "positions": str(random.choice(["random", "even"])),
        "test_samples": 50,
        "seed": number,
    }
    if random.random() < 0.3:
        x = np.sort(random.uniform(low, high, samples))
        scaled = (x - low) / width_of_domain
        y = y_scale * (y_offset + np.sin(6 * scaled)) + noise * random.normal(size=samples)
        data = {"kind": "points", "x": x.tolist(), "y": y.tolist()}
    if random.random() < 0.25:
        data["standardize"] = True
    depth = int(random.choice([1, 1, 1, 2, 3]))
    hidden = [int(random.choice([1, 3, 10, 40, 100])) for _ in range(depth)]
    network: dict[str, object] = {"hidden": hidden}
    if random.random() < 0.3:
        network["init"] = str(random.choice(["he_normal", "glorot_uniform", "normal"]))
    if random.random() < 0.1:
        network["output_bias"] = False
    training: dict[str, object] = {
        "epochs": int(random.choice([20, 100, 500])),
        "learning_rate": float(f"{10 ** random.uniform(-4, 0.7):.3g}"),
        "batch_size": [1, 10, 40, "full"][int(random.integers(4))],
    }
    if random.random() < 0.2:
        training["momentum"] = float(random.choice([0.5, 0.9, 0.99]))
    if random.random() < 0.15:
        training["weight_decay"] = float(random.choice([1e-4, 0.01, 0.3]))
    return {
        "seed": number,
        "data": data,
        "network": network,
        "training": training,
        "snapshots": {"per_decade": 3},
    }


def trained(plan: Plan) -> tuple[State, Ending, float]:
    """The last finite state of a training, its ending, and its last error."""
    state = plan.initial_state()
    try:
        for block in training_blocks(plan):
            state = block.state
    except DivergedError as error:
        return state, Ending.of_divergence(error), float("inf")
    error = final_mse(Recorder(plan), state)
    return state, ending_of(plan, state, error), error


def judge(number: int) -> Judged | None:
    """Train, ask for advice, and follow it. None for a config that is refused."""
    try:
        plan = prepare(load_config(random_config(number)))
    except ConfigError:
        return None
    started = time.perf_counter()
    state, ending, error = trained(plan)
    constant_mse = best_constant_mse(plan.dataset.y_train)
    is_worse = error > constant_mse > 0  # where all y are equal, nothing is better than a constant
    ending = advised(plan, ending, state, time.perf_counter() - started)
    is_better = None
    if ending.advice:
        followed = prepare(load_config(plan.config, ending.advice))
        _, _, after = trained(followed)
        is_better = after < best_constant_mse(followed.dataset.y_train)
    return Judged(
        number,
        ending.outcome,
        is_worse,
        ", ".join(ending.advice),
        bool(ending.tried),
        is_better,
        time.perf_counter() - started,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trainings", type=int, default=2000, help="how many are drawn")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--list", action="store_true", help="list those whose advice did not help")
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.trainings)
    with Pool(options.workers) as pool:
        found = [one for one in pool.imap_unordered(judge, numbers) if one is not None]
    report(found, refused=len(numbers) - len(found), with_list=options.list)


def report(found: list[Judged], *, refused: int, with_list: bool) -> None:
    """Print the figures."""
    outcomes = Counter(one.outcome for one in found)
    untold = [one.number for one in found if one.is_worse and one.outcome == "learned"]
    failed = [one for one in found if one.outcome != "learned"]
    with_advice = [one for one in failed if one.is_better is not None]
    helped = [one for one in with_advice if one.is_better]
    tried = [one for one in with_advice if one.is_tried]
    print(f"{len(found):,} trainings ({refused:,} configs were refused): {dict(outcomes)}")
    print(f"worse than the best constant and not told so: {len(untold)} {untold[:10]}")
    print(f"{len(with_advice):,} of {len(failed):,} that failed got advice, {len(tried):,} tried")
    share = len(helped) / max(len(with_advice), 1)
    print(f"following it ended better than the best constant: {len(helped):,} ({share:.1%})")
    if with_list:
        for one in failed:
            if not one.is_better:
                print(one)


if __name__ == "__main__":
    main()
