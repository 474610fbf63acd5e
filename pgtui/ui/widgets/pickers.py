"""The pickers: what the experiment is, with the key that changes each part; numbers are edited in their place."""

from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgtui.core.experiment import Experiment
from pgtui.ui.look import look
from pgtui.ui.pickerdrawing import NUMBERS, Line, Number, picker_lines

MOST_DIGITS = 8


class Pickers(Widget):
    """The experiment, and the keys that change it."""

    HELP = """\
## Controls

Each part of the experiment with its key: press it to pick the next one, with shift the one before, or click.
Numbers: press the key, type, and enter; the arrows count up and down. What is struck out cannot be had with
the rest of the experiment; picked all the same, it says why.
"""

    DEFAULT_CSS = """
    Pickers { height: auto; background: $background; }
    """

    ALLOW_SELECT = False

    @dataclass
    class Picked(Message):
        """A part of the experiment shall have another value."""

        field: str
        value: object

    @dataclass
    class Closed(Message):
        """A number is not edited any more."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(id="pickers")
        self.experiment = experiment
        self._query = ""
        self._editing: Number | None = None
        self._typed = ""
        self._fresh = False

    def show(self, experiment: Experiment, query: str) -> None:
        """Show an experiment; `query` is what it asks the server, whoever chose it."""
        if (experiment, query) != (self.experiment, self._query):
            self.experiment, self._query = experiment, query
            self.refresh(layout=True)

    def edit(self, field: str) -> None:
        """Begin to edit a number."""
        self._editing = next(number for number in NUMBERS if number.field == field)
        self._typed, self._fresh = self._editing.shown(self.experiment), True
        self.can_focus = True  # while there is something to type; else it would only be in the way of tab
        self.focus()
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        lines, cells = self._lines(self.size.width), self.size.width
        strip = Strip(lines[y]) if y < len(lines) else Strip.blank(cells)
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)

    def _lines(self, cells: int) -> list[Line]:
        editing = (self._editing.field, self._typed) if self._editing else None
        return picker_lines(look(self.app), self.experiment, self._query, cells, editing)

    # Editing a number
    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """What is typed belongs to the number while it is edited."""
        return self._editing is not None and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if self._editing is None:
            return
        event.stop()
        event.prevent_default()
        if event.key in ("enter", "tab"):
            self._take()
        elif event.key == "escape":
            self._close()
        elif event.key in ("up", "down"):
            self._typed = str(max(0, int(self._typed or 0) + (1 if event.key == "up" else -1)))
        elif event.key in ("backspace", "delete"):
            self._typed = self._typed[:-1]
        elif event.character is not None and event.character.isdecimal() and event.character.isascii():
            self._typed = (event.character if self._fresh else self._typed + event.character)[:MOST_DIGITS]
        self._fresh = False
        self.refresh(layout=True)

    def _take(self) -> None:
        if self._editing is not None and self._typed:
            self.post_message(self.Picked(self._editing.field, self._editing.taken(int(self._typed))))
        self._close()

    def _close(self) -> None:
        self._editing = None
        self.post_message(self.Closed())

    def on_blur(self) -> None:
        self._editing = None
        self.can_focus = False
        self.refresh(layout=True)
