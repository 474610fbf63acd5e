"""`Framed`: a scrolling panel that paints its lines, and around them a frame that tells what it is and where one is."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from pgtui.ui.draw import frames
from pgtui.ui.look import Look, look
from pgtui.ui.widgets.painted import Painted


class Framed(Painted, ScrollView, can_focus=True, inherit_bindings=False):
    """A subclass gives the lines in view; its style has a padding of a cell for the frame, and more for a margin.

    Attributes:
        heading, caption: what stands in its frame, above and below; `refresh` shows another one.
    """

    DEFAULT_CSS = """
    Framed {
        background: $background;
        padding: 1;
        overflow: hidden auto;
        scrollbar-size: 0 0;
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.heading = self.caption = ""

    # What a subclass says
    def strips(self, theme: Look, style: Style) -> Sequence[Strip]:
        """The lines in view, in this style where they have none, each as wide as `room`; fewer when there are fewer."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What it says, line by line, for what is selected of it."""
        raise NotImplementedError

    @property
    def can_select(self) -> bool:
        """Whether the mouse selects text in it now."""
        return self.ALLOW_SELECT

    # What it does with it
    @property
    def room(self) -> tuple[int, int]:
        """Width and height of what is in view, in cells."""
        return self.scrollable_content_region.size

    def paint(self, lines: range) -> list[Strip]:
        theme, (columns, height), (cells, whole) = look(self.app), self.room, self.outer_size
        style, focused = self.rich_style, self.has_focus
        strips, blank = self.strips(theme, style), Strip.blank(columns, style)
        ink = theme.style("frame-focus" if focused else "frame", "background")
        margin = [Segment(" " * blanks, style)] if (blanks := self.styles.padding.left - 1) else []
        begin = Strip([Segment(frames.side(focused), ink), *margin])
        end, thumb_end = (Strip([*margin, Segment(text(focused), ink)]) for text in (frames.side, frames.thumb))
        count, first = self.virtual_size.height, self.scroll_offset.y
        found: list[Strip] = []
        for y in lines:
            if y == 0:
                found.append(Strip(frames.top(theme, cells, self.heading, focused), cells))
            elif y == whole - 1:
                found.append(Strip(frames.bottom(theme, cells, self.caption, focused), cells))
            else:
                last = thumb_end if frames.is_thumb(y - 1, height, first, count) else end
                found.append(Strip.join([begin, self.line(strips, y - 1, columns, blank), last]))
        return found

    def render_line(self, y: int) -> Strip:
        """A line inside the frame, where Textual looks for what the mouse is on."""
        columns, style = self.room[0], self.rich_style
        return self.line(self.strips(look(self.app), style), y, columns, Strip.blank(columns, style))

    def line(self, strips: Sequence[Strip], y: int, columns: int, blank: Strip) -> Strip:
        """The line `y` of those in view, what is selected of it marked."""
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
        return strip.apply_offsets(x, line) if self.can_select else strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for ctrl+c."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def on_focus(self) -> None:
        """Show that it has the keys."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has them no more."""
        self.refresh()
