"""Numbers in words for tables."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def bytes_in_words(size: float) -> str:
    """A size in the unit that keeps it below 1,000."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"


def seconds_in_words(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def number(value: float) -> str:
    """Three significant digits, no exponent up to a million; a dash for what does not exist."""
    if value != value:
        return "–"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def sparkline(values: Sequence[float], width: int = 16) -> str:
    """The course of positive values on a logarithmic scale, at most `width` characters."""
    import math

    logs = [math.log(value) if 0 < value < math.inf else math.nan for value in values]
    chosen = [logs[round(i * (len(logs) - 1) / max(width - 1, 1))] for i in range(min(width, len(logs)))] if len(logs) > width else logs
    finite = [value for value in chosen if value == value]
    if not finite:
        return ""
    low, span = min(finite), max(max(finite) - min(finite), 1e-9)
    return "".join(" " if value != value else BLOCKS[round((value - low) / span * (len(BLOCKS) - 1))] for value in chosen)


def at_commas(name: str, width: int) -> str:
    """The name of a run folder on lines of at most `width` characters, broken at its commas where it has some."""
    lines = [""]
    for part in name.replace(",", ",\n").splitlines():
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
