"""The panes of all tasks: a grid of them while each has room, above that the compact list with one pane beside it."""

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.css.query import NoMatches

from pgtui.ui.picture import Picture
from pgtui.ui.tasklog import Notes
from pgtui.ui.widgets.pane import Pane
from pgtui.ui.widgets.tasklist import TaskList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pgtui.core.trace import Trace

MOST_PANES = 8
LEAST_WIDTH, LEAST_HEIGHT = 22, 5
"""Cells that a pane needs at least, its frame included."""
GOOD_WIDTH, GOOD_HEIGHT = 30, 7
"""Cells with which a pane is good to read."""


def grid_of(tasks: int, cells: int, lines: int) -> tuple[int, int] | None:
    """Columns and rows of panes for so many tasks; None when the list has to do.

    >>> grid_of(3, 80, 9), grid_of(8, 120, 20), grid_of(8, 80, 9)
    ((3, 1), (4, 2), None)
    """
    if tasks > MOST_PANES:
        return None
    cramped = None
    for rows in range(1, tasks + 1):
        columns = -(-tasks // rows)
        width, height = cells // columns, lines // rows
        if width >= GOOD_WIDTH and height >= GOOD_HEIGHT:
            return columns, rows
        if cramped is None and width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
            cramped = columns, rows
    return cramped


class Panes(Container):
    """All tasks at the playhead."""

    DEFAULT_CSS = """
    Panes { layout: grid; height: 1fr; }
    Panes > TaskList { width: 1fr; }
    Panes.-listed { layout: horizontal; }
    Panes.-listed > Pane { width: 1fr; max-width: 60%; }
    """

    def __init__(self) -> None:
        super().__init__(id="panes")
        self._picture: Picture | None = None
        self._notes: Notes | None = None
        self._laid_out: tuple[int, tuple[int, int] | None] | None = None
        self._opened = 0
        """The task whose pane stands beside the list, 0 for none."""

    def compose(self) -> "ComposeResult":
        yield from ()

    def show(self, picture: Picture) -> None:
        """Show all tasks at the picture's playhead."""
        self._picture = picture
        notes = self._notes_of(picture.trace)
        notes.read_on(picture.index)
        self._lay_out(picture)
        for child in self.children:
            if isinstance(child, Pane):
                if child.number < len(picture.moment.tasks):
                    child.show(picture, notes)
            elif isinstance(child, TaskList):
                child.show(picture)

    def show_again(self) -> None:
        """Show the same to panes that were not there yet, or had no size."""
        if self._picture is not None:
            self.show(self._picture)

    def on_resize(self) -> None:
        """Another size may have room for other panes."""
        self.call_after_refresh(self.show_again)

    def _notes_of(self, trace: "Trace") -> Notes:
        if self._notes is None or self._notes.trace is not trace:
            self._notes = Notes(trace)
        return self._notes

    def _lay_out(self, picture: Picture) -> None:
        """Mount what the number of tasks and the size ask for, when they have changed."""
        tasks = len(picture.trace.header.names) - 1
        if not self.is_attached or not self.size.area:
            return
        grid = grid_of(tasks, self.size.width, self.size.height)
        if (tasks, grid) == self._laid_out:
            return
        listed = grid is None
        was_listed = self._laid_out is not None and self._laid_out[1] is None
        self._laid_out = tasks, grid
        self.set_class(listed, "-listed")
        if grid is not None:
            self.styles.grid_size_columns, self.styles.grid_size_rows = grid
        wanted = [] if listed else list(range(1, tasks + 1))
        present = {child.number: child for child in self.query_children(Pane)}
        if listed or was_listed:
            self._opened = 0
            self.remove_children()
            present = {}
        self.call_after_refresh(self.show_again)
        if listed:
            self.mount(TaskList())
            return
        for number, pane in present.items():
            if number not in wanted:
                pane.remove()
        self.mount(*(Pane(number) for number in wanted if number not in present))

    @on(TaskList.Opened)
    def open_beside(self, message: TaskList.Opened) -> None:
        """Open the pane of a task beside the list, or close it."""
        message.stop()
        for pane in self.query_children(Pane):
            pane.remove()
        self._opened = 0 if message.task == self._opened else message.task
        if self._opened:
            self.mount(Pane(self._opened, beside=True))
        self.call_after_refresh(self.show_again)

    @on(TaskList.Moved)
    def turn_pane(self, message: TaskList.Moved) -> None:
        """Let the pane beside the list show the task that the cursor is on."""
        message.stop()
        if self._opened and self._opened != message.task:
            self._opened = message.task
            for pane in self.query_children(Pane):
                pane.turn_to(message.task)
            self.show_again()

    @property
    def chosen(self) -> int:
        """The task that has the focus, 0 for none."""
        focused = self.screen.focused
        if isinstance(focused, Pane):
            return focused.number
        return focused.cursor if isinstance(focused, TaskList) else 0

    def focus_task(self, number: int) -> None:
        """Go to the pane of a task, or to its line in the list."""
        try:
            self.query_one(f"#task-{number}", Pane).focus()
        except NoMatches:
            for one in self.query(TaskList):
                one.go_to(number)
                one.focus()

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Name and log of each pane, of the one with the focus only if one has it."""
        focused = self.screen.focused
        panes = [focused] if isinstance(focused, Pane) else list(self.query(Pane))
        if self._picture is None:
            return []
        return [(self._picture.trace.name(pane.number), pane.text) for pane in panes]
