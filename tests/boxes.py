"""Boxes of words and other artists in a picture, in pixels."""

import numpy as np


def overlapping_pairs(boxes, by=2):
    """Pairs of numbers of boxes that overlap by this many pixels or more in both directions."""
    corners = np.array([box.padded(-by / 2).get_points() for box in boxes]).reshape(-1, 2, 2)
    low, high = corners.min(axis=1), corners.max(axis=1)
    touching = ((low[:, None] <= high) & (low <= high[:, None])).all(axis=2)
    return np.argwhere(np.tril(touching, -1)).tolist()
