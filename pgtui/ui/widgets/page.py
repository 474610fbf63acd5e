"""`Page`: a framed panel of lines that a pure function draws for a width. It scrolls, and its text can be selected."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from pgtui.ui.draw.cells import Row, text_of
from pgtui.ui.look import Look, look


class Page(ScrollView, can_focus=True, inherit_bindings=False):
    """A subclass says what its lines are; it calls `redraw` when that has changed."""

    DEFAULT_CSS = """
    Page {
        background: $background;
        border: round $frame;
        border-title-color: $foreground;
        border-subtitle-color: $dim;
        padding: 0 1;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        scrollbar-color: $frame;
        scrollbar-color-hover: $dim;
        scrollbar-color-active: $dim;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    Page:focus { border: heavy $frame-focus; }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up,k", "scroll_up", "up", show=False, id="page-up-line"),
        Binding("down,j", "scroll_down", "down", show=False, id="page-down-line"),
        Binding("pageup,ctrl+b", "page_up", "page up", show=False, id="page-up"),
        Binding("pagedown,ctrl+f,space", "page_down", "page down", show=False, id="page-down"),
        Binding("home", "scroll_home", "begin", show=False, id="page-home"),
        Binding("end,G", "scroll_end", "end", show=False, id="page-end"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._rows: Sequence[Row] = ()
        self._strips: list[Strip] = []
        self._drawn_for: object = None

    def lines(self, theme: Look, columns: int) -> Sequence[Row]:
        """All of its lines, each so many cells wide."""
        raise NotImplementedError

    def redraw(self, *, from_top: bool = False) -> None:
        """Draw anew; `from_top` when it shows something else from now on."""
        self._drawn_for = None
        self._draw()
        if from_top:
            self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()

    def reveal(self, first: int, stop: int) -> None:
        """Scroll as little as brings these lines into view."""
        region = Region(0, first, 1, max(1, stop - first))
        self.scroll_to_region(region, animate=False, immediate=True, x_axis=False)

    def _draw(self) -> None:
        theme, columns = look(self.app), self.scrollable_content_region.width
        if columns < 1 or self._drawn_for == (theme, columns, self.rich_style):
            return
        self._drawn_for = theme, columns, self.rich_style
        self._rows = self.lines(theme, max(1, columns - 1))  # a cell apart from the scroll bar
        self._strips = [Strip(row).apply_style(self.rich_style) for row in self._rows]
        size = Size(columns, len(self._rows))
        if size != self.virtual_size:
            self.virtual_size = size

    def render_line(self, y: int) -> Strip:
        self._draw()
        columns, place = self.scrollable_content_region.width, self.scroll_offset.y + y
        if place >= len(self._strips):
            return Strip.blank(columns, self.rich_style)
        strip = self._strips[place]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(place)) is not None:
            start, end = max(0, span[0]), columns if span[1] == -1 else max(0, span[1])
            chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
            strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end, columns)])
        return strip.adjust_cell_length(columns, self.rich_style).apply_offsets(0, place)

    @property
    def text(self) -> str:
        """What it says, line by line."""
        return "\n".join(text_of(row).rstrip() for row in self._rows)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for ctrl+c."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None

    def on_resize(self) -> None:
        """Fit to another width."""
        self._draw()
