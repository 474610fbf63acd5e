"""Draws the matrix: a table of verdicts with fixed heads, the chosen cell in words below, and what the glyphs mean.

Pure functions of a grid and a size. Meaning never hangs on colour: a verdict has a glyph and a word, rows lost or
foreign a glyph and a number, and the chosen cell's place stands in words.
"""

import re
from collections.abc import Iterable

from rich.style import Style

from pgtui.core.experiment import Experiment, Yielding
from pgtui.core.names import task_names
from pgtui.matrix.cells import Cell, Verdict
from pgtui.matrix.words import DIFFERS, FOREIGN, GLYPHS, LEGEND, LOST, MARKS, WORDS, meaning
from pgtui.ui.draw.cells import Cells, Row, line
from pgtui.ui.look import Look
from pgtui.ui.matrixgrid import HEAD_CELLS, ROWS, SHORT_LEGEND, Grid, Layout, layout
from pgtui.ui.text import clipped, visible, width

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
_UNBROKEN = "\N{NO-BREAK SPACE}"


def board(theme: Look, grid: Grid, columns: int, lines: int) -> list[Row]:
    """The whole screen, line by line, each `columns` cells wide."""
    at = layout(grid, columns, lines)
    blank = line(columns, [], theme.style())
    drawn = [_title(theme, grid, columns), *[blank] * (at.first - 3), *_heads(theme, grid, at, columns)]
    drawn += [blank if row is None else _row(theme, grid, at, row, columns) for row in at.lines]
    if at.detail:
        one = grid.chosen
        drawn.append(_rule(theme, f"{one.driver} · {one.sharing.label} · {_yielding(one)}", columns))
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
    cells = Cells(columns, theme.style(on="panel"))
    x = cells.put(0, " pgtui ", theme.style("task-text", "task-1", bold=True))
    start = columns - len(right)
    cells.put(start, right, theme.style("foreground", "panel"))
    if done < total and start - BAR_CELLS - 2 > 40:
        start -= BAR_CELLS + 2
        cells.put(start, "█" * full, theme.style("advice", "panel"))
        cells.put(start + full, "─" * (BAR_CELLS - full), theme.style("dim", "panel"))
    first = grid.wanted[0]
    told = "matrix"
    for words in (
        f"{first.tasks:,} tasks", f"{first.rows:,} rows each", f"{grid.repeat:,} runs a cell", visible(grid.server)
    ):  # fmt: skip
        if words and width(f"{told} · {words}") < start - x - 3:
            told = f"{told} · {words}"
    cells.put(x + 2, told, theme.style("foreground", "panel", bold=True))
    return cells.row()


def _heads(theme: Look, grid: Grid, at: Layout, columns: int) -> list[Row]:
    """The drivers' names, in two lines when they are long; which of them they are, when there are more."""
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
    if last - grid.left < grid.columns:
        seen = f"{grid.left + 1}–{last} of {grid.columns}"
        seen = f"{'‹' if grid.left else ' '} {seen} {'›' if last < grid.columns else ''}"
        below.put(1, clipped(seen, HEAD_CELLS - 2), theme.style("key", bold=True))
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
    """Glyph and word of a verdict, then the marks, in so many cells; the word gives way to these."""

    def style(colour: str, *, bold: bool = True) -> Style:
        return theme.style("picked-text", "picked", bold=True) if chosen else theme.style(colour, bold=bold)

    cell = grid.cells.get(experiment)
    if cell is None:
        running = experiment == grid.running
        cells.put(x, "… running" if running else "·", style("mark" if running else "dim", bold=running))
        return
    marks = [(f"{mark}{count:,}", colour) for mark, count, colour in
             ((LOST, cell.missed, "row-lost"), (FOREIGN, cell.foreign, "row-foreign")) if count]  # fmt: skip
    marks += [(DIFFERS, "foreground")] if cell.same_every_run is False else []
    word, gap = f"{GLYPHS[cell.verdict]} {WORDS[cell.verdict]}", 0
    if width(word) + sum(1 + width(text) for text, _ in marks) <= room:
        gap = 1
    elif width(word) + bool(marks) + sum(width(text) for text, _ in marks) > room:
        word, gap = GLYPHS[cell.verdict], 1
    stop = x + room
    x = cells.put(x, word, style(COLOURS[cell.verdict], bold=cell.verdict is not Verdict.UNSUPPORTED)) + (not gap)
    for text, colour in marks:
        x = cells.put(x + gap, clipped(text, stop - x - gap), style(colour))


def _rule(theme: Look, heading: str, columns: int) -> Row:
    cells = Cells(columns, theme.style())
    cells.fill(0, columns, "─", theme.style("frame"))
    cells.put(2, f" {heading} ", theme.style("foreground", bold=True))
    return cells.row()


def _yielding(experiment: Experiment) -> str:
    return f"yields with {experiment.yielding.label}" if experiment.yields else "does not yield"


def _detail(theme: Look, grid: Grid) -> list[Pieces]:
    """The chosen cell in words: what its verdict means, and how the rows of its first run arrived."""
    plain, dim = theme.style("foreground"), theme.style("dim")
    if grid.problem:
        return [[(visible(grid.problem), theme.style("state-error", bold=True))]]
    cell = grid.cells.get(grid.chosen)
    if cell is None:
        told_so = "It runs now." if grid.chosen == grid.running else "It has not been run yet."
        return [[(told_so if grid.running is not None else f"{told_so} The key r runs what is missing.", dim)]]
    verdict = (f"{GLYPHS[cell.verdict]} {WORDS[cell.verdict]}.", theme.style(COLOURS[cell.verdict], bold=True))
    told: list[Pieces] = [[verdict, (f" {visible(meaning(cell))}", plain)]]
    told += [
        [(f"{name}: ", theme.style("state-error")), (visible(message), plain)]
        for name, message in cell.messages.items()
    ]
    if cell.runs:
        told.append([("Rows of the first run: ", dim), *_order(theme, cell)])
    return told


def _order(theme: Look, cell: Cell) -> Pieces:
    names = task_names(cell.experiment.tasks)
    told: Pieces = [
        (f"{name}{_UNBROKEN}{count:,}  ", theme.style(theme.task(names.index(name)), bold=True))
        for name, count in cell.order
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
    return (word.replace(_UNBROKEN, " ") for word in re.findall(r" *[^ ]+ *", text))


def _legend(theme: Look, lines: int, columns: int) -> list[Row]:
    """What the glyphs mean: a line each, or two lines for all; of these, the marks go first."""
    dim, blank = theme.style("dim"), theme.style()
    marks: list[Pieces] = [
        [(f" {mark}", theme.style(colour, bold=True)), (f" {words}  ", dim)]
        for (mark, words), colour in zip(MARKS.items(), ("row-lost", "row-foreign", "foreground"), strict=True)
    ]
    if lines <= SHORT_LEGEND:
        verdicts: list[Pieces] = [[(f" {GLYPHS[one]} {WORDS[one]} ", theme.style(COLOURS[one]))] for one in Verdict]
        return [line(columns, _fitting(some, columns), blank) for some in (verdicts, marks)[:lines]]
    told: list[Pieces] = [
        [(f" {GLYPHS[one]} {WORDS[one]:<12}", theme.style(COLOURS[one], bold=True)), (f"  {words}", dim)]
        for one, words in LEGEND.items()
    ]
    told.append(_fitting(marks, columns))
    return [_rule(theme, "what a cell says", columns), *(line(columns, pieces, blank) for pieces in told)]


def _fitting(some: Iterable[Pieces], columns: int) -> Pieces:
    """As many of them as have room."""
    found: Pieces = []
    for pieces in some:
        columns -= sum(width(text) for text, _ in pieces)
        if columns >= -2:  # blanks at the end
            found += pieces
    return found


def legend_words() -> str:
    """The same for the help, in Markdown."""
    verdicts = [f"- `{GLYPHS[one]} {WORDS[one]}` {words}" for one, words in LEGEND.items()]
    return "\n".join([*verdicts, *(f"- `{mark}` {words}" for mark, words in MARKS.items())])
