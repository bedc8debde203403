"""The files of a run folder, and how they are read.

Training may begin with a network of another run, so this stands below it. What writes a run folder,
and all that is made of one, lives above, in `relusgd.runs`.
"""
