"""A pane: one task's log, with its state above and its account below.

It draws line by line from the trace, at the playhead; what it keeps is where it is scrolled to. It scrolls by itself:
Textual's own scrolling lays the screen out again for every line that is added.
"""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from pgtui.ui.columns import Columns, columns, looked_at
from pgtui.ui.draw import frames
from pgtui.ui.look import Look, look
from pgtui.ui.panedrawing import (
    Frame,
    bottom,
    edge,
    frame_of,
    ink,
    line_parts,
    line_segments,
    tells_times,
    times,
    top,
)
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.tasklog import Line, Notes, TaskLog
from pgtui.ui.widgets.painted import Painted

LEAST_CELLS_FOR_TAGS = 30
WHEEL_LINES = 3


class Pane(Painted, can_focus=True):
    """One task at the playhead."""

    HELP = """\
## Pane

One task. Above: its state, and the process id of its connection's backend; a mark behind the id says that
other tasks are on the same connection. Inside: what it did, and its rows in its colour; a row that another
task had asked for has that task's colour. Behind each row: who asked for it, and which row of the result
it is. Below: rows received of rows expected, what is wrong with them, its steps on the loop, and how long
it ran, was ready to run, and waited; a narrow pane has the process id there, and no times.
"""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up", "scroll(-1)", "up", show=False, id="pane-up"),
        Binding("down", "scroll(1)", "down", show=False, id="pane-down"),
        Binding("pageup", "scroll(-10)", "page up", show=False, id="pane-page-up"),
        Binding("pagedown", "scroll(10)", "page down", show=False, id="pane-page-down"),
    ]

    DEFAULT_CSS = """
    Pane { background: $background; }
    """

    @dataclass
    class Opened(Message):
        """The pane shall be shown as large as the screen, or as small as before."""

        task: int

    def __init__(self, task: int, *, beside: bool = False) -> None:
        super().__init__(id="beside" if beside else f"task-{task}")
        self.number = task
        self.first = 0
        """The log's line that stands first."""
        self.follows = True
        """Whether it stays at the log's end; scrolling up ends that, scrolling down to the end brings it back."""
        self._picture: Picture | None = None
        self._log: TaskLog | None = None
        self._frame: Frame | None = None
        self._count = 0
        self._columns = Columns(())
        self._columns_for: tuple[object, ...] = ()
        self._window: tuple[int, list[Line]] = (0, [])
        self._highlighted: frozenset[int] = frozenset()
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(1024)
        self._look: Look | None = None
        self._room = Size(0, 0)

    def turn_to(self, task: int) -> None:
        """Show another task from now on."""
        self.number = task
        self._picture = self._frame = None
        self._window = 0, []
        self.refresh()

    def show(self, picture: Picture, notes: Notes) -> None:
        """Show the task at the picture's playhead; draws only what has changed.

        Args:
            picture: what to show.
            notes: of the picture's trace, read up to its moment.
        """
        if self._picture is None or picture.trace is not self._picture.trace:
            self._log = TaskLog(picture.trace, self.number, notes)
            self._columns_for = ()
            self._strips.clear()
            self.follows = True
        self._picture = picture
        self._room = self.size
        if self._room.width < 4:
            return
        frame = frame_of(picture, self.number)
        if self._frame is None:
            self._frame = frame
            self.refresh()  # what was painted before has no sides
        elif frame != self._frame:
            self._frame = frame
            below = 1 + tells_times(*self._room)
            self.refresh(
                Region(0, 0, self._room.width, 1), Region(0, self._room.height - below, self._room.width, below)
            )
        self._show_window()

    def _show_window(self) -> None:
        """Read the lines in view from the trace, once a frame, and draw them again when they are others."""
        if self._log is None or self._picture is None:
            return
        picture = self._picture
        key = (looked_at(picture.trace), self._cells)
        if key != self._columns_for:
            self._columns_for = key
            self._columns = columns(picture.trace, self._cells - self._tag_cells)
        self._count = self._log.count(picture.moment, self._cells)
        last = max(0, self._count - self._body)
        self.first = last if self.follows else min(self.first, last)
        lines = self._log.lines(picture.moment, self.first, self.first + self._body, self._cells)
        if (self.first, lines) != self._window or picture.highlighted != self._highlighted:
            self._window = self.first, lines
            self._highlighted = picture.highlighted
            self.refresh(Region(0, 1, self._room.width, self._body))

    @property
    def _body(self) -> int:
        return max(0, self._room.height - 2 - tells_times(*self._room))

    @property
    def _cells(self) -> int:
        """Cells for text: without the frame, the mark and the blanks beside them."""
        return max(1, self._room.width - 5)

    @property
    def _tag_cells(self) -> int:
        """Cells for the tag at the right: a letter and a number, and a blank before them."""
        if self._room.width < LEAST_CELLS_FOR_TAGS or self._picture is None or not self._picture.trace.header.tagged:
            return 0
        return len(str(self._picture.trace.header.experiment.rows)) + 2

    # Drawing
    def paint(self, lines: range) -> list[Strip]:
        # Once for all lines: Textual works out a widget's size anew whenever it is asked, and the theme's look too.
        theme, room = look(self.app), self.size
        self._room = room
        if theme is not self._look:
            self._look = theme
            self._strips.clear()
        frame = self._frame
        if frame is None or room.width < 4:
            return [Strip.blank(room.width, self.rich_style)] * len(lines)
        found: list[Strip] = []
        for y in lines:
            if 0 < y <= self._body:
                found.append(self._line(theme, y - 1))
                continue
            if y == 0:
                segments = top(theme, frame, room.width, self.has_focus)
            elif y == room.height - 1:
                segments = bottom(theme, frame, room.width, self.has_focus)
            else:
                side = Segment(frames.side(self.has_focus), edge(theme, self.number, self.has_focus))
                segments = [side, *times(theme, frame, room.width - 2), side]
            found.append(Strip(segments).adjust_cell_length(room.width))
        return found

    def render_line(self, y: int) -> Strip:
        return self.paint(range(y, y + 1))[0]

    def _line(self, theme: Look, y: int) -> Strip:
        first, lines = self._window
        place, line = first + y, lines[y] if y < len(lines) else None
        highlighted = line is not None and line.event in self._highlighted
        key = (place, line, self._room.width, self.has_focus, self._is_thumb(y), highlighted, self._columns)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(theme, line, y, highlighted)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(place)) is not None:
            start, end = span[0] + 1, self._room.width - 1 if span[1] == -1 else span[1] + 1
            chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
            strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end, self._room.width)])
        # Nobody selects text that runs away; the offsets cost as much as all the rest of a line.
        live = self._picture is not None and self._picture.mode is Mode.LIVE
        return strip if live else strip.apply_offsets(-1, place)

    def _drawn(self, theme: Look, line: Line | None, y: int, highlighted: bool) -> Strip:
        assert self._picture is not None
        style, side = edge(theme, self.number, self.has_focus), frames.side(self.has_focus)
        inner = self._room.width - 2
        if line is None:
            body = [Segment(" " * inner, ink(theme, "foreground"))]
        else:
            tagged = bool(self._tag_cells)
            parts = line_parts(theme, self._picture.trace, line, self.number, self._columns, tagged)
            body = line_segments(theme, parts, inner, highlighted)
        end = frames.thumb(self.has_focus) if self._is_thumb(y) else side
        return Strip([Segment(side, style), *body, Segment(end, style)], self._room.width)

    def _is_thumb(self, y: int) -> bool:
        """Whether the frame tells, beside this row of the body, which part of the log is in view."""
        return frames.is_thumb(y, self._body, self.first, self._count)

    # Selecting, scrolling
    @property
    def text(self) -> str:
        """The whole log at the playhead, one line a line of the pane."""
        if self._log is None or self._picture is None:
            return ""
        theme, trace, tagged = look(self.app), self._picture.trace, bool(self._tag_cells)
        lines = self._log.lines(self._picture.moment, 0, self._count, self._cells)
        drawn = [line_parts(theme, trace, line, self.number, self._columns, tagged) for line in lines]
        return "\n".join(f"{parts.mark} {parts.text}{parts.tag}".rstrip() for parts in drawn)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for ctrl+c."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def action_scroll(self, by: int) -> None:
        """Scroll by so many lines."""
        last = max(0, self._count - self._body)
        self.first = max(0, min(self.first + by, last))
        self.follows = self.first == last
        self._show_window()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(WHEEL_LINES)

    def on_resize(self) -> None:
        self._window = 0, []
        self._room = self.size
        if self._room.width >= 4:
            if self._picture is not None and self._frame is None:  # shown before it had a size
                self._frame = frame_of(self._picture, self.number)
                self.refresh()
            self._show_window()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.post_message(self.Opened(self.number))
