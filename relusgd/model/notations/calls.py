"""The functions of other tools, and what they are here."""

from __future__ import annotations

from functools import cache

from relusgd.model.expressions import FUNCTIONS

CALLS = {
    "arcsin(a)": "asin(a)",
    "arccos(a)": "acos(a)",
    "arctan(a)": "atan(a)",
    "ln(a)": "log(a)",
    "log(a, b)": "log(a)/log(b)",
    "log1p(a)": "log(1 + a)",
    "lg(a)": "log10(a)",
    "ld(a)": "log2(a)",
    "expm1(a)": "exp(a) - 1",
    "exp2(a)": "2**a",
    "pow(a, b)": "a**b",
    "power(a, b)": "a**b",
    "float_power(a, b)": "a**b",
    "square(a)": "a**2",
    "sqr(a)": "a**2",
    "cbrt(a)": "sign(a)*abs(a)**(1/3)",
    "reciprocal(a)": "1/a",
    "absolute(a)": "abs(a)",
    "fabs(a)": "abs(a)",
    "sgn(a)": "sign(a)",
    "maximum(a, b)": "max(a, b)",
    "fmax(a, b)": "max(a, b)",
    "max(a, b, c)": "max(max(a, b), c)",
    "minimum(a, b)": "min(a, b)",
    "fmin(a, b)": "min(a, b)",
    "min(a, b, c)": "min(min(a, b), c)",
    "clip(a, b, c)": "min(max(a, b), c)",
    "clamp(a, b, c)": "min(max(a, b), c)",
    "mod(a, b)": "a % b",
    "remainder(a, b)": "a % b",
    "add(a, b)": "a + b",
    "subtract(a, b)": "a - b",
    "multiply(a, b)": "a*b",
    "divide(a, b)": "a/b",
    "if(a, b, c)": "where(a, b, c)",
    "heaviside(a)": "step(a)",
    "heaviside(a, b)": "where(a == 0, b, step(a))",
    "sigmoid(a)": "1/(1 + exp(-a))",
    "expit(a)": "1/(1 + exp(-a))",
    "logistic(a)": "1/(1 + exp(-a))",
    "softplus(a)": "log(1 + exp(a))",
    "silu(a)": "a/(1 + exp(-a))",
    "swish(a)": "a/(1 + exp(-a))",
    "leaky_relu(a)": "where(a > 0, a, 0.01*a)",
    "leaky_relu(a, b)": "where(a > 0, a, b*a)",
    "elu(a)": "where(a > 0, a, exp(a) - 1)",
    "sinc(a)": "where(a == 0, 1, sin(pi*a)/(pi*a))",
    "tg(a)": "tan(a)",
    "cot(a)": "1/tan(a)",
    "sec(a)": "1/cos(a)",
    "csc(a)": "1/sin(a)",
    "asinh(a)": "log(a + sqrt(a**2 + 1))",
    "arcsinh(a)": "log(a + sqrt(a**2 + 1))",
    "acosh(a)": "log(a + sqrt(a**2 - 1))",
    "arccosh(a)": "log(a + sqrt(a**2 - 1))",
    "atanh(a)": "log((1 + a)/(1 - a))/2",
    "arctanh(a)": "log((1 + a)/(1 - a))/2",
    "hypot(a, b)": "sqrt(a**2 + b**2)",
    "deg2rad(a)": "pi*a/180",
    "radians(a)": "pi*a/180",
    "trunc(a)": "sign(a)*floor(abs(a))",
    "fix(a)": "sign(a)*floor(abs(a))",
    "float(a)": "a",
    "array(a)": "a",
    "astype(a, b)": "a",
    "item(a)": "a",
}
"""Calls of other tools, with what they are here. Their arguments are a, b, c in this order."""

VALUES = {"tau": "2*pi", "True": "1", "False": "0"}


@cache
def function_names() -> frozenset[str]:
    """The names of our functions and of those in CALLS."""
    others = [signature.partition("(")[0] for signature in CALLS]
    return frozenset(FUNCTIONS).union(others)


def is_function(name: str) -> bool:
    return name.lower() in function_names()
