"""Checks of derivatives: against differences, by step size, and what they cost in operations.

What builds and draws computation graphs lives one floor below, in `graphs`.
"""
