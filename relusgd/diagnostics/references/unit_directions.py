"""Units by their direction: (w, b) = |(w, b)| (cos t, sin t), with |(w, b)| = 1 here."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array


def unit_outputs(x: Array, angles: Array) -> Array:
    """relu(x cos t + sin t), shape (n, m); x: positions, shape (n,); angles: t, shape (m,)."""
    outputs: Array = np.maximum(np.outer(x, np.cos(angles)) + np.sin(angles), 0.0)
    return outputs


def angles_with_elbows_at(x: Array) -> Array:
    """The directions of units with their elbow at a position, shape (2 n,).

    First those of all units that rise, then those of all that fall. x: shape (n,).
    """
    rising = np.arctan2(-x, 1.0)
    return np.concatenate([rising, rising + np.pi])
