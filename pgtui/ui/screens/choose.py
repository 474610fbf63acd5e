"""Choose one of a list, over whatever is on the screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ChooseScreen(ModalScreen[str | None]):
    """Gives the id of the option that was chosen; None when none was."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("escape,q", "leave", "back", id="choose-back"),
        Binding("j", "app.stand_for('down')", "down", show=False, id="choose-down"),
        Binding("k", "app.stand_for('up')", "up", show=False, id="choose-up"),
    ]

    DEFAULT_CSS = """
    ChooseScreen { align: center middle; background: $background 60%; }
    ChooseScreen > Vertical {
        width: 100; max-width: 100%; height: auto; max-height: 90%;
        background: $surface; border: round $frame-focus; padding: 0 1;
    }
    ChooseScreen OptionList, ChooseScreen OptionList:focus {
        height: auto; max-height: 40; border: none; background: $surface; padding: 0;
    }
    ChooseScreen OptionList:focus { background-tint: transparent; }
    ChooseScreen OptionList:focus > .option-list--option-highlighted { background: $frame-focus 20%; }
    ChooseScreen Label { color: $dim; }
    """

    def __init__(self, title: str, options: Sequence[Option]) -> None:
        """A list to choose from.

        Args:
            title: what is chosen.
            options: those without an id are headings.
        """
        super().__init__()
        self._title = title
        self._options = options

    def compose(self) -> "ComposeResult":
        with Vertical() as box:
            box.border_title = self._title
            yield OptionList(*self._options, markup=False)
            yield Label("enter takes it · esc back", markup=False)

    def on_mount(self) -> None:
        """The first that can be chosen is under the cursor."""
        options = self.query_one(OptionList)
        options.highlighted = next((n for n, option in enumerate(self._options) if not option.disabled), None)
        options.focus()

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        """Give the option."""
        self.dismiss(message.option.id)

    def action_leave(self) -> None:
        """Give nothing."""
        self.dismiss(None)
