"""Laws of a hidden unit at the start: how often it is active at two places, and its outputs there.

A unit a(x) = w x + b of a network with one hidden layer is drawn with random slope w and bias b.
Each law here gives, for positions x of shape (k,) and z of shape (l,),

    gates(x, z)      E [a(x) > 0] [a(z) > 0]                 shape (k, l)
    balanced(x, z)   E (w² + b²) [a(x) > 0] [a(z) > 0]       shape (k, l)
    outputs(x, z)    E relu(a(x)) relu(a(z))                 shape (k, l)
    mean(x)          E relu(a(x))                            shape (k,)

all of them exact: by the arc-cosine kernels of Cho & Saul (2009) where slope and bias are normal,
by integrals of polynomials elsewhere.

`drawn_elbows`, `normal_units` and `uniform_biases` have the laws by what is drawn.
"""
