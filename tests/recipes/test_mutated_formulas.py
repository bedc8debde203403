"""Each claim of a shipped recipe fails with a wrong formula in the place of the right one.

The formulas are those that a reader could take by mistake: of the loss with ½, of another method,
without a term. The recipes themselves hold the same runs against the right formulas.
"""

from functools import cache

import numpy as np
import pytest

from relusgd.config import load_config, planned_runs
from relusgd.config.shipped import shipped_recipes
from relusgd.diagnostics.quantities import curvature, function, weights
from relusgd.diagnostics.references.splines import linear_spline
from relusgd.model.breakpoints import breakpoints
from relusgd.recipes import facts
from relusgd.recipes.claims import MeasuredRun, judge, measure_claims
from relusgd.recipes.in_memory import RunInMemory
from relusgd.recipes.recipe import load_recipe
from relusgd.training.optimizers.sgd import Sgd

NETWORKS = 60
"""At most so many networks of recipes that draw thousands."""


@cache
def trained(name):
    """The recipe, and its runs on one seed, each with what varies."""
    recipe = load_recipe(shipped_recipes()[name])
    count = min(recipe.expectation.networks or 1, NETWORKS)
    config = load_config(recipe.path, {"sweep.repeat": count})
    return recipe, [
        (run.config.seed, run.varied, RunInMemory.of(run.config)) for run in planned_runs(config)
    ]


def verdicts(name, quantities=None, about=None):
    """What becomes of the claims; quantities: wrong expressions, by the right ones."""
    recipe, runs = trained(name)
    claims = [
        claim.model_copy(
            update={"quantity": (quantities or {}).get(claim.quantity, claim.quantity)}
        )
        for claim in recipe.expectation.claims
        if about is None or claim.quantity in about
    ]
    networks = recipe.expectation.networks or 1
    measured = [
        MeasuredRun(seed // networks, varied, measure_claims(claims, run, varied))
        for seed, varied, run in runs
    ]
    return judge(claims, measured)


WRONG_EXPRESSIONS = [
    ("edge", "half the gradient's rate", "median(sharpness_over_edge)",
     "median(sharpness / (1 / learning_rate))"),
    ("momentum", "the edge of plain descent", "median(sharpness_over_edge)",
     "median(sharpness / (2 / learning_rate))"),
    ("weight-decay", "the penalty twice",
     "(train_mse + weight_decay/2*parameter_norm**2) / convex_optimum",
     "(train_mse + weight_decay*parameter_norm**2) / convex_optimum"),
    ("breakpoints", "the domain alone", "breakpoints_on_line / units", "breakpoints / units"),
    ("breakpoints", "2 to the depth", "breakpoints_on_line / units",
     "breakpoints_on_line / 2**depth"),
    ("condensation", "a line for the best unit", "train_mse / best_unit_mse",
     "train_mse / line_mse"),
    ("alignment", "a constant for the line", "train_mse / line_mse", "train_mse / constant_mse"),
    ("catapult", "the edge of half the loss", "feature_sharpness / edge",
     "feature_sharpness / (2 * edge)"),
    ("regimes", "linear for cubic", "cubic_spline_distance", "linear_spline_distance"),
    ("spline", "linear for cubic", "cubic_spline_distance", "linear_spline_distance"),
    ("tempered", "the noise's deviation for its variance", "test_mse / spline_test_mse",
     "test_mse / noise_variance**0.5"),
    ("flat-minima", "the rate of half the loss",
     "median(weighted_curvature) - (1 / (2 * last(learning_rate)) - 0.5)",
     "median(weighted_curvature) - (1 / (4 * last(learning_rate)) - 0.5)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        pytest.param(name, {right: wrong}, right, id=f"{name}: {what}")
        for name, what, right, wrong in WRONG_EXPRESSIONS
    ],
)
def test_a_claim_fails_with_a_wrong_expression(name, wrong, right):
    assert all(verdict.holds for verdict in verdicts(name, about=[right]))
    assert not all(verdict.holds for verdict in verdicts(name, wrong, about=[right]))


def without_bias(history):
    """v² − w² in place of v² − w² − b²."""
    incoming, outgoing = history.weights
    return np.sum(np.square(outgoing), axis=2) - np.sum(np.square(incoming), axis=1)


def weight_by_the_larger(x_train, x):
    """g = max(g⁻, g⁺)."""
    from_left = curvature._weight_from_left(x_train, x)
    return np.maximum(from_left, curvature._weight_from_left(-x_train[::-1], -x))


def weight_by_the_share(x_train, x):
    """P for P²."""
    share = np.searchsorted(np.sort(x_train), x, side="left") / len(x_train)
    other = np.searchsorted(np.sort(-x_train), -x, side="left") / len(x_train)
    with np.errstate(all="ignore"):
        left = curvature._weight_from_left(x_train, x) / share
        right = curvature._weight_from_left(-x_train[::-1], -x) / other
    return np.nan_to_num(np.minimum(left, right))


def half(measure):
    return lambda *args, **kwargs: measure(*args, **kwargs) / 2


def plain_for_nesterov(self, rate):
    """Each method's edge is the other's."""
    mu = self.momentum
    return 2 * (1 + mu) / (rate if self.nesterov else rate * (1 + 2 * mu))


def one_mode_later(features):
    k = np.arange(8, 26)
    return RIGHT_BEAM(features) * ((k - 0.5) / (k - 1.5)) ** 4


def counted_on_a_grid(network):
    """A new breakpoint wherever the slope between neighbours of a coarse grid differs."""
    x = np.linspace(-1, 1, 201)
    slopes = np.diff(network(x)) / np.diff(x)
    return np.flatnonzero(np.abs(np.diff(slopes)) > 1e-9)


RIGHT_BEAM, RIGHT_FILTER = facts.beam_ratios, facts.early_stopped

WRONG_FORMULAS = [
    ("balance", weights, "_differences", without_bias),
    ("bound", curvature, "curvature_weight", weight_by_the_larger,),
    ("bound", curvature, "curvature_weight", weight_by_the_share,),
    ("edge", curvature, "sharpness_of", half(curvature.sharpness_of)),
    ("momentum", Sgd, "edge", plain_for_nesterov),
    ("beam", facts, "beam_ratios", one_mode_later),
    ("early-stopping", facts, "early_stopped",
     lambda Phi, y, rate, steps: RIGHT_FILTER(Phi, y, 0.95 * rate, steps)),
    ("tempered", facts, "natural_cubic_spline", linear_spline),
    ("breakpoints", function, "all_breakpoints", counted_on_a_grid),
    ("born-dead", facts, "born_dead_probability", lambda width, depth: depth * 2.0**-width),
    ("born-dead", facts, "born_dead_probability",
     lambda width, depth: 1 - (1 - 2.0**-depth) ** width),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place", "attribute", "wrong"),
    [
        pytest.param(name, place, attribute, wrong, id=f"{name}: {attribute} {number}")
        for number, (name, place, attribute, wrong) in enumerate(WRONG_FORMULAS)
    ],
)
def test_a_claim_fails_with_a_wrong_formula(monkeypatch, name, place, attribute, wrong):
    right = verdicts(name)
    monkeypatch.setattr(place, attribute, wrong)
    mutated = verdicts(name)
    failing = [
        after.claim.quantity
        for before, after in zip(right, mutated, strict=True)
        if before.holds and not after.holds
    ]
    assert failing


def test_the_breakpoints_of_a_network_are_more_than_a_grid_shows():
    _, runs = trained("breakpoints")
    network = runs[0][2].network()
    assert len(breakpoints(network)) > len(counted_on_a_grid(network))
