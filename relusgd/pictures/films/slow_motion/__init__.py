"""One real step of a training, shown slowly within its film.

The batch that the step draws lights up among the points, residuals stand between them and the
function, arrows say where the elbows go, and the function goes to where the step takes it.
`real_step` is what there is to see, `timing` when each thing comes, `words` what is said,
`batch`, `growing_arrows` and `enlarged_change` are the parts that change, and `slow_frames` puts
them together on the two storeys of the film. No part knows a run folder.
"""
