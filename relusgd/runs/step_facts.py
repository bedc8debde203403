"""Every number of a step on the elbows, as JSON has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep, ParameterStep, UnitStep
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling

MOST_PAIRS = 1_000_000
"""Of more pairs of units and points, the points of each unit are left out."""

UNITS = (
    "points, elbows, moves, pulls and losses: those of the data; slopes, biases, output weights "
    "and derivatives: those of the network"
)


def step_facts(
    step: ElbowStep,
    rule: UpdateRule,
    dataset: Dataset,
    epoch: int,
    number: int,
) -> dict[str, Any]:
    """The step, its points and all its units."""
    scaling = dataset.scaling
    return {
        "epoch": epoch,
        "step": number,
        "learning_rate": step.rate,
        "method": rule.title,
        "plain": rule.is_plain,
        "momentum": rule.momentum,
        "nesterov": rule.nesterov,
        "weight_decay": rule.weight_decay,
        "slopes_learn": rule.hidden_learns,
        "output_weights_learn": rule.output_learns,
        "units_of_numbers": UNITS,
        "loss": float(scaling.mse_to_original(step.loss)),
        "loss_after": float(scaling.mse_to_original(step.loss_after)),
        "points": _points(step, scaling),
        "units": _units(step, scaling),
    }


def _points(step: ElbowStep, scaling: Scaling) -> list[dict[str, float]]:
    columns = {
        "x": scaling.x_to_original(step.x),
        "y": scaling.y_to_original(step.y),
        "f": scaling.y_to_original(step.f),
        "f_after": scaling.y_to_original(step.f_after),
        "by_f": step.by_f,
        "share": step.votes,
    }
    points = []
    for point in range(len(step.x)):
        points.append({name: float(column[point]) for name, column in columns.items()})
    return points


def _units(step: ElbowStep, scaling: Scaling) -> list[dict[str, Any]]:
    if len(step) * len(step.x) <= MOST_PAIRS:
        return [unit_facts(step.unit(number), scaling) for number in range(len(step))]
    elbow = step.before.elbow
    elbow_after = step.after.elbow
    units = []
    for number in range(len(step)):
        before = float(elbow[number])
        after = float(elbow_after[number])
        values = _values(step.parameters_of(number), before, after, scaling)
        active = int(step.active[number])
        units.append({"unit": number, "active": active, **values, "points": None})
    return units


def unit_facts(unit: UnitStep, scaling: Scaling) -> dict[str, Any]:
    """One unit, and every point at which it is active."""
    parameters = {"slope": unit.slope, "bias": unit.bias}
    if unit.output_weight is not None:
        parameters["output_weight"] = unit.output_weight
    columns = {
        "z": unit.z,
        "f_by_a": unit.f_by_a,
        "by_a": unit.by_a,
        "of_by_bias": unit.g,
        "of_by_slope": unit.g * unit.x,
        "pull": unit.pulls * scaling.x_deviation,
        "share": unit.shares,
    }
    points = []
    for point in np.flatnonzero(unit.is_active).tolist():
        numbers = {name: float(column[point]) for name, column in columns.items()}
        points.append({"point": point, **numbers})
    return {
        "unit": unit.number,
        "active": len(points),
        **_values(parameters, unit.elbow, unit.elbow_after, scaling),
        "points": points,
    }


def _values(
    parameters: Mapping[str, ParameterStep],
    elbow: float,
    elbow_after: float,
    scaling: Scaling,
) -> dict[str, float]:
    """Parameters before and after the step, their derivatives, and the elbow."""
    values = {}
    for name, parameter in parameters.items():
        values[name] = parameter.before
        values[f"{name}_after"] = parameter.after
        values[f"by_{name}"] = parameter.derivative
    values["elbow"] = float(scaling.x_to_original(np.array(elbow)))
    values["elbow_after"] = float(scaling.x_to_original(np.array(elbow_after)))
    values["move"] = (elbow_after - elbow) * scaling.x_deviation
    return values
