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

    None for one that it does read so, for knots, and where nobody knows what it means.
    """
    document = read_yaml(text)
    is_knots = isinstance(document.value, dict) and set(document.value) & {"x", "y"}
    is_other = isinstance(document.value, list | dict) and not is_knots
    meant = meant_by(text.strip()) if document.faults or is_other else []
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
    meant = match and target_meant(_COMMENT.sub("", match["target"]))
    if not meant:
        return fault
    return Fault((), f"{TARGET}: {meant}", line=fault.line)
