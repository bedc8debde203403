"""One step of each optimizer as machine code, a file each.

A file has a rule, the constants of the formula, and a `step` that changes theta in place:

    step(theta, memory, g, rates, s, B, learning, rule)

memory: what the optimizer remembers, shape (vectors, parameters). 2/B g is the gradient. rates[s]:
the numbers that change from step to step. learning: which parameters learn. The formulas are those
of `relusgd.training.optimizers`, where they are explained. Steps go over slices of what learns,
with few arrays in a loop: then compilers use vector instructions.
"""
