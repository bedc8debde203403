"""Names that other tools use for our keys and values; messages lead from them to ours."""

from __future__ import annotations

from collections.abc import Collection

KEYS: dict[str, tuple[str, ...]] = {
    "seed": ("random_seed", "random_state", "rng"),
    "engine": ("backend", "device"),
    "data.target": ("expression", "f", "func", "function"),
    "data.domain": ("interval", "range", "xlim"),
    "data.samples": (
        "n",
        "n_points",
        "n_samples",
        "n_train",
        "num_samples",
        "points",
        "size",
        "train_samples",
    ),
    "data.noise": ("noise_level", "noise_std", "sigma", "std"),
    "data.test_samples": ("n_test", "num_test", "test_points"),
    "data.test_fraction": ("hold_out", "holdout", "test_size", "validation_split"),
    "data.path": ("csv", "csv_path", "file", "filename"),
    "data.x": ("x_column", "x_name", "xcol"),
    "data.y": ("y_column", "y_name", "ycol"),
    "data.missing": ("dropna", "na", "na_action", "nan"),
    "data.decimal": ("dec", "decimal_sign"),
    "network.hidden": (
        *(
            "depth",
            "hidden_layers",
            "hidden_size",
            "hidden_sizes",
            "hidden_units",
            "layers",
            "n_hidden",
            "n_units",
            "neurons",
        ),
        *("num_hidden", "num_units", "units", "width", "widths"),
    ),
    "network.init": ("initialisation", "initialization", "initializer", "weight_init"),
    "network.output_bias": ("bias", "use_bias"),
    "network.elbows": ("breakpoints", "kinks", "knots"),
    "network.output_weights": ("amplitudes", "coefficients", "v"),
    "training.method": ("algorithm", "optimizer", "solver"),
    "training.betas": ("beta", "beta1", "beta2"),
    "training.epsilon": ("eps",),
    "training.epochs": ("max_epochs", "n_epochs", "num_epochs"),
    "training.steps": ("iterations", "max_iter", "max_steps", "n_steps", "num_steps", "updates"),
    "training.warmup": ("warmup_epochs",),
    "training.batch_size": ("batch", "batchsize", "bs", "mini_batch", "minibatch"),
    "training.sampling": ("replacement", "shuffle"),
    "training.learning_rate": ("eta", "lr", "rate", "step_size", "stepsize"),
    "training.weight_decay": ("decay", "l2", "wd"),
    "training.schedule": ("lr_schedule", "lr_scheduler", "scheduler"),
    "training.label_noise": ("target_noise", "y_noise"),
    "training.input_noise": ("jitter", "x_noise"),
    "training.penalty": ("lam", "lambda", "regularization", "ridge"),
    "snapshots.every": ("frequency", "interval", "log_every", "record_every", "save_every"),
}

VALUES: dict[str, tuple[str, ...]] = {
    "torch": ("default", "pytorch"),
    "he_normal": ("he", "kaiming", "kaiming_normal"),
    "glorot_uniform": ("glorot", "xavier", "xavier_uniform"),
    "normal": ("gaussian", "randn"),
    "uniform": ("random",),
    "even": ("equidistant", "equispaced", "grid", "linspace", "regular"),
    "signs": ("alternating", "plus_minus"),
    "sgd": ("gd", "gradient_descent"),
    "rmsprop": ("rms", "rms_prop"),
    "sign": ("sign_descent", "sign_sgd", "signsgd"),
    "ridge": ("least_squares", "lstsq", "ols"),
    "output": ("last", "readout"),
    "hidden": ("first",),
    "skip": ("drop", "dropna", "ignore", "na.omit", "omit"),
    "point": (".", "dot", "period"),
    "comma": (",",),
    "full": ("all",),
    "shuffle": ("epoch", "permutation", "without_replacement"),
    "replacement": ("with_replacement",),
    "compiled": ("fast", "jit", "numba"),
}


def key_meant(name: str, block: str) -> str | None:
    """The dotted key that other tools call so; one of this block ("" for the top) before others."""
    plain_name = _plain(name)
    meant = [key for key, names in KEYS.items() if plain_name in names]
    for key in meant:
        block_of_key, _, _ = key.rpartition(".")
        if block_of_key == block:
            return key
    return meant[0] if meant else None


def value_meant(word: str, choices: Collection[str]) -> str | None:
    """The choice that other tools call by this word."""
    plain_word = _plain(word)
    for value in choices:
        if plain_word in VALUES.get(value, ()):
            return value
    return None


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")
