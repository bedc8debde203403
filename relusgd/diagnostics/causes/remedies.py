"""Changes that several causes have in common."""

from __future__ import annotations

from relusgd.config import Config
from relusgd.config.network_section import NetworkSection
from relusgd.diagnostics.causes.cause import Changes
from relusgd.diagnostics.symptoms import Symptoms

USUAL_WIDTH = 20
"""Narrower layers get so many units."""


def longer(config: Config, factor: int) -> Changes:
    """A training that is so many times as long."""
    training = config.training
    if training.steps is not None:
        return {"training.steps": factor * training.steps}
    if training.time is not None:
        return {"training.time": factor * training.time}
    return {"training.epochs": factor * (training.epochs or 1)}


def more_units(symptoms: Symptoms, least: int = USUAL_WIDTH) -> tuple[Changes, ...]:
    """Wider layers; keys that give a number for every unit have to go with them."""
    network = symptoms.config.network
    widths = [max(width, least) for width in network.hidden]
    if widths == list(network.hidden) or network.start is not None:
        return ()
    hidden = widths[0] if len(widths) == 1 else widths
    changes: dict[str, object] = {"network.hidden": hidden}
    if isinstance(network.elbows, tuple):
        changes["network.elbows"] = "uniform"
    for key in ("slopes", "output_weights"):
        if isinstance(getattr(network, key), tuple):
            changes[f"network.{key}"] = None
    return (changes,)


def drawn_elbows(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Leave the elbows and slopes of the first layer to the usual draw: first by giving up all keys
    that place them, then fewer of these. A network that begins with given parameters gives up
    those.
    """
    network = symptoms.config.network
    if network.start is not None:
        return ({"network.start": None},)
    return tuple(reversed(drawn_keys(network)))


def drawn_keys(network: NetworkSection) -> list[Changes]:
    """The keys that place units are left to the usual draw: the first one, the first two, …"""
    remedies: list[Changes] = []
    drawn: dict[str, object] = {}
    for key, value in (("elbow_range", None), ("elbows", "uniform"), ("slopes", None)):
        if getattr(network, key) != value:
            drawn[f"network.{key}"] = value
            remedies.append(dict(drawn))
    return remedies
