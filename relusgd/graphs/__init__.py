"""Computation graphs: built from sheets, networks and expressions, evaluated, drawn and filmed.

A graph knows no config and no run folder. Checks of derivatives by differences live one floor
above, in `checks`.
"""
