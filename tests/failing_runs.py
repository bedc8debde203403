"""Trainings that do not fit, each for one cause, and trainings that are fine.

Each is a short training: a config, and the name of the cause that has to be named first. The data,
widths, depths and methods differ, so that no cause is known by its looks.
"""

import numpy as np

EVEN = np.linspace(-1, 1, 41)
ZIGZAG = {"x": [-3, -2, -1, 1, 2, 3], "y": [1, -2, -1, 2, -1, 1]}
WITH_OUTLIER = [float(v) for v in np.sin(3 * EVEN)]
WITH_OUTLIER[30] = 60.0
REPEATED = np.repeat(np.linspace(0, 1, 10), 4)
SCATTER = np.tile([1.0, -1.0, 0.5, -0.5], 10)
NOISY = np.random.RandomState(5).randn(60)
LONG_AGO = list(range(1871, 1971, 2))
SMOOTH = np.linspace(-1.5, 1.5, 25)

FAILING = {
    "elbows left of the data": (
        {
            "data": {"target": "sin(4*x)", "domain": [-1, 1], "samples": 60, "noise": 0.05},
            "network": {"hidden": 20, "elbow_range": [-4, -1.5], "slopes": 1},
            "training": {"epochs": 300, "batch_size": "full", "learning_rate": 0.005},
        },
        "collapsed",
    ),
    "elbows right of the data, facing left": (
        {
            "data": {"target": "abs(x)", "domain": [-1, 1], "samples": 50, "noise": 0.0},
            "network": {"hidden": 10, "elbow_range": [1.2, 3], "slopes": -0.5},
            "training": {"epochs": 100, "batch_size": 10, "learning_rate": 0.005},
        },
        "collapsed",
    ),
    "zero biases on six points": (
        {
            "data": {"kind": "points", **ZIGZAG},
            "network": {"hidden": 40, "elbows": 0},
            "training": {"epochs": 1500, "batch_size": "full", "learning_rate": 0.01},
        },
        "collapsed",
    ),
    "all elbows in one place, output layer alone": (
        {
            "data": {"target": "sin(9*x)", "samples": 80, "noise": 0.05},
            "network": {"hidden": 30, "elbows": 0.5},
            "training": {"epochs": 500, "layers": "output", "learning_rate": 0.1},
        },
        "collapsed",
    ),
    "ridge on elbows outside": (
        {
            "data": {"target": "sawtooth", "samples": 100, "noise": 0.05},
            "network": {"hidden": 25, "elbow_range": [-3, -0.1], "slopes": 1},
            "training": {"method": "ridge"},
        },
        "collapsed",
    ),
    "dead from the start": (
        {
            "data": {"target": "square", "samples": 50},
            "network": {"hidden": 12, "elbow_range": [1.1, 4], "slopes": 1},
            "training": {"epochs": 200},
        },
        "dead_from_the_start",
    ),
    "nine of ten dead": (
        {
            "data": {"target": "sin20x", "samples": 100},
            "network": {
                "hidden": 10,
                "elbows": [0.4, 1.5, 1.5, 2, 2, 2, 3, 3, 3, 3],
                "slopes": 1,
            },
            "training": {"epochs": 400},
        },
        "dead_units",
    ),
    "most units are dead, adam": (
        {
            "data": {"target": "sin(10*x)", "samples": 100, "noise": 0.02},
            "network": {"hidden": 30, "elbow_range": [0.6, 6], "slopes": 1},
            "training": {"method": "adam", "epochs": 300, "learning_rate": 0.002},
        },
        "dead_units",
    ),
    "diverged": (
        {"data": {"samples": 60}, "training": {"learning_rate": 20, "epochs": 30}},
        "rate_too_high",
    ),
    "exploded at finite numbers": (
        {"training": {"learning_rate": 1, "batch_size": 1, "epochs": 3}},
        "rate_too_high",
    ),
    "a rate above the edge on the full batch": (
        {
            "data": {"target": "sin(8*x)", "samples": 60, "noise": 0.05},
            "network": {"hidden": 30},
            "training": {"learning_rate": 0.9, "batch_size": "full", "epochs": 600},
        },
        "rate_too_high",
    ),
    "adam with steps of a half": (
        {
            "data": {"target": "sin(8*x)", "samples": 60, "noise": 0.05},
            "training": {"method": "adam", "learning_rate": 0.5, "epochs": 200},
        },
        "rate_too_high",
    ),
    "sign with large steps": (
        {
            "data": {"target": "square", "samples": 60, "noise": 0.05},
            "network": {"hidden": 20},
            "training": {"method": "sign", "learning_rate": 0.1, "epochs": 200},
        },
        "rate_too_high",
    ),
    "a rate far too low": (
        {"data": {"samples": 100}, "training": {"learning_rate": 1e-5, "epochs": 300}},
        "rate_too_low",
    ),
    "adam at a millionth": (
        {
            "data": {"target": "sin(5*x)", "samples": 60},
            "training": {"method": "adam", "learning_rate": 1e-6, "epochs": 400},
        },
        "rate_too_low",
    ),
    "a low rate on a deep network": (
        {
            "data": {"target": "cos(6*x)", "samples": 60, "noise": 0.02},
            "network": {"hidden": [16, 16]},
            "training": {"learning_rate": 2e-4, "epochs": 300},
        },
        "rate_too_low",
    ),
    "ended after a few steps": (
        {
            "data": {"target": "sin(9*x)", "samples": 100, "noise": 0.02},
            "network": {"hidden": 40},
            "training": {"learning_rate": 0.1, "batch_size": "full", "epochs": 200},
        },
        "too_short",
    ),
    "slow directions of the output layer": (
        {
            "data": {"target": "sin(12*x)", "samples": 80, "noise": 0.0},
            "network": {"hidden": 60, "elbows": "even"},
            "training": {
                "layers": "output",
                "learning_rate": 0.1,
                "batch_size": "full",
                "epochs": 300,
            },
        },
        "too_short",
    ),
    "high frequency, ended early": (
        {
            "data": {"target": "sin20x", "samples": 150, "noise": 0.0},
            "network": {"hidden": 60},
            "training": {"learning_rate": 0.05, "epochs": 400},
        },
        "too_short",
    ),
    "adam, ended early": (
        {
            "data": {"target": "sin20x", "samples": 100, "noise": 0.02},
            "network": {"hidden": 40},
            "training": {"method": "adam", "learning_rate": 0.002, "epochs": 120},
        },
        "too_short",
    ),
    "three units for a fast sine": (
        {
            "data": {"target": "sin20x", "samples": 100, "noise": 0.05},
            "network": {"hidden": 3},
            "training": {"learning_rate": 0.05, "epochs": 800},
        },
        "too_few_bends",
    ),
    "two units for the notebook's target": (
        {"network": {"hidden": 2}, "training": {"epochs": 400}},
        "too_few_bends",
    ),
    "four units for a sawtooth, adam": (
        {
            "data": {"target": "sawtooth", "samples": 120, "noise": 0.0},
            "network": {"hidden": 3},
            "training": {"method": "adam", "learning_rate": 0.01, "epochs": 600},
        },
        "too_few_bends",
    ),
    "a narrow deep network": (
        {
            "data": {"target": "sin(30*x)", "samples": 150, "noise": 0.02},
            "network": {"hidden": [2, 2], "seed": 5},
            "training": {"learning_rate": 0.05, "epochs": 400},
        },
        "too_few_bends",
    ),
    "noise fitted by adam": (
        {
            "data": {"target": "sin(5*x)", "samples": 25, "noise": 0.4},
            "network": {"hidden": 80},
            "training": {
                "method": "adam",
                "learning_rate": 0.01,
                "epochs": 2500,
                "batch_size": "full",
            },
        },
        "noise_fitted",
    ),
    "noise fitted by ridge": (
        {
            "data": {"target": "abs(x-0.5)", "samples": 20, "noise": 0.3},
            "network": {"hidden": 80},
            "training": {"method": "ridge", "penalty": 1e-12},
        },
        "noise_fitted",
    ),
    "noise of given points fitted": (
        {
            "data": {
                "kind": "points",
                "x": EVEN[::2].tolist(),
                "y": (EVEN[::2] + 0.5 * NOISY[:21]).tolist(),
                "test_x": EVEN[1::2].tolist(),
                "test_y": (EVEN[1::2] + 0.5 * NOISY[21:41]).tolist(),
            },
            "network": {"hidden": 200},
            "training": {
                "method": "adam",
                "learning_rate": 0.02,
                "epochs": 3000,
                "batch_size": "full",
            },
        },
        "noise_fitted",
    ),
    "x to a hundred": (
        {"data": {"target": "x", "domain": [0, 100]}, "training": {"epochs": 50}},
        "scale_of_data",
    ),
    "y in thousands": (
        {
            "data": {"target": "3000*sin(3*x)", "samples": 60, "noise": 10},
            "training": {"epochs": 100},
        },
        "scale_of_data",
    ),
    "x around a year": (
        {
            "data": {
                "kind": "points",
                "x": LONG_AGO,
                "y": np.cos(np.arange(50) / 8).tolist(),
            },
            "training": {"epochs": 300, "learning_rate": 1e-8},
        },
        "scale_of_data",
    ),
    "x in thousandths": (
        {
            "data": {"target": "sin(3000*x)", "domain": [0, 0.002], "samples": 60, "noise": 0.05},
            "training": {"epochs": 600, "learning_rate": 0.05},
        },
        "scale_of_data",
    ),
    "huge initial network": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.05},
            "network": {"hidden": 40, "init": "normal", "hidden_scale": 10, "output_scale": 10},
            "training": {"epochs": 300, "learning_rate": 1e-5, "batch_size": "full"},
        },
        "initial_scale",
    ),
    "tiny initial network": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.05},
            "network": {"hidden": 40, "init": "normal", "hidden_scale": 1e-4, "output_scale": 1e-4},
            "training": {"epochs": 200, "learning_rate": 0.05, "batch_size": "full"},
        },
        "initial_scale",
    ),
    "tiny initial deep network": (
        {
            "data": {"target": "x**2", "domain": [-1, 1], "samples": 60, "noise": 0.02},
            "network": {"hidden": [10, 10], "hidden_scale": 0.02, "output_scale": 0.02},
            "training": {"epochs": 300, "learning_rate": 0.05},
        },
        "initial_scale",
    ),
    "an outlier": (
        {
            "data": {"kind": "points", "x": EVEN.tolist(), "y": WITH_OUTLIER},
            "network": {"hidden": 20},
            "training": {"epochs": 400, "learning_rate": 0.003, "batch_size": "full"},
        },
        "outlying_points",
    ),
    "equal x with different y": (
        {
            "data": {
                "kind": "points",
                "x": REPEATED.tolist(),
                "y": (np.sin(6 * REPEATED) + SCATTER).tolist(),
            },
            "network": {"hidden": 20},
            "training": {"epochs": 600, "learning_rate": 0.05, "batch_size": "full"},
        },
        "equal_x",
    ),
    "a batch of one at a high rate": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.3},
            "network": {"hidden": 40},
            "training": {"learning_rate": 0.1, "batch_size": 1, "epochs": 150},
        },
        "small_batch",
    ),
    "strong weight decay": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.05},
            "training": {"weight_decay": 0.05, "epochs": 1500, "learning_rate": 0.1},
        },
        "strong_decay",
    ),
    "weight decay under adam": (
        {
            "data": {"target": "square", "samples": 60, "noise": 0.05},
            "training": {
                "method": "adam",
                "weight_decay": 0.1,
                "epochs": 600,
                "learning_rate": 0.01,
            },
        },
        "strong_decay",
    ),
    "label noise": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.02},
            "training": {
                "label_noise": 2,
                "batch_size": 10,
                "epochs": 300,
                "learning_rate": 0.1,
            },
        },
        "strong_noise",
    ),
    "input noise": (
        {
            "data": {"target": "sin(12*x)", "samples": 60, "noise": 0.02},
            "training": {
                "input_noise": 0.2,
                "batch_size": "full",
                "epochs": 1500,
                "learning_rate": 0.1,
            },
        },
        "strong_noise",
    ),
    "momentum of nearly one": (
        {
            "data": {"samples": 100},
            "training": {"momentum": 0.999, "learning_rate": 0.05, "epochs": 100},
        },
        "momentum_near_one",
    ),
    "a step schedule that ends early": (
        {
            "data": {"target": "sin(9*x)", "samples": 80, "noise": 0.02},
            "training": {
                "learning_rate": 0.1,
                "epochs": 1000,
                "schedule": {"kind": "step", "every": 30, "factor": 0.1},
            },
        },
        "schedule_ended",
    ),
    "no output bias": (
        {
            "data": {"target": "3 + 0.2*sin(6*x)", "samples": 60, "noise": 0.02},
            "network": {"hidden": 10, "output_bias": False},
            "training": {"epochs": 40, "learning_rate": 0.005},
        },
        "frozen_output_bias",
    ),
    "five frozen elbows": (
        {
            "data": {"target": "sin(9*x)", "samples": 80, "noise": 0.02},
            "network": {"hidden": 5, "seed": 4},
            "training": {
                "layers": "output",
                "learning_rate": 0.3,
                "momentum": 0.9,
                "epochs": 1500,
            },
        },
        "frozen_layer",
    ),
    "a penalty of a hundred": (
        {
            "data": {"target": "sin(6*x)", "samples": 60, "noise": 0.02},
            "training": {"method": "ridge", "penalty": 100},
        },
        "strong_penalty",
    ),
    "test points beyond the training points": (
        {
            "data": {
                "target": "sin(6*x)",
                "samples": 60,
                "noise": 0.02,
                "train_domain": [0, 0.5],
            },
            "training": {"learning_rate": 0.1, "epochs": 1500},
        },
        "beyond_the_points",
    ),
    "all x equal": (
        {
            "data": {"kind": "points", "x": [1, 1, 1], "y": [1, 2, 3]},
            "training": {"epochs": 50},
        },
        "one_position",
    ),
    "zero output weights that do not learn": (
        {
            "data": {"samples": 50},
            "network": {"output_scale": 0},
            "training": {"layers": "hidden", "epochs": 50},
        },
        "zero_outputs",
    ),
    "a standstill": (
        {
            "network": {"hidden": 10},
            "training": {"learning_rate": 0.1, "epochs": 1200, "batch_size": 40},
        },
        "plateau",
    ),
    "a rate below float64": (
        {"data": {"samples": 50}, "training": {"learning_rate": 1e-300, "epochs": 3}},
        "no_gradient",
    ),
    "no steps": ({"data": {"samples": 50}, "training": {"epochs": 0}}, "no_steps"),
    "mostly noise": (
        {
            "data": {"target": "0.1*x", "samples": 100, "noise": 1.0},
            "network": {"hidden": 4},
            "training": {"epochs": 100, "learning_rate": 0.01},
        },
        "mostly_noise",
    ),
}
"""Name → config, and the cause that has to be named first."""

HELD_BACK = {
    "all elbows left of the data, noisy cubic": (
        {
            "data": {"target": "x**3 - x", "domain": [-1.5, 1.5], "samples": 80, "noise": 0.02},
            "network": {"hidden": 12, "elbow_range": [-6, -2], "slopes": 0.5},
            "training": {"epochs": 120, "learning_rate": 0.01, "batch_size": 20},
        },
        "collapsed",
    ),
    "most units off the data from the start": (
        {
            "data": {"target": "sin(5*x)", "domain": [0, 2], "samples": 100, "noise": 0.05},
            "network": {"hidden": 20, "elbow_range": [1.7, 9], "slopes": 1},
            "training": {"epochs": 400, "learning_rate": 0.02, "batch_size": 20},
        },
        "dead_units",
    ),
    "full batch far above the edge on a deep network": (
        {
            "data": {"target": "sin(6*x)", "noise": 0.05, "samples": 60},
            "network": {"hidden": [16, 16]},
            "training": {"epochs": 300, "learning_rate": 3.0, "batch_size": "full"},
        },
        "rate_too_high",
    ),
    "rate too low with momentum": (
        {
            "data": {"target": "square", "samples": 100, "noise": 0.05},
            "network": {"hidden": 30},
            "training": {"epochs": 300, "learning_rate": 2e-5, "momentum": 0.9},
        },
        "rate_too_low",
    ),
    "three units for four waves": (
        {
            "data": {"target": "cos(25*x)", "samples": 150, "noise": 0.02},
            "network": {"hidden": 3},
            "training": {"epochs": 600, "learning_rate": 0.05},
        },
        "too_few_bends",
    ),
    "sixty units, fifteen noisy points, adam": (
        {
            "data": {"target": "x", "samples": 15, "noise": 0.4},
            "network": {"hidden": 60},
            "training": {
                "method": "adam",
                "epochs": 4000,
                "learning_rate": 0.01,
                "batch_size": "full",
            },
        },
        "noise_fitted",
    ),
    "years and no scale": (
        {
            "data": {
                "kind": "points",
                "x": list(range(1980, 2020, 2)),
                "y": [float(v) for v in np.sin(np.arange(20) / 3)],
            },
            "training": {"epochs": 500, "learning_rate": 0.001},
        },
        "scale_of_data",
    ),
    "weight decay of AdamW": (
        {
            "data": {"target": "sin20x", "samples": 100, "noise": 0.05},
            "network": {"hidden": 40},
            "training": {
                "method": "adamw",
                "weight_decay": 20.0,
                "learning_rate": 0.01,
                "epochs": 600,
            },
        },
        "strong_decay",
    ),
    "a schedule that ends after a fraction of what is needed": (
        {
            "data": {"target": "sin(12*x)", "samples": 100, "noise": 0.02},
            "network": {"hidden": 40},
            "training": {
                "epochs": 2000,
                "learning_rate": 0.05,
                "schedule": {"kind": "step", "every": 40, "factor": 0.2},
            },
        },
        "schedule_ended",
    ),
    "label noise in batches of five": (
        {
            "data": {"kind": "points", "x": SMOOTH.tolist(), "y": np.sin(2 * SMOOTH).tolist()},
            "network": {"hidden": 30},
            "training": {
                "epochs": 600,
                "learning_rate": 0.05,
                "batch_size": 5,
                "label_noise": 2.0,
            },
        },
        "strong_noise",
    ),
}
"""Ten more, which were written before any threshold was set, and looked at when all were: eight of
the ten were right at first.
"""

FINE = {
    "a noisy sine": {
        "data": {"target": "sin(5*x)", "samples": 100, "noise": 0.2},
        "training": {"learning_rate": 0.1, "epochs": 600},
    },
    "the notebook's data": {
        "training": {
            "learning_rate": 0.2,
            "epochs": 2500,
            "schedule": {"kind": "cosine"},
        },
    },
    "the notebook's data with adam": {
        "network": {"hidden": 40},
        "training": {
            "method": "adam",
            "learning_rate": 0.01,
            "epochs": 1000,
            "schedule": {"kind": "cosine"},
        },
    },
    "ridge": {
        "data": {"target": "sin(6*x)", "samples": 100},
        "training": {"method": "ridge"},
    },
    "a deep network": {
        "data": {"target": "cos(5*x)", "samples": 80, "noise": 0.1},
        "network": {"hidden": [16, 16]},
        "training": {"method": "adam", "learning_rate": 0.003, "epochs": 500},
    },
    "without noise": {
        "data": {"target": "abs(x)", "domain": [-1, 1], "samples": 60, "noise": 0.0},
        "network": {"hidden": 20},
        "training": {"learning_rate": 0.1, "epochs": 600},
    },
    "measured points": {
        "data": {
            "kind": "points",
            "x": np.linspace(-1, 1, 60).tolist(),
            "y": (np.sin(3 * np.linspace(-1, 1, 60)) + 0.1 * NOISY).tolist(),
        },
        "network": {"hidden": 20},
        "training": {"learning_rate": 0.05, "epochs": 500, "batch_size": 20},
    },
    "standardized years": {
        "data": {
            "kind": "points",
            "x": LONG_AGO,
            "y": (1000 + 100 * np.sin(np.arange(50) / 10)).tolist(),
            "standardize": True,
        },
        "network": {"hidden": 20},
        "training": {"learning_rate": 0.05, "epochs": 1500, "batch_size": 10},
    },
    "points of equal x": {
        "data": {
            "kind": "points",
            "x": REPEATED.tolist(),
            "y": (np.sin(6 * REPEATED) + 0.1 * SCATTER).tolist(),
        },
        "network": {"hidden": 20},
        "training": {"learning_rate": 0.1, "epochs": 2000, "batch_size": "full"},
    },
    "a cosine schedule on the full batch": {
        "data": {"target": "sin(8*x)", "samples": 100, "noise": 0.1},
        "network": {"hidden": 30},
        "training": {
            "learning_rate": 0.2,
            "momentum": 0.9,
            "epochs": 1500,
            "batch_size": "full",
            "schedule": {"kind": "cosine"},
        },
    },
}
"""Name → config of a training that fits as well as the noise allows."""

UNLUCKY = {
    "two units for two sides": {
        "data": {"target": "abs(x)", "domain": [-1, 1], "samples": 40, "noise": 0.0},
        "network": {"hidden": 2, "seed": 2},
        "training": {"learning_rate": 0.2, "batch_size": "full", "epochs": 800},
    },
    "four units, of which three die": {
        "data": {"target": "abs(x-0.5)", "samples": 40, "noise": 0.02},
        "network": {"hidden": 4, "seed": 0},
        "training": {"learning_rate": 0.3, "batch_size": 10, "epochs": 600},
    },
}
"""Name → config of a training that fits from most other initial networks."""

NOT_FORESEEN = {
    "too_short",
    "noise_fitted",
    "schedule_ended",
    "frozen_layer",
    "strong_penalty",
    "beyond_the_points",
    "plateau",
    "no_gradient",
}
FORESEEN = [
    name
    for name, (_, cause) in FAILING.items()
    if cause not in NOT_FORESEEN and name != "two units for the notebook's target"
]
"""The failing runs whose cause lies in the start and the data."""
