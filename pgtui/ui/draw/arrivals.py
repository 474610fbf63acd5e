"""In which order rows arrived at the tasks: each of them while they are few, in equal bins when they are many.

Like everything that draws, it looks at single events only where they can be seen; the rest it takes from the moments
that the chunks carry.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from math import ceil
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
    rows, last = moment.rows, known.place_of(moment.index)
    before = [*known.rows[: last + 1], rows]
    found: list[Counter[int]] = [Counter() for _ in range(count)]
    each = rows / count
    gap = known.place_of(trace.gap[1]) - 1 if trace.gap is not None else -1
    narrow = WIDEST_CHUNK * each
    place = 0
    while place <= last:
        first, stop = place, place + 1
        if before[stop] - before[first] > narrow and first != gap:
            _count(found, each, before[first], before[stop], _tasks_in(known, first))
        else:
            while stop <= last and (before[stop + 1] - before[stop] <= narrow or stop == gap):
                stop += 1
            if len(moment.tasks) > MOST_TASKS:
                for one in range(first, stop):
                    after = known.chunks[one + 1].before if one < last else moment
                    _share(found, each, before[one], before[one + 1], _arrived(known, one, after))
            else:
                _spread(found, each, before, range(first, stop), known, moment)
        place = stop
    return found


def _count(found: list[Counter[int]], each: float, low: int, stop: int, tasks: Sequence[int]) -> None:
    """Count the rows low ≤ n < stop, which arrived at these tasks, one by one."""
    first = low
    while low < stop:
        bin_ = min(len(found) - 1, int((low + 0.5) / each))
        high = min(stop, max(low + 1, round((bin_ + 1) * each)))
        found[bin_].update(tasks[low - first : high - first])
        low = high


def _spread(
    found: list[Counter[int]], each: float, rows: Sequence[int], places: range, known: Kept, now: Moment
) -> None:
    """Spread the rows of these chunks evenly: what had arrived by one edge of a bin is taken from the other's.

    Args:
        found: the bins.
        each: rows in a bin.
        rows: how many rows had arrived before each chunk up to now, and by now.
        places: the chunks.
        known: where the moments before them are.
        now: the moment after the last of all of them.
    """
    low, high = rows[places.start], rows[places.stop]

    def arrived(row: float) -> list[float]:
        place = max(places.start, bisect_left(rows, row, places.start, places.stop) - 1)
        one, other = known.chunks[place].before, known.chunks[place + 1].before if place + 2 < len(rows) else now
        share = (row - rows[place]) / max(1, rows[place + 1] - rows[place])
        return [a.received + (b.received - a.received) * share for a, b in zip(one.tasks, other.tasks, strict=True)]

    before = arrived(low)
    for bin_ in range(int(low / each), min(len(found), ceil(high / each))) if low < high else ():
        after = arrived(min(high, (bin_ + 1) * each))
        counts = found[bin_]
        for task, (a, b) in enumerate(zip(before, after, strict=True)):
            if number := round(b) - round(a):
                counts[task] += number
        before = after


def _share(found: list[Counter[int]], each: float, first: int, stop: int, arrived: Counter[int]) -> None:
    """Spread a chunk's rows first ≤ n < stop evenly, of which so many arrived at each task."""
    if first >= stop:
        return
    most = len(found) - 1
    for bin_ in range(min(most, int(first / each)), min(most, int((stop - 1) / each)) + 1):
        share = (min(stop, (bin_ + 1) * each) - max(first, bin_ * each)) / (stop - first)
        for task, number in arrived.items():
            found[bin_][task] += max(1, round(number * share)) if share > 0 else 0


def _arrived(known: Kept, place: int, after: Moment) -> Counter[int]:
    """At whom rows arrived between this chunk's beginning and the moment after it, for runs of many tasks."""
    return known.read("arrived", place, lambda: _counted(known, place, after), after.index, most=MOST_SMALL)


def _counted(known: Kept, place: int, after: Moment) -> Counter[int]:
    before = known.chunks[place].before
    rows = after.rows - before.rows
    if after.turns == before.turns and after.last == before.last:
        return Counter({after.last: rows})
    whats = known.chunks[place].whats[:SAMPLE]
    some = Counter(what >> KIND_BITS & TASK_MASK for what in whats if what & KIND_MASK in _ROWS)
    return Counter({task: max(1, round(number * rows / some.total())) for task, number in some.items()})


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
