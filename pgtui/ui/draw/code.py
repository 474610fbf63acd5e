"""The recipe that ran, as its reader wrote it, with a marker of each task on the line where it is at the playhead.

Pure functions of picture, size and look. The gutter stays where it is when long lines are scrolled sideways.
"""

from dataclasses import dataclass

from pgtui.core.events import Failure
from pgtui.core.state import Phase
from pgtui.ui.draw.cells import Cells, Row
from pgtui.ui.draw.highlight import highlighted
from pgtui.ui.draw.letters import letter
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import visible, width

MOST_LETTERS = 4
"""Tasks of one line that are told by letters; more of them are told by their number."""
NUMBERED = 72
"""Columns from which the lines have their numbers."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Who is on a line.

    Attributes:
        tasks: those that are there now, in order; 0 is the run itself.
        running: which of them runs; -1 for none.
        failed: those that failed there.
    """

    tasks: tuple[int, ...] = ()
    running: int = -1
    failed: tuple[int, ...] = ()


def markers(picture: Picture) -> dict[int, Marker]:
    """Line → who is on it at the playhead."""
    here: dict[int, tuple[list[int], list[int]]] = {}
    running: dict[int, int] = {}
    trace = picture.trace
    for state in picture.moment.tasks:
        if state.phase is Phase.FAILED:
            failure = trace.said(state.failure)
            line = failure.line if isinstance(failure, Failure) else 0
            if line:
                here.setdefault(line, ([], []))[1].append(state.number)
        elif state.line and not state.phase.over:
            here.setdefault(state.line, ([], []))[0].append(state.number)
            if state.phase is Phase.RUNNING:
                running[state.line] = state.number
    return {line: Marker(tuple(tasks), running.get(line, -1), tuple(failed)) for line, (tasks, failed) in here.items()}


def focus(picture: Picture) -> tuple[int, int] | None:
    """The first and the last of the source's lines, counted from 0, that a reader wants to see; None for none.

    The line of the task that did something last comes alone when the markers lie far apart.
    """
    numbers = {number: place for place, (number, _) in enumerate(picture.trace.header.source.lines) if number}
    marked = sorted(numbers[line] for line in markers(picture) if line in numbers)
    return (marked[0], marked[-1]) if marked else None


def scrolled(top: int, height: int, first: int, last: int) -> int:
    """Where a panel of `height` lines is scrolled to, from `top`, to have these lines in view; the first of too many.

    It moves only when it must, and leaves a line beside them where there is room; asked again it stays.
    """
    last = min(last, first + height - 1)
    beside = min(1, height - (last - first + 1))
    if first < top:
        return max(0, first - beside)
    if last >= top + height:
        return last - height + 1 + beside
    return top


def latest(picture: Picture) -> int | None:
    """The source's line, counted from 0, at which something happened last."""
    places = {number: place for place, (number, _) in enumerate(picture.trace.header.source.lines) if number}
    states = [state for state in picture.moment.tasks if places.get(state.line) is not None and not state.phase.over]
    return places[max(states, key=lambda state: state.since).line] if states else None


def gutter(picture: Picture, columns: int) -> int:
    """Cells before the text: letters, the marker, and numbers where there is room."""
    letters = min(MOST_LETTERS, max(1, len(picture.trace.tasks)))
    numbers = max((len(str(number)) for number, _ in picture.trace.header.source.lines), default=0) + 1
    return letters + 2 + (numbers if columns >= NUMBERED else 0)


def extent(picture: Picture, columns: int) -> tuple[int, int]:
    """Width and height of the whole code, gutter included."""
    lines = picture.trace.header.source.lines
    return gutter(picture, columns) + max((width(visible(text)) for _, text in lines), default=0), len(lines)


def code(picture: Picture, size: tuple[int, int], look: Look, top: int = 0, left: int = 0) -> list[Row]:
    """The code's rows in view.

    Args:
        picture: the run and the playhead.
        size: width and height in cells.
        look: the theme.
        top, left: how many lines and columns are scrolled away.
    """
    columns, height = size
    source = picture.trace.header.source
    where, texts = markers(picture), highlighted(source)
    here = latest(picture)
    rows: list[Row] = []
    for place in range(top, min(top + height, len(source.lines))):
        number, _ = source.lines[place]
        on = "code-line" if place == here else None
        cells = Cells(columns, look.style(on=on))
        start = gutter(picture, columns)
        x = start - left
        for text, colour in texts[place]:
            x = cells.put(x, text, look.style(colour, on, italic=colour == "code-comment"))
        if x > columns > start:
            cells.put(columns - 1, "›", look.style("dim", on))
        cells.fill(0, start, " ", look.style(on=on))
        if columns >= NUMBERED and number:
            cells.put(0, str(number).rjust(start - 3 - _letters(picture)), look.style("dim", on))
        _mark(cells, picture, where.get(number, Marker()), look, on, start)
        rows.append(cells.row())
    return rows


def _letters(picture: Picture) -> int:
    return min(MOST_LETTERS, max(1, len(picture.trace.tasks)))


def _mark(cells: Cells, picture: Picture, marker: Marker, look: Look, on: str | None, start: int) -> None:
    """Write the letters of the tasks on a line right before its text, the running one's on its colour."""
    shown = [*marker.tasks, *marker.failed]
    if len(shown) > 1 and 0 in shown:
        shown = [task for task in shown if task]  # the run waits for all of them; it only fills the gutter
    if not shown:
        return
    room = _letters(picture)
    failed = bool(marker.failed) and not marker.tasks
    if len(shown) > room:
        text = str(len(shown))[:room]
        cells.put(start - 2 - len(text), text, look.style("foreground", on, bold=True))
    else:
        for x, task in enumerate(shown, start - 2 - len(shown)):
            colour = look.task(task)
            runs = task == marker.running
            style = look.style("task-text" if runs else colour, colour if runs else on, bold=task > 0)
            cells.put(x, letter(picture.trace, task), style)
    chief = marker.running if marker.running > 0 else shown[-1]
    colour = "state-error" if failed else look.task(chief)
    cells.put(start - 2, look.glyph("error" if failed else "marker"), look.style(colour, on, bold=True))
