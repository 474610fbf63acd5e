"""The recipe of a hazard and that of its right way, line by line, with a mark at the lines in which they differ.

Side by side where both have room, otherwise one under the other. Long lines are broken, not cut. Pure functions.
"""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from pgtui.core.trace import RecipeSource
from pgtui.guide import Side
from pgtui.ui.draw.cells import Cells, Row, line
from pgtui.ui.draw.highlight import Pieces, highlighted
from pgtui.ui.look import Look
from pgtui.ui.text import width

ROOM_FOR_TWO = 100
"""Columns from which both recipes stand side by side."""
GUTTER = 2
MOST_INDENT = 24

Block = tuple[bool, range, range]
"""Lines of both recipes, by their places, and whether they are the same."""


def blocks(hazard: RecipeSource, right_way: RecipeSource) -> list[Block]:
    """Both recipes from beginning to end, cut where sameness ends."""
    ours, theirs = ([text for _, text in source.lines] for source in (hazard, right_way))
    return [
        (tag == "equal", range(left, left_end), range(right, right_end))
        for tag, left, left_end, right, right_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    ]


def recipes(theme: Look, hazard: RecipeSource, right_way: RecipeSource, columns: int) -> list[Row]:
    """Both recipes in so many columns."""
    cut = blocks(hazard, right_way)
    ours, theirs = highlighted(hazard), highlighted(right_way)
    blank = theme.style()
    if columns < ROOM_FOR_TWO:
        rows = [_head(theme, Side.HAZARD, columns)]
        for same, left, _ in cut:
            rows += _rows(theme, [ours[place] for place in left], columns, "" if same else "-")
        rows += [line(columns, (), blank), _head(theme, Side.RIGHT_WAY, columns)]
        for same, _, right in cut:
            rows += _rows(theme, [theirs[place] for place in right], columns, "" if same else "+")
        return rows
    half = (columns - 3) // 2
    rest = columns - 3 - half
    bar = line(3, [(" │ ", theme.style("frame"))], blank)
    rows = [(*_head(theme, Side.HAZARD, half), *bar, *_head(theme, Side.RIGHT_WAY, rest))]
    for same, left, right in cut:
        lefts = _rows(theme, [ours[place] for place in left], half, "" if same else "-")
        rights = _rows(theme, [theirs[place] for place in right], rest, "" if same else "+")
        rows += [
            (*(one or line(half, (), blank)), *bar, *(other or line(rest, (), blank)))
            for one, other in zip_longest(lefts, rights)
        ]
    return rows


def _head(theme: Look, side: Side, columns: int) -> Row:
    glyph, colour = ("finding", "finding-bad") if side is Side.HAZARD else ("done", "state-done")
    style = theme.style(colour, bold=True)
    return line(columns, [(f"{theme.glyph(glyph)} the {side}", style)], theme.style())


def _rows(theme: Look, lines: Iterable[Pieces], columns: int, mark: str) -> list[Row]:
    """Lines of source, each in as many rows as it needs."""
    return [row for pieces in lines for row in _line(theme, pieces, columns, mark)]


def _line(theme: Look, pieces: Pieces, columns: int, mark: str) -> Iterator[Row]:
    on = "code-line" if mark else None
    colour = "state-done" if mark == "+" else "finding-bad"
    for place, (indent, part) in enumerate(_broken(pieces, columns - GUTTER)):
        cells = Cells(columns, theme.style(on=on))
        if mark:
            cells.put(0, mark if place == 0 else " ", theme.style(colour, on, bold=True))
        x = GUTTER + indent
        for text, name in part:
            x = cells.put(x, text, theme.style(name, on, italic=name == "code-comment"))
        yield cells.row()


def _broken(pieces: Pieces, cells: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A line's pieces in parts of at most so many cells, broken after blanks; each with where it begins."""
    text = "".join(part for part, _ in pieces)
    colours = [name for part, name in pieces for _ in part]
    indent = min(len(text) - len(text.lstrip(" ")) + 4, MOST_INDENT, max(0, cells - 8))
    start, first = 0, True
    while True:
        room = max(1, cells if first else cells - indent)
        end = start
        used = 0
        while end < len(text) and used + width(text[end]) <= room:
            used += width(text[end])
            end += 1
        end = max(end, start + 1)
        if end < len(text):
            blank = text.rfind(" ", start + 1, end)
            if blank > 0 and text[start:blank].strip():
                end = blank + 1
        yield (0 if first else indent), _joined(text, colours, start, end)
        start, first = end, False
        if start >= len(text):
            return


def _joined(text: str, colours: list[str], start: int, end: int) -> list[tuple[str, str]]:
    """The characters of a part, neighbours of one colour joined."""
    parts: list[tuple[str, str]] = []
    for char, name in zip(text[start:end], colours[start:end], strict=True):
        if parts and parts[-1][1] == name:
            parts[-1] = parts[-1][0] + char, name
        else:
            parts.append((char, name))
    return parts
