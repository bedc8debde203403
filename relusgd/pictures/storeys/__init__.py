"""The picture in two storeys on one x axis: above, the learned function at a moment; below, growing
downwards with time, the paths of its elbows.

`one_run` and `several_runs` put it together from its parts: `upper` (points, truth, function and
breakpoints), `stems` (from every breakpoint down to its path), `lower` (the paths), `error_corner`,
`counter`, `caption`. `layout` says where they stand, `paths` and `density` what the lower storey
shows of few and of many units. `words` says what is named, `word_writer` writes it where there is a
free place. No part knows a run folder.
"""
