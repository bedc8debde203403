"""Imported by the process that all workers are forked from: the kernels of one hidden layer."""

from relusgd.sweeps.loading_kernels import DENSE, PREFIX_SUMS, load_kernels

load_kernels(DENSE, PREFIX_SUMS)
