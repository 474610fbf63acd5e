"""`Drawn`: a panel whose lines a pure function draws from the picture. It keeps where it is scrolled to, no more.

A picture that shows it nothing new costs a comparison; one that does, a repaint of what is in view.
"""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from pgtui.ui.draw import frames
from pgtui.ui.draw.cells import Row, text_of
from pgtui.ui.look import Look, look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.widgets.painted import Painted


class Drawn(Painted, ScrollView, can_focus=True, inherit_bindings=False):
    """A framed panel; a subclass says what it depends on, how large it is and how it is drawn.

    The keys for sideways and for both ends are the screen's: they move the playhead.

    Attributes:
        FRAMED: whether it has a frame, for which its style has a padding of a cell on each side.
        heading, caption: what stands in its frame, above and below.
    """

    FRAMED: ClassVar = True

    DEFAULT_CSS = """
    Drawn {
        background: $background;
        padding: 1;
        overflow: hidden auto;
        scrollbar-size: 0 0;
    }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up,k", "scroll_up", "up", show=False, id="panel-up"),
        Binding("down,j", "scroll_down", "down", show=False, id="panel-down"),
        Binding("pageup", "page_up", "page up", show=False, id="panel-page-up"),
        Binding("pagedown", "page_down", "page down", show=False, id="panel-page-down"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.picture: Picture | None = None
        self.heading = self.caption = ""
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

    @property
    def room(self) -> tuple[int, int]:
        """Width and height of what is in view, in cells."""
        return self.scrollable_content_region.size

    def redraw(self) -> None:
        """Draw again, though the picture is the same."""
        self._drawn_for = None
        self.refresh()

    def _measure(self) -> None:
        if self.picture is not None and self.room[0] > 0:
            size = Size(*self.extent(self.picture))
            if size != self.virtual_size:
                self.virtual_size = size

    def _lines(self, theme: Look, style: Style) -> list[Strip]:
        drawn_for = (theme, self.room, self.scroll_offset, style)
        if self.picture is not None and drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            rows = self.draw(self.picture, theme)
            self._strips = [Strip(row).apply_style(style) for row in rows]
        return self._strips

    def paint(self, lines: range) -> list[Strip]:
        theme, (columns, height), (cells, whole) = look(self.app), self.room, self.outer_size
        style = self.rich_style
        strips = self._lines(theme, style)
        blank = Strip.blank(columns, style)
        left, right = self.styles.padding.left, self.styles.padding.right
        if not self.FRAMED:
            ends = Strip.blank(left, style), Strip.blank(right, style)
            return [Strip.join([ends[0], self._line(strips, y, columns, blank), ends[1]]) for y in lines]
        focused = self.has_focus
        ink = theme.style("frame-focus" if focused else "frame", "background")
        plain, thumb = frames.side(focused), frames.thumb(focused)
        begin, end, thumb_end = (Strip([Segment(text, ink)], 1) for text in (plain, plain, thumb))
        count, first = self.virtual_size.height, self.scroll_offset.y
        found: list[Strip] = []
        for y in lines:
            if y == 0:
                found.append(Strip(frames.top(theme, cells, self.heading, focused), cells))
            elif y == whole - 1:
                found.append(Strip(frames.bottom(theme, cells, self.caption, focused), cells))
            else:
                last = thumb_end if frames.is_thumb(y - 1, height, first, count) else end
                found.append(Strip.join([begin, self._line(strips, y - 1, columns, blank), last]))
        return found

    def render_line(self, y: int) -> Strip:
        """A line inside the frame, where Textual looks for what the mouse is on."""
        columns, style = self.room[0], self.rich_style
        return self._line(self._lines(look(self.app), style), y, columns, Strip.blank(columns, style))

    def _line(self, strips: list[Strip], y: int, columns: int, blank: Strip) -> Strip:
        """The row `y` of those in view, what is selected of it marked."""
        if not 0 <= y < len(strips):
            return blank
        x, line = self.scroll_offset.x, self.scroll_offset.y + y
        strip = strips[y]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(line)) is not None:
            start, end = max(0, span[0] - x), columns if span[1] == -1 else max(0, span[1] - x)
            chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
            strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end, columns)])
        strip = strip.adjust_cell_length(columns, self.rich_style) if strip.cell_length != columns else strip
        # Nobody selects text that runs away; the offsets cost as much as all the rest of a line.
        live = self.picture is not None and self.picture.mode is Mode.LIVE
        return strip if live or not self.ALLOW_SELECT else strip.apply_offsets(x, line)

    @property
    def text(self) -> str:
        """What it shows, as text: the rows in view, line by line; rows scrolled away are empty lines."""
        if self.picture is None:
            return ""
        rows = self.draw(self.picture, look(self.app))
        return "\n" * self.scroll_offset.y + "\n".join(text_of(row).rstrip() for row in rows)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for ctrl+c."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None

    def on_focus(self) -> None:
        """Show that it has the keys."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has them no more."""
        self.refresh()

    def on_resize(self) -> None:
        """Fit to another size."""
        self._measure()
        if self.picture is not None:
            self.follow(self.picture)
        self.redraw()
