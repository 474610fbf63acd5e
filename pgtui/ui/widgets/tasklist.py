"""The compact list: a line a task, for more tasks than panes have room. Enter opens a task's pane beside it."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.tasklines import columns_in, heading, task_line
from pgtui.ui.widgets.framed import Framed


class TaskList(Framed, can_focus=True, inherit_bindings=False):
    """All tasks at the playhead, a line each."""

    HELP = """\
## List of tasks

A line a task: its name in its colour, its state, the process id of its connection's backend (with a mark when
others are on the same connection), rows received of rows expected, what is wrong with them, its steps on the
loop, and how long it ran, was ready to run, and waited. Enter opens the task's pane beside the list.
"""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up", "move(-1)", "up", show=False, id="list-up"),
        Binding("down", "move(1)", "down", show=False, id="list-down"),
        Binding("pageup", "move(-10)", "up", show=False, id="list-page-up"),
        Binding("pagedown", "move(10)", "down", show=False, id="list-page-down"),
        Binding("enter", "choose", "pane", show=False, id="list-open"),
    ]

    cursor: var[int] = var(1)

    @dataclass
    class Opened(Message):
        """The pane of a task shall open beside the list, or close."""

        task: int

    @dataclass
    class Moved(Message):
        """The cursor is on another task."""

        task: int

    def __init__(self) -> None:
        super().__init__("task-list")
        self._picture: Picture | None = None
        self._sharers: Counter[int] = Counter()
        self._columns: dict[str, int] = {}
        self._seen: tuple[object, ...] = ()
        self._strips: list[Strip] = []
        self._drawn_for: tuple[object, ...] = ()

    def show(self, picture: Picture) -> None:
        """Show the tasks at the picture's playhead."""
        seen = (picture.look, self.size)
        if seen == self._seen:
            return
        self._seen = seen
        self._picture = picture
        self._columns = columns_in(picture, self.room[0] - 2)
        self._sharers = Counter(state.backend for state in picture.moment.tasks if state.backend)
        tasks = len(picture.moment.tasks) - 1
        size = Size(self.room[0], tasks + 1)
        if self.virtual_size != size:
            self.virtual_size = size
        self.cursor = min(self.cursor, tasks)
        self.heading = f"{tasks:,} tasks"
        self.caption = f"{sum(state.phase.over for state in picture.moment.tasks[1:]):,} of {tasks:,} ended"
        self._drawn_for = ()
        self.refresh()

    def strips(self, theme: Look, style: Style) -> list[Strip]:
        if self._picture is None:
            return []
        (cells, lines), first, focused = self.room, self.scroll_offset.y, self.has_focus
        drawn_for = (theme, cells, lines, first, focused, self.cursor, style)
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            last = min(first + lines, len(self._picture.moment.tasks))
            drawn = [[Segment("  "), heading(theme, self._columns)]]
            drawn += [self._line(theme, self._picture, task, focused) for task in range(first + 1, last)]
            self._strips = [Strip(line).adjust_cell_length(cells).apply_style(style) for line in drawn]
        return self._strips

    def _line(self, theme: Look, picture: Picture, task: int, focused: bool) -> list[Segment]:
        glyph, colour = (theme.glyph("marker"), "mark" if focused else "dim") if task == self.cursor else (" ", "dim")
        shared = self._sharers[picture.moment.tasks[task].backend] > 1
        parts = task_line(theme, picture, task, self._columns, shared=shared)
        return [Segment(f"{glyph} ", theme.style(colour, bold=True)), *parts]

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.go_to(self.cursor + by)

    def action_choose(self) -> None:
        """Open the pane of the task under the cursor, or close it."""
        self.post_message(self.Opened(self.cursor))

    def go_to(self, task: int) -> None:
        """Put the cursor on a task and bring it into view."""
        tasks = self.virtual_size.height - 1
        self.cursor = max(1, min(task, tasks))
        # The heading covers the first line in view.
        self.scroll_to_region(Region(0, self.cursor - 1, 1, 2), animate=False)
        self.refresh()

    def watch_cursor(self, cursor: int) -> None:
        self.post_message(self.Moved(cursor))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the task under the mouse; a second click opens its pane."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y > 0:
            self.go_to(self.scroll_offset.y + offset.y)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Fit to another size, and not only with the next picture: a run that is over has none."""
        self._seen = ()
        if self._picture is not None:
            self.show(self._picture)
