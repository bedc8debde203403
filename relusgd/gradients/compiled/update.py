"""From a gradient to the next parameters, by the formula of the rule's type.

The types of a kernel's arguments choose the formula when the kernel is compiled, so every method
has machine code of its own, and none slows another down.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import overload

from relusgd.gradients.compiled.formulas import adam, adamw, rmsprop, sgd, sign
from relusgd.gradients.compiled.formulas.adam import AdamRule
from relusgd.gradients.compiled.formulas.adamw import AdamWRule
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.formulas.rmsprop import RmsPropRule
from relusgd.gradients.compiled.formulas.sgd import SgdRule
from relusgd.gradients.compiled.formulas.sign import SignRule
from relusgd.gradients.compiled.machine_code import inlined
from relusgd.model.network import Array

RULES: dict[str, Any] = {
    "sgd": SgdRule,
    "adam": AdamRule,
    "adamw": AdamWRule,
    "rmsprop": RmsPropRule,
    "sign": SignRule,
}
"""By the names of `relusgd.training.optimizers`. Numba tells types of tuples apart by the names of
their classes, so no two rules may have the same."""

STEPS: dict[type, Any] = {
    SgdRule: sgd.step,
    AdamRule: adam.step,
    AdamWRule: adamw.step,
    RmsPropRule: rmsprop.step,
    SignRule: sign.step,
}


def make_rule(name: str, constants: tuple[float, ...]) -> NamedTuple:
    """The rule of a method with these constants."""
    rule: NamedTuple = RULES[name](*constants)
    return rule


def update(
    theta: Array,
    memory: Array,
    g: Array,
    rates: Array,
    s: int,
    B: int,
    learning: Learning,
    rule: Any,
) -> None:
    """One step in place, with the gradient 2/B g."""
    STEPS[type(rule)](theta, memory, g, rates, s, B, learning, rule)


@overload(update, inline="always", strict=False)
def _compiled_update(
    theta: Any,  # noqa: ARG001
    memory: Any,  # noqa: ARG001
    g: Any,  # noqa: ARG001
    rates: Any,  # noqa: ARG001
    s: Any,  # noqa: ARG001
    B: Any,  # noqa: ARG001
    learning: Any,  # noqa: ARG001
    rule: Any,
) -> Any:
    """The formula for a type of rule; the arguments are Numba's types."""
    return STEPS[rule.instance_class]


@inlined
def record(theta: Array, records: Array, row: int) -> None:
    """Copy the parameters to a row of the records."""
    for p in range(len(theta)):
        records[row, p] = theta[p]
