"""Whether a step at a `with` line enters the block or leaves it: Python gives both the same line.

It is told from where the task has been before, and from what it does after; where that does not tell, it enters.
"""

import re
from collections.abc import Mapping
from functools import partial

from pgtui.core.events import KIND_BITS, KIND_MASK, PAYLOAD_BITS, TASK_MASK, VALUE_SHIFT, Kind
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.ui.draw.kept import MOST_SMALL, Kept

NEAR = 4
"""Chunks of events that are looked at: so many at the run's beginning, and on both sides of the step."""

ROWS = -1
"""Stands for a line where rows arrived."""

Visits = dict[int, dict[int, tuple[int, int]]]
"""Task → line → the first and the last event at which it suspended there."""

_WITH = re.compile(r"^\s*(?:async\s+)?with\b|\bas\s+\w+\s*,$")
_CALLS = re.compile(r"(\w+)\(")
_CLOSED = re.compile(r"connect$|cursor$|pool$|engine$|closing$|stream$|session$", re.I)
_GIVEN_BACK = ("acquire", "connection")
_LOOP = re.compile(r"\s*(?:async for|for|while)\b")


def call_left(line: str) -> str:
    """What leaving the block of a `with` line does: `close`, `release`, or `end transaction`.

    >>> call_left("async with pool.acquire() as connection:")
    'release'
    """
    calls = _CALLS.findall(line)
    if any(_CLOSED.search(call) for call in calls):
        return "close"
    if any(call in _GIVEN_BACK for call in calls):
        return "release"
    return f"end {calls[-1]}" if calls else ""


def is_leaving(trace: Trace, known: Kept, source: Mapping[int, str], task: int, line: int, index: int) -> bool:
    """Whether the task that suspends at this line with the event `index` leaves the block of a `with` line."""
    if not _WITH.search(source.get(line, "")) or _in_loop(source, line):
        return False
    place = known.place_of(index)
    seen = _seen(known, task, place)
    came, _ = seen.get(line, (index, index))
    block = _block(source, line)
    for other, (first, _) in seen.items():
        if first < index and (other in block or (other != line and came < first)):
            return True
    return _is_all_over(trace, known, source, seen, task, place, index)


def _is_all_over(
    trace: Trace,
    known: Kept,
    source: Mapping[int, str],
    seen: Mapping[int, tuple[int, int]],
    task: int,
    place: int,
    index: int,
) -> bool:
    """Whether the task has got rows, and does nothing any more but leave blocks; for blocks that it entered at once."""
    state = trace.head.tasks[task]
    beyond = place + NEAR
    if state.phase is not Phase.DONE or (beyond < len(known.chunks) and known.chunks[beyond].before.time < state.ended):
        return False
    rest = [other for other, (_, last) in seen.items() if last > index]
    return state.received > 0 and all(other != ROWS and _WITH.search(source.get(other, "")) for other in rest)


def _seen(known: Kept, task: int, place: int) -> dict[int, tuple[int, int]]:
    """Where the task has been near the run's beginning and near the chunk at `place`."""
    count = len(known.chunks)
    found: dict[int, tuple[int, int]] = {}
    for at in sorted({*range(min(NEAR, count)), *range(max(0, place - NEAR + 1), min(count, place + NEAR))}):
        visits = known.read("visits", at, partial(_visits, known, at), most=MOST_SMALL)
        for line, (first, last) in visits.get(task, {}).items():
            found[line] = (found.get(line, (first, last))[0], last)
    return found


def _visits(known: Kept, place: int) -> Visits:
    visits: Visits = {}
    for index, what in enumerate(known.chunks[place].whats, known.indices[place]):
        kind = what & KIND_MASK
        if kind == Kind.YIELDS:
            line = what >> VALUE_SHIFT
        elif kind == Kind.WAITS:
            line = what >> VALUE_SHIFT + PAYLOAD_BITS
        elif kind == Kind.ROW:
            line = ROWS
        else:
            continue
        lines = visits.setdefault(what >> KIND_BITS & TASK_MASK, {})
        lines[line] = (lines.get(line, (index, index))[0], index)
    return visits


def _block(source: Mapping[int, str], line: int) -> set[int]:
    """The lines of the block that a `with` line, or one of its items on a line of its own, begins."""
    header = _indent(source[line])
    item = not source[line].lstrip().startswith(("with", "async"))
    found: set[int] = set()
    number = line + 1
    while (text := source.get(number)) is not None:
        depth = _indent(text)
        if text.strip() and not (item and text.lstrip().startswith(")")):
            if depth < header or (depth == header and not item):
                break
            found.add(number)
        number += 1
    return found


def _in_loop(source: Mapping[int, str], line: int) -> bool:
    """Whether the line lies in a loop of its function: then the block may be entered again."""
    depth, number = _indent(source[line]), line - 1
    while depth and (text := source.get(number)) is not None:
        if text.strip() and _indent(text) < depth:
            depth = _indent(text)
            if _LOOP.match(text):
                return True
        number -= 1
    return False


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
