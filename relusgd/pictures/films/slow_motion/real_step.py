"""One step of a training as slow motion shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep
from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.network import Array
from relusgd.pictures.kit.look import Look
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.view import View

MOST_NUMBERS = 2 * 10**7
"""About so many parameters are kept between the states before and after a step: 160 MB."""


@dataclass(frozen=True, eq=False)
class RealStep:
    """A step with what a film says of it.

    step: in network units. number: how many steps training has taken before it. is_full: whether
    the batch is all points; is_noisy: whether its points have fresh noise. elbows_learn: whether
    the step changes the first layer.
    """

    step: ElbowStep
    number: int
    is_full: bool
    is_noisy: bool
    elbows_learn: bool


def check_slow_motion(scene: Scene, look: Look) -> None:
    """Raise InputError if no step can be shown slowly in the film of a scene."""
    if isinstance(scene, RunGroup):
        raise InputError("slow motion shows a step of one run", "give one run")
    if look.layout != "storeys":
        raise InputError("slow motion is part of a film in two storeys, not in panels")


def view_of_step(view: View, step: ElbowStep, states: int, row: int) -> View:
    """The network on its straight way from before a step to after it, in so many states.

    Of large networks there are fewer states, by MOST_NUMBERS. The first and the last are those of
    the step, to the last bit. row: the snapshot beside which references are shown, as they are
    there.
    """
    before, after = step.before.parameters(), step.after.parameters()
    affordable = max(2, MOST_NUMBERS // len(before))
    share = np.linspace(0.0, 1.0, min(states, affordable))[:, None]
    vectors = (1 - share) * before + share * after
    numbers = np.arange(len(vectors))
    history = History.from_parameters(numbers, numbers, vectors, step.before.hidden, {})
    return View(history, view.dataset, _references_at(view.references, row))


def _references_at(references: Sequence[ReferenceCurve], row: int) -> list[ReferenceCurve]:
    """The references as they are beside the snapshot of a row, at any moment."""
    return [replace(reference, at=partial(_at_row, reference, row)) for reference in references]


def _at_row(reference: ReferenceCurve, row: int, _: int) -> Array:
    return reference.at(row)
