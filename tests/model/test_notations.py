"""Expressions as NumPy, mathematics, LaTeX and C write them: the message says what to write here,
and that is the same function.
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.model.expression_parser import parse_expression
from relusgd.model.notations import in_our_notation
from relusgd.model.notations.calls import CALLS
from relusgd.model.targets import parse_target

X = np.linspace(0.05, 0.95, 37)


def advice(text):
    """What the message on this target ends with."""
    with pytest.raises(InputError) as caught:
        parse_target(text)
    assert "\n" not in caught.value.message
    return re.search(r"; write (.*)$", caught.value.message)[1]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ONE_MEANING = [
    ("np.sin(6*x)", "sin(6*x)", lambda x: np.sin(6 * x)),
    ("numpy.sin(6*x)", "sin(6*x)", lambda x: np.sin(6 * x)),
    ("math.sin(x)", "sin(x)", np.sin),
    ("torch.sin(x)", "sin(x)", np.sin),
    ("torch.nn.functional.relu(x)", "relu(x)", lambda x: np.maximum(x, 0)),
    ("np.exp(-(x-0.5)**2/0.02)", "exp(-(x - 0.5)**2/0.02)", lambda x: np.exp(-50 * (x - 0.5) ** 2)),
    ("np.where(x > 0.5, 1, 0)", "where(x > 0.5, 1, 0)", lambda x: np.where(x > 0.5, 1, 0)),
    ("np.maximum(x, 0.3)", "max(x, 0.3)", lambda x: np.maximum(x, 0.3)),
    ("np.clip(x, 0.2, 0.7)", "min(max(x, 0.2), 0.7)", lambda x: np.clip(x, 0.2, 0.7)),
    ("np.heaviside(x-.5, 1)", "where(x - 0.5 == 0, 1, step(x - 0.5))", lambda x: 1.0 * (x >= 0.5)),
    ("np.arctan(x)", "atan(x)", np.arctan),
    ("np.pi*x", "pi*x", lambda x: np.pi * x),
    ("math.e**x", "e**x", np.exp),
    ("x.sin()", "sin(x)", np.sin),
    ("torch.relu(x).pow(2)", "relu(x)**2", np.square),
    ("(x > 0.5).astype(float)", "x > 0.5", lambda x: 1.0 * (x > 0.5)),
    ("x if x > 0.5 else 0", "where(x > 0.5, x, 0)", lambda x: np.where(x > 0.5, x, 0)),
    (
        "1 if x > .6 else (2 if x < .2 else 3)",
        "where(x > 0.6, 1, where(x < 0.2, 2, 3))",
        lambda x: np.where(x > 0.6, 1, np.where(x < 0.2, 2, 3)),
    ),
    ("x > 0.5 ? x : 0", "where(x > 0.5, x, 0)", lambda x: np.where(x > 0.5, x, 0)),
    ("x > .2 and x < .6", "(x > 0.2)*(x < 0.6)", lambda x: (x > 0.2) & (x < 0.6)),
    ("(x > .2) & (x < .6)", "(x > 0.2)*(x < 0.6)", lambda x: (x > 0.2) & (x < 0.6)),
    ("x < .2 || x > .6", "max(x < 0.2, x > 0.6)", lambda x: (x < 0.2) | (x > 0.6)),
    ("not x > .2", "1 - (x > 0.2)", lambda x: ~(x > 0.2)),
    ("lambda x: x**2", "x**2", np.square),
    ("lambda t: t**2", "x**2", np.square),
    ("f(t) = t^2", "x**2", np.square),
    ("y = sin(x)", "sin(x)", np.sin),
    ("x -> x^2", "x**2", np.square),
    ("sin(t)", "sin(x)", np.sin),
    ("sin(2*π*x)", "sin(2*pi*x)", lambda x: np.sin(2 * np.pi * x)),
    ("x² + x⁻¹", "x**2 + x**(-1)", lambda x: x**2 + 1 / x),
    ("x³ − 2x² + 1", "x**3 - 2*x**2 + 1", lambda x: x**3 - 2 * x**2 + 1),
    ("2×x", "2*x", lambda x: 2 * x),
    ("x·x", "x*x", np.square),
    ("x÷2", "x/2", lambda x: x / 2),
    ("√(2x)", "sqrt(2*x)", lambda x: np.sqrt(2 * x)),
    ("½x", "1/2*x", lambda x: x / 2),
    ("⌊3x⌋", "floor(3*x)", lambda x: np.floor(3 * x)),
    ("x^2", "x**2", np.square),
    ("-x^2", "-x**2", lambda x: -np.square(x)),
    ("e^(-x²)", "e**(-x**2)", lambda x: np.exp(-(x**2))),
    ("|x - 0.5|", "abs(x - 0.5)", lambda x: np.abs(x - 0.5)),
    ("2|x - .5| + 1", "2*abs(x - 0.5) + 1", lambda x: 2 * np.abs(x - 0.5) + 1),
    ("||x - .5| - .2|", "abs(abs(x - 0.5) - 0.2)", lambda x: np.abs(np.abs(x - 0.5) - 0.2)),
    ("sin x", "sin(x)", np.sin),
    ("sin 2x + 1", "sin(2*x) + 1", lambda x: np.sin(2 * x) + 1),
    ("sin x cos x", "sin(x)*cos(x)", lambda x: np.sin(x) * np.cos(x)),
    ("sin6x", "sin(6*x)", lambda x: np.sin(6 * x)),
    ("sin²(x)", "sin(x)**2", lambda x: np.sin(x) ** 2),
    ("sin^2 x", "sin(x)**2", lambda x: np.sin(x) ** 2),
    ("2x", "2*x", lambda x: 2 * x),
    ("2(x+1)", "2*(x + 1)", lambda x: 2 * (x + 1)),
    ("x(1-x)", "x*(1 - x)", lambda x: x * (1 - x)),
    ("2pi x", "2*pi*x", lambda x: 2 * np.pi * x),
    ("5sin(3x)cos(x)", "5*sin(3*x)*cos(x)", lambda x: 5 * np.sin(3 * x) * np.cos(x)),
    ("ln(x)", "log(x)", np.log),
    ("log(x, 2)", "log(x)/log(2)", np.log2),
    ("sigmoid(x)", "1/(1 + exp(-x))", sigmoid),
    ("x[0]", "x", lambda x: x),
    ("x[:, 0]**2", "x**2", np.square),
    ("IF(x > .5, x, 0)", "where(x > 0.5, x, 0)", lambda x: np.where(x > 0.5, x, 0)),
    ("ReLU(x)", "relu(x)", lambda x: x),
    ("0,5x + 1,5", "0.5*x + 1.5", lambda x: 0.5 * x + 1.5),
    ("1_000*x", "1000*x", lambda x: 1000 * x),
    ("x mod 0.3", "x % 0.3", lambda x: np.mod(x, 0.3)),
    (r"$\sin(2 \pi x)$", "sin(2*pi*x)", lambda x: np.sin(2 * np.pi * x)),
    (r"\frac{1}{1+x^{2}}", "1/(1 + x**2)", lambda x: 1 / (1 + x**2)),
    ("'sin(x)'", "sin(x)", np.sin),
]


@pytest.mark.parametrize(("text", "written", "meaning"), ONE_MEANING)
def test_the_message_says_what_to_write_and_that_is_what_was_meant(text, written, meaning):
    assert advice(text) == written
    np.testing.assert_allclose(parse_target(written)(X), meaning(X), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "tight", "loose"),
    [
        ("1/2x", "1/(2*x)", "1/2*x"),
        ("1/2x^2", "1/(2*x**2)", "1/2*x**2"),
        ("1/2|x|", "1/(2*abs(x))", "1/2*abs(x)"),
        ("e^2x", "e**(2*x)", "e**2*x"),
        ("sin x/2", "sin(x/2)", "sin(x)/2"),
        ("sin x^2", "sin(x**2)", "sin(x)**2"),
        ("sin 2*x", "sin(2*x)", "sin(2)*x"),
        ("sin^-1(x)", "asin(x)", "sin(x)**(-1)"),
    ],
)
def test_a_text_with_two_readings_gets_both(text, tight, loose):
    assert advice(text) == f"{tight} or {loose}"
    for written in (tight, loose):
        parse_target(written)


@pytest.mark.parametrize("text", ["e**x", "relu(x)", "sin(x)**2", "max(0, x)", "0.2 < x < 0.6"])
def test_what_needs_no_other_words_is_read(text):
    parse_target(text)


@pytest.mark.parametrize(
    "text", ["a*x", "x y", "mask*x", "x.real", "sin(2*t)*u", "x if x", "log2x", "x/x."]
)
def test_where_nobody_knows_what_was_meant_nothing_is_suggested(text):
    with pytest.raises(InputError) as caught:
        parse_target(text)
    assert "; write " not in caught.value.message


PYTHON = ("item(a)", "array(a)", "astype(a, b)", "if(a, b, c)")
"""Calls that are methods or have a keyword as a name; they are among the examples above."""


def every_call():
    return [signature for signature in CALLS if signature not in PYTHON]


NUMPY_NAMES = {"fix": "trunc", "ln": "log", "lg": "log10", "ld": "log2", "sgn": "sign", "tg": "tan"}
"""The functions of NumPy under other names; numpy.fix is deprecated."""


@pytest.mark.parametrize("signature", every_call())
def test_every_function_of_another_tool_is_said_in_functions_that_exist(signature):
    (written,) = in_our_notation(re.sub(r"\b[abc]\b(?!\()", "x", signature))
    values = parse_expression(written)(X)
    name = signature.partition("(")[0]
    function = getattr(np, NUMPY_NAMES.get(name, name), None)
    # NumPy's float is a type, and its log has no base, its min and max no numbers.
    if function is None or name in ("float", "log", "min", "max"):
        return
    arguments = [X] * (signature.count(",") + 1)
    if isinstance(function, np.ufunc) and function.nin != len(arguments):
        return
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(values, function(*arguments), rtol=1e-12, atol=1e-15)


pieces = st.sampled_from(
    [
        *"x2|()[]{}^,.:;?!=-+*/%&π²√ \\$'",
        "sin",
        " if ",
        " else ",
        "np.",
        "lambda x: ",
        " and ",
        "||",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join) | st.text(max_size=40))
def test_any_text_is_translated_or_not_without_a_fault(text):
    for written in in_our_notation(text):
        assert isinstance(written, str)
