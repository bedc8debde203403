"""Makes trajectories.npz: SGD as PyTorch computes it, in float64 on one core.

    pip install torch numpy
    python tests/reference/make_trajectories.py

Each case starts from torch.nn.Linear's weights and takes the same 2,000 batches (or the full
batch); the parameters after 200 and 2,000 steps are kept, layer by layer, weight (fan_in, fan_out)
before bias.
"""

from pathlib import Path

import numpy as np
import torch

STEPS, POINTS, BATCH = 2000, 200, 40
KEPT = (200, 2000)

CASES = {
    "full": {"full": True, "lr": 0.02},
    "minibatch": {"lr": 0.02},
    "momentum": {"lr": 0.005, "momentum": 0.9},
    "nesterov": {"lr": 0.005, "momentum": 0.9, "nesterov": True},
    "decay": {"lr": 0.02, "weight_decay": 0.01},
    "everything": {"lr": 0.005, "momentum": 0.8, "nesterov": True, "weight_decay": 0.003},
    "full_momentum": {"full": True, "lr": 0.005, "momentum": 0.9},
    "output_layer": {"lr": 0.1, "layers": "output"},
    "hidden_layers": {"lr": 0.02, "layers": "hidden"},
}
NETWORKS = {"width_20": (20,), "depth_2": (12, 8)}


def build(hidden):
    sizes, layers = [1, *hidden, 1], []
    for k in range(len(sizes) - 1):
        layers += [torch.nn.Linear(sizes[k], sizes[k + 1], dtype=torch.float64), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def flat(model):
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    parts = [
        part
        for layer in linear
        for part in (layer.weight.detach().T.reshape(-1), layer.bias.detach())
    ]
    return torch.cat(parts).numpy().copy()


def learning(model, layers):
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    chosen = {"all": linear, "output": linear[-1:], "hidden": linear[:-1]}[layers]
    return [parameter for layer in chosen for parameter in (layer.weight, layer.bias)]


def run(hidden, batches, x, y, full=False, layers="all", **options):
    torch.manual_seed(7)
    model = build(hidden)
    start, kept = flat(model), []
    optimizer = torch.optim.SGD(learning(model, layers), foreach=False, **options)
    for step, batch in enumerate(batches, start=1):
        chosen = slice(None) if full else torch.from_numpy(batch.astype(np.int64))
        optimizer.zero_grad()
        loss = ((model(x[chosen, None])[:, 0] - y[chosen]) ** 2).mean()
        loss.backward()
        optimizer.step()
        if step in KEPT:
            kept.append(flat(model))
    return start, np.array(kept)


def main():
    torch.set_num_threads(1)
    generator = np.random.RandomState(3)
    x = np.sort(generator.rand(POINTS))
    y = np.sin(9 * x) + 0.1 * generator.randn(POINTS)
    batches = generator.randint(0, POINTS, size=(STEPS, BATCH)).astype(np.uint8)
    arrays = {"x": x, "y": y, "batches": batches, "steps": np.array(KEPT)}
    for network, hidden in NETWORKS.items():
        for case, options in CASES.items():
            start, kept = run(hidden, batches, torch.from_numpy(x), torch.from_numpy(y), **options)
            arrays[f"{network}.start"], arrays[f"{network}.{case}"] = start, kept
    np.savez_compressed(Path(__file__).with_name("trajectories.npz"), **arrays)


if __name__ == "__main__":
    main()
