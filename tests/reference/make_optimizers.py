"""Makes optimizers.npz: every method but plain SGD as PyTorch computes it, in float64 on one core.

    pip install torch numpy
    python tests/reference/make_optimizers.py

The starts, points and batches are those of make_trajectories.py, and a network of three hidden
layers besides. An epoch has 5 steps. Sign descent, which torch.optim has not, takes its gradients
from PyTorch. The parameters after 200 and 2,000 steps are kept.

Where a method divides a weight decay by the size of the gradients, epsilon is large: a parameter
whose only gradient is its decay would else be thrown to and fro around 0, and the last bit would
decide where to.
"""

from pathlib import Path

import numpy as np
import torch
from make_trajectories import BATCH, KEPT, POINTS, STEPS, build, flat
from torch.optim import lr_scheduler

PER_EPOCH = POINTS // BATCH
EPOCHS = STEPS // PER_EPOCH

CASES = {
    "adam": {"method": "adam", "lr": 0.002},
    "adam_full": {"method": "adam", "lr": 0.0005, "full": True},
    "adam_decay": {
        "method": "adam",
        "lr": 0.001,
        "weight_decay": 0.01,
        "betas": (0.8, 0.99),
        "eps": 0.01,
    },
    "adam_output": {"method": "adam", "lr": 0.005, "layers": "output"},
    "adam_hidden": {"method": "adam", "lr": 0.002, "layers": "hidden", "eps": 1e-4},
    "adam_step": {"method": "adam", "lr": 0.004, "schedule": "step"},
    "adamw": {"method": "adamw", "lr": 0.002, "weight_decay": 0.05},
    "adamw_full": {"method": "adamw", "lr": 0.0002, "weight_decay": 0.01, "full": True},
    "adamw_weights": {"method": "adamw", "lr": 0.002, "weight_decay": 0.5, "biases": False},
    "adamw_cosine": {"method": "adamw", "lr": 0.004, "weight_decay": 0.1, "schedule": "cosine"},
    "adamw_output": {"method": "adamw", "lr": 0.005, "weight_decay": 0.1, "layers": "output"},
    "rmsprop": {"method": "rmsprop", "lr": 0.001},
    "rmsprop_full": {"method": "rmsprop", "lr": 0.001, "full": True, "alpha": 0.9},
    "rmsprop_momentum": {"method": "rmsprop", "lr": 0.0003, "momentum": 0.9, "eps": 1e-6},
    "rmsprop_decay": {
        "method": "rmsprop",
        "lr": 0.0005,
        "weight_decay": 0.01,
        "momentum": 0.5,
        "eps": 0.01,
    },
    "rmsprop_hidden": {"method": "rmsprop", "lr": 0.001, "layers": "hidden"},
    "sign": {"method": "sign", "lr": 0.001},
    "sign_full": {"method": "sign", "lr": 0.001, "full": True, "schedule": "step"},
    "sign_output": {"method": "sign", "lr": 0.001, "layers": "output"},
    "sgd_warmup": {"method": "sgd", "lr": 0.02, "momentum": 0.5, "schedule": "warmup"},
    "sgd_weights": {"method": "sgd", "lr": 0.02, "weight_decay": 0.05, "biases": False},
}
NETWORKS = {"width_20": (20,), "depth_2": (12, 8), "depth_3": (8, 6, 5)}


class SignDescent(torch.optim.Optimizer):
    """θ ← θ − η sign(g)."""

    def __init__(self, groups, lr):
        super().__init__(groups, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter -= group["lr"] * torch.sign(parameter.grad)


METHODS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "sign": SignDescent,
}


def make_schedule(optimizer, kind):
    if kind == "step":
        return lr_scheduler.StepLR(optimizer, step_size=100, gamma=0.5)
    if kind == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS, eta_min=0.001)
    if kind == "warmup":
        rising = lr_scheduler.LinearLR(optimizer, start_factor=1 / 20, total_iters=19)
        falling = lr_scheduler.StepLR(optimizer, step_size=100, gamma=0.5)
        return lr_scheduler.SequentialLR(optimizer, [rising, falling], milestones=[20])
    return lr_scheduler.ConstantLR(optimizer, factor=1.0)


def parameter_groups(model, layers, decay, biases):
    """What learns, with the weight decay of weights and of biases."""
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    chosen = {"all": linear, "output": linear[-1:], "hidden": linear[:-1]}[layers]
    weights = {"params": [layer.weight for layer in chosen]}
    offsets = {"params": [layer.bias for layer in chosen]}
    if decay is not None:
        weights["weight_decay"] = decay
        offsets["weight_decay"] = decay if biases else 0.0
    return [weights, offsets]


def run(hidden, batches, x, y, method, full=False, layers="all", schedule=None, **options):
    torch.manual_seed(7)
    model = build(hidden)
    start, kept = flat(model), []
    decay, biases = options.pop("weight_decay", None), options.pop("biases", True)
    if method != "sign":
        options["foreach"] = False
        decay = decay or 0.0
    groups = parameter_groups(model, layers, decay, biases)
    optimizer = METHODS[method](groups, **options)
    rate = make_schedule(optimizer, schedule)
    for step, batch in enumerate(batches, start=1):
        chosen = slice(None) if full else torch.from_numpy(batch.astype(np.int64))
        model.zero_grad()
        loss = ((model(x[chosen, None])[:, 0] - y[chosen]) ** 2).mean()
        loss.backward()
        optimizer.step()
        if step % PER_EPOCH == 0:
            rate.step()
        if step in KEPT:
            kept.append(flat(model))
    return start, np.array(kept)


def main():
    torch.set_num_threads(1)
    reference = np.load(Path(__file__).with_name("trajectories.npz"))
    x, y, batches = (reference[name] for name in ("x", "y", "batches"))
    arrays = {}
    for network, hidden in NETWORKS.items():
        for case, options in CASES.items():
            start, kept = run(hidden, batches, torch.from_numpy(x), torch.from_numpy(y), **options)
            arrays[f"{network}.start"], arrays[f"{network}.{case}"] = start, kept
    np.savez_compressed(Path(__file__).with_name("optimizers.npz"), **arrays)


if __name__ == "__main__":
    main()
