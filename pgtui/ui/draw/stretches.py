"""The events of a chunk as stretches: who was in which state from where to where, on the axis of steps or of time.

On the axis of steps every step is one unit wide, whatever it took; what changes within a step counts from its end,
and rows lie between its beginning and its end in their order. On the axis of time a unit is a nanosecond.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pgtui.core.events import (
    KIND_BITS,
    KIND_MASK,
    NUMBER_BITS,
    PAYLOAD_MASK,
    TASK_MASK,
    UNTAGGED,
    VALUE_SHIFT,
    Kind,
)
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.ui.draw.kept import Kept


class Stretch(NamedTuple):
    """One task in one state.

    Attributes:
        start, stop: where, in units of the axis.
        phase: the state, a `Phase`.
        wait: payload's index of what it waited for, 0 for none.
    """

    start: float
    stop: float
    phase: int
    wait: int


class Burst(NamedTuple):
    """Rows that arrived one after another at one task within one step.

    Attributes:
        start, stop: where the first and the last of them arrived, in units of the axis.
        number: how many.
        foreign: how many of them another task had asked for.
    """

    start: float
    stop: float
    number: int
    foreign: int


class Ending(NamedTuple):
    """A task's end: where, and as what."""

    at: float
    phase: int


class Hold(NamedTuple):
    """One task holds a lock or connection (the payload's index of the `Resource`)."""

    start: float
    stop: float
    resource: int
    task: int


@dataclass(slots=True)
class Stretches:
    """What one chunk, or several of them, say about the tasks, each list in the order of the axis.

    Attributes:
        tasks: task → its stretches.
        rows: task → its rows.
        endings: task → its end.
        holds: who held what.
        painted: where the screen was painted, from and to; both equal on the axis of steps.
        stalled: where the loop was late, likewise.
        going_on: tasks whose first stretch began before the chunk.
        first_rows, last_rows: at whom the rows arrived that the chunk begins and ends with, -1 for none.
        lasting: task → whether its last stretch goes on after the chunk; without it, what was so before still is.
    """

    tasks: dict[int, list[Stretch]] = field(default_factory=dict)
    rows: dict[int, list[Burst]] = field(default_factory=dict)
    endings: dict[int, Ending] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    painted: list[tuple[float, float]] = field(default_factory=list)
    stalled: list[tuple[float, float]] = field(default_factory=list)
    going_on: set[int] = field(default_factory=set)
    lasting: dict[int, bool] = field(default_factory=dict)
    first_rows: int = -1
    last_rows: int = -1


_ENDED = {
    int(Kind.DONE): int(Phase.DONE),
    int(Kind.FAILED): int(Phase.FAILED),
    int(Kind.CANCELLED): int(Phase.CANCELLED),
    int(Kind.TIMED_OUT): int(Phase.TIMED_OUT),
}
_ROWS = (int(Kind.ROW), int(Kind.ROW_AGAIN))
_RUNS, _YIELDS = int(Kind.RUNS), int(Kind.YIELDS)
_WAITS, _READY, _CREATED = int(Kind.WAITS), int(Kind.READY), int(Kind.CREATED)
_HELD, _RELEASED, _PAINTED, _STALLED = int(Kind.HELD), int(Kind.RELEASED), int(Kind.PAINTED), int(Kind.STALLED)
_IS_READY, _IS_RUNNING, _IS_YIELDED, _IS_WAITING = (
    int(phase) for phase in (Phase.READY, Phase.RUNNING, Phase.YIELDED, Phase.WAITING)
)


def stretches_of(trace: Trace, kept: Kept, places: Iterable[int], by_step: bool) -> Stretches:
    """The stretches of the chunks at these places, joined where a state goes on from one into the next."""
    whole = Stretches()
    lasting: dict[int, bool] = {}
    latest: dict[int, int] = {}
    end = -1
    for place in places:
        part = _part(trace, kept, place, by_step)
        for task, stretches in part.tasks.items():
            known = whole.tasks.setdefault(task, [])
            if known and task in part.going_on and lasting.get(task):
                first, *stretches = stretches
                known[-1] = known[-1]._replace(stop=first.stop)
            known += stretches
        lasting.update(part.lasting)
        for task, rows in part.rows.items():
            bursts = whole.rows.setdefault(task, [])
            if task == part.first_rows == whole.last_rows and kept.indices[place] == end:
                before, after = bursts[-1], rows[0]
                number, foreign = before.number + after.number, before.foreign + after.foreign
                bursts[-1], rows = Burst(before.start, after.stop, number, foreign), rows[1:]
            bursts += rows
        whole.last_rows, end = part.last_rows, kept.indices[place] + len(kept.chunks[place].whats)
        whole.endings.update(part.endings)
        for hold in part.holds:
            at = latest.get(hold.resource, -1)
            if at >= 0 and (whole.holds[at].stop, whole.holds[at].task) == (hold.start, hold.task):
                whole.holds[at] = whole.holds[at]._replace(stop=hold.stop)
            else:
                latest[hold.resource] = len(whole.holds)
                whole.holds.append(hold)
        whole.painted += part.painted
        whole.stalled += part.stalled
    return whole


def _part(trace: Trace, kept: Kept, place: int, by_step: bool) -> Stretches:
    last = place + 1 == len(kept.chunks)
    # Where rows lie in the chunk's last step depends on where that step ends, maybe chunks later.
    after = kept.first_of((kept.all_steps if last else kept.steps[place + 1]) + 1) if by_step else 0
    return kept.read("stretches", place, lambda: _read(trace, kept, place, by_step, after), by_step, after)


def _read(trace: Trace, kept: Kept, place: int, by_step: bool, after: int) -> Stretches:
    # Three thousand steps may be in view, so this loop works on the packed integers.
    chunk, found = kept.chunks[place], Stretches()
    origin, steps = trace.origin, kept.steps[place]
    first = kept.indices[place]
    here: float = steps if by_step else kept.times[place]
    phases = [int(task.phase) for task in chunk.before.tasks]
    waits = [task.wait if task.phase is Phase.WAITING else 0 for task in chunk.before.tasks]
    since = [here] * len(phases)
    holds = {resource: (here, task) for resource, task in chunk.before.holders.items()}
    rows: list[tuple[int, int, int, int]] = []  # of the step under way: task, first and last offset, foreign ones
    slot = kept.first_of(steps) - first if steps else 0
    tasks, untouched = found.tasks, set(range(len(phases)))

    def change(task: int, phase: int, wait: int = 0, open_end: bool = False) -> None:
        if phases[task] and (since[task] < here or open_end):
            stretch = Stretch(since[task], here, phases[task], waits[task])
            if task in tasks:
                tasks[task].append(stretch)
            else:
                tasks[task] = [stretch]
                if task in untouched:
                    found.going_on.add(task)
        untouched.discard(task)
        phases[task], waits[task], since[task] = phase, wait, here

    def let_go(resource: int) -> None:
        if resource in holds:
            start, task = holds.pop(resource)
            found.holds.append(Hold(start, here, resource, task))

    for at, (time, what) in enumerate(zip(chunk.times, chunk.whats, strict=False)):
        kind = what & KIND_MASK
        number = what >> KIND_BITS & TASK_MASK
        if kind in _ROWS:
            owner = what >> VALUE_SHIFT >> NUMBER_BITS
            foreign = int(owner != number and owner != 0 and owner != UNTAGGED)
            if rows and rows[-1][0] == number and rows[-1][2] == at - 1:
                _, start, _, before = rows[-1]
                rows[-1] = (number, start, at, before + foreign)
            else:
                rows.append((number, at, at, foreign))
            if at == 0:
                found.first_rows = number
            continue
        if not by_step:
            here = time - origin
        if kind == _RUNS:
            if rows:
                _put_rows(found, chunk.times, rows, origin, (steps, slot, at) if by_step else None)
                rows = []
            change(number, _IS_RUNNING)
            steps += 1
            slot = at
            if by_step:
                here = steps
        elif kind == _YIELDS:
            change(number, _IS_YIELDED)
        elif kind == _WAITS:
            change(number, _IS_WAITING, what >> VALUE_SHIFT & PAYLOAD_MASK)
        elif kind == _READY:
            if phases[number] == _IS_WAITING:
                change(number, _IS_READY)
        elif kind == _CREATED:
            change(number, _IS_READY)
        elif kind in _ENDED:
            change(number, _ENDED[kind])
            found.endings[number] = Ending(here, _ENDED[kind])
        elif kind == _HELD:
            let_go(what >> VALUE_SHIFT)
            holds[what >> VALUE_SHIFT] = (here, number)
        elif kind == _RELEASED:
            let_go(what >> VALUE_SHIFT)
        elif kind == _PAINTED:
            found.painted.append((here - (0 if by_step else what >> VALUE_SHIFT), here))
        elif kind == _STALLED:
            found.stalled.append((here - (0 if by_step else what >> VALUE_SHIFT), here))
    if not by_step and place + 1 < len(kept.chunks) and kept.indices[place + 1] == first + len(chunk.times):
        here = kept.times[place + 1]
    if rows:
        found.last_rows = rows[-1][0] if rows[-1][2] == len(chunk.whats) - 1 else -1
        _put_rows(found, chunk.times, rows, origin, (steps, slot, after - first) if by_step else None)
    last = place + 1 == len(kept.chunks)
    for task, phase in enumerate(phases):
        long_enough = last or since[task] < here  # the clock may be further than the last event
        if long_enough or task not in untouched:
            found.lasting[task] = long_enough and Phase.ABSENT < phase < Phase.DONE
        if phase < Phase.DONE:
            change(task, phase, waits[task], open_end=last)
    for resource in list(holds):
        let_go(resource)
    found.holds.sort()
    return found


def _put_rows(
    found: Stretches,
    times: Sequence[int],
    rows: list[tuple[int, int, int, int]],
    origin: int,
    slot: tuple[int, int, int] | None,
) -> None:
    """Lay a step's rows on the axis: by time, or within the slot (step, its first event, the event after its last)."""
    for task, start, stop, foreign in rows:
        if slot is None:
            low, high = float(times[start] - origin), float(times[stop] - origin)
        else:
            step, begin, end = slot
            width = max(1, end - begin)
            low, high = step - 1 + (start - begin + 0.5) / width, step - 1 + (stop - begin + 0.5) / width
        found.rows.setdefault(task, []).append(Burst(low, high, stop - start + 1, foreign))
