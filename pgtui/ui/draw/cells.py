"""A row of cells: painted piece by piece, read back as segments. What is put beside the row's edge is cut off."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

Row = tuple[Segment, ...]
"""One line of a panel: segments that together take exactly the cells that were asked for."""


class Cells:
    """One row, each cell with a glyph and a style. A wide glyph leaves an empty string in the cell after it."""

    __slots__ = ("glyphs", "styles", "width")

    def __init__(self, width: int, style: Style) -> None:
        self.width = width
        self.glyphs = [" "] * width
        self.styles = [style] * width

    def put(self, x: int, text: str, style: Style) -> int:
        """Write text from cell `x` on; returns the cell after it."""
        if text.isascii():
            first, last = max(0, x), min(self.width, x + len(text))
            if first < last:
                self._part(first, last)
                self.glyphs[first:last] = text[first - x : last - x]
                self.styles[first:last] = [style] * (last - first)
            return x + len(text)
        for char in text:
            size = cell_len(char)
            if size == 0:  # a mark that stands on the glyph before it
                if 0 < x <= self.width and self.glyphs[x - 1]:
                    self.glyphs[x - 1] += char
                continue
            if x >= 0 and x + size <= self.width:
                self._part(x, x + size)
                self.glyphs[x] = char
                self.styles[x] = style
                if size == 2:
                    self.glyphs[x + 1] = ""
                    self.styles[x + 1] = style
            x += size
        return x

    def dot(self, x: int, glyph: str, style: Style) -> None:
        """Paint one cell of the row with a glyph that is one cell wide."""
        if 0 <= x < self.width:
            if self.glyphs[x] == "" or (x + 1 < self.width and self.glyphs[x + 1] == ""):
                self._part(x, x + 1)
            self.glyphs[x] = glyph
            self.styles[x] = style

    def fill(self, start: int, stop: int, glyph: str, style: Style) -> None:
        """Paint the cells start ≤ x < stop with a glyph that is one cell wide."""
        start, stop = max(0, start), min(self.width, stop)
        if start < stop:
            self._part(start, stop)
            self.glyphs[start:stop] = [glyph] * (stop - start)
            self.styles[start:stop] = [style] * (stop - start)

    def _part(self, start: int, stop: int) -> None:
        """Blank the other half of a wide glyph that is about to be cut in two."""
        if self.glyphs[start] == "" and start:
            self.glyphs[start - 1] = " "
        if stop < self.width and self.glyphs[stop] == "":
            self.glyphs[stop] = " "

    def free(self, start: int, stop: int) -> bool:
        """Whether nothing stands in these cells, and they are all in the row."""
        return start >= 0 and stop <= self.width and all(glyph == " " for glyph in self.glyphs[start:stop])

    def row(self) -> Row:
        """The cells as segments, neighbours of one style joined."""
        segments: list[Segment] = []
        first = 0
        styles = self.styles
        for x in range(1, self.width + 1):
            if x == self.width or styles[x] is not styles[first]:
                segments.append(Segment("".join(self.glyphs[first:x]), styles[first]))
                first = x
        return tuple(segments)


def line(width: int, pieces: Iterable[tuple[str, Style]], fill: Style) -> Row:
    """Texts one after another as a row of exactly `width` cells."""
    cells = Cells(width, fill)
    x = 0
    for text, style in pieces:
        x = cells.put(x, text, style)
    return cells.row()


def text_of(row: Iterable[Segment]) -> str:
    """What a row says, without its colours."""
    return "".join(segment.text for segment in row)
