"""The compact list: a line a task, for more tasks than panes have room. Enter opens a task's pane beside it."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from pgtui.ui.look import look
from pgtui.ui.picture import Picture
from pgtui.ui.tasklines import columns_in, heading, task_line


class TaskList(ScrollView, can_focus=True, inherit_bindings=False):
    """All tasks at the playhead, a line each."""

    HELP = """\
## List of tasks

A line a task: its name in its colour, its state, the process id of its connection's backend (with a mark when
others are on the same connection), rows received of rows expected, what is wrong with them, its steps on the
loop, and how long it ran, was ready to run, and waited. Enter opens the task's pane beside the list.
"""

    DEFAULT_CSS = """
    TaskList { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up,k", "move(-1)", "up", show=False, id="list-up"),
        Binding("down,j", "move(1)", "down", show=False, id="list-down"),
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
        super().__init__(id="task-list")
        self._picture: Picture | None = None
        self._sharers: Counter[int] = Counter()
        self._columns: dict[str, int] = {}
        self._seen: tuple[object, ...] = ()

    def show(self, picture: Picture) -> None:
        """Show the tasks at the picture's playhead."""
        seen = (picture.look, self.size)
        if seen == self._seen:
            return
        self._seen = seen
        self._picture = picture
        self._columns = columns_in(picture, self.scrollable_content_region.width - 2)
        self._sharers = Counter(state.backend for state in picture.moment.tasks if state.backend)
        tasks = len(picture.moment.tasks) - 1
        size = Size(self.scrollable_content_region.width, tasks + 1)
        if self.virtual_size != size:
            self.virtual_size = size
        self.cursor = min(self.cursor, tasks)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, theme = self.scrollable_content_region.width, look(self.app)
        if self._picture is None:
            return Strip.blank(cells, self.rich_style)
        task = self.scroll_offset.y + y
        if y == 0:
            strip = Strip([Segment("  "), heading(theme, self._columns)])
        elif task < len(self._picture.moment.tasks):
            mark = (theme.glyph("marker"), "mark" if self.has_focus else "dim") if task == self.cursor else (" ", "dim")
            sharers = self._sharers[self._picture.moment.tasks[task].backend]
            strip = Strip([Segment(f"{mark[0]} ", theme.style(mark[1], bold=True)),
                           *task_line(theme, self._picture, task, self._columns, shared=sharers > 1)])  # fmt: skip
        else:
            strip = Strip.blank(cells)
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)

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
        if event.y > 0:
            self.go_to(self.scroll_offset.y + event.y)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        self._seen = ()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
