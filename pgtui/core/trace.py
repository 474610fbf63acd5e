"""The append-only record of a run, and the way to any moment of it.

Events lie in chunks of two integer arrays (lists while a chunk is open: they are quicker to add to). Each chunk knows
the `Moment` before its first event, so any moment is at most one chunk's replay away. Memory is bounded: past the cap
the oldest chunks after the first ones are dropped, and counted. Nothing here knows a screen or reads a clock: who
appends brings the time.
"""

import threading
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pgtui.core.events import (
    KIND_BITS,
    KIND_MASK,
    LINES,
    NUMBER_BITS,
    NUMBER_MASK,
    PAYLOAD_MASK,
    TASK_MASK,
    UNTAGGED,
    VALUE_SHIFT,
    Event,
    Kind,
    Payload,
    packed,
)
from pgtui.core.experiment import MOST_ROWS, Experiment
from pgtui.core.state import Moment

CHUNK = 4096
"""Events in a chunk: replaying one takes about a millisecond."""

FIRST_CHUNKS, MOST_CHUNKS = 64, 512
"""Kept for good, and kept at most: 2.1 million events, 34 MB."""

MOST_PAYLOADS = 100_000
MOST_VALUES = 2_000
"""Rows whose values are kept: the first ones, and as many of the latest."""
RECENT = 300
"""The latest rows, among which nearly all that is asked for in a run that goes on is found."""


@dataclass(frozen=True, slots=True)
class RecipeSource:
    """The source that ran, for the code panel: which driver, and each line with its number in its file."""

    title: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is known before the first event.

    Attributes:
        experiment: what runs.
        names: the tasks' names; names[0] is the run itself.
        query: the SQL that the tasks ask for, before tagging.
        expected: rows that each task should get; None when the query could not be tagged.
        tagged: whether each row tells who asked for it.
        server: version of the server, `18.6`.
        embedded: whether it is pgtui's own.
        driver_version: version of the driver's package.
        carrier: what carries the tasks: `asyncio tasks`, `threads`, or `asyncio tasks, blocking`.
        source: the recipe.
        columns: names of the result's columns, without the tag's.
    """

    experiment: Experiment
    names: tuple[str, ...]
    query: str = ""
    expected: int | None = None
    tagged: bool = True
    server: str = ""
    embedded: bool = True
    driver_version: str = ""
    carrier: str = "asyncio tasks"
    source: RecipeSource = field(default_factory=lambda: RecipeSource("", ()))
    columns: tuple[str, ...] = ()


class Chunk:
    """A stretch of events, and the moment before them.

    Attributes:
        before: the moment.
        start: its index, time, steps and rows; many chunks are looked through for these in every frame.
        times, whats: the events.
    """

    __slots__ = ("_indexed", "_lines", "before", "start", "times", "whats")

    def __init__(self, before: Moment, times: Sequence[int], whats: Sequence[int]) -> None:
        self.before = before
        self.start = before.index, before.time, before.steps, before.rows
        self.times = times
        self.whats = whats
        self._lines: dict[int, array[int]] = {}
        self._indexed = 0

    def lines(self, task: int) -> Sequence[int]:
        """Offsets in this chunk of the events that the task's log shows."""
        # An open chunk grows; what was looked at before is not looked at again.
        fresh = self.whats[self._indexed :]
        for offset, what in enumerate(fresh, self._indexed):
            if what & KIND_MASK in LINES:
                number = what >> KIND_BITS & TASK_MASK
                if number not in self._lines:
                    self._lines[number] = array("H")
                self._lines[number].append(offset)
        self._indexed += len(fresh)
        return self._lines.get(task, ())


class Trace:
    """What happened in one run.

    Attributes:
        header: what was known before it.
        origin: the clock's reading when it began; every time is told relative to it.
        finished: whether the run is over.
        dropped: how many events are not kept any more.
        gap: where they were: (index of the first dropped event, index of the first kept one after it).
        rows_by_owner: RowMarks, which of each owner's rows have arrived.
    """

    def __init__(self, header: Header, origin: int = 0, *, chunks: int = MOST_CHUNKS) -> None:
        self.header = header
        self.origin = origin
        self.head = Moment(len(header.names) - 1)
        self.head.time = origin
        self.finished = False
        self.dropped = 0
        self.gap: tuple[int, int] | None = None
        self.times: list[int] = []
        self.whats: list[int] = []
        self.payloads: list[Payload] = [""]
        self.dropped_payloads = 0
        self.first_values: dict[int, Sequence[object]] = {}
        self.latest_values: deque[tuple[int, Sequence[object]]] = deque(maxlen=MOST_VALUES)
        self.rows_by_owner: dict[int, RowMarks] = {}
        self._latest: tuple[int, dict[int, Sequence[object]], dict[int, Sequence[object]]] = (0, {}, {})
        self._chunks: list[Chunk] = []
        self._most_chunks = max(chunks, FIRST_CHUNKS + 2)
        self._before = self.head.copy()
        self._open = Chunk(self._before, self.times, self.whats)
        self._indices: dict[Payload, int] = {"": 0}
        self.begun: tuple[int, int] | None = None
        """A step under way whose RUNS event is not written yet: its time and its `what`."""
        self.lock = threading.Lock()

    def __len__(self) -> int:
        return self._before.index + len(self.times)

    @property
    def now(self) -> Moment:
        """The moment after the last event; while the run lasts it changes with every event."""
        head = self.head
        head.index = self._before.index + len(self.times)
        head.time = self.times[-1] if self.times else self._before.time
        return head

    @property
    def tasks(self) -> range:
        """The numbers of the concurrent tasks, 1 to N."""
        return range(1, len(self.header.names))

    @property
    def elapsed(self) -> int:
        """Nanoseconds from the beginning to the last event."""
        return self.now.time - self.origin

    # Writing
    def append(self, time: int, kind: Kind, task: int, value: int = 0) -> None:
        """Add one event; `time` is the clock's reading, not before that of the event before it."""
        with self.lock:
            self.write(max(time, self.head.time), kind, task, value)

    def write(self, time: int, kind: Kind, task: int, value: int = 0) -> None:
        """Add one event, for those who hold the lock."""
        if self.begun is not None:
            self.begin()
        self._put(time, packed(kind, task, value))
        if len(self.times) >= CHUNK:
            self.seal()

    def begin(self) -> None:
        """Write the step that has begun, now that something happens in it."""
        if self.begun is not None:
            time, what = self.begun
            self.begun = None
            self._put(time, what)

    def _put(self, time: int, what: int) -> None:
        self.times.append(time)
        self.whats.append(what)
        self.head.apply(time, what)

    def payload(self, payload: Payload) -> int:
        """The index under which `payload` is kept; 0 when there are too many."""
        index = self._indices.get(payload)
        if index is None:
            if len(self.payloads) >= MOST_PAYLOADS:
                self.dropped_payloads += 1
                return 0
            index = self._indices[payload] = len(self.payloads)
            self.payloads.append(payload)
        return index

    def seal(self) -> None:
        """Close the open chunk; drop one if there are too many. Whoever appends without `append` calls it."""
        after = self.now.copy()
        self._chunks.append(Chunk(self._before, array("q", self.times), array("q", self.whats)))
        del self.times[:], self.whats[:]  # in place: the steps hold on to these two lists
        self._before = after
        self._open = Chunk(after, self.times, self.whats)
        if len(self._chunks) > self._most_chunks:
            gone = self._chunks.pop(FIRST_CHUNKS)
            self.dropped += len(gone.times)
            start = self.gap[0] if self.gap else gone.before.index
            self.gap = (start, self._chunks[FIRST_CHUNKS].before.index)

    def skip(self, count: int, moment: Moment) -> None:
        """Go on after `count` events that are not there, at this moment; for traces that are read from a file."""
        if count <= 0 or moment.index != len(self) + count:
            raise ValueError(f"a gap of {count} events before event {moment.index}")
        self.seal()
        self.gap = (len(self), moment.index)
        self.dropped = count
        self.head = moment
        self._before = moment.copy()

    def mark_rows(self, tags: Sequence[int]) -> list[int]:
        """Note that the rows with these tags arrived; returns the places of those that had arrived before."""
        again: list[int] = []
        for place, tag in enumerate(tags):
            owner = tag >> NUMBER_BITS
            marks = self.rows_by_owner.get(owner)
            if marks is None:
                marks = self.rows_by_owner[owner] = RowMarks()
            if not marks.add(tag & NUMBER_MASK):
                again.append(place)
        return again

    # Reading
    def chunks(self) -> list[Chunk]:
        """All that is kept, in order; the last one is open."""
        return [*self._chunks, self._open]

    def chunk_of(self, index: int) -> int:
        """Which chunk holds the event with this index (or the nearest kept one before it)."""
        return max(0, bisect_right(self.chunks(), index, key=lambda chunk: chunk.before.index) - 1)

    def at(self, index: int) -> Moment:
        """The moment after the first `index` events. In a gap: the moment before the gap."""
        if index >= len(self):
            return self.now.copy()
        chunks = self.chunks()
        chunk = chunks[self.chunk_of(max(0, index))]
        moment = chunk.before.copy()
        count = index - moment.index
        for time, what in zip(chunk.times[:count], chunk.whats[:count], strict=True):
            moment.apply(time, what)
        return moment

    def index_at(self, time: int) -> int:
        """How many events had happened by `time` (nanoseconds since the beginning)."""
        time += self.origin
        chunks = self.chunks()
        chunk = chunks[max(0, bisect_right(chunks, time, key=lambda c: c.before.time) - 1)]
        return chunk.before.index + bisect_right(chunk.times, time)

    def events(self, start: int = 0, stop: int | None = None) -> Iterator[Event]:
        """The kept events with start ≤ index < stop, in order."""
        stop = len(self) if stop is None else min(stop, len(self))
        if start >= stop:
            return
        for chunk in self.chunks()[self.chunk_of(start) :]:
            first = chunk.before.index
            if first >= stop:
                return
            low, high = max(0, start - first), stop - first
            for index, (time, what) in enumerate(
                zip(chunk.times[low:high], chunk.whats[low:high], strict=True), first + low
            ):
                yield Event(
                    index,
                    time - self.origin,
                    Kind(what & KIND_MASK),
                    what >> KIND_BITS & TASK_MASK,
                    what >> VALUE_SHIFT,
                )

    def event(self, index: int) -> Event | None:
        """The event with this index, None outside what is kept."""
        return next(self.events(index, index + 1), None)

    def lines(self, task: int, start: int, stop: int) -> list[Event | None]:
        """Lines start ≤ n < stop of the task's log; None where the line's event is not kept any more."""
        found: list[Event | None] = []
        chunks = self.chunks()
        place = max(0, bisect_right(chunks, start, key=lambda c: c.before.tasks[task].lines) - 1)
        for chunk in chunks[place:]:
            before = chunk.before.tasks[task].lines
            if before >= stop:
                break
            found += [None] * (before - start - len(found))
            offsets = chunk.lines(task)[max(0, start - before) : max(0, stop - before)]
            for offset in offsets:
                what = chunk.whats[offset]
                found.append(
                    Event(
                        chunk.before.index + offset,
                        chunk.times[offset] - self.origin,
                        Kind(what & KIND_MASK),
                        task,
                        what >> VALUE_SHIFT,
                    )
                )
        return found

    def said(self, index: int) -> Payload:
        """The payload with this index."""
        return self.payloads[index & PAYLOAD_MASK] if index & PAYLOAD_MASK < len(self.payloads) else ""

    def values(self, tag: int) -> Sequence[object] | None:
        """The values of the row with this tag, when they are kept."""
        values = self.first_values.get(tag)
        if values is None and self.latest_values:
            if self._latest[0] != len(self):
                self._latest = len(self), dict(islice(reversed(self.latest_values), RECENT)), {}
            _, recent, whole = self._latest
            values = recent.get(tag)
            if values is None:
                if not whole:
                    whole.update(self.latest_values)
                values = whole.get(tag)
        return values

    def owner(self, tag: int) -> int:
        """Who asked for the row: a task's number, 0 for the run itself; UNTAGGED when that is not known."""
        return tag >> NUMBER_BITS

    def name(self, task: int) -> str:
        """The task's name."""
        if task == UNTAGGED:
            return "untagged"
        # A damaged file may name a task that there is not.
        return self.header.names[task] if 0 <= task < len(self.header.names) else f"task {task}"


class RowMarks:
    """Which rows of one result have arrived: all up to `upto`, and some beyond."""

    __slots__ = ("beyond", "upto")

    def __init__(self) -> None:
        self.upto = 0
        self.beyond = bytearray()

    def add(self, number: int) -> bool:
        """Mark one row; whether it was new."""
        beyond = self.beyond
        if number == self.upto + 1:
            self.upto = number
            while self.upto + 1 < len(beyond) and beyond[self.upto + 1]:
                self.upto += 1
            return True
        if self.has(number):
            return False
        if number > MOST_ROWS:
            return True  # a number that no result has: misread bytes, not worth gigabytes of marks
        if len(beyond) <= number:
            beyond.extend(bytes(number + 1024 - len(beyond)))
        beyond[number] = 1
        return True

    def extend(self, number: int, count: int) -> bool:
        """Mark `count` rows from `number` on if they are the next ones; whether they were."""
        if number != self.upto + 1 or self.beyond:
            return False
        self.upto += count
        return True

    def has(self, number: int) -> bool:
        return number <= self.upto or (number < len(self.beyond) and self.beyond[number] == 1)

    def __len__(self) -> int:
        return self.upto + self.beyond.count(1, self.upto + 1)
