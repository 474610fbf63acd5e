"""The matrix as a widget: it draws a grid, moves the chosen cell, and says when that shall be opened."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgtui.core.experiment import Experiment
from pgtui.matrix.cells import Cell
from pgtui.ui.look import look
from pgtui.ui.matrixdrawing import board, legend_words
from pgtui.ui.matrixgrid import ROWS, Grid, layout, place_at, scrolled


class Matrix(Widget, can_focus=True):
    """Every driver in every sharing mode; one cell is chosen."""

    HELP = f"""\
## Matrix

A row is what the tasks share, without and with a `sleep(0)` after each row; a column is a driver. A cell says what
its runs amount to, and marks rows lost, rows that reached the wrong task, and runs that differ. Enter, or a second
click, runs the chosen cell in the live screen; `r` runs the cells that are missing, or all of them again.

{legend_words()}

Where tasks read one result, its rows are shared out: that is no loss.
"""

    DEFAULT_CSS = """
    Matrix { height: 1fr; background: $background; }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("up", "move(-1, 0)", "up", show=False, id="matrix-up"),
        Binding("down", "move(1, 0)", "down", show=False, id="matrix-down"),
        Binding("left", "move(0, -1)", "left", show=False, id="matrix-left"),
        Binding("right", "move(0, 1)", "right", show=False, id="matrix-right"),
        Binding("pageup", "move(-2, 0)", "up", show=False, id="matrix-page-up"),
        Binding("pagedown", "move(2, 0)", "down", show=False, id="matrix-page-down"),
        Binding("home", "move(0, -99)", "first", show=False, id="matrix-home"),
        Binding("end", "move(0, 99)", "last", show=False, id="matrix-end"),
        Binding("enter", "open", "open live", id="matrix-open"),
    ]

    ALLOW_SELECT = False

    @dataclass
    class Opened(Message):
        """The experiment of a cell shall be run in the live screen."""

        experiment: Experiment

    def __init__(self, grid: Grid) -> None:
        super().__init__(id="matrix")
        self.grid = grid
        self._strips: list[Strip] = []
        self._drawn_for: object = None

    def show(self, cells: Mapping[Experiment, Cell], running: Experiment | None, server: str, problem: str) -> None:
        """Show what is known now."""
        self._turn_to(
            dataclasses.replace(self.grid, cells=dict(cells), running=running, server=server, problem=problem)
        )

    def action_move(self, down: int, right: int) -> None:
        """Choose another cell."""
        self._choose(self.grid.row + down, self.grid.column + right)

    def action_open(self) -> None:
        """Ask for the chosen cell to be opened."""
        self.post_message(self.Opened(self.grid.chosen))

    def on_click(self, event: events.Click) -> None:
        """Choose the cell under the mouse; a second click opens it."""
        place = place_at(self.grid, *self.size, event.x, event.y)
        if place is not None:
            self._choose(*place)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._choose(self.grid.row + (0 if event.shift else 1), self.grid.column + (1 if event.shift else 0))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._choose(self.grid.row - (0 if event.shift else 1), self.grid.column - (1 if event.shift else 0))

    def on_mouse_scroll_right(self) -> None:
        self.action_move(0, 1)

    def on_mouse_scroll_left(self) -> None:
        self.action_move(0, -1)

    def on_resize(self) -> None:
        """Keep the chosen cell in view."""
        self._choose(self.grid.row, self.grid.column)

    def _choose(self, row: int, column: int) -> None:
        grid = self.grid
        row, column = max(0, min(row, len(ROWS) - 1)), max(0, min(column, grid.columns - 1))
        at = layout(dataclasses.replace(grid, top=0), *self.size)
        self._turn_to(
            dataclasses.replace(
                grid,
                row=row,
                column=column,
                top=scrolled(grid.top, row, at.rows, len(ROWS)),
                left=scrolled(grid.left, column, at.columns, grid.columns),
            )
        )

    def _turn_to(self, grid: Grid) -> None:
        if grid != self.grid:
            self.grid = grid
            self.refresh()

    def render_line(self, y: int) -> Strip:
        theme = look(self.app)
        drawn_for = (self.grid, theme, self.size, self.rich_style)
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._strips = [Strip(row).apply_style(self.rich_style) for row in board(theme, self.grid, *self.size)]
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None
