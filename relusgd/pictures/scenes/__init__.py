"""What there is to see: a snapshot in the units of the data, and the limits that hold for all.

Nothing here draws.
"""
