"""The guide screen: 32 hazards to look up, each with its recipes, and each run on the server before one's eyes."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding
from textual.containers import Container
from textual.screen import Screen

from pgtui.guide import Outcome, hazards
from pgtui.ui.commands import GUIDE, bindings_of
from pgtui.ui.entries import Entry, read_entry
from pgtui.ui.guiderooms import rooms
from pgtui.ui.guidesearch import Found, search
from pgtui.ui.laboratory import Laboratory
from pgtui.ui.screens.showing import ShowingScreen
from pgtui.ui.showing import Showing
from pgtui.ui.text import visible, width
from pgtui.ui.widgets.guide import EntryPage, HazardList, RecipesPage
from pgtui.ui.widgets.keybar import KeyBar
from pgtui.ui.widgets.search import Search, SearchLine
from pgtui.ui.widgets.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

QUICK = 5_000
"""Characters that are looked through at once; more of them in a thread."""


class GuideScreen(Screen[None]):
    """The guide. The app keeps it, so that it is as one left it when it is opened again.

    Attributes:
        outcomes: number of a hazard → how it fared, for those that were run.
    """

    BINDINGS: ClassVar[list[Binding]] = bindings_of(GUIDE)  # type: ignore[assignment]  # narrower than Textual's

    DEFAULT_CSS = """
    GuideScreen { background: $background; overflow: hidden; }
    GuideScreen > #upper { layout: vertical; height: auto; }
    GuideScreen > #upper.-wide { layout: horizontal; }
    """

    def __init__(
        self, laboratory: Laboratory | None, outcomes: "Iterable[Outcome]" = (), entries: "Iterable[Entry]" = ()
    ) -> None:
        """A guide to read.

        Args:
            laboratory: where hazards are run; None where there is no server.
            outcomes: how some of them fared.
            entries: what has been read of the sources.
        """
        super().__init__()
        self.laboratory = laboratory
        self.outcomes = {one.hazard.number: one for one in outcomes}
        self._entries = {one.hazard.number: one for one in entries}
        self._found = search("")
        self._cases: dict[int, int] = {}

    def compose(self) -> "ComposeResult":
        yield Status()
        yield SearchLine()
        with Container(id="upper"):
            yield HazardList()
            yield EntryPage()
        yield RecipesPage()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first hazard."""
        self.query_one(HazardList).focus()
        self.arrange_panels()
        self.show()

    # What is shown
    def show(self) -> None:
        """Show what was found, and the chosen hazard."""
        if not self.query(HazardList):  # the app is being closed
            return
        listed = self.query_one(HazardList)
        listed.show(self._found, self.outcomes, len(hazards()))
        chosen = listed.chosen
        read = self._entries.get(chosen.hazard.number) if chosen is not None else None
        outcome = self.outcomes.get(chosen.hazard.number) if chosen is not None else None
        self.query_one(EntryPage).show(chosen, read, outcome)
        case = self._cases.get(chosen.hazard.number, 0) if chosen is not None else 0
        self.query_one(RecipesPage).show(read, case, reading=chosen is not None)
        self.query_one(Status).say(self._headline(self.size.width - 10))
        if chosen is not None and read is None:
            self._read(chosen)

    def _headline(self, cells: int) -> str:
        """What fits into so many cells."""
        told = ["field guide", f"{len(hazards())} hazards"]
        ran = [one for one in self.outcomes.values() if one.skipped is None]
        if ran:
            shown, clean = sum(one.shown for one in ran), sum(one.right_way_clean for one in ran)
            told.append(f"{len(ran)} run: {shown} shown, {clean} with a clean right way")
        target = self.laboratory.target if self.laboratory is not None else None
        if target is not None:
            told.append(visible(target.description))
        while len(told) > 1 and width(" · ".join(told)) > cells:
            told.pop()
        return " · ".join(told)

    @work(group="entry", exclusive=True)
    async def _read(self, found: Found) -> None:
        self._entries[found.hazard.number] = await asyncio.to_thread(read_entry, found.hazard)
        self.show()

    def arrange_panels(self) -> None:
        """Give every panel its room; the one with the keys gets the most."""
        search_line = self.query_one(SearchLine).is_open
        focused = self.focused.id if isinstance(self.focused, EntryPage | RecipesPage) else "hazards"
        room = rooms(self.size.width, self.size.height - 2 - search_line, focused or "")
        self.query_one("#upper").set_class(room.columns > 0, "-wide")
        listed = self.query_one(HazardList)
        listed.styles.width = room.columns or "1fr"
        self.query_one(EntryPage).styles.width = "1fr"
        for page, lines in (
            (listed, room.hazards), (self.query_one(EntryPage), room.entry), (self.query_one(RecipesPage), room.recipes)
        ):  # fmt: skip
            page.styles.height = lines

    def on_resize(self) -> None:
        """The terminal has another size."""
        self.arrange_panels()
        self.show()

    def on_screen_resume(self) -> None:
        """Something may be known now that was not when one left."""
        self.show()

    @on(events.DescendantFocus)
    def make_room(self) -> None:
        """The panel with the keys is the one that is read."""
        self.arrange_panels()

    # Choosing
    @on(HazardList.Chosen)
    def choose(self) -> None:
        """Show another hazard."""
        self.show()

    def action_driver(self, by: int) -> None:
        """Show the recipes of another driver."""
        chosen = self.query_one(HazardList).chosen
        if chosen is None:
            return
        number, cases = chosen.hazard.number, len(chosen.hazard.cases)
        if cases < 2:
            self.notify(f"This hazard is shown on {chosen.hazard.drivers[0]} alone.", timeout=2)
        self._cases[number] = (self._cases.get(number, 0) + by) % cases
        self.show()

    # Searching
    def action_search(self) -> None:
        """Open the line to search in."""
        self.query_one(SearchLine).add_class("-open")
        self.query_one(Search).focus()
        self.arrange_panels()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted anywhere is searched for."""
        event.stop()
        self.action_search()
        self.query_one(Search).take(event.text)

    @on(Search.Wanted)
    def look_for(self, message: Search.Wanted) -> None:
        """Find what is searched for now."""
        self._look_for(message.text)

    @work(group="search", exclusive=True)
    async def _look_for(self, text: str) -> None:
        self._found = search(text) if len(text) < QUICK else await asyncio.to_thread(search, text)
        self.show()

    @on(Search.Moved)
    def move(self, message: Search.Moved) -> None:
        """Choose another one of those that were found."""
        self.query_one(HazardList).action_move(message.by)

    @on(Search.Done)
    def leave_search(self) -> None:
        """Choose among what was found."""
        self.query_one(HazardList).focus()

    @on(Search.Left)
    def end_search(self) -> None:
        """All hazards again."""
        self.query_one(SearchLine).remove_class("-open")
        self.query_one(HazardList).focus()
        self.arrange_panels()
        self._look_for("")

    # Running
    def action_show(self) -> None:
        """Run the chosen hazard and its right way."""
        chosen = self.query_one(HazardList).chosen
        if chosen is None:
            return
        if self.laboratory is None:
            self.notify("This is a recorded run, and there is no server to show a hazard on.")
            return
        showing = Showing(chosen.hazard)

        def take(_: None) -> None:
            if showing.outcome is not None:
                self.outcomes[showing.hazard.number] = showing.outcome
            self.show()

        place = self._cases.get(chosen.hazard.number, 0)
        self.app.push_screen(ShowingScreen(showing, self.laboratory, place), take)

    @on(HazardList.Opened)
    def open_hazard(self) -> None:
        """Run it."""
        self.action_show()

    def action_back(self) -> None:
        """End the search; without one, go back."""
        if self.query_one(SearchLine).is_open:
            self.query_one(Search).action_leave()
        else:
            self.dismiss(None)
