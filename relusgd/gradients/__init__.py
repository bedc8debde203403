"""Derivatives of the loss: `backprop` is the reference; the other modules compute the same faster.

Kernels get vectors of parameters and batches of points, and write gradients. How gradients change
the parameters is decided above, in `relusgd.training`; only compiled steps do both, in `compiled`.
"""
