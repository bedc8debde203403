"""Runs compared: grouped by the keys in which they differ, with a table, sentences and a picture.

keys, labels: the keys in which runs differ, and words for them
groups: runs that differ in their seeds alone, with the spread of every measure
best_values, solvers: the best value of each number of the training; ridge against SGD
compared_runs: the data of a comparison, made of the above
findings: sentences; table: columns, CSV and JSON; picture: what is drawn of it
compare: `compare()` and the public `Comparison`, which hands on all of this

Nothing here trains or prints, and no figure is drawn here: pixels are the work of `pictures`.
"""
