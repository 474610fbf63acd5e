"""Asks for one line of text, over whatever is on the screen."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

if TYPE_CHECKING:
    from textual.app import ComposeResult


class AskScreen(ModalScreen[str | None]):
    """Gives what was typed; None when it was left."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("escape", "leave", "back", id="ask-back", priority=True),
    ]

    DEFAULT_CSS = """
    AskScreen { align: center middle; background: $background 60%; }
    AskScreen > Vertical {
        width: 80; max-width: 100%; height: auto;
        background: $surface; border: round $frame-focus; padding: 0 1;
    }
    AskScreen Input, AskScreen Input:focus { border: none; height: 1; padding: 0; background: $surface; }
    AskScreen Label { color: $dim; }
    """

    def __init__(self, title: str, value: str) -> None:
        super().__init__()
        self._title = title
        self._value = value

    def compose(self) -> "ComposeResult":
        with Vertical() as box:
            box.border_title = self._title
            yield Input(self._value, select_on_focus=False)
            yield Label("enter takes it · esc back", markup=False)

    @on(Input.Submitted)
    def take(self, message: Input.Submitted) -> None:
        """Give what was typed."""
        self.dismiss(message.value.strip() or None)

    def action_leave(self) -> None:
        """Give nothing."""
        self.dismiss(None)
