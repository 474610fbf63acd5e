"""What drawing keeps of a trace from frame to frame: where its steps are, and what was read out of closed chunks.

A closed chunk never changes, so what is read from it once stays true; of the open one a copy is taken. Everything
here follows from the trace alone: with or without these caches the picture is the same. Who draws while threads
write holds the trace's lock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from typing import TypeVar
from weakref import WeakKeyDictionary

from pgtui.core.events import KIND_MASK, Kind, Resource, Wait
from pgtui.core.trace import Chunk, Trace

Value = TypeVar("Value")

MOST_READ = 64
"""Results kept of each kind of reading, the latest ones: some 20 MB at worst."""
MOST_SMALL = 2_048
"""The same of readings whose results are small."""

_RUNS = int(Kind.RUNS)
_traces: "WeakKeyDictionary[Trace, Kept]" = WeakKeyDictionary()


def kept(trace: Trace) -> "Kept":
    """What is kept of the trace, brought up to date."""
    known = _traces.get(trace)
    if known is None:
        known = _traces[trace] = Kept()
    known.follow(trace)
    return known


class Kept:
    """The chunks of one trace at one moment, and what is known of them.

    Attributes:
        chunks: all that the trace keeps, in order; the last one is a copy of the open one.
        indices: index of each chunk's first event.
        times: nanoseconds since the beginning at which each chunk begins.
        steps: how many steps had begun before each chunk.
        rows: how many rows had arrived before each chunk.
        length: how many events the trace has.
        all_steps: how many steps have begun.
        resources: names of the locks and pools that the trace speaks of → payload of the `Resource`, 0 when it was
            only waited for.
    """

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.indices: list[int] = []
        self.times: list[int] = []
        self.steps: list[int] = []
        self.rows: list[int] = []
        self.length = -1
        self.all_steps = 0
        self.resources: dict[str, int] = {}
        self._payloads = 0
        self._read: dict[str, dict[Hashable, tuple[int, object]]] = {}

    def follow(self, trace: Trace) -> None:
        """Take in what has been added to the trace."""
        if len(trace) == self.length and self.chunks:
            return
        *closed, last = trace.chunks()
        last = Chunk(last.before, last.times[:], last.whats[:])
        self.chunks = [*closed, last]
        self._place(trace.origin)
        self.length = last.before.index + min(len(last.times), len(last.whats))
        self.all_steps = trace.head.steps
        self._look_for_resources(trace)

    def _place(self, origin: int) -> None:
        """Read where each chunk begins."""
        indices, times, steps, rows = zip(*[chunk.start for chunk in self.chunks], strict=True)
        self.indices, self.steps, self.rows = list(indices), list(steps), list(rows)
        self.times = [time - origin for time in times]

    def _look_for_resources(self, trace: Trace) -> None:
        payloads = trace.payloads
        for index in range(self._payloads, len(payloads)):
            payload = payloads[index]
            if isinstance(payload, Resource):
                self.resources[payload.name] = index
            elif isinstance(payload, Wait) and payload.resource:
                self.resources.setdefault(payload.resource, 0)
        self._payloads = len(payloads)

    def read(
        self, what: str, place: int, reading: Callable[[], Value], *more: Hashable, most: int = MOST_READ
    ) -> Value:
        """What `reading` gives for the chunk at `place`; asked only once while the chunk stays as it is.

        Args:
            what: names the reading.
            place: which chunk.
            reading: reads it.
            more: what else the result depends on.
            most: how many results of this reading are kept.
        """
        results = self._read.setdefault(what, {})
        chunk = self.chunks[place]
        key = (chunk.before.index, *more)
        length, found = results.pop(key, (-1, None))
        if length != len(chunk.whats):
            found = reading()
            if len(results) >= most:
                del results[next(iter(results))]
        results[key] = (len(chunk.whats), found)
        return found  # type: ignore[return-value]  # a name stands for one type of result

    def runs(self, place: int) -> list[int]:
        """Offsets in the chunk at `place` at which steps begin."""
        whats = self.chunks[place].whats
        return self.read("runs", place, lambda: [at for at, what in enumerate(whats) if what & KIND_MASK == _RUNS])

    def place_of(self, index: int) -> int:
        """Which chunk holds the event with this index, or is the nearest before it."""
        return max(0, bisect_right(self.indices, index) - 1)

    def step_at(self, index: int) -> int:
        """How many steps had begun before the event with this index."""
        place = self.place_of(index)
        return self.steps[place] + bisect_left(self.runs(place), index - self.indices[place])

    def first_of(self, step: int) -> int:
        """Index of the event that begins a step, counted from 1; of the first dropped event when it is not kept.

        The step after the last one would begin at the end of the trace.
        """
        place = max(0, bisect_left(self.steps, step) - 1)
        runs = self.runs(place)
        number = step - self.steps[place] - 1
        if 0 <= number < len(runs):
            return self.indices[place] + runs[number]
        return self.indices[place] + len(self.chunks[place].times)
