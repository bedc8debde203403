"""Stretches of several painters in one film."""

import numpy as np

from relusgd.pictures.films.in_turn import FilmPart, PaintersInTurn


class Numbered:
    """A painter of pictures of one pixel: its own number and the index."""

    size = (1, 1)

    def __init__(self, number):
        self._number = number

    def paint(self, index):
        return np.array([[[self._number, index, 0, 255]]], dtype=np.uint8)


def test_every_frame_is_that_of_its_stretch_at_its_index():
    one, other = Numbered(1), Numbered(2)
    whole = PaintersInTurn(
        [
            FilmPart(one, np.array([3, 5])),
            FilmPart(other, np.array([0, 1, 2])),
            FilmPart(one, np.array([7])),
        ]
    )
    assert whole.count == 6
    shown = [tuple(whole.frame(frame)[0, 0, :2]) for frame in range(6)]
    assert shown == [(1, 3), (1, 5), (2, 0), (2, 1), (2, 2), (1, 7)]


def test_what_was_read_is_given_back_after_every_picture():
    given_back = []
    part = FilmPart(Numbered(1), np.array([3, 5]))
    whole = PaintersInTurn([part], give_back=lambda: given_back.append("again"))
    assert not given_back
    for frame in range(2):
        whole.paint(frame)
    assert given_back == ["again", "again"]
