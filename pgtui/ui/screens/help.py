"""The help: every key, every glyph, every word of the screen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from pgtui.ui.commands import BEYOND, COMMANDS, FIELD_GUIDE, GROUPS, GUIDE, SHOWING, Command
from pgtui.ui.legend import GUIDE_MARKS, MARKS, STATES, WORDS
from pgtui.ui.look import Look, look

if TYPE_CHECKING:
    from textual.app import ComposeResult

KEY_CELLS = 14
WORD_CELLS = 30


class HelpScreen(ModalScreen[None]):
    """The help, over whatever was on the screen."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("escape,question_mark,q", "dismiss", "back", id="help-back"),
        Binding("j", "app.stand_for('down')", "down", show=False, id="help-down"),
        Binding("k", "app.stand_for('up')", "up", show=False, id="help-up"),
    ]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 104; max-width: 100%; height: 90%;
        background: $surface; border: round $frame-focus; padding: 0 2;
    }
    HelpScreen Static { width: 100%; height: auto; }
    HelpScreen Markdown { background: $surface; padding: 0; margin: 0 0 1 0; }
    """

    def __init__(self, keymap: Mapping[str, str], vim: bool, first: str = "", panel: str = "") -> None:
        """The help.

        Args:
            keymap: the id of a command → the keys that the user gave it.
            vim: whether the vim keys are bound.
            first: the heading that comes first, that of the screen on which one asks.
            panel: what the panel that has the keys says about itself, in Markdown.
        """
        super().__init__()
        self._keymap = keymap
        self._vim = vim
        self._first = first
        self._panel = panel

    def compose(self) -> "ComposeResult":
        with VerticalScroll() as box:
            box.border_title = "help"
            box.border_subtitle = "↑ ↓ scroll · esc back"
            if self._panel:
                yield Markdown(self._panel)
            yield Static(help_text(look(self.app), self._keymap, self._vim, self._first), markup=False)

    def on_mount(self) -> None:
        """The text has the keys."""
        self.query_one(VerticalScroll).focus()


def help_text(theme: Look, keymap: Mapping[str, str], vim: bool, first: str = "") -> Text:
    """All of the help; the commands under the heading `first` before the others."""
    text = Text()
    text.append(
        "Several tasks run one query at the same time, each in a pane of its colour. Everything on the screen is at"
        " one moment of the run, the playhead: play it, step it, go back.\n",
        style=theme.style("foreground"),
    )
    for group in sorted((*GROUPS, *BEYOND), key=lambda group: group != first):
        _heading(text, theme, group)
        for command in (*COMMANDS, *GUIDE, *SHOWING):
            if command.group == group and not command.id.startswith("task-"):
                _pair(text, theme, _keys(command, keymap, vim), command.help, KEY_CELLS, "key")
        if group == "View":
            _pair(text, theme, "1 … 8", "To the pane of that task.", KEY_CELLS, "key")
            _pair(text, theme, "tab", "To the next panel; the mouse works everywhere, and drags text to copy (^c).",
                  KEY_CELLS, "key")  # fmt: skip
        if group == FIELD_GUIDE:
            keys = "↑ ↓ j k" if vim else "↑ ↓"
            _pair(text, theme, keys, "The next hazard; a click chooses one, a second click runs it.", KEY_CELLS, "key")
    _heading(text, theme, "States")
    for name, words, meaning in STATES:
        _pair(text, theme, f"{theme.glyph(name)} {words}", meaning, WORD_CELLS, theme.state(name))
    _heading(text, theme, "Marks")
    for glyph, colour, meaning in (*MARKS, *GUIDE_MARKS):
        _pair(text, theme, theme.glyph(glyph), meaning, 5, colour)
    _heading(text, theme, "Words")
    for words, meaning in WORDS:
        _pair(text, theme, words, meaning, WORD_CELLS, "foreground")
    _heading(text, theme, "Settings")
    text.append(
        "Keys are set in settings.toml under [keymap]: the id of a command and its keys, such as run = \"f5\"."
        " The ids: " + ", ".join(command.id for command in (*COMMANDS, *GUIDE, *SHOWING)) + ".\n",
        style=theme.style("dim"),
    )  # fmt: skip
    return text


def _keys(command: Command, keymap: Mapping[str, str], vim: bool) -> str:
    return keymap[command.id].replace(",", " ") if command.id in keymap else command.key_words(vim)


def _heading(text: Text, theme: Look, words: str) -> None:
    text.append(f"\n{words}\n", style=theme.style("foreground", bold=True, underline=True))


def _pair(text: Text, theme: Look, left: str, right: str, cells: int, colour: str) -> None:
    text.append(f"{left:<{cells}}", style=theme.style(colour, bold=True))
    text.append(f"{right}\n", style=theme.style("foreground"))
