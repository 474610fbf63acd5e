"""The lanes that are no single task's, and those of long runs: bars of load, holders of locks, all tasks in one."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from pgtui.core.state import Phase
from pgtui.ui.draw.cells import Cells
from pgtui.ui.draw.inks import Frame
from pgtui.ui.draw.lanes import EPSILON, bar, bar_style, fill, seen, wait_colour, write
from pgtui.ui.draw.letters import letter
from pgtui.ui.draw.shares import Share
from pgtui.ui.draw.stretches import Hold, Stretch
from pgtui.ui.text import visible, width

LEAST, LEAST_RUNNING = 1 / 32, 1 / 200
"""Shares below these are not drawn."""


def draw_shares(cells: Cells, frame: Frame, shares: Sequence[Share], task: int) -> None:
    """Paint a task's share of each cell: a bar as high as it ran, on a tint where it was ready most of the rest."""
    look = frame.look
    ready_glyph, waiting_glyph = look.glyph("lane-ready"), look.glyph("lane-waiting")
    glyphs, styles = cells.glyphs, cells.styles
    # A screenful is some thousand cells, most of them alike: styles are made once, before the playhead and after it.
    for part in (range(min(frame.head, len(shares))), range(max(0, frame.head), len(shares))):
        if not part:
            continue
        bar_ink, tinted_ink = (bar_style(frame, part[0], task, tinted) for tinted in (False, True))
        waiting_ink = frame.ink("state-waiting", part[0])
        for cell in part:
            running, ready, waiting = shares[cell]
            if running >= LEAST_RUNNING:
                glyphs[cell] = bar(running)
                styles[cell] = tinted_ink if ready > waiting and ready > 1 / 8 else bar_ink
            elif ready > waiting and ready >= LEAST:
                glyphs[cell] = ready_glyph
                styles[cell] = bar_ink
            elif waiting >= LEAST:
                glyphs[cell] = waiting_glyph
                styles[cell] = waiting_ink


def draw_loads(cells: Cells, frame: Frame, loads: Iterable[tuple[int, float]], colour: str) -> None:
    """Paint bars: (cell, share)."""
    for cell, load in loads:
        if load >= LEAST_RUNNING:
            cells.dot(cell, bar(load), frame.ink(colour, cell))


def draw_spans(cells: Cells, frame: Frame, spans: Iterable[tuple[float, float]], glyph: str, colour: str) -> None:
    """Paint what took time as bars; what has no width on the axis is one glyph."""
    loads: dict[int, float] = {}
    for start, stop in spans:
        low, high = frame.view.cell(start), frame.view.cell(stop)
        if high < 0 or low > frame.view.width:
            continue
        if high - low < EPSILON:
            cell = min(int(high), cells.width - 1)
            cells.dot(cell, glyph, frame.ink(colour, cell))
            continue
        for cell in range(max(0, int(low)), min(frame.view.width, math.ceil(high))):
            loads[cell] = loads.get(cell, 0.0) + min(high, cell + 1) - max(low, cell)
    draw_loads(cells, frame, loads.items(), colour)


def draw_holds(cells: Cells, frame: Frame, holds: Iterable[Hold]) -> None:
    """Paint who holds a lock: a band in the holder's colour, with its name where there is room."""
    for start, stop, _, task in holds:
        first = max(0, math.floor(frame.view.cell(start) + 0.5))
        last = min(frame.view.width, max(first + 1, math.floor(frame.view.cell(stop) + 0.5)))
        if first >= last:
            continue
        fill(cells, frame, first, last, frame.look.glyph("lane-held"), frame.look.task(task))
        name = visible(frame.trace.name(task))
        if last - first >= width(name) + 4:
            x = cells.put(first + 1, " ", frame.look.style())
            for char in name:
                x = cells.put(x, char, frame.ink(frame.look.task(task), x, bold=True))
            cells.put(x, " ", frame.look.style())
        elif last - first >= 2:
            cells.put(first, letter(frame.trace, task), frame.ink(frame.look.task(task), first, bold=True))


def draw_holders(cells: Cells, frame: Frame, holders: Sequence[dict[int, int]], resource: int) -> None:
    """Paint who held a lock at the beginning of each cell, for views in which it goes round too quickly to tell all."""
    for cell, held in enumerate(holders):
        if resource in held:
            cells.dot(cell, frame.look.glyph("lane-held"), frame.ink(frame.look.task(held[resource]), cell))


def draw_waiters(cells: Cells, frame: Frame, waits: Sequence[Stretch]) -> None:
    """Paint a line where tasks wait for something whose holder nobody can see, and how many where that changes."""
    view = frame.view
    changes: dict[float, int] = {}
    for start, stop, _, _ in waits:
        changes[start] = changes.get(start, 0) + 1
        changes[stop] = changes.get(stop, 0) - 1
    counts, waiting = [0] * view.width, 0
    for start, stop in pairwise(sorted(changes)):
        waiting += changes[start]
        for cell in range(max(0, int(view.cell(start))), min(view.width, math.ceil(view.cell(stop) - EPSILON))):
            counts[cell] = max(counts[cell], waiting)
    colour = wait_colour(frame.trace.said(waits[0].wait)) if waits else ""
    first = 0
    for count, group in groupby(counts):
        last = first + len(list(group))
        if count:
            fill(cells, frame, first, last, frame.look.glyph("lane-waiting"), colour)
            number, verb = f"{count:,}", "waits" if count == 1 else "wait"
            if not write(cells, frame, first, last, [((f"{number} {verb}", colour),), ((number, colour),)]):
                cells.dot(first, number if count < 10 else "+", frame.ink(colour, first, bold=True))
        first = last


def draw_loop(cells: Cells, frame: Frame, tasks: dict[int, list[Stretch]]) -> None:
    """Paint all tasks in one lane: each cell in the colour of the task that ran longest in it, with its letter."""
    view = frame.view
    shares: list[dict[int, float]] = [{} for _ in range(view.width)]
    origin, scale, columns = view.start, view.scale, float(view.width)
    for task, stretches in tasks.items():
        for start, stop, phase, _ in seen(frame, stretches):
            if phase == Phase.RUNNING:
                low, high = max(0.0, (start - origin) * scale), min(columns, (stop - origin) * scale)
                for cell in range(int(low), math.ceil(high - EPSILON)):
                    ran = shares[cell]
                    ran[task] = ran.get(task, 0.0) + min(high, cell + 1) - max(low, cell)
    before = -1
    for cell, ran in enumerate(shares):
        task = max(ran, key=ran.__getitem__) if ran else -1
        if task >= 0:
            load = sum(ran.values())
            if task and task != before and load > 0.9:
                cells.dot(cell, letter(frame.trace, task), frame.on_task(task, cell))
            else:
                cells.dot(cell, bar(load), frame.ink(frame.look.task(task), cell))
        before = task


def draw_gap(cells: Cells, frame: Frame, gap: tuple[float, float], text: str = "") -> None:
    """Paint where events are not kept: hatched, at least one cell."""
    first = math.floor(frame.view.cell(gap[0]) + EPSILON)
    last = max(first + 1, math.ceil(frame.view.cell(gap[1]) - EPSILON))
    first, last = max(0, first), min(last, frame.view.width)
    if first < last:
        cells.fill(first, last, "╱", frame.look.style("row-lost"))
        if text and last - first >= width(text) + 4:
            cells.put((first + last - width(text)) // 2, text, frame.look.style("row-lost", bold=True))
