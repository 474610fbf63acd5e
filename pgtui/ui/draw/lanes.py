"""One task's lane of the timeline where a cell is finer than a step: its states, rows and end.

A lane says by its glyphs what its colours say: a block runs, a shade is ready, a thin line waits and tells for what.
A cell that holds several states is a bar: as wide as what ran in it, or, when that is not one piece, as high.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from rich.style import Style

from pgtui.core.events import Wait
from pgtui.core.state import Phase
from pgtui.ui.draw.cells import Cells
from pgtui.ui.draw.inks import TINT, Frame, mixed
from pgtui.ui.draw.stretches import Burst, Ending, Stretch
from pgtui.ui.look import state_name
from pgtui.ui.text import visible, width

LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"
LOWER_EIGHTHS = " ▁▂▃▄▅▆▇█"
NOTCH = "▉"
"""The last cell of a step: the gap in it tells one step from the next."""
FEWEST_NOTCHED = 3
"""Cells that a step must have for that."""

MOST_TICKS = 1 / 3
"""Stretches of rows in a lane, as a share of its cells, above which rows are not drawn."""

EPSILON = 1e-6
_RUNNING, _WAITING = int(Phase.RUNNING), int(Phase.WAITING)
_READY = (int(Phase.READY), int(Phase.YIELDED))
Piece = tuple[int, float, int]
"""A part of a cell: phase, size, wait."""
Wording = tuple[tuple[str, str], ...]
"""Texts, each with its colour."""


def words(frame: Frame, payload: int) -> list[Wording]:
    """What to write on the line of a wait, the fullest wording first."""
    wait = frame.trace.said(payload)
    if not isinstance(wait, Wait):
        return []
    colour = wait_colour(wait)
    word = {"connect": "connecting", "other": visible(wait.where.rpartition(".")[2])}.get(wait.on, wait.on)
    if wait.on in ("lock", "pool") and wait.holder is not None:
        holder = (visible(frame.trace.name(wait.holder)), frame.look.task(wait.holder))
        return [((f"{word}: ", colour), holder), (holder,), ((word, colour),)]
    return [((word, colour),)]


def wait_colour(wait: object) -> str:
    """The theme variable of what a task waits for."""
    return f"state-{state_name(Phase.WAITING, wait.on if isinstance(wait, Wait) else None)}"


def seen(frame: Frame, stretches: Sequence[Stretch]) -> Sequence[Stretch]:
    """The stretches of a lane that lie in the view."""
    low = bisect_right(stretches, frame.view.start, key=lambda stretch: stretch.stop)
    high = bisect_left(stretches, frame.view.stop, key=lambda stretch: stretch.start)
    return stretches[low:high]


def draw_stretches(cells: Cells, frame: Frame, stretches: Iterable[Stretch], task: int) -> None:
    """Paint a task's states."""
    view = frame.view
    origin, scale, columns = view.start, view.scale, float(view.width)
    parts: dict[int, list[Piece]] = {}
    for start, stop, phase, wait in stretches:
        low, high = max(0.0, (start - origin) * scale), min(columns, (stop - origin) * scale)
        first, last = math.ceil(low - EPSILON), math.floor(high + EPSILON)
        if first > last:
            parts.setdefault(last, []).append((phase, high - low, wait))
            continue
        if low < first - EPSILON:
            parts.setdefault(first - 1, []).append((phase, first - low, wait))
        if high > last + EPSILON:
            parts.setdefault(last, []).append((phase, high - last, wait))
        if first < last:
            glyph, colour = _state(frame, phase, wait, task)
            fill(cells, frame, first, last, glyph, colour)
            if phase == _WAITING:
                write(cells, frame, first, last, words(frame, wait))
            elif phase == _RUNNING and view.by_step and last - first >= FEWEST_NOTCHED and stop <= view.stop:
                cells.dot(last - 1, NOTCH, cells.styles[last - 1])
    for cell, pieces in parts.items():
        if 0 <= cell < cells.width:
            _draw_part(cells, frame, cell, pieces, task)


def fill(cells: Cells, frame: Frame, first: int, last: int, glyph: str, colour: str) -> None:
    """Paint cells in one colour, faded from the playhead on."""
    middle = min(max(first, frame.head), last)
    cells.fill(first, middle, glyph, frame.ink(colour, first))
    cells.fill(middle, last, glyph, frame.ink(colour, frame.head))


def _state(frame: Frame, phase: int, wait: int, task: int) -> tuple[str, str]:
    if phase == _RUNNING:
        return frame.look.glyph("lane-running"), frame.look.task(task)
    if phase == _WAITING:
        return frame.look.glyph("lane-waiting"), wait_colour(frame.trace.said(wait))
    return frame.look.glyph("lane-ready"), frame.look.task(task)


def write(cells: Cells, frame: Frame, first: int, last: int, wordings: Iterable[Wording]) -> bool:
    """Write the first wording that leaves a piece of the line on both sides; whether there was one."""
    for wording in wordings:
        if last - first >= sum(width(text) for text, _ in wording) + 4:
            blank = frame.look.style()
            x = cells.put(first + 1, " ", blank)
            for text, colour in wording:
                for char in text:
                    x = cells.put(x, char, frame.ink(colour, x))
            cells.put(x, " ", blank)
            return True
    return False


def _draw_part(cells: Cells, frame: Frame, cell: int, pieces: list[Piece], task: int) -> None:
    running = sum(size for phase, size, _ in pieces if phase == _RUNNING)
    if running >= 15 / 16:
        cells.dot(cell, frame.look.glyph("lane-running"), frame.ink(frame.look.task(task), cell))
        return
    if not running:
        phase, size, wait = max(pieces, key=lambda piece: piece[1])
        if size >= 1 / 4 or cells.glyphs[cell] == " ":
            glyph, colour = _state(frame, phase, wait, task)
            cells.dot(cell, glyph, frame.ink(colour, cell))
        return
    if len(pieces) <= 2 and pieces[0][0] == _RUNNING:
        glyph = LEFT_EIGHTHS[max(1, round(running * 8))]
    elif len(pieces) == 2 and running >= 1 / 4:
        glyph = "▐"
    else:
        glyph = bar(running)
    ready = sum(size for phase, size, _ in pieces if phase in _READY)
    cells.dot(cell, glyph, bar_style(frame, cell, task, ready > 1 - running - ready and ready > 1 / 8))


def bar_style(frame: Frame, cell: int, task: int, tinted: bool) -> Style:
    """The style of a task's bar; tinted where the task was ready most of the rest of the cell."""
    colour = frame.look.task(task)
    return frame.ink(colour, cell, on=mixed(frame.look, colour, TINT) if tinted and not frame.look.ansi else None)


def bar(share: float) -> str:
    """A bar as high as the share; never nothing."""
    return LOWER_EIGHTHS[min(8, max(1, round(share * 8)))]


def draw_rows(cells: Cells, frame: Frame, bursts: Sequence[Burst], task: int) -> None:
    """Paint the rows that arrived as ticks on the lane; a foreign one as an arrow. Too many are none: they hide all."""
    view, look = frame.view, frame.look
    low = bisect_left(bursts, view.start, key=lambda burst: burst.stop)
    shown = bursts[low : bisect_right(bursts, view.stop, key=lambda burst: burst.start)]
    if len(shown) > view.width * MOST_TICKS and not (view.by_step and view.scale >= 2):
        return
    for start, stop, many, foreign in shown:
        first, last = view.cell(start), view.cell(stop)
        drawn = min(many, int(last - first) + 1)
        glyph = look.glyph("foreign" if foreign else "lane-row")
        for number in range(drawn):
            cell = int(first + (last - first) * number / max(1, drawn - 1) + EPSILON)
            if 0 <= cell < min(view.width, cells.width):
                below = cells.glyphs[cell]
                if below in (look.glyph("lane-running"), NOTCH):
                    style = frame.on_task(task, cell)
                else:
                    tinted = cells.styles[cell].bgcolor is not None or below == look.glyph("lane-ready")
                    style = bar_style(frame, cell, task, tinted)
                cells.dot(cell, glyph, style)


def draw_ending(cells: Cells, frame: Frame, ending: Ending) -> None:
    """Paint how a task ended, in the cell after its last step."""
    cell = math.ceil(frame.view.cell(ending.at) - EPSILON)
    if 0 <= cell < cells.width:
        name = state_name(Phase(ending.phase))
        glyph = frame.look.glyph("lane-error" if name == "error" else name)
        cells.dot(cell, glyph, frame.ink(f"state-{name}", cell, bold=True))
