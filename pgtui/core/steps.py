"""Steps: a coroutine wrapped so that each of its steps is stamped, with what it suspended on.

The event loop drives a task by sending into its coroutine; `stepped` stands between the two and needs nothing from
the driver. It stamps, it does not change: what the coroutine yields goes to the loop as it is. A task could be held
at any step here, by yielding a future of one's own before sending on.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from pgtui.core.events import KIND_BITS, NUMBER_BITS, PAYLOAD_BITS, VALUE_SHIFT, Kind, Resource, Wait
from pgtui.core.state import Phase
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import CHUNK, Trace
from pgtui.core.waits import Seen, chain, classified, reaches

_RUNS, _YIELDS, _ROW = int(Kind.RUNS), int(Kind.YIELDS), int(Kind.ROW)
_YIELDED, _WAITING = Phase.YIELDED, Phase.WAITING
_MOST_POLLED = 16
"""Futures looked at after each step, to see which task became ready; a thousand would cost more than they tell."""


class Observer:
    """What the steps of one run share: the trace, the clock, and who waits for what.

    Args:
        trace: where the events go.
        clock: nanoseconds, never going back.
        files: the source files of the recipe; lines are told of these.
        ended: called with time, task and error (None for a task that returned) when a task is over.
    """

    def __init__(
        self,
        trace: Trace,
        clock: Callable[[], int],
        files: frozenset[str],
        ended: Callable[[int, int, BaseException | None], None],
    ) -> None:
        self._ended = ended
        self.trace = trace
        self.clock = clock
        self.files = files
        self.waiting: dict[int, tuple[Any, object | None]] = {}
        """Task → the future it waits for, and the lock if it is one."""
        self.held: dict[int, tuple[Any, int]] = {}
        """Payload index of a resource → the lock, and the task that holds it."""
        self.coroutines: dict[int, Coroutine[Any, Any, Any]] = {}
        """Task → what it runs, while it does."""
        self._names: dict[int, tuple[object, str]] = {}

    def look(self, time: int) -> None:
        """Note which waiting tasks have become ready, and which locks have changed hands or are free."""
        trace = self.trace
        for task, (future, lock) in list(self.waiting.items())[:_MOST_POLLED]:
            if future.done():
                del self.waiting[task]
                trace.append(time, Kind.READY, task)
                if lock is not None and not future.cancelled():
                    self._hold(time, lock, task)
        for resource, (lock, holder) in list(self.held.items()):
            # A lock that was handed over is free until its next holder runs.
            if not lock.locked() and trace.head.tasks[holder].phase is not Phase.READY:
                del self.held[resource]
                trace.append(time, Kind.RELEASED, holder, resource)

    def resumed(self, task: int, time: int) -> None:
        """The task runs again: whatever it waited for has come."""
        future, lock = self.waiting.pop(task, (None, None))
        self.trace.append(time, Kind.READY, task)
        if lock is not None and future.done() and not future.cancelled():
            self._hold(time, lock, task)

    def yielded(self, task: int, time: int, line: int, rows: list[Any], write: RowWriter) -> None:
        """The step ended with a bare yield."""
        self._flush(time, rows, write)
        self.trace.append(time, Kind.YIELDS, task, line)

    def waits(self, task: int, time: int, future: Any, rows: list[Any], write: RowWriter) -> None:
        """The step ended on a future."""
        self._flush(time, rows, write)
        places = list(chain(self.coroutines[task]))
        line = next((p.line for p in reversed(places) if p.code.co_filename in self.files), 0)
        seen = classified(places, future)
        name = self._name(seen) if seen.resource is not None else None
        lock = seen.resource if seen.on == "lock" else None
        holder = self._holder(lock, task) if lock is not None else None
        if lock is not None and holder is not None:
            self._hold(time, lock, holder)
        if task != 0:  # the run waits for its tasks all the time; nobody need look whether they are over
            self.waiting[task] = (future, lock)
        payload = self.trace.payload(Wait(seen.on, seen.where, name, holder))
        self.trace.append(time, Kind.WAITS, task, line << PAYLOAD_BITS | payload)

    def over(self, task: int, error: BaseException, rows: list[Any], write: RowWriter) -> None:
        """The coroutine returned (StopIteration) or raised."""
        time = self.clock()
        self._flush(time, rows, write)
        self.coroutines.pop(task, None)
        self.waiting.pop(task, None)
        self.trace.begin()
        self._ended(time, task, None if isinstance(error, StopIteration) else error)
        self.look(time)

    def _flush(self, time: int, rows: list[Any], write: RowWriter) -> None:
        if rows:
            write(time, rows)
            rows.clear()

    def _hold(self, time: int, lock: object, task: int) -> None:
        _, name = self._names[id(lock)]
        resource = self.trace.payload(Resource(name))
        if resource and self.held.get(resource, (None, 0))[1] != task:
            self.held[resource] = (lock, task)
            self.trace.append(time, Kind.HELD, task, resource)

    def _name(self, seen: Seen) -> str:
        if id(seen.resource) not in self._names:
            name = seen.resource_name or "lock"
            taken = {known for _, known in self._names.values()}
            number, unique = 1, name
            while unique in taken:
                number += 1
                unique = f"{name} #{number}"
            self._names[id(seen.resource)] = (seen.resource, unique)  # holds it, so that its id stays its own
        return self._names[id(seen.resource)][1]

    def _holder(self, lock: object, waiter: int) -> int | None:
        """Who holds the lock: the known holder while it may still have it, else whoever is inside a call with it."""
        known = next((task for held, task in self.held.values() if held is lock), None)
        if known is not None and known != waiter and self._may_hold(lock, known):
            return known
        return next((task for task in self.coroutines if task != waiter and self._may_hold(lock, task)), None)

    def _may_hold(self, lock: object, task: int) -> bool:
        if task not in self.coroutines:
            return False
        if self.waiting.get(task, (None, None))[1] is lock:
            return False
        return reaches(lock, list(chain(self.coroutines[task])))


async def stepped(
    coroutine: Coroutine[Any, Any, Any], task: int, observer: Observer, rows: list[Any], write: RowWriter
) -> Any:
    """`coroutine`, with an event for each of its steps.

    Args:
        coroutine: what the task runs.
        task: its number.
        observer: shared by all tasks of the run.
        rows: where the task's rows wait for the end of the step.
        write: writes them into the trace.
    """
    observer.coroutines[task] = coroutine
    return await _steps(coroutine, task, observer, rows, write)


@types.coroutine
def _steps(
    coroutine: Coroutine[Any, Any, Any], task: int, observer: Observer, rows: list[Any], write: RowWriter
) -> Generator[Any, Any, Any]:
    # The body of this loop runs 250,000 times a second when tasks yield flat out. So all names are local, a step in
    # which nothing happened but a yield and at most one row is written in one go, and its line is looked up only
    # when the recipe stands at another instruction than the last time.
    trace, clock, waiting, held = observer.trace, observer.clock, observer.waiting, observer.held
    head, state, marks = trace.head, trace.head.tasks[task], write.own_marks
    send, times, whats = coroutine.send, trace.times, trace.whats
    put_times, put_whats, keep = times.extend, whats.extend, trace.latest_values.append
    runs, row_bits = task << KIND_BITS | _RUNS, task << NUMBER_BITS + VALUE_SHIFT | task << KIND_BITS | _ROW
    yields = task << KIND_BITS | _YIELDS
    spot = Spot(coroutine, observer.files)
    frame, instruction = spot.frame, -1
    error: BaseException | None = None
    while True:
        start = clock()
        if state.phase is _WAITING:
            observer.resumed(task, start)
        if trace.begun is not None:  # an eager task starts inside its creator's step
            trace.begin()
        trace.begun = (start, runs)
        try:
            if error is None:
                awaited = send(None)
            else:
                thrown, error = error, None
                awaited = coroutine.throw(thrown)
        except BaseException as raised:
            observer.over(task, raised, rows, write)
            if isinstance(raised, StopIteration):
                return raised.value
            raise
        end = clock()
        if awaited is None:
            if frame.f_lasti != instruction:
                spot.find()
                frame, instruction = spot.frame, spot.frame.f_lasti
                yields = spot.line << VALUE_SHIFT | task << KIND_BITS | _YIELDS
            if trace.begun is None or state.phase is not _YIELDED or state.line != spot.line or len(rows) > 1:
                observer.yielded(task, end, spot.line, rows, write)
            elif not rows:
                trace.begun = None
                put_times((start, end))
                put_whats((runs, yields))
                state.stepped(start, end)
            else:
                row = rows[0]
                number = row[-1]
                if write.settled and number == marks.upto + 1 and row[-2] == task and not marks.beyond:
                    trace.begun = None
                    marks.upto = number
                    keep((task << NUMBER_BITS | number, row))
                    rows.clear()
                    put_times((start, end, end))
                    put_whats((runs, number << VALUE_SHIFT | row_bits, yields))
                    state.readied += start - state.since
                    state.ran += end - start
                    state.since = end
                    state.steps += 1
                    state.own += 1
                    if head.last != task:
                        head.arrived(task)
                else:
                    observer.yielded(task, end, spot.line, rows, write)
        else:
            observer.waits(task, end, awaited, rows, write)
        if waiting or held:
            observer.look(end)
        if len(times) >= CHUNK:
            trace.seal()
        try:
            yield awaited
        except BaseException as raised:  # a cancellation, or the failure of what was awaited: for the coroutine
            error = raised


class Spot:
    """Where the recipe stands: the frame and the line of the innermost coroutine that is the recipe's."""

    def __init__(self, coroutine: Any, files: frozenset[str]) -> None:
        self._coroutine = coroutine
        self._files = files
        self._lines: dict[types.CodeType, dict[int, int]] = {}
        self.frame: Any = coroutine.cr_frame
        self.line = 0

    def find(self) -> None:
        inner = coroutine = self._coroutine
        while isinstance(coroutine, types.CoroutineType):
            if coroutine.cr_code.co_filename in self._files:
                inner = coroutine
            coroutine = coroutine.cr_await
        code = inner.cr_code
        if code not in self._lines:
            self._lines[code] = _lines_of(code)
        self.frame = inner.cr_frame
        self.line = self._lines[code].get(self.frame.f_lasti, 0)


def _lines_of(code: types.CodeType) -> dict[int, int]:
    """Offset of an instruction → its line."""
    return {
        offset: line for start, stop, line in code.co_lines() if line is not None for offset in range(start, stop, 2)
    }
