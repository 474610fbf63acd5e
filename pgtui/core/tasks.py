"""What a recipe gets: `Task`, one of the concurrent units, and where its rows go.

A task's methods are all that a recipe calls of pgtui: `row`, `says`, `backend`. They write to the trace and change
nothing of what the driver does.
"""

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from pgtui.core.events import KIND_BITS, NUMBER_BITS, NUMBER_MASK, UNTAGGED, VALUE_SHIFT, Kind, tag_of
from pgtui.core.trace import MOST_VALUES, RowMarks, Trace

MOST_BUFFERED = 1_000
LONGEST_VALUE = 1_000
"""Characters or bytes of a value that are kept for the screen."""

_ROW, _ROW_AGAIN = int(Kind.ROW), int(Kind.ROW_AGAIN)


class Task:
    """One of the concurrent units of a run, as its recipe sees it.

    Attributes:
        number: 1 to N; 0 is the run itself.
        name: its colour.
        query: the SQL it asks for, tagged with its number.
        yields: whether it sleeps 0 seconds after each row.
        rows: how many rows it asks for.
        dsn: the libpq connection string or SQLAlchemy URL of the server.
        arguments: the same as keyword arguments, for drivers that want these.
        row: `row(values)` says that a row has arrived.
    """

    def __init__(
        self,
        number: int,
        name: str,
        query: str,
        trace: Trace,
        clock: Callable[[], int],
        *,
        dsn: str = "",
        arguments: dict[str, Any] | None = None,
    ) -> None:
        self.number = number
        self.name = name
        self.query = query
        self.yields = trace.header.experiment.yields
        self.rows = trace.header.experiment.rows
        self.dsn = dsn
        self.arguments = arguments or {}
        self._trace = trace
        self._clock = clock
        self._buffer: list[Any] = []
        self._write = RowWriter(trace, number)
        self.row: Callable[[Any], None] = self._buffered_row()

    def _buffered_row(self) -> Callable[[Any], None]:
        # Rows wait here until the step ends: nothing else runs within a step, so its end is time enough, and a
        # closure over a list is as cheap as Python gets (80 ns).
        buffer, append, flush, clock = self._buffer, self._buffer.append, self.flush, self._clock

        def row(values: Any) -> None:
            append(values)
            if len(buffer) >= MOST_BUFFERED:
                flush(clock())

        return row

    @property
    def rows_and_writer(self) -> "tuple[list[Any], RowWriter]":
        """Where its rows wait for the end of a step, and what writes them then."""
        return self._buffer, self._write

    def flush(self, time: int) -> None:
        """Write the rows that have arrived since the last flush, all with this time."""
        if self._buffer:
            self._write(time, self._buffer)
            self._buffer.clear()

    def says(self, text: str) -> None:
        """Log what the recipe is about to do."""
        self._event(Kind.SAYS, self._trace.payload(text))

    def backend(self, pid: int) -> None:
        """Tell which backend's connection the task works on."""
        self._event(Kind.BACKEND, pid)

    def _event(self, kind: Kind, value: int) -> None:
        time = self._clock()
        self.flush(time)
        self._trace.append(time, kind, self.number, value)


class RowWriter:
    """Writes rows of one task into the trace: the tag as an event, the values of some of them."""

    def __init__(self, trace: Trace, task: int, *, trusting: bool = True) -> None:
        self._trace = trace
        self._task = task
        self._trusting = trusting and trace.header.tagged
        self._untagged = 0
        self._row = task << KIND_BITS | _ROW
        self.own_marks = trace.rows_by_owner.setdefault(task, RowMarks())
        self.settled = False
        """Whether the first rows' values are all kept, and rows can be trusted to carry their tag."""

    def __call__(self, time: int, rows: Sequence[Any]) -> None:
        trace, count = self._trace, len(rows)
        tags = self._tags(rows)
        again = self._mark(tags)
        row = self._row
        whats = [tag << VALUE_SHIFT | row for tag in tags]
        for place in again:
            whats[place] += _ROW_AGAIN - _ROW
        trace.begin()
        trace.times.extend(repeat(time, count))
        trace.whats.extend(whats)
        trace.head.time = time
        self._count(tags, again)
        if len(trace.first_values) < MOST_VALUES:
            for tag, values in zip(tags, rows, strict=True):
                trace.first_values.setdefault(tag, shown_values(values))
        else:
            self.settled = self._trusting
            trace.latest_values.extend(zip(tags[-MOST_VALUES:], rows[-MOST_VALUES:], strict=True))

    def _tags(self, rows: Sequence[Any]) -> list[int]:
        if self._trusting:
            try:
                return [row[-2] << NUMBER_BITS | row[-1] for row in rows]
            except (TypeError, IndexError, KeyError, ValueError):
                return [self._tag(row) for row in rows]
        return [self._tag(row) for row in rows]

    def _tag(self, row: Any) -> int:
        """The tag of a row that may be none of ours: a driver that misread its socket gives anything."""
        if self._trace.header.tagged:
            try:
                owner, number = row[-2], row[-1]
                if 0 <= owner < len(self._trace.header.names) and 0 < number <= NUMBER_MASK:
                    return tag_of(owner, number)
            except (TypeError, IndexError, KeyError, ValueError):
                pass
        self._untagged += 1
        # Numbered apart by task, so that two tasks' untagged rows are never taken for one row twice.
        return tag_of(UNTAGGED, (self._task << 20 | self._untagged & 0xFFFFF) & NUMBER_MASK)

    def _mark(self, tags: list[int]) -> Sequence[int]:
        """The places of rows that had arrived before; rows in order, one's own, cost next to nothing."""
        first, count = tags[0], len(tags)
        owner, number = first >> NUMBER_BITS, first & NUMBER_MASK
        if owner == UNTAGGED:
            return ()
        marks = self._trace.rows_by_owner.get(owner)
        if marks is None:
            marks = self._trace.rows_by_owner[owner] = RowMarks()
        if count == 1:
            return () if marks.add(number) else (0,)
        if marks.extend(number, count) if tags == list(range(first, first + count)) else False:
            return ()
        return self._trace.mark_rows(tags)

    def _count(self, tags: list[int], again: Sequence[int]) -> None:
        head = self._trace.head
        state, count = head.tasks[self._task], len(tags)
        head.arrived(self._task)
        owner = tags[0] >> NUMBER_BITS
        if not again and tags[-1] - tags[0] == count - 1 and owner in (self._task, 0):
            state.own += count
        else:
            doubled = set(again)
            for place, tag in enumerate(tags):
                state.gets(tag, place in doubled)


def shown_values(values: Any) -> tuple[object, ...]:
    """What is kept of a row: its values without the tag, long ones cut."""
    try:
        return tuple(_cut(value) for value in list(values))
    except (TypeError, ValueError):
        return (_cut(values),)


def _cut(value: Any) -> object:
    if isinstance(value, str | bytes | bytearray | memoryview) and len(value) > LONGEST_VALUE:
        kept = value[:LONGEST_VALUE]
        return f"{kept}… ({len(value):,} characters)" if isinstance(kept, str) else bytes(kept)
    if isinstance(value, list | dict | tuple | set):
        text = repr(value)
        return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return value
