"""What tests of descents share."""

import numpy as np

from relusgd.training.engines import advance


def check_cuts(descent, start, cuts):
    """60 steps in calls that end at these steps, the last of which is 60, give what one call gives,
    to the bit.
    """
    recorded = np.arange(3, 61, 3)
    whole, rows = advance(descent, start, 60, recorded)
    state, pieces = start, []
    for stop in cuts:
        state, part = advance(
            descent, state, stop, recorded[(recorded > state.step) & (recorded <= stop)]
        )
        pieces.append(part)
    assert state.parameters.tobytes() == whole.parameters.tobytes()
    assert state.velocity.tobytes() == whole.velocity.tobytes()
    assert np.concatenate(pieces).tobytes() == rows.tobytes()
