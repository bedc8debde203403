"""What a network does on a dataset: pure functions of the two, in the units that the network sees.

Everything here looks at one network, or at the networks of snapshots; `causes` looks at the first
and the last one of a training, and at its config. Nothing trains, draws or reads a run folder.
"""
