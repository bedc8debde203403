"""Functions that a learned function is held against, made from the training points alone."""
