"""`Page`: a framed panel of lines that a pure function draws for a width. It scrolls, and its text can be selected."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.strip import Strip

from pgtui.ui.draw.cells import Row, text_of
from pgtui.ui.look import Look, look
from pgtui.ui.widgets.framed import Framed


class Page(Framed, can_focus=True, inherit_bindings=False):
    """A subclass says what its lines are; it calls `redraw` when that has changed."""

    DEFAULT_CSS = """
    Page { padding: 1 2; }
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's own
        Binding("up", "scroll_up", "up", show=False, id="page-up-line"),
        Binding("down", "scroll_down", "down", show=False, id="page-down-line"),
        Binding("pageup", "page_up", "page up", show=False, id="page-up"),
        Binding("pagedown,space", "page_down", "page down", show=False, id="page-down"),
        Binding("home", "scroll_home", "begin", show=False, id="page-home"),
        Binding("end", "scroll_end", "end", show=False, id="page-end"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(name)
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
            self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self.refresh()

    def reveal(self, first: int, stop: int) -> None:
        """Scroll as little as brings these lines into view."""
        region = Region(0, first, 1, max(1, stop - first))
        # Forced: before its first layout the panel has no scrollbar yet.
        self.scroll_to_region(region, animate=False, force=True, immediate=True, x_axis=False)

    def _draw(self) -> None:
        theme, columns, style = look(self.app), self.room[0], self.rich_style
        if columns < 1 or self._drawn_for == (theme, columns, style):
            return
        self._drawn_for = theme, columns, style
        self._rows = self.lines(theme, columns)
        self._strips = [Strip(row).apply_style(style) for row in self._rows]
        size = Size(columns, len(self._rows))
        if size != self.virtual_size:
            self.virtual_size = size

    def strips(self, theme: Look, style: Style) -> Sequence[Strip]:
        self._draw()
        top = self.scroll_offset.y
        return self._strips[top : top + self.room[1]]

    @property
    def text(self) -> str:
        return "\n".join(text_of(row).rstrip() for row in self._rows)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None

    def on_resize(self) -> None:
        """Fit to another width."""
        self._draw()
