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
    """From the only point of the batch to its loss, and back by the chain rule."""
    return [*_to_loss(unit), *_back_from_loss(unit)]


def _to_loss(unit: UnitStep) -> list[Formula]:
    """The unit's value at the only point, the network's, and the loss."""
    x = float(unit.x[0])
    z = float(unit.z[0])
    f = float(unit.f[0])
    loss = (f - float(unit.y[0])) ** 2
    to_z = f"{text_of(unit.slope.before)} · {factor(x)} {plus(unit.bias.before)}"
    state = f"{text_of(z)} > 0: on" if z > 0 else f"{text_of(z)} ≤ 0: off"
    return [
        Formula("z", "w x + b", to_z, state),
        Formula("a", "relu(z)", "", text_of(float(unit.a[0]))),
        Formula("f", "f(x)", "", text_of(f)),
        Formula("ℓ", "(f − y)²", f"({_residual(unit)})²", text_of(loss)),
    ]


def _back_from_loss(unit: UnitStep) -> list[Formula]:
    """The derivatives of the loss at the only point: by f, v, a, b and w."""
    by_f = float(unit.by_f[0])
    f_by_a = float(unit.f_by_a[0])
    by_a = by_f * f_by_a
    by_b = unit.bias.derivative
    by_w = unit.slope.derivative
    lines = [Formula("∂ℓ/∂f", "2 (f − y)", f"2 · ({_residual(unit)})", text_of(by_f))]
    f_by_a_symbol = "∂f/∂a"
    if unit.output_weight is not None:
        f_by_a_symbol = "v"
        to_v = f"{text_of(by_f)} · {text_of(float(unit.a[0]))}"
        by_v = text_of(unit.output_weight.derivative)
        lines.append(Formula("∂ℓ/∂v", "∂ℓ/∂f · a", to_v, by_v))
    indicator = "1" if unit.z[0] > 0 else "0"
    to_a = f"{text_of(by_f)} · {factor(f_by_a)}"
    to_b = f"{text_of(by_a)} · {indicator}"
    to_w = f"{text_of(by_b)} · {factor(float(unit.x[0]))}"
    return [
        *lines,
        Formula("∂ℓ/∂a", f"∂ℓ/∂f · {f_by_a_symbol}", to_a, text_of(by_a)),
        Formula("∂ℓ/∂b", "∂ℓ/∂a · [z > 0]", to_b, text_of(by_b)),
        Formula("∂ℓ/∂w", "∂ℓ/∂b · x", to_w, text_of(by_w)),
    ]


def _residual(unit: UnitStep) -> str:
    """f − y at the only point, in numbers."""
    return f"{text_of(float(unit.f[0]))} {minus(float(unit.y[0]))}"


def _over_batch(unit: UnitStep) -> list[Formula]:
    """The derivatives as sums over the points of the batch, whose lines stand in their table."""
    points = len(unit.x)
    loss = float(np.mean(np.square(unit.f - unit.y)))
    v = unit.output_weight
    sums = _sums_below_layers(unit) if v is None else _sums_with_output_weight(unit, v)
    return [
        Formula("ℓ", f"1/{points} Σ (f − y)²", "", text_of(loss)),
        Formula("∂ℓ/∂f", f"2/{points} (f − y)", "", "at every point"),
        *sums,
    ]


def _sums_with_output_weight(unit: UnitStep, output_weight: ParameterStep) -> list[Formula]:
    """The sums of a unit of the only hidden layer, whose ∂f/∂a is v at every point."""
    v = text_of(output_weight.before)
    by_v = text_of(output_weight.derivative)
    by_b = text_of(unit.bias.derivative)
    by_w = text_of(unit.slope.derivative)
    by_f = np.where(unit.is_active, unit.by_f, 0.0)
    to_b = f"{v} · {factor(float(by_f.sum()))}"
    to_w = f"{v} · {factor(float(by_f @ unit.x))}"
    return [
        Formula("∂ℓ/∂v", "Σ ∂ℓ/∂f a", "", by_v),
        Formula("∂ℓ/∂b", "v Σ ∂ℓ/∂f [z > 0]", to_b, by_b),
        Formula("∂ℓ/∂w", "v Σ ∂ℓ/∂f [z > 0] x", to_w, by_w),
    ]


def _sums_below_layers(unit: UnitStep) -> list[Formula]:
    """The sums of a unit below further layers, whose ∂f/∂a is another one at every point."""
    by_b = text_of(unit.bias.derivative)
    by_w = text_of(unit.slope.derivative)
    return [
        Formula("∂ℓ/∂a", "∂ℓ/∂f · ∂f/∂a", "", "at every point"),
        Formula("∂ℓ/∂b", "Σ ∂ℓ/∂a [z > 0]", "", by_b),
        Formula("∂ℓ/∂w", "Σ ∂ℓ/∂a [z > 0] x", "", by_w),
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
        memory_line, gradient = _with_momentum(letter, gradient, unit, rule)
        lines.append(memory_line)
    symbols = f"{letter} − η {gradient.symbol}"
    numbers = f"{before} − {text_of(unit.rate)} · {gradient.numbers}"
    lines.append(Formula(name, symbols, numbers, after))
    return lines


@dataclass(frozen=True)
class _Factor:
    """What the learning rate is multiplied by.

    symbol, numbers: in brackets where they are sums. inner: the symbol without brackets.
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
    before = _quotient(-b.before, w.before)
    after = _quotient(-b.after, w.after)
    lines = [
        Formula("e", "−b/w", before, text_of(unit.elbow)),
        Formula("e′", "−b′/w′", after, text_of(unit.elbow_after)),
    ]
    # A unit whose slope is 0 has no elbow then, and nothing to move.
    if not np.isnan(unit.move):
        lines.append(_move(unit, rule))
    return lines


def _move(unit: UnitStep, rule: UpdateRule) -> Formula:
    """The elbow's move: by the exact formula of plain SGD, or else as a difference."""
    e = unit.elbow
    move = text_of(unit.move)
    if not (rule.is_plain and rule.hidden_learns):
        numbers = f"{text_of(unit.elbow_after)} {minus(e)}"
        return Formula("move", "e′ − e", numbers, move)
    eta = text_of(unit.rate)
    by_b = unit.bias.derivative
    by_w = unit.slope.derivative
    w_after = factor(unit.slope.after)
    if len(unit.x) == 1:
        x = float(unit.x[0])
        numbers = f"{eta} · {factor(by_b)} · (1 {plus(e)} · {factor(x)})/{w_after}"
        return Formula("e′ − e", "η ∂ℓ/∂b (1 + e x)/w′", numbers, move)
    numbers = f"{eta} · ({text_of(by_b)} + {factor(e)} · {factor(by_w)})/{w_after}"
    return Formula("e′ − e", "η (∂ℓ/∂b + e ∂ℓ/∂w)/w′", numbers, move)


def _quotient(dividend: float, divisor: float) -> str:
    return f"{text_of(dividend)}/{factor(divisor)}"
