"""Formulas as a person writes them: 4x³ + 2x, −1/x², 1/(2√x), 2r W⁽²⁾ ∘ [z⁽¹⁾ > 0].

Numbers come first, then letters, brackets and functions, last vectors and matrices. Negative powers
are a denominator. In sums, high powers come first, and a minus never does if there is a plus.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from relusgd.graphs.atoms import Atom, Letter, NamedNumber
from relusgd.graphs.formula import HALF, Grouped, Power, Sum, Term, as_float, as_sum
from relusgd.graphs.function_formulas import Condition, FunctionCall
from relusgd.graphs.text import printed, sum_text
from relusgd.graphs.vector_formulas import RULES, OnesLike, SlopesOfPowers, VectorProduct
from relusgd.words import significant

LARGEST_DENOMINATOR = 12
"""The largest denominator of a coefficient that is written as a fraction."""

MOST_DIGITS, DIGITS_IF_ROUNDED = 12, 6
"""The most digits of a coefficient that is written exactly, and those of all others."""

RAISED = str.maketrans("0123456789+−()x", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˣ")

OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}

SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}

ENTRY_BY_ENTRY = " ∘ "


def formula_text(formula: Sum) -> str:
    """The formula in one line."""
    texts = [_term_text(term) for term in _in_order(formula)]
    if not texts:
        return "0"
    return sum_text(texts)


def _in_order(formula: Sum) -> list[Term]:
    """High powers of letters first, a number alone behind its equals, and a plus in front."""

    def rank(term: Term) -> tuple[Fraction, bool]:
        is_number = not term.powers
        return -_degree(term), is_number

    terms = sorted(formula.terms, key=rank)
    positive = [term for term in terms if term.coefficient > 0]
    begins_with_minus = bool(terms) and terms[0].coefficient < 0
    if begins_with_minus and positive:
        first_positive = positive[0]
        terms.remove(first_positive)
        terms.insert(0, first_positive)
    return terms


def _degree(term: Term) -> Fraction:
    """The sum of the exponents of letters."""
    degree = Fraction(0)
    for power in term.powers:
        if isinstance(power.base, Letter):
            degree += power.exponent.number or 0
    return degree


# Terms


def _term_text(term: Term) -> str:
    """A term as a product or a fraction, with its sign if it is negative."""
    numerator = [power for power in term.powers if not power.is_below]
    denominator = [power.inverse for power in term.powers if power.is_below]
    above, below = _coefficient_texts(
        abs(term.coefficient),
        has_denominator=bool(denominator),
        alone=not term.powers,
    )
    text = _product_text(above, numerator)
    factors_below = len(denominator) + bool(below)
    if factors_below:
        under = _product_text(below, denominator)
        if factors_below > 1:
            under = f"({under})"
        text = f"{text}/{under}"
    return f"−{text}" if term.coefficient < 0 else text


def _coefficient_texts(number: Fraction, *, has_denominator: bool, alone: bool) -> tuple[str, str]:
    """What stands before the numerator and before the denominator; empty for 1.

    alone: whether the coefficient is all that there is; then a half is 0.5.
    """
    decimal = _decimal(number)
    is_half_of_something = number in (HALF, HALF / 2) and not alone
    reads_as_fraction = decimal is None or has_denominator or is_half_of_something
    if reads_as_fraction and 1 < number.denominator <= LARGEST_DENOMINATOR:
        return _whole(number.numerator), str(number.denominator)
    if number == 1:
        return "", ""
    return decimal or _rounded(number), ""


def _decimal(number: Fraction) -> str | None:
    """0.3, 12, exactly; None if it has more digits."""
    text = significant(as_float(number), MOST_DIGITS)
    is_decimal = text.replace(".", "").isdigit()
    is_exact = is_decimal and Fraction(text) == number
    return text if is_exact else None


def _rounded(number: Fraction) -> str:
    """0.142857, 1.5·10⁻⁷, 10²⁰."""
    text = significant(as_float(number), DIGITS_IF_ROUNDED)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return mantissa
    power = "10" + exponent.translate(RAISED)
    return power if mantissa == "1" else f"{mantissa}·{power}"


def _whole(number: int) -> str:
    return "" if number == 1 else str(number)


def _product_text(coefficient: str, powers: Sequence[Power]) -> str:
    """A coefficient and powers; 1 if there are none."""
    numbers = [power for power in powers if not power.base.order]
    vectors = [power for power in powers if power.base.order]
    text = coefficient
    for power in sorted(numbers, key=_place):
        separator = _separator(text, power)
        text += separator + _power_text(power)
    alone = len(vectors) == 1
    vector_texts = [_vector_text(power, alone=alone) for power in vectors]
    joined = ENTRY_BY_ENTRY.join(vector_texts)
    # The vector of 2g stands at the number; a bracket or 2r does not.
    is_number_alone = text == coefficient and _ends_in_digit(text)
    begins_with_letter = joined[:1].isalpha()
    between = "" if is_number_alone and begins_with_letter else " "
    return f"{text}{between}{joined}".strip() or "1"


def _vector_text(power: Power, *, alone: bool) -> str:
    """A vector or a matrix; a product of such in brackets, unless nothing stands beside it."""
    text = _power_text(power)
    is_product = isinstance(power.base, VectorProduct)
    needs_brackets = is_product and not alone
    return f"({text})" if needs_brackets else text


def _place(power: Power) -> int:
    """Named numbers, powers of numbers, letters, roots, brackets, and last functions."""
    match power.base:
        case _ if power.exponent.number == HALF:
            return 3
        case NamedNumber():
            return 0
        case Grouped(inner=inner) if inner.number is not None:
            return 1
        case Letter():
            return 2
        case Grouped():
            return 4
        case _:
            return 5


def _separator(before: str, power: Power) -> str:
    """Nothing in 2x, 2(x + 1), x(x + 1), πx, x√2; a dot in 2·3ˣ; a space elsewhere."""
    base = power.base
    follows_digit = _ends_in_digit(before)
    is_root = power.exponent.number == HALF
    follows_bracket = before.endswith(")")
    follows_pi = before.endswith("π")
    base_is_number = isinstance(base, Grouped) and base.inner.number is not None
    if not before:
        return ""
    if is_root and not follows_bracket:
        return ""
    if base_is_number and follows_digit:
        return "·"
    if isinstance(base, Letter) and (follows_digit or follows_pi):
        return ""
    if isinstance(base, NamedNumber) and follows_digit:
        return ""
    return "" if isinstance(base, Grouped) else " "


def _ends_in_digit(text: str) -> bool:
    return text[-1:].isascii() and text[-1:].isdigit()


# Powers


def _power_text(power: Power) -> str:
    exponent = power.exponent.number
    if exponent == 1:
        return _atom_text(power.base, bracketed=True)
    if exponent == HALF:
        return f"√{_under_root(power.base)}"
    base = _atom_text(power.base, bracketed=True)
    if isinstance(power.base, Grouped) and _is_plain_number(power.base.inner):
        base = formula_text(power.base.inner)
    return base + _exponent_text(power.exponent)


def _exponent_text(exponent: Sum) -> str:
    text = formula_text(exponent)
    raised = text.replace(" ", "")
    if set(raised) <= {chr(code) for code in RAISED}:
        return raised.translate(RAISED)
    is_one_word = text.replace(".", "").isalnum()
    return f"^{text}" if is_one_word else f"^({text})"


def _under_root(base: Atom) -> str:
    if isinstance(base, Grouped) and _is_plain_number(base.inner):
        return formula_text(base.inner)
    return _atom_text(base, bracketed=True)


def _is_plain_number(formula: Sum) -> bool:
    """Whether it is written in digits alone."""
    return formula_text(formula).replace(".", "").isdigit()


# Atoms


def _atom_text(base: Atom, *, bracketed: bool) -> str:
    """An atom in letters. bracketed: whether a sum in it stands in brackets."""
    match base:
        case Letter(name=name):
            return printed(name)
        case NamedNumber(name=name):
            return name
        case Grouped(inner=inner):
            text = formula_text(inner)
            return f"({text})" if bracketed else text
        case Condition():
            return _condition_text(base)
        case FunctionCall(name="//", arguments=(a, b)):
            return f"floor({formula_text(a / b)})"
        case FunctionCall(name="%", arguments=(a, b)):
            return f"({_operand_text(a)} mod {_operand_text(b)})"
        case FunctionCall(name=name, arguments=arguments):
            texts = [_argument_text(argument) for argument in arguments]
            return f"{name}({', '.join(texts)})"
        case OnesLike():
            return "(1, …, 1)"
        case SlopesOfPowers(name=name):
            return f"(1, 2{printed(name)}, …)"
        case VectorProduct(rule=rule, left=left, right=right):
            pattern = RULES[rule].text
            return pattern.format(_factor_text(left), _factor_text(right))
        case _:
            raise AssertionError(f"{base} has no text")


def _condition_text(base: Condition) -> str:
    """[z > 0], [x > 1] for [x − 1 > 0], [1 > x] for [1 − x > 0]."""
    signs = base.signs
    if base.is_negated:
        signs = tuple(OPPOSITES[sign] for sign in signs)
    operands = base.operands
    if len(operands) == 2 and operands[1].number == 0:
        operands = _sides(operands[0])
    first, *others = operands
    text = formula_text(first)
    for sign, operand in zip(signs, others, strict=True):
        printed_sign = SIGNS.get(sign, sign)
        text += f" {printed_sign} {formula_text(operand)}"
    return f"[{text}]"


def _sides(difference: Sum) -> tuple[Sum, Sum]:
    """a and b of a − b with a number among them; a sum of letters alone stays on the left."""
    numbers = [term for term in difference.terms if not term.powers]
    number = Sum(tuple(numbers))
    rest = difference - number
    if not rest.terms:
        return difference, as_sum(0)
    is_all_negative = all(term.coefficient < 0 for term in rest.terms)
    if is_all_negative and number.terms:
        return number, -rest
    return rest, -number


def _argument_text(argument: Sum) -> str:
    """An argument of a function; a condition without its brackets."""
    text = formula_text(argument)
    is_condition = isinstance(argument.only_atom, Condition)
    return text[1:-1] if is_condition else text


def _operand_text(operand: Sum) -> str:
    text = formula_text(operand)
    is_one_word = len(operand.terms) == 1 and " " not in text
    return text if is_one_word else f"({text})"


def _factor_text(factor: Sum) -> str:
    """A factor of a product of vectors: in brackets unless it is one letter or [z > 0]."""
    text = formula_text(factor)
    base = factor.only_atom
    needs_brackets = base is None or isinstance(base, VectorProduct)
    return f"({text})" if needs_brackets else text
