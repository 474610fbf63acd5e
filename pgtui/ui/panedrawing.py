"""Draws the parts of a pane: its frame with the task's state and account, and one line of its log. Pure functions."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from pgtui.core.trace import Trace
from pgtui.ui.columns import Columns, values_of
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture, task_letter
from pgtui.ui.tasklog import Line
from pgtui.ui.text import clipped, fitted, width
from pgtui.ui.words import rows_words, sharers, state_of, time_words

ROOM_FOR_PID = 26
"""Cells beside the name from which on the backend's number is called `pid`."""
PID_ABOVE = 34
"""Cells of a pane from which on the backend stands in its upper line."""
TIMES_BELOW, TIMES_INSIDE = 80, 10
"""Cells from which on the times stand in the lower line; lines from which on they have one of their own otherwise."""

_MARKS = {"foreign": "foreign", "doubled": "doubled", "lost": "lost", "error": "error", "gone": "absent"}
"""The glyphs before lines that stand out."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in a pane's frame; equal frames look the same."""

    task: int
    name: str
    state: str
    words: str
    backend: int
    shared: bool
    rows: tuple[str, ...]
    steps: int
    times: str


def frame_of(picture: Picture, task: int) -> Frame:
    """The frame of a task's pane."""
    trace, moment = picture.trace, picture.moment
    state = moment.tasks[task]
    name, words = state_of(trace, moment, task)
    return Frame(
        task=task,
        name=trace.name(task),
        state=name,
        words=words,
        backend=state.backend,
        shared=sharers(moment, task) > 1,
        rows=tuple(rows_words(trace, moment, task)),
        steps=state.steps,
        times=time_words(state, picture.time + trace.origin),
    )


def ink(theme: Look, colour: str, *, bold: bool = False, italic: bool = False) -> Style:
    """A style on the pane's own background: a line that has it need not be styled again."""
    return theme.style(colour, "background", bold=bold, italic=italic)


def edge(theme: Look, task: int, focused: bool) -> Style:
    """The style of a pane's lines."""
    return ink(theme, theme.task(task), bold=focused)


def top(theme: Look, frame: Frame, cells: int, focused: bool) -> list[Segment]:
    """The upper line: name, state, and at the right the backend, marked when it is shared."""
    style = edge(theme, frame.task, focused)
    corner, line, end = ("┏", "━", "┓") if focused else ("╭", "─", "╮")
    room = cells - width(frame.name) - 6
    backend = _backend(theme, frame, room) if cells >= PID_ABOVE else ""
    words = frame.words
    if width(words) > room - 3 - width(backend):
        words = words.replace("waiting for lock held by ", "lock: ").removeprefix("waiting ")
    words = clipped(words, room - 3 - width(backend))
    title = [
        Segment(f"{corner}{line}", style),
        Segment(f" {frame.name} ", ink(theme, theme.task(frame.task), bold=True)),
        Segment(f"{theme.glyph(frame.state)} {words} ", ink(theme, theme.state(frame.state))),
    ]
    used = sum(width(segment.text) for segment in title) + width(backend) + 2
    title.append(Segment(line * (cells - used), style))
    title.append(Segment(backend, ink(theme, "foreground" if frame.shared else "dim")))
    title.append(Segment(line + end, style))
    return title


def _backend(theme: Look, frame: Frame, room: int) -> str:
    """` pid 4711 ∞ `, shortened until the state's words have their room beside it."""
    if not frame.backend:
        return ""
    shared = f"{theme.glyph('shared')} " if frame.shared else ""
    texts = [f" pid {frame.backend} {shared}"] if room >= ROOM_FOR_PID else []
    for text in (*texts, f" {frame.backend} {shared}"):
        if room - width(text) >= width(frame.words) + 3:
            return text
    return f" {frame.backend} {shared}" if room - width(text) >= 13 else ""


def bottom(theme: Look, frame: Frame, cells: int, focused: bool) -> list[Segment]:
    """The lower line: rows received of rows expected, what is wrong with them, steps, times; as much as fits.

    In a narrow pane the backend stands at its end.
    """
    style, dim = edge(theme, frame.task, focused), ink(theme, "dim")
    corner, line, end = ("┗", "━", "┛") if focused else ("╰", "─", "╯")
    backend = ""
    if cells < PID_ABOVE and frame.backend:
        backend = f" {frame.backend} {theme.glyph('shared') + ' ' if frame.shared else ''}"
        cells -= width(backend)
    received, *wrong = frame.rows
    if width(received) + 6 > cells:
        received = f"{received.partition(' of ')[0]} rows"
    parts = [(received, ink(theme, "foreground")), *((word, ink(theme, "row-lost", bold=True)) for word in wrong)]
    parts.append((f"{frame.steps:,} step{'s' if frame.steps != 1 else ''}", dim))
    if cells >= TIMES_BELOW:
        parts.append((frame.times, dim))
    segments = [Segment(f"{corner}{line} ", style)]
    used = 3
    for place, (word, colour) in enumerate(parts):
        separator = " · " if place else ""
        if used + width(separator + word) + 3 > cells:
            break
        segments += [Segment(separator, dim), Segment(word, colour)]
        used += width(separator + word)
    segments.append(Segment(f" {line * (cells - used - 3)}", style))
    if backend:
        segments.append(Segment(backend, ink(theme, "foreground" if frame.shared else "dim")))
    return [*segments, Segment(line + end, style)]


def tells_times(cells: int, lines: int) -> bool:
    """Whether a pane of this size has a line inside for how long its task ran, was ready, and waited."""
    return cells < TIMES_BELOW and lines >= TIMES_INSIDE


def times(theme: Look, frame: Frame, cells: int) -> list[Segment]:
    """That line, without the sides, in exactly so many cells; with glyphs for words where it is narrow."""
    words = frame.times if width(frame.times) <= cells - 2 else frame.times.replace(" · ", "  ")
    if width(words) > cells - 2:
        for name, state in (("ran", "running"), ("ready", "ready"), ("waited", "waiting")):
            words = words.replace(name, theme.glyph(state))
    return [Segment(fitted(f" {words}", cells), ink(theme, "dim"))]


LINE_INKS: dict[str, tuple[str, bool, bool]] = {
    "said": ("foreground", False, False),
    "run": ("dim", False, True),
    "note": ("dim", False, False),
    "error": ("state-error", True, False),
    "message": ("state-error", False, False),
    "lost": ("row-lost", True, False),
    "end": ("state-cancelled", True, False),
    "gone": ("dim", False, False),
}
"""Colour, bold and italic of a line that is no row."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A line of a log, ready to be put into cells.

    Attributes:
        mark: one cell that makes it stand out, or a blank.
        mark_style: its style.
        text: what it says.
        style: its style.
        tag: who asked for the row, and which it is; empty for none.
        tag_style: its style.
    """

    mark: str
    mark_style: Style
    text: str
    style: Style
    tag: str
    tag_style: Style


def line_parts(theme: Look, trace: Trace, line: Line, task: int, columns: Columns, tagged: bool) -> Parts:
    """The parts of a line of the task's pane.

    Args:
        theme: the colours.
        trace: where the values are.
        line: of the task's log.
        task: whose pane it is.
        columns: of the rows' values.
        tagged: whether there is room for the tag.
    """
    if line.kind in ("row", "foreign", "doubled"):
        return _row(theme, trace, line, task, columns, tagged)
    colour, bold, italic = LINE_INKS[line.kind]
    if line.kind == "said" and line.text.startswith("fetched"):
        colour, bold = theme.task(task), True
    style = ink(theme, colour, bold=bold, italic=italic)
    mark = theme.glyph(_MARKS[line.kind]) if line.kind in _MARKS else " "
    return Parts(mark, style, line.text, style, "", style)


def _row(theme: Look, trace: Trace, line: Line, task: int, columns: Columns, tagged: bool) -> Parts:
    values = values_of(trace, line.tag)
    text = "(values not kept)" if values is None else columns.text(values)
    known = 0 < line.owner < len(trace.header.names)
    owner = theme.task(line.owner if known else task)
    tag = f" {task_letter(trace, line.owner)}{line.number}" if tagged and known else ""
    style = ink(theme, owner)
    if line.kind == "row":
        return Parts(" ", style, text, style, tag, ink(theme, "row-tag"))
    mark_style = ink(theme, f"row-{line.kind}", bold=True)
    return Parts(theme.glyph(_MARKS[line.kind]), mark_style, text, style, tag, ink(theme, owner, bold=True))


def line_segments(theme: Look, parts: Parts, cells: int, highlighted: bool) -> list[Segment]:
    """A line in exactly so many cells: mark, text, tag."""
    room = cells - 3 - len(parts.tag)
    text = clipped(parts.text, room)
    blanks = " " * (room - width(text))
    if highlighted:
        marked = theme.style("background", "mark", bold=True)
        segments = [Segment(f"{parts.mark} ", parts.mark_style), Segment(text, marked), Segment(blanks, parts.style)]
    elif parts.mark_style is parts.style:
        segments = [Segment(f"{parts.mark} {text}{blanks}", parts.style)]
    else:
        segments = [Segment(f"{parts.mark} ", parts.mark_style), Segment(text + blanks, parts.style)]
    return [*segments, Segment(f"{parts.tag} ", parts.tag_style)]
