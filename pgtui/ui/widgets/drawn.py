"""`Drawn`: a panel whose lines a pure function draws from the picture. It keeps where it is scrolled to, no more.

A picture that shows it nothing new costs a comparison; one that does, a repaint of what is in view.
"""

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.strip import Strip

from pgtui.ui.draw.cells import Row, text_of
from pgtui.ui.look import Look, look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.widgets.framed import Framed


class Drawn(Framed, can_focus=True, inherit_bindings=False):
    """A panel; a subclass says what it depends on, how large it is and how it is drawn.

    The keys for sideways and for both ends are the screen's: they move the playhead.

    Attributes:
        FRAMED: whether it has a frame.
    """

    FRAMED: ClassVar = True

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up", "scroll_up", "up", show=False, id="panel-up"),
        Binding("down", "scroll_down", "down", show=False, id="panel-down"),
        Binding("pageup", "page_up", "page up", show=False, id="panel-page-up"),
        Binding("pagedown", "page_down", "page down", show=False, id="panel-page-down"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.picture: Picture | None = None
        self._shown: object = None
        self._strips: list[Strip] = []
        self._drawn_for: object = None

    # What a subclass says
    def depends_on(self, picture: Picture) -> object:
        """What of the picture it shows; nothing is done while this stays equal."""
        raise NotImplementedError

    def extent(self, picture: Picture) -> tuple[int, int]:
        """Width and height of all that it could show, in cells."""
        raise NotImplementedError

    def draw(self, picture: Picture, theme: Look) -> list[Row]:
        """The rows in view, each as wide as `room`."""
        raise NotImplementedError

    def follow(self, picture: Picture) -> None:
        """Scroll to what a new picture is about."""

    # What it does with it
    def show(self, picture: Picture) -> None:
        """Show the picture; draws only what has changed."""
        shown = self.depends_on(picture)
        if shown == self._shown:
            return
        other = self.picture is None or self.picture.trace is not picture.trace
        self._shown = shown
        self.picture = picture
        self._measure()
        if other:
            self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self.follow(picture)
        self.redraw()

    def redraw(self) -> None:
        """Draw again, though the picture is the same."""
        self._drawn_for = None
        self.refresh()

    def _measure(self) -> None:
        if self.picture is not None and self.room[0] > 0:
            size = Size(*self.extent(self.picture))
            if size != self.virtual_size:
                self.virtual_size = size

    def strips(self, theme: Look, style: Style) -> list[Strip]:
        drawn_for = (theme, self.room, self.scroll_offset, style)
        if self.picture is not None and drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            rows = self.draw(self.picture, theme)
            self._strips = [Strip(row).apply_style(style) for row in rows]
        return self._strips

    def paint(self, lines: range) -> list[Strip]:
        if self.FRAMED:
            return super().paint(lines)
        style, columns = self.rich_style, self.room[0]
        strips, blank = self.strips(look(self.app), style), Strip.blank(columns, style)
        ends = Strip.blank(self.styles.padding.left, style), Strip.blank(self.styles.padding.right, style)
        return [Strip.join([ends[0], self.line(strips, y, columns, blank), ends[1]]) for y in lines]

    @property
    def can_select(self) -> bool:
        # Nobody selects text that runs away; its offsets cost as much as all the rest of a line.
        live = self.picture is not None and self.picture.mode is Mode.LIVE
        return self.ALLOW_SELECT and not live

    @property
    def text(self) -> str:
        """What it shows, as text: the rows in view, line by line; rows scrolled away are empty lines."""
        if self.picture is None:
            return ""
        rows = self.draw(self.picture, look(self.app))
        return "\n" * self.scroll_offset.y + "\n".join(text_of(row).rstrip() for row in rows)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None

    def on_resize(self) -> None:
        """Fit to another size."""
        self._measure()
        if self.picture is not None:
            self.follow(self.picture)
        self.redraw()
