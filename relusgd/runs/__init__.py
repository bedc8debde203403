"""Run folders: what training records, and how it is found, read, drawn and exported.

Here live the files of a run, their writer and its lock, the rules for where a run may stand and
when two runs are the same. Training itself, sweeps of many runs and the drawing of pictures have
rooms of their own.
"""
