"""Which panels a screen of some size has room for, and how large each is. A pure function; sizes are cells."""

from collections.abc import Collection
from dataclasses import dataclass

ROOMY = 26
"""Lines below status and controls from which on several panels fit beside the panes."""
ROOM_FOR_TWO = 100
"""Columns from which on code and findings stand side by side."""
LEAST_PANES = 6
LEAST_PANEL = 5
LEAST_SHARE = 0.3
"""What panes take of the height though their logs are short."""
SHARES = tuple(0.2 + 0.05 * step for step in range(13))
"""What panes may take of the height, and code of the width."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Heights in lines and widths in columns; 0 for what is not shown.

    Attributes:
        panes: height of the tasks' panes.
        timeline: height of the timeline.
        lower: height of code and findings.
        code: width of the code.
        findings: width of what happened.
    """

    panes: int
    timeline: int = 0
    lower: int = 0
    code: int = 0
    findings: int = 0


def arrange(
    width: int,
    height: int,
    panels: Collection[str],
    solo: str,
    *,
    lanes: int,
    log: int = 1_000,
    panes_share: float = 0.45,
    code_share: float = 0.5,
) -> Arrangement:
    """The arrangement for what is left of the screen below status and controls.

    Args:
        width: columns.
        height: lines, without status, controls, ribbon and footer.
        panels: which of `timeline`, `code` and `findings` are wanted.
        solo: which of them is shown where only one has room.
        lanes: lines that the timeline would like to have.
        log: lines that the panes would like to have.
        panes_share: what the panes take of the height.
        code_share: what the code takes of the width.
    """
    if not panels or height < LEAST_PANES + LEAST_PANEL:
        return Arrangement(panes=height)
    if height < ROOMY:
        one = solo if solo in panels else next(iter(panels))
        panes = _between(round(height * (panes_share + 0.05)), LEAST_PANES, height - LEAST_PANEL)
        if one == "timeline":
            timeline = min(lanes, height - panes)
            return Arrangement(height - timeline, timeline)
        lower = height - panes
        return Arrangement(panes, 0, lower, width if one == "code" else 0, width if one == "findings" else 0)
    panes = max(LEAST_PANES, min(round(height * panes_share), max(log, round(height * LEAST_SHARE))))
    return _roomy(width, height, panels, solo, lanes, panes, code_share)


def _roomy(
    width: int, height: int, panels: Collection[str], solo: str, lanes: int, panes: int, code_share: float
) -> Arrangement:
    below = [panel for panel in ("code", "findings") if panel in panels]
    if len(below) == 2 and width < ROOM_FOR_TWO:
        below = [solo if solo in below else "findings"]
    rest = height - panes
    timeline = min(lanes, rest * 2 // 3 if below else rest) if "timeline" in panels else 0
    if not below:
        return Arrangement(height - timeline, timeline)
    code = width if below == ["code"] else round(width * code_share) if "code" in below else 0
    return Arrangement(panes, timeline, rest - timeline, code, width - code)


def _between(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
