"""The recipe of a hazard and that of its right way, line by line, with a mark at the lines in which they differ.

Side by side where both have room, otherwise one under the other. Long lines are broken, not cut. Pure functions.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from pgtui.core.trace import RecipeSource
from pgtui.ui.draw.cells import Cells, Row, line
from pgtui.ui.draw.highlight import Pieces, highlighted
from pgtui.ui.look import Look
from pgtui.ui.text import width

ROOM_FOR_TWO = 100
"""Columns from which both recipes stand side by side."""
GUTTER = 2
MOST_INDENT = 24

Heads = tuple[str, str]
Sided = tuple[int | None, int | None]
"""A line of either recipe, by its place; None where only the other one has one."""


def side_by_side(hazard: RecipeSource, right_way: RecipeSource) -> list[tuple[Sided, bool]]:
    """The lines of both, equal ones beside each other, and whether they are equal."""
    texts = [[text for _, text in source.lines] for source in (hazard, right_way)]
    pairs: list[tuple[Sided, bool]] = []
    for tag, left, left_end, right, right_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        both = zip_longest(range(left, left_end), range(right, right_end))
        pairs += [(pair, tag == "equal") for pair in both]
    return pairs


def recipes(theme: Look, hazard: RecipeSource, right_way: RecipeSource, columns: int) -> list[Row]:
    """Both recipes in so many columns."""
    pairs = side_by_side(hazard, right_way)
    texts = highlighted(hazard), highlighted(right_way)
    if columns < ROOM_FOR_TWO:
        rows = [_head(theme, 0, columns)]
        rows += [row for (left, _), same in pairs if left is not None
                 for row in _lines(theme, texts[0][left], columns, "" if same else "-")]  # fmt: skip
        rows += [line(columns, (), theme.style()), _head(theme, 1, columns)]
        rows += [row for (_, right), same in pairs if right is not None
                 for row in _lines(theme, texts[1][right], columns, "" if same else "+")]  # fmt: skip
        return rows
    half = (columns - 3) // 2
    rest = columns - 3 - half
    bar = line(3, [(" │ ", theme.style("frame"))], theme.style())
    rows = [(*_head(theme, 0, half), *bar, *_head(theme, 1, rest))]
    for (left, right), same in pairs:
        lefts = [] if left is None else list(_lines(theme, texts[0][left], half, "" if same else "-"))
        rights = [] if right is None else list(_lines(theme, texts[1][right], rest, "" if same else "+"))
        for one, other in zip_longest(lefts, rights):
            rows.append(
                (
                    *(one or line(half, (), theme.style())),
                    *bar,
                    *(other or line(rest, (), theme.style())),
                )
            )
    return rows


def _head(theme: Look, side: int, columns: int) -> Row:
    glyph, colour, words = (("finding", "finding-bad", "the hazard"), ("done", "state-done", "the right way"))[side]
    style = theme.style(colour, bold=True)
    return line(columns, [(f"{theme.glyph(glyph)} ", style), (words, style)], theme.style())


def _lines(theme: Look, pieces: Pieces, columns: int, mark: str) -> Iterator[Row]:
    """A line of source in as many lines as it needs."""
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
