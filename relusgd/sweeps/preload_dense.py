"""Imported by the process that all workers are forked from: the kernel `dense`."""

from relusgd.sweeps.loading_kernels import load_kernel

load_kernel("dense")
