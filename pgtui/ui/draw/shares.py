"""How much of each stretch of a long run a task was running, ready or waiting: for views of more steps than cells.

Nothing is scanned from end to end. Each chunk of a trace knows the moment before it, and these moments carry sums:
the difference of two of them is what happened between. Only a chunk that is drawn wider than some cells is replayed,
once, with sums every few events. Between two sums the picture is the straight line.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from pgtui.core.events import KIND_BITS, KIND_MASK, TASK_MASK, VALUE_SHIFT, Kind
from pgtui.core.state import Moment, Phase, TaskState
from pgtui.core.trace import Trace
from pgtui.ui.draw.axis import View
from pgtui.ui.draw.kept import MOST_SMALL, Kept

WIDEST_CHUNK = 3
"""Cells that a chunk may take before its events are looked at."""
EVERY = 64
"""Events between two sums in a chunk that is looked at."""

_RUNS, _READY, _HELD, _RELEASED, _PAINTED = (
    int(kind) for kind in (Kind.RUNS, Kind.READY, Kind.HELD, Kind.RELEASED, Kind.PAINTED)
)
_IS_RUNNING, _IS_WAITING = int(Phase.RUNNING), int(Phase.WAITING)
_PHASE = {
    int(Kind.CREATED): int(Phase.READY),
    int(Kind.RUNS): int(Phase.RUNNING),
    int(Kind.YIELDS): int(Phase.YIELDED),
    int(Kind.WAITS): int(Phase.WAITING),
    int(Kind.READY): int(Phase.READY),
    int(Kind.DONE): int(Phase.DONE),
    int(Kind.FAILED): int(Phase.FAILED),
    int(Kind.CANCELLED): int(Phase.CANCELLED),
    int(Kind.TIMED_OUT): int(Phase.TIMED_OUT),
}
"""The phase that a kind of event begins."""
_COLUMN = (0, 2, 1, 2, 3, 0, 0, 0, 0)
"""Where the time of a phase is added up: 1 running, 2 ready, 3 waiting, 0 nowhere."""


class Share(NamedTuple):
    """What part of a cell's time, or of its steps, one task spent how; the rest it was not there."""

    running: float
    ready: float
    waiting: float


class Sums(NamedTuple):
    """Sums from the beginning of the run up to one place.

    Attributes:
        place: where, in units of the view's axis.
        time: nanoseconds since the beginning.
        steps: steps that had begun.
        painted: nanoseconds that painting the screen took.
        ran: nanoseconds that all tasks together ran.
        tasks: for each asked task its steps, and its nanoseconds running, ready and waiting, one after another.
        holders: resource → task, at this place.
    """

    place: float
    time: float
    steps: float
    painted: float
    ran: float
    tasks: Sequence[float]
    holders: dict[int, int]


class Shares(NamedTuple):
    """A view's cells.

    Attributes:
        tasks: for each asked task its share of each cell.
        loop: the share of each cell's time in which any task ran.
        painted: the share of each cell's time that painting the screen took.
        holders: who held what at each cell's beginning.
    """

    tasks: list[list[Share]]
    loop: list[float]
    painted: list[float]
    holders: list[dict[int, int]]


def shares_of(trace: Trace, known: Kept, view: View, tasks: tuple[int, ...]) -> Shares:
    """The shares of the asked tasks in every cell of the view."""
    cells = min(view.width, max(0, round(view.cell(view.stop))))
    sums = _sums(trace, known, view, tasks)
    edges = [sums(view.start + cell / view.scale) for cell in range(cells + 1)]
    result = Shares([[] for _ in tasks], [], [], [])
    for one, other in pairwise(edges):
        time = max(1.0, other.time - one.time)
        steps = other.steps - one.steps
        result.loop.append(min(1.0, (other.ran - one.ran) / time))
        result.painted.append(min(1.0, (other.painted - one.painted) / time))
        result.holders.append(one.holders)
        a, b = one.tasks, other.tasks
        for at, lane in zip(range(0, len(b), 4), result.tasks, strict=True):
            ran, readied, waited = b[at + 1] - a[at + 1], b[at + 2] - a[at + 2], b[at + 3] - a[at + 3]
            if not view.by_step:
                lane.append(Share(ran / time, readied / time, waited / time))
                continue
            # A step is as wide as any other, so running counts in steps; the rest goes by time.
            running = min(1.0, (b[at] - a[at]) / steps) if steps else 0.0
            rest, spent = 1 - running, max(1.0, time - ran)
            lane.append(Share(running, rest * readied / spent, rest * waited / spent))
    return result


def _sums(trace: Trace, known: Kept, view: View, tasks: tuple[int, ...]) -> Callable[[float], Sums]:
    """A function that gives the sums at any place of the view."""
    places: Sequence[float] = known.steps if view.by_step else known.times
    wide = WIDEST_CHUNK / view.scale
    gap = known.place_of(trace.gap[1]) if trace.gap else -1

    @cache
    def coarse(place: int) -> Sums:
        if place < len(known.chunks):
            return known.read(
                "sums", place, lambda: _sums_of(trace, known, place, view.by_step, tasks), view.by_step, tasks,
                most=MOST_SMALL,
            )  # fmt: skip
        return _sums_now(trace, known, view, tasks)

    @cache
    def fine(place: int) -> list[Sums]:
        return known.read(
            "replay", place, lambda: _replayed(trace, known, place, view.by_step, tasks), view.by_step, tasks
        )

    def at(where: float) -> Sums:
        place = max(0, bisect_right(places, where) - 1)
        end = places[place + 1] if place + 1 < len(places) else view.whole
        # What lies before a gap must not be smeared over it.
        if place + 1 == gap or end - places[place] > wide:
            marks = fine(place)
            found = max(0, bisect_right(marks, where, key=lambda sums: sums.place) - 1)
            if found + 1 < len(marks):
                return _between(marks[found], marks[found + 1], where)
            return _between(marks[-1], coarse(place + 1), where)
        return _between(coarse(place), coarse(place + 1), where)

    return at


def _between(one: Sums, other: Sums, where: float) -> Sums:
    if other.place <= one.place:
        return other
    share = min(1.0, max(0.0, (where - one.place) / (other.place - one.place)))
    return Sums(
        where,
        one.time + (other.time - one.time) * share,
        one.steps + (other.steps - one.steps) * share,
        one.painted + (other.painted - one.painted) * share,
        one.ran + (other.ran - one.ran) * share,
        [a + (b - a) * share for a, b in zip(one.tasks, other.tasks, strict=True)],
        one.holders,
    )


def _sums_of(trace: Trace, known: Kept, place: int, by_step: bool, tasks: tuple[int, ...]) -> Sums:
    """The sums before the chunk at `place`, from the moment that it carries."""
    before = known.chunks[place].before
    ran = sum(task.ran for task in before.tasks)
    return _taken(trace, before, before.time, known.steps[place], ran, [before.tasks[t] for t in tasks], by_step)


def _sums_now(trace: Trace, known: Kept, view: View, tasks: tuple[int, ...]) -> Sums:
    """The sums at the end; by time up to the end of the view, where a run that waits has no event yet."""
    now = trace.now
    time = now.time
    if not trace.finished and not view.by_step:
        time = max(time, trace.origin + round(view.whole))
    ran = sum(task.ran for task in now.tasks)
    return _taken(trace, now, time, known.all_steps, ran, [now.tasks[t] for t in tasks], view.by_step)


def _taken(
    trace: Trace, moment: Moment, time: int, steps: int, ran: int, tasks: Sequence[TaskState], by_step: bool
) -> Sums:
    sums: list[float] = []
    for task in tasks:
        sums += (task.steps, *task.at(time))
    since = float(time - trace.origin)
    return Sums(
        float(steps) if by_step else since, since, float(steps), float(moment.painted), float(ran), sums,
        dict(moment.holders),
    )  # fmt: skip


def _replayed(trace: Trace, known: Kept, place: int, by_step: bool, tasks: tuple[int, ...]) -> list[Sums]:
    """The sums every few events of the chunk at `place`, the one before it and the one at its end included."""
    # `Moment.apply` would do, but takes four times as long: forty chunks of a view are a tenth of a second or a blink.
    chunk, before = known.chunks[place], known.chunks[place].before
    phases = [int(task.phase) for task in before.tasks]
    since = [task.since for task in before.tasks]
    spent = [[task.steps, task.ran, task.readied, task.waited] for task in before.tasks]
    holders, painted, now = dict(before.holders), before.painted, before.time
    steps, ran = known.steps[place], sum(task.ran for task in before.tasks)
    found: list[Sums] = []

    def take() -> None:
        sums: list[float] = []
        for task in tasks:
            at = len(sums)
            sums += spent[task]
            if column := _COLUMN[phases[task]]:
                sums[at + column] += now - since[task]
        time = float(now - trace.origin)
        place = float(steps) if by_step else time
        found.append(Sums(place, time, float(steps), float(painted), float(ran), sums, dict(holders)))

    for at, (time, what) in enumerate(zip(chunk.times, chunk.whats, strict=False)):
        if at % EVERY == 0:
            take()
        now = time
        kind = what & KIND_MASK
        phase = _PHASE.get(kind)
        if phase is None:
            if kind == _HELD:
                holders[what >> VALUE_SHIFT] = what >> KIND_BITS & TASK_MASK
            elif kind == _RELEASED:
                holders.pop(what >> VALUE_SHIFT, None)
            elif kind == _PAINTED:
                painted += what >> VALUE_SHIFT
            continue
        task = what >> KIND_BITS & TASK_MASK
        was = phases[task]
        if kind == _READY and was != _IS_WAITING:
            continue
        if column := _COLUMN[was]:
            spent[task][column] += time - since[task]
            if was == _IS_RUNNING:
                ran += time - since[task]
        phases[task] = phase
        since[task] = time
        if kind == _RUNS:
            spent[task][0] += 1
            steps += 1
    take()
    return found
