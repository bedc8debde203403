"""Films: a painter makes frames of chosen moments, and they go straight into an encoder.

The painter also makes the stills of runs, which are films of one frame.
"""
