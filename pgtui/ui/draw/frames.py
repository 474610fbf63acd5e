"""The frame of a panel: a heading in its upper line, a caption in its lower one, and how far it is scrolled."""

from rich.segment import Segment

from pgtui.ui.draw.cells import Row
from pgtui.ui.look import Look
from pgtui.ui.text import clipped, width


def top(look: Look, cells: int, heading: str, focused: bool) -> Row:
    """The upper line, `╭─ heading ───╮`, in exactly so many cells (2 or more)."""
    corner, line, end = ("┏", "━", "┓") if focused else ("╭", "─", "╮")
    style = look.style("frame-focus" if focused else "frame", "background")
    text = clipped(heading, cells - 6) if cells > 7 else ""
    if not text:
        return (Segment(corner + line * (cells - 2) + end, style),)
    return (
        Segment(f"{corner}{line}", style),
        Segment(f" {text} ", look.style("foreground", "background")),
        Segment(line * (cells - width(text) - 5) + end, style),
    )


def bottom(look: Look, cells: int, caption: str, focused: bool) -> Row:
    """The lower line, `╰─── caption ─╯`, in exactly so many cells (2 or more)."""
    corner, line, end = ("┗", "━", "┛") if focused else ("╰", "─", "╯")
    style = look.style("frame-focus" if focused else "frame", "background")
    text = clipped(caption, cells - 6) if cells > 7 else ""
    if not text:
        return (Segment(corner + line * (cells - 2) + end, style),)
    return (
        Segment(corner + line * (cells - width(text) - 5), style),
        Segment(f" {text} ", look.style("dim", "background")),
        Segment(f"{line}{end}", style),
    )


def side(focused: bool) -> str:
    """What stands at both ends of the lines between."""
    return "┃" if focused else "│"


def thumb(focused: bool) -> str:
    """What stands at the right end of the lines that tell which part is in view."""
    return "█" if focused else "┃"


def is_thumb(line: int, lines: int, first: int, count: int) -> bool:
    """Whether the right side tells, beside this of so many lines in view, which part is in view.

    Args:
        line: which line in view, from 0.
        lines: how many are in view.
        first: which of all lines is the first in view.
        count: how many there are.
    """
    if count <= lines or lines < 1:
        return False
    size = max(1, lines * lines // count)
    start = round((lines - size) * first / (count - lines))
    return start <= line < start + size
