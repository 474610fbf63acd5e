"""The matrix as the screen sees it: what is known of it, which cell is chosen, and where that stands in a size.

Pure values and functions: a place is a row (sharing × yielding) and a column (driver), sizes are cells.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.matrix.cells import Cell
from pgtui.matrix.words import LEGEND

ROWS: tuple[tuple[Sharing, Yielding], ...] = tuple((sharing, yielding) for sharing in Sharing for yielding in Yielding)
HEAD_CELLS = 19
LEAST_COLUMN, MOST_COLUMN = 15, 24
DETAIL = 6
"""Lines for the chosen cell's words: its name, and as many as the longest of them take in 80 columns."""
FULL_LEGEND, SHORT_LEGEND = len(LEGEND) + 2, 2
"""Lines of the legend: its heading, a line a verdict, one for the marks; or one for all verdicts, one for the marks."""


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
    shown = max(1, min(grid.columns, room // LEAST_COLUMN))
    wide = min(room // shown, MOST_COLUMN)
    first = 4 if lines >= 4 + len(ROWS) + DETAIL + SHORT_LEGEND else 3
    spaced = lines >= 4 + len(ROWS) + len(Sharing) + DETAIL + SHORT_LEGEND
    body: list[int | None] = []
    for row in range(grid.top, len(ROWS)):
        if spaced and body and row % len(Yielding) == 0:
            body.append(None)
        body.append(row)
    if spaced:
        body.append(None)
    # The legend is the last to go: without it, a cell says nothing to whoever sees it for the first time.
    whole = lines >= first + len(body) + DETAIL + FULL_LEGEND
    legend = FULL_LEGEND if whole else min(SHORT_LEGEND, max(0, (lines - 4) // 4))
    body = body[: max(1, lines - first - legend - min(5, max(0, lines - 10)))]
    detail = max(0, min(DETAIL, lines - first - len(body) - legend))
    return Layout(wide, shown, first, tuple(body), detail, legend)


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
