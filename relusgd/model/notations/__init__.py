"""Expressions as they are written elsewhere, in the notation of relusgd.

NumPy, PyTorch, mathematics on paper, LaTeX, spreadsheets and C write functions in other ways:
np.sin(6*x), x if x > 0.5 else 0, 2x, |x|, x², sin x. A message then shows the same function as
relusgd reads it. Nothing is evaluated or replaced by what is found here: it is only shown.

A text goes through `spelling` (characters), `joining` (signs and brackets that are left out) and,
as a tree of Python, through `python_tree`, which knows the functions of `calls`.
"""

from relusgd.model.notations.reading import in_our_notation

__all__ = ["in_our_notation"]
