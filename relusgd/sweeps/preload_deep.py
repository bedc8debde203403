"""Imported by the process that all workers are forked from: the kernel of deep networks."""

from relusgd.sweeps.loading_kernels import DEEP, load_kernels

load_kernels(DEEP)
