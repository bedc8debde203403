"""Which scripts the pages are made of, in the order in which they build on each other.

The page of a run has the lab in it, because both are one program: `ENGINE` computes, for the page
and for its workers, `SHARED` is what both pages draw and read with.
"""

ENGINE = (
    "controls/numbers",
    "engine/points",
    "engine/network",
    "engine/philox",
    "engine/mersenne",
    "engine/normals",
    "engine/batches",
    "engine/schedule",
    "engine/least_squares",
    "engine/optimizers",
    "engine/batch_gradient",
    "engine/deep_gradient",
    "engine/training",
    "engine/initial",
    "engine/expression",
    "engine/targets",
    "engine/dataset",
    "engine/loss_surface",
    "engine/course_runner",
)

SHARED = (
    "controls/elements",
    "controls/told",
    "controls/methods",
    "controls/written_text",
    "engine/sharpness",
    "engine/stable_rate",
    "drawing/pieces",
    "drawing/handle",
    "drawing/shapes",
    "drawing/axes",
    "drawing/ground",
    "drawing/references",
    "drawing/curve",
    "drawing/legend",
    "drawing/trace",
    "drawing/growing",
    "drawing/time",
    "controls/course",
    "controls/table",
)

LAB = (
    "lab/exercise",
    "lab/config",
    "lab/charts",
    "lab/single_step",
    "lab/hand",
    "lab/settings",
    "lab/landscape",
    "lab/sharing",
    "lab/challenge_text",
    "lab/challenges",
    "lab/words",
    "lab/measures",
    "lab/listening",
    "lab/lab",
)

VIEW = (
    "controls/clock",
    "view/references",
    "view/sharpness_course",
    "view/run",
    "view/address",
    "view/copied_config",
    "view/experiment",
    "view/experiment_form",
    "view/words",
    "view/pulls",
    "view/tips",
    "view/reader",
    "view/lab_of_run",
    "view/page",
)

LAB_PAGE = (*SHARED[:2], "lab/engine_text", *SHARED[2:], *LAB, "lab/start")
"""The scripts of the lab, beside those of the engine."""

LOADER = (*SHARED[:2], "controls/inflate", "view/unpack")
RUN_PAGE = (*SHARED[2:], *LAB, *VIEW, "view/start")
"""The script of the page of a run that unpacks the engine and all its other scripts, and these."""
