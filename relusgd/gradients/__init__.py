"""Derivatives of the loss: `backprop` is the reference to read, the other modules compute the same faster."""
