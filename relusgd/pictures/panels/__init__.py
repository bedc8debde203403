"""Panels with frame and grid, their legends and headers, and the pictures made of them.

One run is `single`, several are a `grid`, a run from start to end is a `story`.
"""
