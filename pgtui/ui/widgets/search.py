"""The line in which one searches. What is pasted may have many lines: it is searched for as a whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Search(Input):
    """Where one types what is searched for.

    What is pasted may have many lines: it is searched for as a whole.

    Attributes:
        pasted: a text of several lines that stands for what the line shows; None when that stands for itself.
    """

    DEFAULT_CSS = """
    Search, Search:focus { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("enter", "done", "choose", id="search-done"),
        Binding("up", "move(-1)", "up", show=False, id="search-up"),
        Binding("down", "move(1)", "down", show=False, id="search-down"),
        Binding("escape", "leave", "all of them", id="search-leave"),
    ]

    @dataclass
    class Wanted(Message):
        """This text is searched for now."""

        text: str

    @dataclass
    class Moved(Message):
        """Another hazard of those that were found shall be chosen."""

        by: int

    @dataclass
    class Done(Message):
        """The keys shall go to the hazards that were found."""

    @dataclass
    class Left(Message):
        """Nothing is searched for any more."""

    def __init__(self) -> None:
        super().__init__(placeholder="words, a number, or an error message", id="search", select_on_focus=False)
        self.pasted: str | None = None
        self._pasted_line = ""

    @property
    def wanted(self) -> str:
        """What is searched for."""
        return self.pasted if self.pasted is not None else self.value

    def take(self, text: str) -> None:
        """Search for a text that was pasted; the line shows its last line, where the error stands."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        self._pasted_line = lines[-1] if lines else ""
        self.pasted = text if len(lines) > 1 else None
        self.value = self._pasted_line
        self.cursor_position = len(self.value)
        self.post_message(self.Wanted(self.wanted))

    def on_paste(self, event: events.Paste) -> None:
        """Take all of its lines: a traceback's error is in its last one."""
        if len(event.text.splitlines()) > 1:
            event.prevent_default()
            event.stop()
            self.take(event.text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is typed stands for itself."""
        event.stop()
        if self.pasted is not None and event.value == self._pasted_line:
            return
        self.pasted = None
        self.post_message(self.Wanted(self.wanted))

    def action_done(self) -> None:
        """Leave it to choose among what was found."""
        self.post_message(self.Done())

    def action_leave(self) -> None:
        """Search for nothing any more."""
        self.pasted = None
        self.value = ""
        self.post_message(self.Left())

    def action_move(self, by: int) -> None:
        """Choose another one, without leaving the line."""
        self.post_message(self.Moved(by))


class SearchLine(Horizontal):
    """The line in which one searches, with its sign."""

    DEFAULT_CSS = """
    SearchLine { height: 1; background: $panel; display: none; }
    SearchLine > Static { width: auto; padding: 0 1; color: $key; text-style: bold; }
    SearchLine.-open { display: block; }
    """

    def compose(self) -> "ComposeResult":
        yield Static("/", markup=False)
        yield Search()

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.has_class("-open")
