"""Recipes: configs with an `expect:` block, whose claims are checked by running them.

`recipe` reads the block, `formula` computes a claim's quantity of one run, `claims` holds numbers
of many runs against what is expected, `verifying` trains what is missing and puts everything
together. A claim needs no code: it is an expression in names of quantities, facts and references.
"""
