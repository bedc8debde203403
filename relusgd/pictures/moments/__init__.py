"""Which moments of a run a picture shows, how fast a film goes, and what it says meanwhile.

Nothing here draws.
"""
