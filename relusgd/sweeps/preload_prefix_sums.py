"""Imported by the process that all workers are forked from: the kernel `prefix_sums`."""

from relusgd.sweeps.loading_kernels import load_kernel

load_kernel("prefix_sums")
