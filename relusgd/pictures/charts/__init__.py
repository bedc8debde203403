"""Charts of many runs: errors, functions and slopes over epochs, x or what was varied.

A file per picture; `error_chart`, `chart_head` and `colour_legend` are parts that they share.
"""
