"""Trainings made by formula, not by training: what happens in them, and when, is known exactly."""

import numpy as np

from relusgd.diagnostics.events import RecordedCourse, find_events
from relusgd.diagnostics.outcomes import best_constant_mse
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.model.given_points import points_dataset
from relusgd.model.history import History
from relusgd.model.target_points import sample_dataset
from relusgd.model.targets import parse_target

STEPS = np.unique(np.geomspace(1, 10_001, 500).round().astype(int)) - 1
"""When snapshots were taken, unless a test says otherwise: denser in the beginning."""

POINTS = np.linspace(0.0, 1.0, 41)


def zigzag_points(scale_x=1.0, scale_y=1.0, shift_x=0.0):
    """41 points without noise."""
    y = np.interp(POINTS, [0, 0.3, 0.7, 1], [0.5, -0.5, 0.8, -0.2])
    return points_dataset(POINTS * scale_x + shift_x, y * scale_y)


def noisy_points():
    """Points of a known target with known noise."""
    target = parse_target("abs(x - 0.5)")
    return sample_dataset(
        target,
        domain=(0.0, 1.0),
        samples=200,
        positions="even",
        noise=0.1,
        test_samples=50,
        seed=1,
    )


def made(
    elbow=0.5,
    *,
    slope=1.0,
    slope_change=1.0,
    offset=0.0,
    steps=STEPS,
    dataset=None,
    rate=0.1,
    outcome="learned",
    sharpness_ratio=None,
):
    """A course whose units have these elbows, slopes and slope changes, and whose output bias is
    `offset`; each a number, or an array of shape (S,) or (S, n).
    """
    dataset = dataset or zigzag_points()
    count = len(steps)
    elbow, slope, change = np.broadcast_arrays(
        *(np.atleast_2d(np.asarray(part, dtype=float)) for part in (elbow, slope, slope_change))
    )
    width = elbow.shape[1]
    shape = (count, width)
    elbow, slope, change = (np.broadcast_to(part, shape) for part in (elbow, slope, change))
    output = np.broadcast_to(np.asarray(offset, dtype=float), (count,))[:, None]
    vectors = np.hstack([slope, -slope * elbow, change / np.abs(slope), output])
    rows = SnapshotMetrics(dataset, [width]).rows(vectors)
    names = ["train_mse", "test_mse", "dead_units", "always_on_units", "breakpoints"]
    metrics = dict(zip(names, np.array(rows).T, strict=True))
    metrics["learning_rate"] = np.broadcast_to(np.asarray(rate, dtype=float), (count,))
    history = History.from_parameters(steps, steps, vectors, [width], metrics, steps_per_epoch=1)
    return RecordedCourse(history, dataset, outcome, sharpness_ratio)


def with_errors(errors, *, steps=STEPS, **others):
    """A course with these train errors in units of the best constant's, shape (S,).

    The learned function is the mean, moved up by what makes the error, unless it is too small.
    """
    dataset = zigzag_points()
    constant = best_constant_mse(dataset.y_train)
    course = made(slope_change=0.0, steps=steps, dataset=dataset, **others)
    course.history.metrics["train_mse"] = errors * constant
    return course


def events_by_name(course):
    """name → the events of this name."""
    found = {}
    for event in find_events(course):
        found.setdefault(event.name, []).append(event)
    return found


def place_of(course, step):
    """Where a step stands on the film's clock."""
    return float(np.interp(step, course.history.step, course.all_places))
