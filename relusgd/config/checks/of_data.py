"""Checks of the points: pairs, domains and columns."""

from __future__ import annotations

from relusgd.config.checks.check import check
from relusgd.config.data_section import CsvData, PointsData, TargetData
from relusgd.config.schema import Config
from relusgd.errors import InputError
from relusgd.words import shown


@check("data.target", "data.kind")
def _target_can_be_read(config: Config) -> str | None:
    if not isinstance(config.data, TargetData):
        return None
    # Imported here because it loads NumPy, which no other check needs.
    from relusgd.model.targets import parse_target

    try:
        parse_target(config.data.target)
    except InputError as error:
        return f": {error}"
    return None


@check("data.x", "data.y", "data.kind")
def _points_come_in_pairs(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, PointsData) or len(data.x) == len(data.y):
        return None
    counts = f"has {len(data.x):,} values and data.y has {len(data.y):,}"
    return f"{counts}; every point needs one of each"


@check("data.test_x", "data.test_y", "data.kind")
def _test_points_come_in_pairs(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, PointsData) or (data.test_x is None and data.test_y is None):
        return None
    if data.test_x is None:
        return "is missing; test points need both test_x and test_y, or neither"
    if data.test_y is None:
        return "is given without test_y; test points need both, or neither"
    if len(data.test_x) == len(data.test_y):
        return None
    counts = f"has {len(data.test_x):,} values and data.test_y has {len(data.test_y):,}"
    return f"{counts}; every test point needs one of each"


@check("data.train_domain", "data.domain", "data.kind")
def _training_points_lie_in_the_domain(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, TargetData) or data.train_domain is None:
        return None
    low, high = data.domain
    first, last = data.train_domain
    if low <= first and last <= high:
        return None
    leaves = f"{shown([first, last])} leaves data.domain: {shown([low, high])}"
    return f": {leaves}; give a part of the domain, or widen data.domain"


@check("data.x", "data.y", "data.kind")
def _columns_differ(config: Config) -> str | None:
    data = config.data
    if not isinstance(data, CsvData) or data.x is None or data.x != data.y:
        return None
    return "names the same column as data.y; the positions and the values are two columns"
