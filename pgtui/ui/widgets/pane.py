"""A pane: one task's log, with its state above and its account below.

It draws line by line from the trace, at the playhead; what it keeps is where it is scrolled to.
"""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from pgtui.ui.columns import Columns, columns, looked_at
from pgtui.ui.look import Look, look
from pgtui.ui.panedrawing import Frame, bottom, edge, frame_of, line_parts, top
from pgtui.ui.picture import Picture
from pgtui.ui.tasklog import Line, Notes, TaskLog
from pgtui.ui.text import clipped, width

LEAST_CELLS_FOR_TAGS = 30


class Pane(ScrollView, can_focus=True, inherit_bindings=False):
    """One task at the playhead."""

    HELP = """\
## Pane

One task. Above: its state, and the process id of its connection's backend; a mark behind the id says that
other tasks are on the same connection. Inside: what it did, and its rows in its colour; a row that another
task had asked for has that task's colour. Behind each row: who asked for it, and which row of the result
it is. Below: rows received of rows expected, what is wrong with them, its steps on the loop, and how long
it ran, was ready to run, and waited.
"""

    # The keys for sideways and for both ends are the screen's: they move the playhead.
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up,k", "scroll_up", "up", show=False, id="pane-up"),
        Binding("down,j", "scroll_down", "down", show=False, id="pane-down"),
        Binding("pageup", "page_up", "page up", show=False, id="pane-page-up"),
        Binding("pagedown", "page_down", "page down", show=False, id="pane-page-down"),
    ]

    DEFAULT_CSS = """
    Pane { scrollbar-size: 0 0; background: $background; }
    """

    @dataclass
    class Opened(Message):
        """The pane shall be shown as large as the screen, or as small as before."""

        task: int

    def __init__(self, task: int, *, beside: bool = False) -> None:
        super().__init__(id="beside" if beside else f"task-{task}")
        self.number = task
        self._picture: Picture | None = None
        self._log: TaskLog | None = None
        self._frame: Frame | None = None
        self._columns = Columns(())
        self._columns_for: tuple[object, ...] = ()
        self._window: tuple[int, list[Line]] = (0, [])
        self._highlighted: frozenset[int] = frozenset()
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(1024)
        self._look: Look | None = None

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
        anew = self._picture is None or picture.trace is not self._picture.trace
        if anew:
            self._log = TaskLog(picture.trace, self.number, notes)
            self._columns_for = ()
            self._strips.clear()
        self._picture = picture
        if self._log is None or self.size.width < 4:
            return
        self._show_frame(frame_of(picture, self.number))
        following = anew or self.is_vertical_scroll_end
        size = Size(self.size.width, self._log.count(picture.moment, self._cells) + 2)
        if self.virtual_size != size:
            self.virtual_size = size
        if following:
            self._scroll_to_end()
        self._show_window()

    def _scroll_to_end(self) -> None:
        # Forced: a widget whose scrollbar is not shown (yet) would not scroll.
        self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)

    def _show_frame(self, frame: Frame) -> None:
        if frame != self._frame:
            self._frame = frame
            self.refresh(Region(0, 0, self.size.width, 1), Region(0, self.size.height - 1, self.size.width, 1))

    def _show_window(self) -> None:
        """Read the lines in view from the trace, once a frame, and draw them again when they are others."""
        if self._log is None or self._picture is None:
            return
        picture = self._picture
        key = (looked_at(picture.trace), self._cells)
        if key != self._columns_for:
            self._columns_for = key
            self._columns = columns(picture.trace, self._cells - self._tag_cells)
        start = self.scroll_offset.y
        lines = self._log.lines(picture.moment, start, start + self._body, self._cells)
        if (start, lines) != self._window or picture.highlighted != self._highlighted:
            self._window = start, lines
            self._highlighted = picture.highlighted
            self.refresh(Region(0, 1, self.size.width, self._body))

    @property
    def _body(self) -> int:
        return max(0, self.size.height - 2)

    @property
    def _cells(self) -> int:
        """Cells for text: without the frame, the mark and the blanks beside them."""
        return max(1, self.size.width - 5)

    @property
    def _tag_cells(self) -> int:
        """Cells for the tag at the right: a letter and a number, and a blank before them."""
        if self.size.width < LEAST_CELLS_FOR_TAGS or self._picture is None or not self._picture.trace.header.tagged:
            return 0
        return len(str(self._picture.trace.header.experiment.rows)) + 2

    def render_line(self, y: int) -> Strip:
        theme, cells = look(self.app), self.size.width
        if theme is not self._look:
            self._look = theme
            self._strips.clear()
        if self._frame is None or cells < 4:
            return Strip.blank(cells, self.rich_style)
        if y == 0:
            strip = Strip(top(theme, self._frame, cells, self.has_focus))
        elif y >= self.size.height - 1:
            strip = Strip(bottom(theme, self._frame, cells, self.has_focus))
        else:
            strip = self._line(theme, y - 1)
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)

    def _line(self, theme: Look, y: int) -> Strip:
        start, lines = self._window
        style = edge(theme, self.number, self.has_focus)
        side = "┃" if self.has_focus else "│"
        inner = self.size.width - 2
        body = self._log_line(theme, lines[y], start + y, inner) if y < len(lines) else Strip.blank(inner)
        sides = Strip([Segment(side, style)]), Strip([Segment("█" if self._is_thumb(y) else side, style)])
        return Strip.join([sides[0], body, sides[1]]).apply_offsets(-1, start + y)

    def _is_thumb(self, y: int) -> bool:
        """Whether the frame tells, beside this row of the body, which part of the log is in view."""
        body, count = self._body, self.virtual_size.height - 2
        if count <= body or not body:
            return False
        size = max(1, body * body // count)
        first = round((body - size) * self.scroll_offset.y / (count - body))
        return first <= y < first + size

    def _log_line(self, theme: Look, line: Line, place: int, cells: int) -> Strip:
        highlighted = line.event in self._highlighted
        selection = self.text_selection
        key = (place, line, cells, highlighted, self._columns)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(theme, line, cells, highlighted)
        if selection is not None and (span := selection.get_span(place)) is not None:
            start, end = span[0], cells if span[1] == -1 else span[1]
            chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
            strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end, cells)])
        return strip

    def _drawn(self, theme: Look, line: Line, cells: int, highlighted: bool) -> Strip:
        assert self._picture is not None
        tagged = bool(self._tag_cells)
        mark, text, tag = line_parts(theme, self._picture.trace, line, self.number, self._columns, tagged)
        room = cells - 3 - width(tag[0])
        words = clipped(text[0], room)
        style = text[1] + theme.style("background", "mark") if highlighted else text[1]
        blanks = " " * (room - width(words))
        parts = (f"{mark[0]} ", mark[1]), (words, style), (blanks, None), tag, (" ", None)
        return Strip([Segment(text, style) for text, style in parts])

    @property
    def text(self) -> str:
        """The whole log at the playhead, one line a line of the pane."""
        if self._log is None or self._picture is None:
            return ""
        trace, moment = self._picture.trace, self._picture.moment
        lines = self._log.lines(moment, 0, self._log.count(moment, self._cells), self._cells)
        drawn = (
            line_parts(look(self.app), trace, line, self.number, self._columns, bool(self._tag_cells)) for line in lines
        )
        return "\n".join(f"{mark[0]} {text[0]}{tag[0]}".rstrip() for mark, text, tag in drawn)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for ctrl+c."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._show_window()

    def on_resize(self) -> None:
        self._window = 0, []
        if self._picture is not None and self._log is not None and self.size.width >= 4:
            following = self.is_vertical_scroll_end
            self.virtual_size = Size(self.size.width, self._log.count(self._picture.moment, self._cells) + 2)
            if following:
                self._scroll_to_end()
            self._show_window()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.post_message(self.Opened(self.number))
