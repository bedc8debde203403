"""The clock of films: where a moment of a training stands between its start and its end.

    place(t) = log(1 + 300 (t − first)/(last − first)) / log(301)

from 0 to 1. Early moments have more room, because most happens there. Everything that is said of
"a share of the film's clock" means this place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from relusgd.model.network import Array, Integers

SOFT_START = 300
"""The clock is even up to 1/300 of the training, logarithmic beyond."""


def film_places(times: ArrayLike) -> Array:
    """The places of moments between the first and the last of them, shape (S,) as given."""
    moments = np.asarray(times, dtype=np.float64)
    span = float(moments[-1] - moments[0])
    if span <= 0:
        return np.zeros(len(moments))
    # In place, because there may be millions.
    places = moments - moments[0]
    places /= span
    places *= SOFT_START
    np.log1p(places, out=places)
    places /= np.log1p(SOFT_START)
    return np.asarray(places)


def rows_along_film(times: ArrayLike, most: int) -> Integers:
    """At most `most` rows of ascending moments, about even on the film's clock, with both ends."""
    return rows_at_places(film_places(times), most)


def rows_at_places(places: Array, most: int) -> Integers:
    """At most `most` rows of moments at ascending places on the film's clock, about even on it."""
    if len(places) <= most:
        return np.arange(len(places))
    wanted = np.linspace(0.0, 1.0, most)
    after = np.clip(np.searchsorted(places, wanted), 1, len(places) - 1)
    before = after - 1
    before_is_nearer = wanted - places[before] < places[after] - wanted
    return np.unique(np.where(before_is_nearer, before, after))
