"""In which order rows arrived at the tasks: each of them while they are few, in equal bins when they are many.

Like everything that draws, it looks at single events only where they can be seen; the rest it takes from the moments
that the chunks carry.
"""

from bisect import bisect_left
from collections import Counter
from itertools import groupby
from typing import NamedTuple

from pgtui.core.events import KIND_BITS, KIND_MASK, NUMBER_BITS, TASK_MASK, UNTAGGED, VALUE_SHIFT, Kind
from pgtui.core.state import Moment
from pgtui.core.trace import Trace
from pgtui.ui.draw.kept import MOST_SMALL, Kept

WIDEST_CHUNK = 2
"""Bins that a chunk's rows may fill before they are looked at one by one."""
MOST_TASKS, SAMPLE = 64, 256
"""With more tasks than this, so many events stand for a chunk's rows."""

_ROW_AGAIN = int(Kind.ROW_AGAIN)
_ROWS = (int(Kind.ROW), _ROW_AGAIN)


class Arrival(NamedTuple):
    """One row: at whom it arrived, who had asked for it, and whether it had arrived before."""

    task: int
    owner: int
    again: bool

    @property
    def foreign(self) -> bool:
        """Whether another task had asked for it."""
        return self.owner not in (self.task, 0, UNTAGGED)


def arrivals(known: Kept, stop: int) -> list[Arrival]:
    """All rows of the first `stop` events that are kept, in order; for runs of few rows."""
    found: list[Arrival] = []
    before = [*known.rows, -1]
    for place in range(known.place_of(stop) + 1):
        if before[place] == before[place + 1]:
            continue
        chunk = known.chunks[place]
        for at in _rows_in(known, place):
            if known.indices[place] + at >= stop:
                break
            what = chunk.whats[at]
            owner = what >> VALUE_SHIFT >> NUMBER_BITS
            found.append(Arrival(what >> KIND_BITS & TASK_MASK, owner, what & KIND_MASK == _ROW_AGAIN))
    return found


def _rows_in(known: Kept, place: int) -> list[int]:
    """Offsets of the rows in the chunk at `place`."""
    whats = known.chunks[place].whats
    return known.read("rows", place, lambda: [at for at, what in enumerate(whats) if what & KIND_MASK in _ROWS])


def _tasks_in(known: Kept, place: int) -> list[int]:
    """At whom the rows in the chunk at `place` arrived."""
    whats = known.chunks[place].whats
    return known.read("row tasks", place, lambda: [whats[at] >> KIND_BITS & TASK_MASK for at in _rows_in(known, place)])


def bins(trace: Trace, known: Kept, moment: Moment, count: int) -> list[Counter[int]]:
    """The rows up to a moment in `count` bins: at which task how many of them arrived.

    Within a chunk that fills only some bins its tasks' rows are taken to be spread evenly; of many tasks, those of
    the chunk's first rows stand for all.
    """
    before, rows = known.rows, moment.rows
    last = known.place_of(moment.index)
    found: list[Counter[int]] = [Counter() for _ in range(count)]
    each = rows / count
    for place in range(last + 1):
        first, after = before[place], rows if place == last else before[place + 1]
        if first >= after:
            continue
        gap = trace.gap is not None and place + 1 < len(known.indices) and known.indices[place + 1] == trace.gap[1]
        if (place == last or after - first > WIDEST_CHUNK * each) and not gap:
            tasks = _tasks_in(known, place)
            low = first
            while low < after:
                bin_ = min(count - 1, int((low + 0.5) / each))
                high = min(after, max(low + 1, round((bin_ + 1) * each)))
                found[bin_].update(tasks[low - first : high - first])
                low = high
            continue
        arrived = _arrived(known, place)
        for bin_ in range(min(count - 1, int(first / each)), min(count - 1, int((after - 1) / each)) + 1):
            share = (min(after, (bin_ + 1) * each) - max(first, bin_ * each)) / (after - first)
            for task, number in arrived.items():
                found[bin_][task] += max(1, round(number * share)) if share > 0 else 0
    return found


def _arrived(known: Kept, place: int) -> Counter[int]:
    """At whom rows arrived between this chunk's beginning and the next one's."""
    after = known.chunks[place + 1].before
    return known.read("arrived", place, lambda: _counted(known, place), after.index, most=MOST_SMALL)


def _counted(known: Kept, place: int) -> Counter[int]:
    before, after = known.chunks[place].before, known.chunks[place + 1].before
    rows = known.rows[place + 1] - known.rows[place]
    if after.turns == before.turns and after.last == before.last:
        return Counter({after.last: rows})
    if len(before.tasks) > MOST_TASKS:
        whats = known.chunks[place].whats[:SAMPLE]
        some = Counter(what >> KIND_BITS & TASK_MASK for what in whats if what & KIND_MASK in _ROWS)
        return Counter({task: max(1, round(number * rows / some.total())) for task, number in some.items()})
    numbers = (other.received - one.received for one, other in zip(before.tasks, after.tasks, strict=True))
    return Counter({task: number for task, number in enumerate(numbers) if number})


def stretches_of_rows(known: Kept, moment: Moment) -> list[tuple[int, int]]:
    """The order of rows up to a moment, run-length encoded: (task, how many in a row).

    Only the chunks in which a row came to another task than the one before are looked at. Rows that are not kept
    count for task 0.
    """
    found: list[tuple[int, int]] = []

    def add(task: int, count: int) -> None:
        if found and found[-1][0] == task:
            found[-1] = (task, found[-1][1] + count)
        elif count:
            found.append((task, count))

    last = known.place_of(moment.index)
    for place in range(last + 1):
        before = known.chunks[place].before
        after = moment if place == last else known.chunks[place + 1].before
        rows = after.rows - before.rows
        if rows and after.turns == before.turns and after.last == before.last:
            add(after.last, rows)
        elif rows:
            count = bisect_left(_rows_in(known, place), moment.index - known.indices[place])
            for task, group in groupby(_tasks_in(known, place)[:count]):
                add(task, len(list(group)))
            add(0, rows - count)
    return found
