"""The panel that says what happened: findings as sentences, with advice; one of them can be chosen."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message

from pgtui.core.findings import Finding
from pgtui.ui.draw.cells import Row
from pgtui.ui.draw.findings import Sheet, sheet
from pgtui.ui.look import Look, look
from pgtui.ui.picture import Picture
from pgtui.ui.widgets.drawn import Drawn


class Findings(Drawn):
    """What there is to say about the run, up to the playhead."""

    HELP = """\
## What happened

A sentence for each thing that there is to say: `●` rows were lost or went to the wrong task, or tasks failed; `▲` it
works, but not as fast as it looks; `○` worth knowing. `→` is what to write instead, and below it the sharing modes in
which the trouble does not show. Enter or a click goes to the events that a sentence rests on. `=` and `≠` tell whether
repeats went the same way.
"""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("up", "move(-1)", "up", show=False, id="findings-up"),
        Binding("down", "move(1)", "down", show=False, id="findings-down"),
        Binding("enter", "choose", "show", show=False, id="findings-choose", tooltip="Go to what it rests on."),
    ]

    @dataclass
    class Chosen(Message):
        """The events that a finding rests on shall be shown."""

        finding: Finding

    def __init__(self) -> None:
        super().__init__("findings")
        self.heading = "what happened"
        self.cursor = 0
        self._sheet: Sheet | None = None

    def depends_on(self, picture: Picture) -> object:
        trace = picture.trace
        quiet = () if picture.findings else trace.finished and picture.index >= len(trace)
        return id(picture.trace), tuple(picture.findings), picture.same, picture.highlighted, quiet

    def extent(self, picture: Picture) -> tuple[int, int]:
        return self.room[0], len(self._written(picture, look(self.app)).rows)

    def draw(self, picture: Picture, theme: Look) -> list[Row]:
        top = self.scroll_offset.y
        return list(self._written(picture, theme).rows[top : top + self.room[1]])

    def _written(self, picture: Picture, theme: Look) -> Sheet:
        self.cursor = min(self.cursor, max(0, len(picture.findings) - 1))
        self._sheet = sheet(picture, self.room[0], theme, self.cursor if self.has_focus else self._chosen(picture))
        return self._sheet

    def _chosen(self, picture: Picture) -> int:
        """The finding whose events are highlighted, -1 for none."""
        events = picture.highlighted
        return next((n for n, f in enumerate(picture.findings) if events and events == frozenset(f.events)), -1)

    def action_move(self, by: int) -> None:
        """Move to another finding."""
        if self.picture is not None and self.picture.findings:
            self.cursor = min(max(0, self.cursor + by), len(self.picture.findings) - 1)
            self._reveal()
            self.redraw()

    def _reveal(self) -> None:
        if self._sheet is not None:
            first, last = self._sheet.lines_of(self.cursor)
            self.scroll_to_region(Region(0, first, 1, max(1, last - first)), animate=False, force=True, immediate=True)

    def action_choose(self) -> None:
        """Show what the finding rests on."""
        if self.picture is not None and self.cursor < len(self.picture.findings):
            self.post_message(self.Chosen(self.picture.findings[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Choose the finding under the mouse."""
        offset = event.get_content_offset(self)
        if self._sheet is None or offset is None or self.text_selection is not None:
            return
        line = offset.y + self.scroll_offset.y
        owner = self._sheet.owners[line] if line < len(self._sheet.owners) else -1
        if owner >= 0:
            self.cursor = owner
            self.redraw()
            self.action_choose()

    def on_focus(self) -> None:
        """Mark the finding that Enter would choose."""
        self.redraw()

    def on_blur(self) -> None:
        """Mark only what is chosen."""
        self.redraw()
