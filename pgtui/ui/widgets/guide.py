"""The guide's panels: the list of hazards, an entry in words, its recipes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.message import Message

from pgtui.guide import Hazard, Outcome
from pgtui.ui.draw.cells import Row
from pgtui.ui.draw.flow import flow, words
from pgtui.ui.draw.recipes import recipes
from pgtui.ui.entries import Entry
from pgtui.ui.guidedrawing import Listing, entry, listing
from pgtui.ui.guidesearch import Found
from pgtui.ui.look import Look
from pgtui.ui.widgets.page import Page


class HazardList(Page):
    """The hazards that were looked for; one of them is chosen."""

    HELP = """\
## Hazards

What can go wrong when tasks share connections, each with the drivers that it is shown on, and how it fared here:
`√` it showed and the right way was clean, `×` one of the two was not so, `Ø` it was skipped. Enter, or a second
click, runs the chosen one; `/` searches.
"""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("up", "move(-1)", "up", show=False, id="hazards-up"),
        Binding("down", "move(1)", "down", show=False, id="hazards-down"),
        Binding("pageup", "move(-6)", "page up", show=False, id="hazards-page-up"),
        Binding("pagedown,space", "move(6)", "page down", show=False, id="hazards-page-down"),
        Binding("home", "move(-99)", "first", show=False, id="hazards-home"),
        Binding("end", "move(99)", "last", show=False, id="hazards-end"),
    ]

    @dataclass
    class Chosen(Message):
        """Another hazard is chosen."""

        found: Found

    @dataclass
    class Opened(Message):
        """The chosen hazard shall be run."""

        hazard: Hazard

    def __init__(self) -> None:
        super().__init__("hazards")
        self.heading = "hazards"
        self.found: Sequence[Found] = ()
        self.cursor = 0
        self._outcomes: dict[int, Outcome] = {}
        self._listing = Listing((), ())

    @property
    def chosen(self) -> Found | None:
        """The hazard that is chosen; None when there is none to choose."""
        return self.found[self.cursor] if self.found else None

    def show(self, found: Sequence[Found], outcomes: dict[int, Outcome], all_of_them: int) -> None:
        """Show these hazards; the one that is chosen stays so when it is among them."""
        before = self.chosen.hazard.number if self.chosen is not None else 0
        another = tuple(found) != tuple(self.found)
        self.found, self._outcomes = found, outcomes
        if another:
            numbers = [one.hazard.number for one in found]
            explained = bool(found) and bool(found[0].message)
            self.cursor = 0 if explained or before not in numbers else numbers.index(before)
        self.caption = f"{len(found)} of {all_of_them}" if len(found) < all_of_them else ""
        self.redraw()
        self._reveal()

    def lines(self, theme: Look, columns: int) -> Sequence[Row]:
        self._listing = listing(theme, self.found, self._outcomes, self.cursor, columns, self.has_focus)
        return self._listing.rows

    def action_move(self, by: int) -> None:
        """Choose another one."""
        place = max(0, min(self.cursor + by, len(self.found) - 1))
        if place != self.cursor:
            self.cursor = place
            self.redraw()
            self._reveal()
            self.post_message(self.Chosen(self.found[place]))

    def _reveal(self) -> None:
        self.reveal(*self._listing.lines_of(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Choose the hazard under the mouse; a second click runs it."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        line = offset.y + self.scroll_offset.y
        place = self._listing.owners[line] if line < len(self._listing.owners) else -1
        if place >= 0:
            self.action_move(place - self.cursor)
            if event.chain == 2:
                self.post_message(self.Opened(self.found[place].hazard))

    def on_resize(self) -> None:
        super().on_resize()
        self._reveal()

    def on_focus(self) -> None:
        """Show that the keys go here."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that they do not any more."""
        self.redraw()


class EntryPage(Page):
    """An entry in words."""

    HELP = """\
## Entry

What happens, how it fared on this server, why (with the places in the drivers' source, as installed here), what to
write instead, where others met it, and the errors that it explains.
"""

    def __init__(self) -> None:
        super().__init__("entry")
        self._shown: tuple[Found, Entry | None, Outcome | None] | None = None

    def show(self, found: Found | None, read: Entry | None, outcome: Outcome | None) -> None:
        """Show an entry.

        Args:
            found: which hazard; None for none.
            read: what was read from the sources for it, once it was.
            outcome: how it fared, if it was run.
        """
        before = self._shown[0].hazard if self._shown is not None else None
        self._shown = (found, read, outcome) if found is not None else None
        self.heading = f"{found.hazard.number} {found.hazard.id}" if found is not None else ""
        self.caption = " ".join(found.hazard.drivers) if found is not None else ""
        self.redraw(from_top=found is not None and found.hazard is not before)

    def lines(self, theme: Look, columns: int) -> Sequence[Row]:
        if self._shown is None:
            return ()
        found, read, outcome = self._shown
        return entry(theme, found.hazard, read, outcome, found.message, columns)


class RecipesPage(Page):
    """The recipe that shows the hazard, and that of the right way."""

    HELP = """\
## Recipes

What is run: left, or above, the hazard, and beside it the same work done the right way. `-` and `+` mark the lines in
which they differ. `d` shows those of the next driver.
"""

    def __init__(self) -> None:
        super().__init__("recipes")
        self._entry: Entry | None = None
        self._reading = False
        self.case = 0

    def show(self, read: Entry | None, case: int, *, reading: bool) -> None:
        """Show a case's recipes.

        Args:
            read: where they are; None when they are not there.
            case: the place of the case.
            reading: whether they will be there in a moment.
        """
        self._reading = reading and read is None
        another = read is None or self._entry is None or (read.hazard, case) != (self._entry.hazard, self.case)
        self._entry, self.case = read, case
        drivers = [one.driver for one in read.recipes] if read is not None else []
        chosen = drivers[case] if drivers else ""
        self.heading = f"recipes  {chosen}".strip()
        others = [name for name in drivers if name != chosen]
        self.caption = f"d {' '.join(others)}" if others else ""
        self.redraw(from_top=another)

    def lines(self, theme: Look, columns: int) -> Sequence[Row]:
        if self._entry is None:
            told = "Reading the sources …" if self._reading else ""
            return list(flow(columns, words(told, theme.style("dim")), theme.style()))
        one = self._entry.recipes[self.case]
        if one.hazard is None or one.right_way is None:
            return list(flow(columns, words(one.missing, theme.style("foreground")), theme.style()))
        return recipes(theme, one.hazard, one.right_way, columns)
