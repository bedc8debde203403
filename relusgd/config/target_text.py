"""Targets that YAML takes for something else than a text: |x| begins a block, `lambda x: x` is a
mapping. Their faults say which expression was meant.
"""

from __future__ import annotations

import re

from relusgd.config.source import Fault
from relusgd.config.yaml_reader import Document, read_yaml
from relusgd.model.expression_parser import meant_by
from relusgd.words import or_list, shown

TARGET = "data.target"

_LINE = re.compile(r"\s*(?:data\s*:\s*\{\s*)?target\s*:\s(?P<target>.*)")
_COMMENT = re.compile(r"\s#.*")


def target_meant(text: str) -> str | None:
    """The end of a fault's sentence for a target that YAML does not read as a text.

    None for a text, for knots, and where nothing is known that was meant.
    """
    document = read_yaml(text)
    value = document.value
    is_knots = isinstance(value, dict) and not {"x", "y"}.isdisjoint(value)
    is_text = not isinstance(value, list | dict)
    if not document.faults and (is_text or is_knots):
        return None
    meant = meant_by(text.strip())
    if not meant:
        return None
    return f"{shown(text.strip())} is not an expression; write {or_list(meant)}"


def explain_targets(document: Document, text: str) -> None:
    """Put what was meant in the place of faults in the lines of a target."""
    lines = text.splitlines()
    document.faults[:] = [_explained(fault, lines) for fault in document.faults]


def _explained(fault: Fault, lines: list[str]) -> Fault:
    if fault.line is None or fault.line > len(lines):
        return fault
    match = _LINE.fullmatch(lines[fault.line - 1])
    if match is None:
        return fault
    target = _COMMENT.sub("", match["target"])
    meant = target_meant(target)
    if meant is None:
        return fault
    return Fault((), f"{TARGET}: {meant}", line=fault.line)
