"""An app that holds one panel and nothing else, for tests of what the panel does with mouse, keys and pictures."""

from textual.app import App, ComposeResult
from textual.message import Message

from pgtui.ui.themes import variable_defaults
from pgtui.ui.widgets.drawn import Drawn


class PanelApp(App[None]):
    """One panel on the whole screen; keeps the messages that the panel sends."""

    AUTO_FOCUS = None
    CSS = "Screen { background: $background; } Drawn { height: 1fr; }"

    def __init__(self, panel: Drawn) -> None:
        super().__init__()
        self.panel = panel
        self.animation_level = "none"
        self.sent: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.panel

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(variable_defaults(self.current_theme))

    def keep(self, message: Message) -> None:
        """Keep a message of the panel: a test's `message_hook`."""
        if type(message).__qualname__.startswith(type(self.panel).__name__ + ".") and message not in self.sent:
            self.sent.append(message)

    @property
    def lines(self) -> list[str]:
        """What the panel paints inside its frame, without trailing blanks."""
        strips = [self.panel.render_line(y) for y in range(self.panel.room[1])]
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def frame_title(self) -> str:
        """The panel's frame above its lines."""
        first = self.panel.render_lines(self.panel.outer_size.region)[0]
        return "".join(segment.text for segment in first).strip("╭╮┏┓─━ ")
