"""The one door to matplotlib: loaded and used as it was shipped, whatever a user's settings say.

A user's settings are MPLBACKEND, a matplotlibrc, a style, rcParams. None of them reaches a picture,
a broken one neither prints nor raises, and none is changed for the user's own figures.
"""
# ruff: noqa: E402 - matplotlib must not be loaded before its settings are out of the way

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager, suppress
from importlib.util import find_spec
from operator import is_
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any

from relusgd.own_process import is_own_process
from relusgd.pictures.kit.lean_matplotlib import unused_parts_left_out
from relusgd.reference_cycles import without_cycle_search

_MODULES = (
    "matplotlib",
    "matplotlib.backends.backend_agg",
    "matplotlib.font_manager",
    "matplotlib.figure",
)


def _load_matplotlib() -> None:
    """Import matplotlib, or find it imported. A backend that cannot be is as none."""
    if "matplotlib" in sys.modules:
        return
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        with _silent("matplotlib"):
            try:
                _import_all()
            except (OSError, ValueError):  # a matplotlibrc that cannot be read or decoded
                # What was imported before the fault is bound to a module that is gone.
                for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
                    del sys.modules[name]
                with _shipped_settings():
                    _import_all()
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend
    if backend:
        # The user's own figures get what they would have without us.
        with suppress(ValueError):
            sys.modules["matplotlib"].rcParams["backend"] = backend


def _import_all() -> None:
    if not is_own_process():
        _import_modules()
        return
    with unused_parts_left_out():
        _import_modules()


def _import_modules() -> None:
    for name in _MODULES:
        importlib.import_module(name)


@contextmanager
def _silent(name: str) -> Iterator[None]:
    """Whoever is here to train a network is not told about fonts and folders of matplotlib's."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _shipped_settings() -> Iterator[None]:
    """Let matplotlib read its shipped matplotlibrc, and not the one of the user that failed."""
    from unittest.mock import patch

    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    shipped = str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
    exists = os.path.exists

    def hides_one_here(path: str) -> bool:
        # The one in the present folder comes before all others, and no variable says otherwise.
        return path != "matplotlibrc" and exists(path)

    with patch.dict(os.environ, MATPLOTLIBRC=shipped), patch("os.path.exists", hides_one_here):
        yield


with without_cycle_search():
    _load_matplotlib()

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import Collection as PaintedPaths
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch, PathPatch, StepPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator, NullLocator
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox

__all__ = [
    "SHIPPED_FONTS",
    "Affine2D",
    "AggRenderer",
    "Artist",
    "Axes",
    "Bbox",
    "FancyBboxPatch",
    "Figure",
    "FigureCanvasAgg",
    "FontProperties",
    "Line2D",
    "LineCollection",
    "MaxNLocator",
    "NullLocator",
    "Outline",
    "PaintedPaths",
    "Patch",
    "PathPatch",
    "RendererBase",
    "StepPatch",
    "Stroke",
    "Text",
    "TransformedBbox",
    "findfont",
    "fontManager",
    "get_font",
    "plain_style",
    "to_rgba_array",
]

SHIPPED_FONTS = Path(matplotlib.get_data_path())

# Any, because its types are not told.
AggRenderer: Any = RendererAgg

# Any, because the types of matplotlib list all keys by name, and those differ between versions.
_SETTINGS: Any = matplotlib.rcParams
_DEFAULTS: Any = matplotlib.rcParamsDefault

_STYLE: dict[str, Any] = {
    **{key: _DEFAULTS._get(key) for key in _DEFAULTS},
    "axes.xmargin": 0.0,
    "axes.ymargin": 0.0,
    "svg.hashsalt": "relusgd",
}
"""matplotlib's own defaults but for these. The salt makes equal pictures equal files."""

# A backend is for windows; its default is found by trying to open one.
del _STYLE["backend"]


class _PlainStyle(ContextDecorator):
    """Whoever is within draws in our style, and alone; outside are the user's settings.

    Threads take turns, because settings are those of the process, and fonts and canvases of
    matplotlib are not made for two threads at a time.
    """

    def __init__(self) -> None:
        self._turn = RLock()
        self._depth = 0
        self._seen: list[Any] = []
        self._users: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._turn.acquire()
        self._depth += 1
        if self._depth == 1:
            # This happens at every frame; dict's own values are those that stand.
            standing = list(dict.values(_SETTINGS))
            if not (self._seen and all(map(is_, standing, self._seen))):
                self._seen = standing
                self._users = _other_settings()
            for key in self._users:
                # Unlike rcParams[key] = value, this does not check each value anew.
                _SETTINGS._set(key, _STYLE[key])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if self._depth == 0:
            for key, value in self._users.items():
                _SETTINGS._set(key, value)
        self._turn.release()


def _other_settings() -> dict[str, Any]:
    """The settings that stand and are not those of our style."""
    return {
        key: value for key, value in dict.items(_SETTINGS) if value is not _STYLE.get(key, value)
    }


plain_style = _PlainStyle()
"""Everything that makes, measures or draws an artist stands within: `with plain_style:`."""
