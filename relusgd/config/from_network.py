"""The config of a network that is there already: it begins with its parameters, and is its points.

The training points are points of the network's own function, so that there is something to see of
it, and nothing to learn, until somebody gives it other points.
"""

from __future__ import annotations

import numpy as np

from relusgd.config.dumping import mapping_to_yaml
from relusgd.config.editor_schema import MODELINE
from relusgd.model.network import Network, Range

POINTS = 101
"""At so many even x over the domain is the function written down."""


def config_of_network(network: Network, domain: Range, comment: str) -> str:
    """The text of a config. network: in the units of the data. comment: its first line."""
    x = np.linspace(*domain, POINTS)
    start = {}
    for k, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True), 1):
        # Without 0.0, a negative zero would be written as -0.
        start[f"weight_{k}"] = (weight + 0.0).tolist()
        start[f"bias_{k}"] = (bias + 0.0).tolist()
    values = {
        "data": {"kind": "points", "x": x.tolist(), "y": network(x).tolist()},
        "network": {"hidden": list(network.hidden), "start": start},
        "training": {"epochs": 0},
    }
    return f"# {comment}\n{MODELINE}{mapping_to_yaml(values)}"
