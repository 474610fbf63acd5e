"""The ribbon: the rows in order of arrival, each in the colour of the task that got it, and what they add up to.

A pure function of picture, size and look. Few rows have a cell with a letter each; many share cells, in which one
colour means one task's rows, and a weave means that tasks took turns.
"""

from collections import Counter
from collections.abc import Sequence

from rich.style import Style

from pgtui.core.ledger import ledger, shares_one_result
from pgtui.ui.draw.arrivals import Arrival, arrivals, bins, stretches_of_rows
from pgtui.ui.draw.cells import Cells, Row
from pgtui.ui.draw.kept import kept
from pgtui.ui.draw.lanes import LEFT_EIGHTHS
from pgtui.ui.draw.layout import label_cells
from pgtui.ui.draw.letters import letter
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import width

MOST_STRETCHES = 12
"""Stretches of one task's rows that are told in letters."""
PURE = 0.95
"""A bin is one task's when it has this share of its rows."""
GAP = 3
"""Blanks between the cells and the words after them."""
LEAST_CELLS = 10

Part = tuple[tuple[str, Style], ...]


def ribbon(picture: Picture, size: tuple[int, int], look: Look) -> list[Row]:
    """The ribbon's rows: cells and words in one line, or below each other where there are two lines.

    Args:
        picture: the run and the playhead; rows after it are not shown.
        size: width and height in cells.
        look: the theme.
    """
    columns, height = size
    if columns < 1 or height < 1:
        return []
    label = label_cells(picture.trace, columns)
    room = columns - label
    lines = [Cells(columns, look.style()) for _ in range(height)]
    if label > 4:
        lines[0].put(0, "rows", look.style("dim"))
    words = summary(picture, look)
    if height > 1:
        _draw(lines[0], picture, look, label, room)
        _write(lines[1], label, words)
    else:
        cells = max(room - _size(words) - GAP, min(room, LEAST_CELLS), room // 2)
        end = _draw(lines[0], picture, look, label, cells)
        _write(lines[0], end + GAP, words)
    return [cells.row() for cells in lines]


def summary(picture: Picture, look: Look) -> list[Part]:
    """What the rows add up to: who after whom, then the counts: arrived, lost, foreign, and the same every run."""
    trace, moment = picture.trace, picture.moment
    accounts, expected = ledger(trace, moment), trace.header.expected
    shared = shares_one_result(trace)
    whole = f" of {expected if shared else expected * len(accounts):,}" if expected is not None else ""
    parts: list[Part] = [_order(picture, look), ((f"{moment.rows:,}{whole} arrived", look.style("foreground")),)]
    lost = sum(account.lost for account in accounts)
    if shared and expected is not None:
        over = all(task.phase.over for task in moment.tasks[1:])
        lost = max(0, expected - sum(task.own for task in moment.tasks)) if over else 0
    counts = (
        (lost, "lost"),
        (sum(account.foreign for account in accounts), "foreign"),
        (sum(account.doubled for account in accounts), "doubled"),
    )
    parts += [((f"{count:,} {name}", look.style(f"row-{name}", bold=True)),) for count, name in counts if count]
    if picture.same is not None:
        same, runs = picture.same
        parts.append(((f"same in {same} of {runs} runs", look.style("dim" if same == runs else "row-lost")),))
    return [part for part in parts if part]


def _order(picture: Picture, look: Look) -> Part:
    """Who after whom: `g p ttt`, `g×1,000 p×1,000`, or how often it changed when that is too often."""
    moment = picture.moment
    if moment.turns + 1 > MOST_STRETCHES:
        return ((f"{moment.turns:,} switches", look.style("dim")),)
    parts: list[tuple[str, Style]] = []
    for task, count in stretches_of_rows(kept(picture.trace), moment):
        name = letter(picture.trace, task)
        text = name * count if count <= 5 else f"{name}×{count:,}"
        parts += [(" ", look.style())] if parts else []
        parts.append((text, look.style(look.task(task), bold=True)))
    return tuple(parts)


def _size(parts: Sequence[Part]) -> int:
    return sum(width(text) for part in parts for text, _ in part) + 3 * max(0, len(parts) - 1)


def _write(cells: Cells, x: int, parts: Sequence[Part]) -> None:
    """Write as many of the parts as fit, a dot between them; without the first one where the counts need its room."""
    if x + _size(parts[:2]) > cells.width:
        parts = parts[1:]
    first = x
    for part in parts:
        if x + _size([part]) + (3 if x > first else 0) > cells.width:
            return
        if x > first:
            x = cells.put(x, " · ", cells.styles[0])
        for text, style in part:
            x = cells.put(x, text, style)


def _draw(cells: Cells, picture: Picture, look: Look, start: int, room: int) -> int:
    """Draw the rows in at most `room` cells from `start` on; returns the cell after them.

    A row is as wide as all rows of the trace allow: playing through it does not change the scale.
    """
    trace, moment, known = picture.trace, picture.moment, kept(picture.trace)
    all_rows = trace.head.rows
    if room < 1 or not all_rows:
        return start
    each = next((cells for cells in (4, 2, 1) if all_rows * cells <= room + (cells > 1)), 0)
    if each:
        end = _draw_rows(cells, picture, look, start, arrivals(known, picture.index), each)
        return _draw_lost(cells, picture, look, end, start + room, each)
    if all_rows <= 2 * room:
        _draw_halves(cells, look, start, arrivals(known, picture.index))
        return start + (all_rows + 1) // 2
    if moment.rows:
        filled = min(room, max(1, round(room * moment.rows / all_rows)))
        _draw_bins(cells, picture, look, start, bins(trace, known, moment, filled))
    return start + room


def _draw_rows(cells: Cells, picture: Picture, look: Look, x: int, rows: Sequence[Arrival], each: int) -> int:
    """Draw every row with its task's letter; `p←t` is a row that p got and t had asked for."""
    for row in rows:
        name = letter(picture.trace, row.task)
        foreign, doubled = look.glyph("foreign"), look.glyph("doubled")
        if each == 4:
            text = f" {name}{doubled if row.again else ' '}"
            if row.foreign:
                text = f"{name}{foreign}{letter(picture.trace, row.owner)}"
        else:
            text = foreign if row.foreign else doubled if row.again else name
        cells.put(x, text, look.style("task-text", look.task(row.task), bold=True))
        x += each
    return x


def _draw_lost(cells: Cells, picture: Picture, look: Look, x: int, end: int, each: int) -> int:
    """Draw a hollow cell for each row that its task will never get, if there is room for all of them."""
    accounts = ledger(picture.trace, picture.moment)
    lost = [task for task, account in enumerate(accounts, 1) for _ in range(min(account.lost, cells.width))]
    if shares_one_result(picture.trace) or x + each * len(lost) > end:
        return x
    for task in lost:
        cells.put(x + (each == 4), look.glyph("lost"), look.style(look.task(task)))
        x += each
    return x


def _draw_halves(cells: Cells, look: Look, start: int, rows: Sequence[Arrival]) -> None:
    """Draw two rows a cell."""
    for at in range(0, len(rows), 2):
        one = look.task(rows[at].task)
        other = look.task(rows[at + 1].task) if at + 1 < len(rows) else None
        cells.dot(start + at // 2, "█" if one == other else "▌", look.style(one, None if one == other else other))


def _draw_bins(cells: Cells, picture: Picture, look: Look, start: int, found: Sequence[Counter[int]]) -> None:
    """Draw many rows a cell: one task's whole, two tasks' side by side, more of them woven in turn."""
    before = 0
    for at, counts in enumerate(found):
        ranked, total = counts.most_common(2), counts.total()
        if not total:
            continue
        first, most = ranked[0]
        if most >= PURE * total:
            colour = look.task(first)
            if first != before:
                cells.dot(start + at, letter(picture.trace, first), look.style("task-text", colour, bold=True))
            else:
                cells.dot(start + at, look.glyph("row"), look.style(colour))
            before = first
            continue
        before = 0
        if most + ranked[1][1] >= PURE * total:
            low, high = sorted((first, ranked[1][0]))
            glyph = LEFT_EIGHTHS[min(7, max(1, round(8 * counts[low] / total)))]
        else:
            # Each cell shows another pair of its tasks, so that the weave has the colours of all.
            tasks = sorted(counts)
            low, high, glyph = tasks[2 * at % len(tasks)], tasks[(2 * at + 1) % len(tasks)], "▌"
        cells.dot(start + at, glyph, look.style(look.task(low), look.task(high)))
