"""The formulas of one unit's step with the numbers put in: the lines that a student would write.

Numbers are in the units of the network, so that every line can be checked with a calculator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.elbow_step import ParameterStep, UnitStep
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.words import significant

DIGITS = 5

NAMES = {"w": "slope", "b": "bias", "v": "output_weight"}
"""What the letters of formulas are called everywhere else."""


@dataclass(frozen=True)
class Formula:
    """One line: name = symbols = numbers = value. Parts that say nothing are empty."""

    name: str
    symbols: str
    numbers: str
    value: str


def text_of(value: float) -> str:
    """A number as formulas have it."""
    return "none" if np.isnan(value) else significant(value, DIGITS)


def factor(value: float) -> str:
    """A number as a factor: in brackets where it is negative."""
    text = text_of(value)
    return f"({text})" if value < 0 else text


def plus(value: float) -> str:
    """A number as what is added: + 2, − 2."""
    return f"− {text_of(-value)}" if value < 0 else f"+ {text_of(value)}"


def minus(value: float) -> str:
    """A number as what is subtracted: − 2, + 2."""
    return f"+ {text_of(-value)}" if value < 0 else f"− {text_of(value)}"


def unit_formulas(unit: UnitStep, rule: UpdateRule) -> list[Formula]:
    """The lines of one unit: its value, the derivatives, the step, and its elbow."""
    is_sample = len(unit.x) == 1
    derivatives = _at_sample(unit) if is_sample else _over_batch(unit)
    return [*derivatives, *_updates(unit, rule), *_elbows(unit, rule)]


# The derivatives


def _at_sample(unit: UnitStep) -> list[Formula]:
    """The derivatives of the loss at the only point of the batch."""
    x = float(unit.x[0])
    y = float(unit.y[0])
    f = float(unit.f[0])
    z = float(unit.z[0])
    a = float(unit.a[0])
    by_f = float(unit.by_f[0])
    f_by_a = float(unit.f_by_a[0])
    by_a = by_f * f_by_a
    by_b = unit.bias.derivative
    by_w = unit.slope.derivative
    is_on = z > 0
    state = f"{text_of(z)} > 0: on" if is_on else f"{text_of(z)} ≤ 0: off"
    indicator = "1" if is_on else "0"
    to_z = f"{text_of(unit.slope.before)} · {factor(x)} {plus(unit.bias.before)}"
    residual = f"{text_of(f)} {minus(y)}"
    lines = [
        Formula("z", "w x + b", to_z, state),
        Formula("a", "relu(z)", "", text_of(a)),
        Formula("f", "f(x)", "", text_of(f)),
        Formula("ℓ", "(f − y)²", f"({residual})²", text_of((f - y) ** 2)),
        Formula("∂ℓ/∂f", "2 (f − y)", f"2 · ({residual})", text_of(by_f)),
    ]
    onwards = "∂f/∂a"
    if unit.output_weight is not None:
        onwards = "v"
        to_v = f"{text_of(by_f)} · {text_of(a)}"
        by_v = text_of(unit.output_weight.derivative)
        lines.append(Formula("∂ℓ/∂v", "∂ℓ/∂f · a", to_v, by_v))
    to_a = f"{text_of(by_f)} · {factor(f_by_a)}"
    to_b = f"{text_of(by_a)} · {indicator}"
    to_w = f"{text_of(by_b)} · {factor(x)}"
    return [
        *lines,
        Formula("∂ℓ/∂a", f"∂ℓ/∂f · {onwards}", to_a, text_of(by_a)),
        Formula("∂ℓ/∂b", "∂ℓ/∂a · [z > 0]", to_b, text_of(by_b)),
        Formula("∂ℓ/∂w", "∂ℓ/∂b · x", to_w, text_of(by_w)),
    ]


def _over_batch(unit: UnitStep) -> list[Formula]:
    """The derivatives as sums over the points of the batch, whose lines stand in their table."""
    points = len(unit.x)
    loss = float(np.mean(np.square(unit.f - unit.y)))
    lines = [
        Formula("ℓ", f"1/{points} Σ (f − y)²", "", text_of(loss)),
        Formula("∂ℓ/∂f", f"2/{points} (f − y)", "", "at every point"),
    ]
    by_b = text_of(unit.bias.derivative)
    by_w = text_of(unit.slope.derivative)
    if unit.output_weight is None:
        return [
            *lines,
            Formula("∂ℓ/∂a", "∂ℓ/∂f · ∂f/∂a", "", "at every point"),
            Formula("∂ℓ/∂b", "Σ ∂ℓ/∂a [z > 0]", "", by_b),
            Formula("∂ℓ/∂w", "Σ ∂ℓ/∂a [z > 0] x", "", by_w),
        ]
    v = text_of(unit.output_weight.before)
    by_f = np.where(unit.is_active, unit.by_f, 0.0)
    to_b = f"{v} · {factor(float(by_f.sum()))}"
    to_w = f"{v} · {factor(float(by_f @ unit.x))}"
    return [
        *lines,
        Formula("∂ℓ/∂v", "Σ ∂ℓ/∂f a", "", text_of(unit.output_weight.derivative)),
        Formula("∂ℓ/∂b", "v Σ ∂ℓ/∂f [z > 0]", to_b, by_b),
        Formula("∂ℓ/∂w", "v Σ ∂ℓ/∂f [z > 0] x", to_w, by_w),
    ]


# The step


def _updates(unit: UnitStep, rule: UpdateRule) -> list[Formula]:
    """The new slope, bias and output weight."""
    hidden = rule.hidden_learns
    lines = [
        *_update("w", unit.slope, unit, rule, rule.weight_decay, learns=hidden),
        *_update("b", unit.bias, unit, rule, rule.bias_decay, learns=hidden),
    ]
    if unit.output_weight is not None:
        learns = rule.output_learns
        lines += _update("v", unit.output_weight, unit, rule, rule.weight_decay, learns=learns)
    return lines


def _update(
    letter: str,
    parameter: ParameterStep,
    unit: UnitStep,
    rule: UpdateRule,
    decay: float,
    *,
    learns: bool,
) -> list[Formula]:
    """The lines of one parameter: momentum's memory, if there is momentum, and the new value."""
    before = text_of(parameter.before)
    after = text_of(parameter.after)
    name = f"{letter}′"
    if not learns:
        return [Formula(name, f"{letter}, which does not learn", "", after)]
    if not rule.is_sgd:
        numbers = f"{before} {plus(parameter.change)}"
        return [Formula(name, rule.formula or "", numbers, after)]
    gradient = _decayed(letter, parameter, decay)
    lines = []
    if rule.momentum:
        memory, gradient = _with_momentum(letter, gradient, unit, rule)
        lines.append(memory)
    symbols = f"{letter} − η {gradient.symbol}"
    numbers = f"{before} − {text_of(unit.rate)} · {gradient.numbers}"
    lines.append(Formula(name, symbols, numbers, after))
    return lines


@dataclass(frozen=True)
class _Factor:
    """What the learning rate is multiplied by. Symbol and numbers have brackets where it is a sum.

    inner: the symbol without brackets.
    """

    value: float
    symbol: str
    numbers: str
    inner: str


def _decayed(letter: str, parameter: ParameterStep, decay: float) -> _Factor:
    """The derivative, with what weight decay adds to it."""
    derivative = parameter.derivative
    symbol = f"∂ℓ/∂{letter}"
    if not decay:
        return _Factor(derivative, symbol, factor(derivative), symbol)
    added = decay * parameter.before
    inner = f"{symbol} + {text_of(decay)} {letter}"
    numbers = f"({text_of(derivative)} {plus(added)})"
    return _Factor(derivative + added, f"({inner})", numbers, inner)


def _with_momentum(
    letter: str,
    gradient: _Factor,
    unit: UnitStep,
    rule: UpdateRule,
) -> tuple[Formula, _Factor]:
    """The line of what momentum remembers then, and what takes the gradient's place in the step."""
    velocity = rule.velocity_of(NAMES[letter], unit.number)
    new = rule.momentum * velocity + gradient.value
    name = f"u{letter}"
    kept = f"{text_of(rule.momentum)} · {factor(velocity)} {plus(gradient.value)}"
    memory = Formula(name, f"μ {name} + {gradient.inner}", kept, text_of(new))
    if not rule.nesterov:
        return memory, _Factor(new, name, factor(new), name)
    ahead = rule.momentum * new
    symbol = f"{gradient.inner} + μ {name}"
    numbers = f"({text_of(gradient.value)} {plus(ahead)})"
    return memory, _Factor(gradient.value + ahead, f"({symbol})", numbers, symbol)


# The elbow


def _elbows(unit: UnitStep, rule: UpdateRule) -> list[Formula]:
    """The elbow before and after the step, and by how much it moves."""
    w = unit.slope
    b = unit.bias
    e = unit.elbow
    e_after = unit.elbow_after
    lines = [
        Formula("e", "−b/w", _quotient(-b.before, w.before), text_of(e)),
        Formula("e′", "−b′/w′", _quotient(-b.after, w.after), text_of(e_after)),
    ]
    if np.isnan(unit.move):
        return lines
    move = text_of(unit.move)
    if not (rule.is_plain and rule.hidden_learns):
        numbers = f"{text_of(e_after)} {minus(e)}"
        return [*lines, Formula("move", "e′ − e", numbers, move)]
    eta = text_of(unit.rate)
    if len(unit.x) == 1:
        x = float(unit.x[0])
        lever = f"(1 {plus(e)} · {factor(x)})"
        numbers = f"{eta} · {factor(b.derivative)} · {lever}/{factor(w.after)}"
        return [*lines, Formula("e′ − e", "η ∂ℓ/∂b (1 + e x)/w′", numbers, move)]
    sums = f"({text_of(b.derivative)} + {factor(e)} · {factor(w.derivative)})"
    numbers = f"{eta} · {sums}/{factor(w.after)}"
    return [*lines, Formula("e′ − e", "η (∂ℓ/∂b + e ∂ℓ/∂w)/w′", numbers, move)]


def _quotient(dividend: float, divisor: float) -> str:
    return f"{text_of(dividend)}/{factor(divisor)}"
