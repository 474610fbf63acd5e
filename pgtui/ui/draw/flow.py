"""Words in lines of some width: broken at blanks, hung behind a lead. Pure functions.

A word that is longer than a line is broken where the line ends; every line takes exactly the width that was asked for.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.style import Style

from pgtui.ui.draw.cells import Row, line
from pgtui.ui.text import visible, width

Word = tuple[str, Style]


def words(text: str, style: Style) -> list[Word]:
    """The words of a text, all in one style; what cannot be seen is made visible."""
    return [(word, style) for word in visible(text).split()]


def flow(columns: int, some: Iterable[Word], fill: Style, lead: Sequence[Word] = (), indent: int = 0) -> Iterator[Row]:
    """The words as lines.

    Args:
        columns: cells of each line.
        some: the words, without blanks.
        fill: the style of what is blank.
        lead: what stands in the first line, within the first `indent` cells.
        indent: where the words begin, in every line.
    """
    room = max(1, columns - indent)
    blank = " " * indent
    row: list[Word] = []
    used, first = 0, True

    def done() -> Row:
        head = [*lead, (blank[sum(width(text) for text, _ in lead) :], fill)] if first else [(blank, fill)]
        return line(columns, [*head, *row], fill)

    for text, style in some:
        while text:
            size = width(text)
            if not used or used + 1 + size <= room:
                piece = _start(text, room) if not used else text
                row += [(" ", fill), (piece, style)] if used else [(piece, style)]
                used += bool(used) + width(piece)
                text = text[len(piece) :]
                if text:
                    yield done()
                    first, row, used = False, [], 0
            else:
                yield done()
                first, row, used = False, [], 0
    if row or first:
        yield done()


def _start(text: str, cells: int) -> str:
    """As much of a word as fits, one character at least."""
    while width(text) > cells and len(text) > 1:
        text = text[: max(1, min(len(text) - 1, cells))]
    return text
