"""Draws the matrix: a table of verdicts with fixed heads, the chosen cell in words below, and what the glyphs mean.

Pure functions of a grid and a size. Meaning never hangs on colour: a verdict has a glyph and a word, the chosen cell
brackets.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.style import Style

from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.core.names import task_names
from pgtui.matrix.cells import Cell, Verdict
from pgtui.matrix.words import DIFFERS, FOREIGN, GLYPHS, LEGEND, LOST, MARKS, meaning
from pgtui.ui.draw.cells import Cells, Row, line
from pgtui.ui.look import Look
from pgtui.ui.text import clipped, visible, width

ROWS: tuple[tuple[Sharing, Yielding], ...] = tuple((sharing, yielding) for sharing in Sharing for yielding in Yielding)
HEAD_CELLS = 19
LEAST_COLUMN, MOST_COLUMN = 15, 24
BAR_CELLS = 20

COLOURS: dict[Verdict, str] = {
    Verdict.BLOCKS: "mode-finished",
    Verdict.MIX: "state-cancelled",
    Verdict.ROUND_ROBIN: "advice",
    Verdict.REFUSED: "state-lock",
    Verdict.ERRORS: "state-error",
    Verdict.UNSUPPORTED: "dim",
}

Pieces = list[tuple[str, Style]]


@dataclass(frozen=True, slots=True)
class Grid:
    """What the screen knows of the matrix.

    Attributes:
        wanted: the experiments, driver by driver, each with all of `ROWS`.
        cells: what came of those that have been run.
        row, column: the chosen cell's place.
        top, left: the first row and column in view.
        running: the experiment that runs now; None when none does.
        repeat: runs of each cell.
        server: the server in a few words, empty before it is known.
        problem: why it could not go on, in a sentence.
    """

    wanted: tuple[Experiment, ...]
    cells: Mapping[Experiment, Cell] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    top: int = 0
    left: int = 0
    running: Experiment | None = None
    repeat: int = 5
    server: str = ""
    problem: str = ""

    @property
    def columns(self) -> int:
        """How many drivers there are."""
        return len(self.wanted) // len(ROWS)

    def at(self, row: int, column: int) -> Experiment:
        """The experiment of a place."""
        return self.wanted[column * len(ROWS) + row]

    @property
    def chosen(self) -> Experiment:
        """The experiment of the chosen cell."""
        return self.at(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a size.

    Attributes:
        wide: cells of a column, the gap behind it included.
        columns: how many are in view.
        first: the line of the table's first row.
        lines: for each line from there on, which row it shows; None for a blank one.
        detail: lines for the chosen cell's words.
        legend: lines for what the glyphs mean.
    """

    wide: int
    columns: int
    first: int
    lines: tuple[int | None, ...]
    detail: int
    legend: int

    @property
    def rows(self) -> int:
        """How many rows are in view."""
        return sum(row is not None for row in self.lines)


def layout(grid: Grid, columns: int, lines: int) -> Layout:
    """Where things stand in so many columns and lines."""
    room = max(1, columns - HEAD_CELLS)
    wide = min(max(LEAST_COLUMN, room // grid.columns), MOST_COLUMN)
    legend = len(LEGEND) + 1 if lines >= 36 else 2 if lines >= 18 else 0
    first = 3 if lines < 20 else 4
    body: list[int | None] = []
    for row in range(grid.top, len(ROWS)):
        if lines >= 30 and body and row % len(Yielding) == 0:
            body.append(None)
        body.append(row)
    body = body[: max(1, lines - first - legend - min(5, max(0, lines - 10)))]
    return Layout(
        wide, max(1, room // wide), first, tuple(body), max(0, lines - first - len(body) - legend), legend
    )


def scrolled(first: int, place: int, shown: int, total: int) -> int:
    """The first of `shown` places in view, moved as little as brings `place` into view."""
    return max(0, min(max(min(first, place), place - shown + 1), total - shown))


def place_at(grid: Grid, columns: int, lines: int, x: int, y: int) -> tuple[int, int] | None:
    """Row and column of the cell that is drawn at a point; None where there is none."""
    at = layout(grid, columns, lines)
    row = at.lines[y - at.first] if 0 <= y - at.first < len(at.lines) else None
    column = grid.left + (x - HEAD_CELLS) // at.wide
    if row is None or x < HEAD_CELLS or column >= min(grid.columns, grid.left + at.columns):
        return None
    return row, column


def board(theme: Look, grid: Grid, columns: int, lines: int) -> list[Row]:
    """The whole screen, line by line, each `columns` cells wide."""
    at = layout(grid, columns, lines)
    blank = line(columns, [], theme.style())
    drawn = [_title(theme, grid, columns), *[blank] * (at.first - 3), *_heads(theme, grid, at, columns)]
    drawn += [blank if row is None else _row(theme, grid, at, row, columns) for row in at.lines]
    if at.detail:
        drawn.append(_rule(theme, grid, columns))
        words = _wrapped(_detail(theme, grid), columns - 2)[: at.detail - 1]
        drawn += [line(columns, [(" ", theme.style()), *pieces], theme.style()) for pieces in words]
        drawn += [blank] * (at.detail - 1 - len(words))
    drawn += _legend(theme, at.legend, columns)
    return drawn[:lines]


def _title(theme: Look, grid: Grid, columns: int) -> Row:
    done, total = len(grid.cells), len(grid.wanted)
    full = BAR_CELLS * done // max(1, total)
    state = "filling" if grid.running is not None else "done" if done == total else "stopped"
    right = f"{state}  {done:,} of {total:,} cells "
    first = grid.wanted[0]
    told = f"matrix · {first.tasks:,} tasks · {first.rows:,} rows each · {grid.repeat:,} runs a cell · {grid.server}"
    cells = Cells(columns, theme.style())
    x = cells.put(0, " pgtui ", theme.style("task-text", "task-1", bold=True))
    start = columns - len(right)
    if start - BAR_CELLS - 2 > 40:
        start -= BAR_CELLS + 2
        cells.put(start, "█" * full, theme.style("advice"))
        cells.put(start + full, "─" * (BAR_CELLS - full), theme.style("dim"))
        cells.put(columns - len(right), right, theme.style("foreground"))
    else:
        cells.put(start, right, theme.style("foreground"))
    cells.put(x + 1, clipped(told.rstrip(" ·"), start - x - 2), theme.style("foreground", bold=True))
    return cells.row()


def _heads(theme: Look, grid: Grid, at: Layout, columns: int) -> list[Row]:
    """The drivers' names, in two lines when they are long; arrows where there are more."""
    above, below = Cells(columns, theme.style()), Cells(columns, theme.style())
    last = min(grid.columns, grid.left + at.columns)
    for column in range(grid.left, last):
        name = grid.at(0, column).driver
        style = theme.style("foreground", bold=True, underline=column == grid.column)
        x = HEAD_CELLS + (column - grid.left) * at.wide + 1
        if len(name) > at.wide - 2:
            first, dash, name = name.rpartition("-")
            above.put(x, first + dash, style)
        below.put(x, clipped(name, at.wide - 2), style)
    if grid.left:
        below.put(HEAD_CELLS - 5, f"‹ {grid.left}", theme.style("key", bold=True))
    if last < grid.columns:
        above.put(columns - 5, f"{grid.columns - last} ›", theme.style("key", bold=True))
    return [above.row(), below.row()]


def _row(theme: Look, grid: Grid, at: Layout, row: int, columns: int) -> Row:
    sharing, yielding = ROWS[row]
    cells = Cells(columns, theme.style())
    head = theme.style("foreground" if row == grid.row else "dim", bold=row == grid.row)
    cells.put(1, sharing.label if yielding is Yielding.NONE else f"  + {yielding.label}", head)
    for column in range(grid.left, min(grid.columns, grid.left + at.columns)):
        x = HEAD_CELLS + (column - grid.left) * at.wide
        chosen = (row, column) == (grid.row, grid.column)
        if chosen:
            cells.fill(x, x + at.wide, " ", theme.style("picked-text", "picked", bold=True))
        _put(theme, grid, cells, x + 1, grid.at(row, column), at.wide - 2, chosen)
    return cells.row()


def _put(theme: Look, grid: Grid, cells: Cells, x: int, experiment: Experiment, room: int, chosen: bool) -> None:
    """Glyph and word of a verdict, then the marks; the word gives way to these."""

    def style(colour: str, *, bold: bool = True) -> Style:
        return theme.style("picked-text", "picked", bold=True) if chosen else theme.style(colour, bold=bold)

    cell = grid.cells.get(experiment)
    if cell is None:
        running = experiment == grid.running
        cells.put(x, "… running" if running else "·", style("mark" if running else "dim", bold=running))
        return
    marks = [(f"{mark}{count:,}", colour) for mark, count, colour in
             ((LOST, cell.lost, "row-lost"), (FOREIGN, cell.foreign, "row-foreign")) if count]  # fmt: skip
    marks += [(DIFFERS, "foreground")] if cell.same_every_run is False else []
    taken = sum(width(text) for text, _ in marks)
    word = clipped(f"{GLYPHS[cell.verdict]} {cell.verdict}", room - taken - bool(marks))
    x = cells.put(x, word, style(COLOURS[cell.verdict], bold=cell.verdict is not Verdict.UNSUPPORTED))
    x += bool(marks)
    for text, colour in marks:
        x = cells.put(x, text, style(colour))


def _rule(theme: Look, grid: Grid, columns: int) -> Row:
    one = grid.chosen
    cells = Cells(columns, theme.style())
    cells.fill(0, columns, "─", theme.style("frame"))
    cells.put(2, f" {one.driver} · {one.sharing.label} · {_yielding(one)} ", theme.style("foreground", bold=True))
    return cells.row()


def _yielding(experiment: Experiment) -> str:
    return f"yields with {experiment.yielding.label}" if experiment.yields else "yields not"


def _detail(theme: Look, grid: Grid) -> list[Pieces]:
    """The chosen cell in words: what its verdict means, and how the rows of its first run arrived."""
    plain, dim = theme.style("foreground"), theme.style("dim")
    if grid.problem:
        return [[(visible(grid.problem), theme.style("state-error", bold=True))]]
    cell = grid.cells.get(grid.chosen)
    if cell is None:
        return [[("It runs now." if grid.chosen == grid.running else "It has not been run yet.", dim)]]
    verdict = (f"{GLYPHS[cell.verdict]} {cell.verdict}.", theme.style(COLOURS[cell.verdict], bold=True))
    told: list[Pieces] = [[verdict, (f" {visible(meaning(cell))}", plain)]]
    if cell.runs:
        told.append([("Rows of the first run: ", dim), *_order(theme, cell)])
    return told


def _order(theme: Look, cell: Cell) -> Pieces:
    names = task_names(cell.experiment.tasks)
    told: Pieces = [
        (f"{name} {count:,}  ", theme.style(theme.task(names.index(name)), bold=True)) for name, count in cell.order
    ]
    return told or [("none arrived", theme.style("foreground"))]


def _wrapped(paragraphs: Iterable[Pieces], columns: int) -> list[Pieces]:
    """The paragraphs in lines of at most so many cells, broken at blanks."""
    lines: list[Pieces] = []
    for pieces in paragraphs:
        current: Pieces = []
        used = 0
        for text, style in pieces:
            for word in _words(text):
                if used and used + width(word.rstrip()) > columns:
                    lines.append(current)
                    current, used = [], 0
                    word = word.lstrip()
                current.append((word, style))
                used += width(word)
        lines.append(current)
    return lines


def _words(text: str) -> Iterable[str]:
    """The text cut before each word; the blanks stay at the end of the word before."""
    return re.findall(r"\s*\S+\s*", text)


def _legend(theme: Look, lines: int, columns: int) -> list[Row]:
    """What the glyphs mean: a line each, or two lines for all."""
    marks: Pieces = []
    for (mark, words), colour in zip(MARKS.items(), ("row-lost", "row-foreign", "foreground"), strict=True):
        marks += [(f" {mark}", theme.style(colour, bold=True)), (f" {words}  ", theme.style("dim"))]
    if lines <= 2:
        verdicts = [(f" {GLYPHS[one]} {one} ", theme.style(COLOURS[one])) for one in Verdict]
        return [line(columns, pieces, theme.style()) for pieces in (verdicts, marks)[:lines]]
    told: list[Pieces] = [
        [(f" {GLYPHS[one]} {one:<12}", theme.style(COLOURS[one], bold=True)), (f"  {words}", theme.style("dim"))]
        for one, words in LEGEND.items()
    ]
    return [line(columns, pieces, theme.style()) for pieces in [*told, marks]]
