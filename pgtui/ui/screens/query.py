"""The query editor: SQL over several lines, with colours and a history."""

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, TextArea
from textual.widgets.option_list import Option
from textual.widgets.text_area import TextAreaTheme

from pgtui.ui.look import Look, look
from pgtui.ui.text import clipped, visible

if TYPE_CHECKING:
    from textual.app import ComposeResult

MOST_SHOWN = 8


class QueryScreen(ModalScreen[str | None]):
    """Edit the query; gives the new one, empty for the demo rows, None when it shall stay as it is."""

    HELP = """\
## Query

All tasks run this SELECT; each asks for so many rows of it as the control says. F5 or ctrl+s runs it, escape
leaves it as it was. Below: the queries of before; enter takes one into the editor. Empty: the demo rows.
"""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("f5,ctrl+s", "take", "run it", id="query-run", priority=True),
        Binding("escape", "leave", "back", id="query-back", priority=True),
        Binding("f6", "history", "history", id="query-history", priority=True),
    ]

    DEFAULT_CSS = """
    QueryScreen { align: center middle; background: $background 60%; }
    QueryScreen > Vertical {
        width: 100; max-width: 100%; height: auto; max-height: 100%;
        background: $surface; border: round $frame-focus; padding: 0 1;
    }
    QueryScreen TextArea, QueryScreen TextArea:focus { height: 10; border: none; padding: 0; background: $surface; }
    QueryScreen OptionList, QueryScreen OptionList:focus {
        height: auto; max-height: 8; border: none; background: $surface; padding: 0;
    }
    QueryScreen OptionList:focus { background-tint: transparent; }
    QueryScreen OptionList:focus > .option-list--option-highlighted { background: $frame-focus 20%; }
    QueryScreen Label { color: $dim; }
    QueryScreen .-empty { display: none; }
    """

    def __init__(self, query: str, history: tuple[str, ...]) -> None:
        """An editor.

        Args:
            query: what stands in it at first.
            history: the queries of before, the latest first.
        """
        super().__init__()
        self._query = query
        self._history = history

    def compose(self) -> "ComposeResult":
        with Vertical() as box:
            box.border_title = "query"
            yield TextArea.code_editor(self._query, language="sql", show_line_numbers=False, tab_behavior="focus")
            yield Label("before", id="before", classes="" if self._history else "-empty")
            yield OptionList(*self._options(), markup=False, classes="" if self._history else "-empty")
            yield Label("f5 run it · esc back · f6 the queries of before", markup=False)

    def _options(self) -> list[Option]:
        return [
            Option(Text(clipped(visible(" ".join(query.split())), 90)), id=str(place))
            for place, query in enumerate(self._history[:MOST_SHOWN])
        ]

    def on_mount(self) -> None:
        """The editor has the keys, and the theme's colours."""
        editor = self.query_one(TextArea)
        theme = sql_theme(look(self.app))
        editor.register_theme(theme)
        editor.theme = theme.name
        editor.move_cursor(editor.document.end)
        editor.focus()

    def action_take(self) -> None:
        """Run what stands in the editor."""
        self.dismiss(self.query_one(TextArea).text.strip())

    def action_leave(self) -> None:
        """Leave the query as it was."""
        self.dismiss(None)

    def action_history(self) -> None:
        """Go between the editor and the queries of before."""
        target = OptionList if isinstance(self.focused, TextArea) and self._history else TextArea
        self.query_one(target).focus()

    @on(OptionList.OptionSelected)
    def take_from_history(self, message: OptionList.OptionSelected) -> None:
        """Put a query of before into the editor."""
        if message.option.id is not None:
            editor = self.query_one(TextArea)
            editor.text = self._history[int(message.option.id)]
            editor.move_cursor(editor.document.end)
            editor.focus()


def sql_theme(theme: Look) -> TextAreaTheme:
    """The editor's colours: those that the code panel has."""
    return TextAreaTheme(
        "pgtui",
        base_style=theme.style("code-text", "surface"),
        cursor_line_style=theme.style(None, "code-line"),
        cursor_style=theme.style("background", "mark"),
        syntax_styles={
            "keyword": theme.style("code-keyword", bold=True),
            "keyword.operator": theme.style("code-keyword", bold=True),
            "conditional": theme.style("code-keyword", bold=True),
            "function.call": theme.style("code-function"),
            "string": theme.style("code-string"),
            "number": theme.style("code-number"),
            "float": theme.style("code-number"),
            "boolean": theme.style("code-number"),
            "comment": theme.style("code-comment", italic=True),
            "operator": theme.style("code-operator"),
            "type": theme.style("code-type"),
            "type.builtin": theme.style("code-type"),
            "type.qualifier": theme.style("code-keyword", bold=True),
            "storageclass": theme.style("code-keyword", bold=True),
        },
    )
