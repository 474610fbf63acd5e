"""Draws what came of a hazard that is shown: its drivers, and for each of the two recipes whether it went as it should.

Pure functions. Each line comes with what a click on it chooses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pgtui.guide import Side
from pgtui.ui.draw.cells import Cells, Row
from pgtui.ui.draw.flow import flow, words
from pgtui.ui.guidedrawing import Mark, clean_mark, shown_mark
from pgtui.ui.look import Look
from pgtui.ui.showing import Recipe, Showing
from pgtui.ui.text import clipped, visible, width

INDENT = 17
MOST_LINES = 4
"""Lines that what was seen may take."""
LEAST_TITLE = 24
"""Cells with fewer of which a title that is cut says less than none."""
WIDE = 100
"""Columns with fewer of which only the chosen one takes more than one line."""


@dataclass(frozen=True, slots=True)
class Told:
    """The lines.

    Attributes:
        rows: each as wide as asked.
        sides: for each, the side that a click on it chooses; None for none.
        tabs: where in the first line which driver stands: first cell, the one after the last, place of the case.
    """

    rows: tuple[Row, ...]
    sides: tuple[Side | None, ...]
    tabs: tuple[tuple[int, int, int], ...]


def told(theme: Look, showing: Showing, chosen: Recipe, columns: int) -> Told:
    """What came of it so far.

    Args:
        theme: the look.
        showing: the hazard.
        chosen: whose run is on the screen.
        columns: how wide.
    """
    place, chosen_side = chosen
    first, tabs = _title(theme, showing, place, columns)
    rows, sides = [first], list[Side | None]([None])
    for side in Side:
        some = list(_side(theme, showing, (place, side), side is chosen_side, columns))
        rows += some
        sides += [side] * len(some)
    return Told(tuple(rows), tuple(sides), tabs)


def recipe_words(theme: Look, showing: Showing, recipe: Recipe) -> tuple[Mark, str]:
    """What came of a recipe: a mark, and what was seen."""
    place, side = recipe
    reason, begun = showing.reasons[place], showing.begun(recipe)
    if reason is not None:
        return (theme.glyph("cancelled"), "state-lock", "skipped"), reason
    if begun is not None and begun.verdict is not None:
        mark = shown_mark if side is Side.HAZARD else clean_mark
        return mark(theme, begun.verdict.holds), begun.verdict.seen
    if showing.running and begun is not None:
        tries = f", try {begun.tries}" if begun.tries > 1 else ""
        return (theme.glyph("running"), "mark", f"running{tries}"), ""
    if showing.running:
        return (theme.glyph("waiting"), "dim", "waits for its turn"), ""
    if begun is not None:
        return (theme.glyph("cancelled"), "state-cancelled", "ended before its time"), ""
    return (theme.glyph("absent"), "dim", "not run"), ""


def _title(theme: Look, showing: Showing, place: int, columns: int) -> tuple[Row, tuple[tuple[int, int, int], ...]]:
    """The hazard, and at the right its drivers, each with a mark."""
    hazard = showing.hazard
    cells = Cells(columns, theme.style())
    names = [f" {_case_glyph(theme, showing, one)} {case.driver} " for one, case in enumerate(hazard.cases)]
    x = columns - sum(map(width, names))
    shown = list(enumerate(names))
    if x < 24:  # only the chosen one, and how many there are
        name = clipped(f"{names[place]}{place + 1}/{len(names)} ", columns)
        shown, x = [(place, name)], columns - width(name)
    tabs = []
    for one, name in shown:
        style = theme.style("picked-text", "picked", bold=True) if one == place else theme.style("foreground")
        tabs.append((x, x + width(name), one if len(shown) == len(names) else (place + 1) % len(names)))
        x = cells.put(x, name, style)
    x = cells.put(1, clipped(f"{hazard.number} {hazard.id}", tabs[0][0] - 2), theme.style("key", bold=True))
    room = tabs[0][0] - x - 3
    if width(hazard.title) <= room or room >= LEAST_TITLE:
        cells.put(x + 2, clipped(hazard.title, room), theme.style("foreground", bold=True))
    return cells.row(), tuple(tabs)


def _case_glyph(theme: Look, showing: Showing, place: int) -> str:
    """How a case stands, over both of its recipes."""
    if showing.reasons[place] is not None:
        return theme.glyph("cancelled")
    begun = [showing.begun((place, side)) for side in Side]
    verdicts = [one.verdict for one in begun if one is not None and one.verdict is not None]
    if len(verdicts) == len(Side):
        return theme.glyph("done" if all(verdict.holds for verdict in verdicts) else "error")
    return theme.glyph("running" if any(begun) and showing.running else "absent")


def _side(theme: Look, showing: Showing, recipe: Recipe, chosen: bool, columns: int) -> Iterator[Row]:
    (glyph, colour, mark), seen = recipe_words(theme, showing, recipe)
    name = theme.style("foreground" if chosen else "dim", bold=chosen)
    arrow = theme.glyph("marker") if chosen else " "
    lead = [(arrow, theme.style("mark", bold=True)), (f" the {recipe[1]}", name)]
    bold = theme.style(colour, bold=True)
    some = [(glyph, bold), *words(f"{mark}:" if seen else mark, bold)]
    lines = MOST_LINES if chosen or columns >= WIDE else 1
    room = lines * (columns - INDENT) - width(mark) - 6 - (lines - 1) * 12  # lines end before a word
    some += words(_cut(visible(seen), room), theme.style("foreground" if chosen else "dim"))
    yield from islice(flow(columns, some, theme.style(), lead, INDENT), MOST_LINES)


def _cut(text: str, cells: int) -> str:
    """The text in at most so many cells, cut between two words."""
    if width(text) <= cells:
        return text
    return f"{clipped(text, cells - 1).rpartition(' ')[0]} …"
