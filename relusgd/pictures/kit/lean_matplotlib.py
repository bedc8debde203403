"""What matplotlib loads and a process of our own does not use.

Nothing is taken away for good: what is put off is loaded when something of it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

GLYPH_NAMES = "fontTools.agl"
"""The names of all letters, which only TeX and PDF files need."""

GRAMMARS = "pyparsing"
"""What mathtext and patterns of fonts are read with."""

MATHTEXT = "matplotlib.mathtext"
FONT_PATTERNS = "matplotlib._fontconfig_pattern"


@contextmanager
def unused_parts_left_out() -> Iterator[None]:
    """Load matplotlib within, and what a process of our own does not use is not loaded.

    No picture of ours has mathtext, a font that is named by a pattern, or three dimensions.
    """
    with suppress(ImportError):
        package, _, name = GLYPH_NAMES.rpartition(".")
        setattr(importlib.import_module(package), name, put_off(GLYPH_NAMES))
    with suppress(importlib.metadata.PackageNotFoundError):
        # matplotlib asks for it while it is loaded.
        put_off(GRAMMARS, __version__=importlib.metadata.version(GRAMMARS))
    put_off(MATHTEXT, MathTextParser=_MathTextParser)
    patterns = _FontPatterns()
    put_off(
        FONT_PATTERNS,
        parse_fontconfig_pattern=patterns.parsed,
        generate_fontconfig_pattern=patterns.generated,
    )
    _leave_help_out()
    with _without_pictures_in_space():
        yield
    patterns.are_unchecked = False


_STAND_INS: dict[str, ModuleType] = {}
"""The modules that stand where one is put off, by their names."""


def put_off(name: str, **known: Any) -> ModuleType:
    """A module in the place of one that is loaded when something else than `known` is asked of it.

    A module that is loaded already stays.
    """
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)

    def ask_the_true_one(attribute: str) -> Any:
        if attribute.startswith("__"):  # the import system asks, and nobody who needs the module
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        return getattr(_true_module(name), attribute)

    module.__dict__.update(known)
    module.__dict__["__getattr__"] = ask_the_true_one
    _STAND_INS[name] = sys.modules[name] = module
    return module


def _true_module(name: str) -> ModuleType:
    if sys.modules.get(name) is _STAND_INS[name]:
        del sys.modules[name]
    return importlib.import_module(name)


class _MathTextParser:
    """matplotlib's reader of mathtext, loaded for the first text."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._parser: Any = None

    def parse(self, *text: Any, **how: Any) -> Any:
        """What MathTextParser.parse of matplotlib gives."""
        if self._parser is None:
            self._parser = _true_module(MATHTEXT).MathTextParser(self._output)
        return self._parser.parse(*text, **how)


class _FontPatterns:
    """Patterns that name fonts. are_unchecked: while matplotlib reads its settings, of which those
    that are patterns are for mathtext alone.
    """

    def __init__(self) -> None:
        self.are_unchecked = True

    def parsed(self, pattern: str) -> dict[str, Any]:
        """What matplotlib's parse_fontconfig_pattern gives."""
        if self.are_unchecked:
            return {}
        found: dict[str, Any] = self._true("parse_fontconfig_pattern")(pattern)
        return found

    def generated(self, properties: Any) -> str:
        """What matplotlib's generate_fontconfig_pattern gives."""
        return str(self._true("generate_fontconfig_pattern")(properties))

    def _true(self, name: str) -> Callable[[Any], Any]:
        function: Callable[[Any], Any] = getattr(_true_module(FONT_PATTERNS), name)
        return function


def _leave_help_out() -> None:
    """Let matplotlib not list the properties of its artists in their docstrings and signatures.

    That takes a third of loading it, and nobody reads them in a process of our own.
    """
    artist: Any = importlib.import_module("matplotlib.artist")
    artist.kwdoc = _no_help
    artist.Artist._update_set_signature_and_docstring = _no_signature


def _no_help(artist: object) -> str:  # noqa: ARG001
    return ""


def _no_signature() -> None:
    return


@contextmanager
def _without_pictures_in_space() -> Iterator[None]:
    """Hide the part of matplotlib that draws in three dimensions, which we never do.

    matplotlib loads it when it is there and warns when it is not.
    """
    sys.modules["mpl_toolkits.mplot3d"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Unable to import Axes3D")
            yield
    finally:
        del sys.modules["mpl_toolkits.mplot3d"]
