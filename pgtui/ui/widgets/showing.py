"""What came of the hazard that is shown, above its panes: a click chooses a driver, or one of the two recipes."""

from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgtui.ui.look import look
from pgtui.ui.showing import Recipe, Showing
from pgtui.ui.showingdrawing import Told, told


class Verdicts(Widget):
    """Whether the hazard showed, whether the right way was clean, and what was seen."""

    HELP = """\
## Hazard

The hazard, with its drivers at the right (`d` goes to the next). Below: whether it showed, whether the right way was
clean, and what was seen. The arrow is at the one whose run is on the screen; `s`, or a click, goes to the other one.
"""

    DEFAULT_CSS = """
    Verdicts { height: auto; background: $background; }
    """

    ALLOW_SELECT = False

    @dataclass
    class Picked(Message):
        """The run of this recipe shall be shown."""

        recipe: Recipe

    def __init__(self, showing: Showing, chosen: Recipe) -> None:
        super().__init__(id="verdicts")
        self._showing = showing
        self.chosen = chosen
        self._shown = self._told = Told((), (), ())
        self._told_for: object = None

    def show(self, chosen: Recipe) -> bool:
        """Show what is known now; whether that takes more lines, or fewer."""
        self.chosen = chosen
        before, self._shown = self._shown, self._draw(self.size.width)
        other_height = len(before.rows) != len(self._shown.rows)
        if self._shown is not before:
            self.refresh(layout=other_height)
        return other_height

    def _draw(self, columns: int) -> Told:
        theme = look(self.app)
        told_for = (theme, self.chosen, columns, self._showing.standing)
        if told_for != self._told_for:
            self._told_for = told_for
            self._told = told(theme, self._showing, self.chosen, max(1, columns))
        return self._told

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._draw(width).rows)

    def render_line(self, y: int) -> Strip:
        rows, cells = self._draw(self.size.width).rows, self.size.width
        strip = Strip(rows[y]) if y < len(rows) else Strip.blank(cells)
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Show what is under the mouse."""
        if event.y >= len(self._told.rows):
            return
        place, side = self.chosen
        chosen = self._told.sides[event.y]
        if chosen is not None:
            self.post_message(self.Picked((place, chosen)))
        for first, stop, case in self._told.tabs if event.y == 0 else ():
            if first <= event.x < stop:
                self.post_message(self.Picked((case, side)))
