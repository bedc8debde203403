"""Sweeps: many runs from one config, on this machine or on a cluster, and the table of them all."""
