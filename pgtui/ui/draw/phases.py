"""What the steps in view did, in the recipe's own words: the call they stand at, the rows they got, how they failed.

Nothing here knows a driver: a step is called after the line of the recipe that it ended on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pgtui.core.events import PAYLOAD_BITS, Event, Failure, Kind
from pgtui.core.trace import Trace
from pgtui.ui.draw.axis import View, place_of
from pgtui.ui.draw.cells import Cells
from pgtui.ui.draw.inks import Frame
from pgtui.ui.draw.kept import Kept
from pgtui.ui.draw.leaving import call_left, is_leaving
from pgtui.ui.text import visible, width

MOST_STEPS = 200
"""Steps in view above which there is no room for words."""

_AWAITED = re.compile(r"await\s+(?:\w+\.)*(\w+)\(")
_CALLED = re.compile(r"(?:\w+\.)+(\w+)\(")
_LOOP = re.compile(r"^\s*(async for|for)\b")


@dataclass(frozen=True, slots=True)
class Label:
    """What neighbouring steps did: from where to where on the axis, in words.

    `rows` tells (task, first row, last row) when all that they did was to get rows, task -1 for several tasks.
    """

    start: float
    stop: float
    text: str
    colour: str = "dim"
    rows: tuple[int, int, int] | None = None


def call_at(line: str) -> str:
    """The call that a line of source stands at: `execute` for `await cursor.execute(task.query)`.

    >>> call_at("    async for row in cursor:")
    'async for'
    """
    for pattern in (_AWAITED, _CALLED, _LOOP):
        if found := pattern.search(line):
            return found.group(1)
    return ""


def labels(trace: Trace, known: Kept, view: View) -> list[Label]:
    """The labels of the steps in view, neighbours that did the same joined."""
    first, last = _steps_in(trace, known, view)
    joined: list[Label] = []
    if last - first > MOST_STEPS:
        return joined
    for label in _each(trace, known, first, last, view.by_step):
        if joined and (both := _joined(joined[-1], label)):
            joined[-1] = both
        else:
            joined.append(label)
    return joined


def _steps_in(trace: Trace, known: Kept, view: View) -> tuple[int, int]:
    if view.by_step:
        return int(view.start) + 1, min(known.all_steps, int(view.stop) + 1)
    return (
        max(1, known.step_at(trace.index_at(int(view.start)))),
        known.step_at(trace.index_at(int(view.stop))),
    )


def _each(trace: Trace, known: Kept, first: int, last: int, by_step: bool) -> Iterator[Label]:
    source = dict(trace.header.source.lines)
    for step in range(first, last + 1):
        start, stop = known.first_of(step), known.first_of(step + 1)
        events = list(trace.events(start, min(stop, start + 64)))
        if not events or events[0].kind is not Kind.RUNS:
            continue  # it lies in the gap
        task, end = events[0].task, len(events)
        rows: list[int] = []
        text, colour = "", "dim"
        for at, event in enumerate(events):
            if event.task != task:
                continue
            if event.kind in (Kind.ROW, Kind.ROW_AGAIN):
                rows.append(event.number)
            elif event.kind is Kind.SAYS:
                text = str(trace.said(event.value))
            elif event.kind is Kind.FAILED:
                failure = trace.said(event.value)
                text = failure.type.rpartition(".")[2] if isinstance(failure, Failure) else "error"
                colour, end = "state-error", at
            elif event.kind is Kind.DONE:
                text, end = "done", at
            elif event.kind is Kind.WAITS:
                text, end = _call(trace, known, source, event, event.value >> PAYLOAD_BITS) or text, at
            elif event.kind is Kind.YIELDS:
                text, end = _call(trace, known, source, event, event.value) or text, at
            if end < len(events):
                break
        # By time a step ends where it suspends, by step it takes the whole slot.
        begin = step - 1.0 if by_step else place_of(trace, start + 1, False)
        finish = float(step) if by_step else place_of(trace, start + min(end, len(events) - 1) + 1, False)
        if rows and colour == "dim":
            span = (task, rows[0], rows[-1])
            yield Label(begin, finish, _rows_text(span), colour, span)
        elif text:
            yield Label(begin, finish, visible(text), colour)


def _call(trace: Trace, known: Kept, source: Mapping[int, str], event: Event, line: int) -> str:
    """The call that a step stands at when it suspends."""
    text = source.get(line, "")
    return call_left(text) if is_leaving(trace, known, source, event.task, line, event.index) else call_at(text)


def _rows_text(rows: tuple[int, int, int]) -> str:
    task, first, last = rows
    if task < 0:
        return "rows"
    return f"row {first}" if first == last else f"rows {first}–{last}"


def _joined(one: Label, other: Label) -> Label | None:
    if one.rows and other.rows:
        same = one.rows[0] == other.rows[0] and other.rows[1] > one.rows[2]
        rows = (one.rows[0] if same else -1, one.rows[1], other.rows[2])
        return Label(one.start, other.stop, _rows_text(rows), one.colour, rows)
    if not one.rows and not other.rows and (one.text, one.colour) == (other.text, other.colour):
        return Label(one.start, other.stop, one.text, one.colour)
    return None


def draw_labels(cells: Cells, frame: Frame, found: list[Label]) -> None:
    """Write the labels that fit under their steps, between brackets where there is room for them."""
    free = 0
    for label in found:
        first, last = round(frame.view.cell(label.start)), round(frame.view.cell(label.stop))
        first, last = max(free, first), min(last, frame.view.width)
        size, room = width(label.text), last - first
        style = frame.ink(label.colour, first)
        if room >= size + 4:
            room -= room > size + 4  # the next label needs to be apart
            text = f" {label.text} "
            left = (room - 2 - width(text)) // 2
            text = "└" + "─" * left + text + "─" * (room - 2 - left - width(text)) + "┘"
            free = cells.put(first, text, style) + 1
        elif room >= size:
            free = cells.put(first + (room - size) // 2, label.text, style) + 1
