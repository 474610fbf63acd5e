"""A notice in the place of the panes: what keeps the experiment from running, or what is being waited for."""

from rich.text import Text
from textual.widgets import Static

from pgtui.ui.look import look
from pgtui.ui.text import visible


class Notice(Static):
    """A sentence, and what to do."""

    DEFAULT_CSS = """
    Notice { height: 1fr; padding: 1 4; content-align: center middle; text-align: center; display: none; }
    Notice.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="notice", markup=False)

    def say(self, message: str, hint: str = "", *, bad: bool = False) -> None:
        """Show a message and a hint; `bad` for what went wrong."""
        theme = look(self.app)
        colour = theme.style("state-error" if bad else "foreground", bold=True)
        text = Text()
        text.append(visible(message).replace("␊", "\n"), style=colour)
        if hint:
            text.append("\n\n" + visible(hint).replace("␊", "\n"), style=theme.style("dim"))
        self.update(text)
        self.set_class(True, "-shown")

    def hide(self) -> None:
        """Make room for the panes."""
        self.set_class(False, "-shown")
