"""How a run was trained, in words."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.config import Config
from relusgd.config.of_width import words_at_width
from relusgd.config.training_section import Schedule, Training
from relusgd.runs.titles import WORDS, value_words
from relusgd.training.optimizers import OPTIMIZERS, keys_of
from relusgd.words import counted, exact_number


def training_words(config: Config) -> str:
    """Method, layers, rate, batches and what there is besides, in a line."""
    training = config.training
    if training.method == "ridge":
        return f"ridge, penalty {exact_number(training.penalty)}"
    schedule = _schedule(training.schedule, training.warmup)
    rate = f"learning rate {words_at_width(training.learning_rate, config.width)}{schedule}"
    batches = "full batch"
    if training.batch_size != "full":
        shuffled = "shuffled " if training.sampling == "shuffle" else ""
        batches = f"{shuffled}batches of {training.batch_size:,}"
    title = OPTIMIZERS[training.method].title
    method = f"{title} on {WORDS[training.layers]}"
    return ", ".join([method, rate, batches, *_extras(training)])


def _extras(training: Training) -> Iterator[str]:
    """What a training has beside method, rate and batches, as far as it is not the default."""
    if training.momentum:
        nesterov = "Nesterov " if training.nesterov else ""
        yield f"{nesterov}momentum {exact_number(training.momentum)}"
    if training.weight_decay:
        spared = "" if training.decay_biases else " on weights alone"
        yield f"weight decay {exact_number(training.weight_decay)}{spared}"
    if training.label_noise:
        yield f"label noise {exact_number(training.label_noise)}"
    if training.input_noise:
        yield f"input noise {exact_number(training.input_noise)}"
    used = keys_of(OPTIMIZERS[training.method])
    for key in ("betas", "alpha", "epsilon"):
        value = getattr(training, key)
        if key in used and value != Training.model_fields[key].default:
            yield f"{key} {value_words(value)}"


def _schedule(schedule: Schedule, warmup: int) -> str:
    """How the rate changes; nothing where it stays."""
    risen = f" after {counted(warmup, 'epoch')} of warmup" if warmup else ""
    if schedule == "constant":
        return risen
    if schedule.kind == "step":
        every = counted(schedule.every, "epoch")
        return f"{risen} × {exact_number(schedule.factor)} every {every}"
    return f"{risen} down to {exact_number(schedule.minimum)} by a cosine"
